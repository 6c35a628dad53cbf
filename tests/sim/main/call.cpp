// SPDX-License-Identifier: GPL-2.0-only
#include "tests/sim/main/call.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

#include "sim/main/cli.hpp"

namespace mailroom::tests {

Called call(const std::vector<std::string>& arguments, int width, bool colour) {
  static constexpr cli::AddVerb kVerbs[] = {cli::add_check, cli::add_topology, cli::add_inspect, cli::add_verify,
                                            cli::add_export};
  std::ostringstream out;
  std::ostringstream err;
  cli::Terminal terminal{.out = out, .err = err, .colour = colour, .width = width, .is_person = false};
  const int exit_code = cli::run_program(arguments, "/nowhere/mailroom", terminal, kVerbs);
  return {.exit_code = exit_code, .out = out.str(), .err = err.str()};
}

std::string contents_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace mailroom::tests
