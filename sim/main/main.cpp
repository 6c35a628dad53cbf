// SPDX-License-Identifier: GPL-2.0-only
// The program `mailroom`. Its verbs, in the order of the front page.
#include "sim/main/cli.hpp"
#include "sim/main/cli_handoff.hpp"
#include "sim/main/host.hpp"
#include "sim/main/run.hpp"
#include "sim/main/serve.hpp"
#include "sim/main/swarm_verb.hpp"
#include "sim/main/telnet.hpp"

int main(int argc, char** argv) {
  using namespace mailroom;
  cli::report_crashes_as_our_bugs();
  static constexpr cli::AddVerb kVerbs[] = {
      cli::add_run,      cli::add_telnet,  cli::add_serve,  cli::add_host,   cli::add_swarm, cli::add_check,
      cli::add_topology, cli::add_inspect, cli::add_verify, cli::add_export,
  };
  cli::Terminal terminal = cli::this_terminal();
  return cli::run_program({argv + 1, argv + argc}, cli::this_program(argv[0]), terminal, kVerbs);
}
