// SPDX-License-Identifier: GPL-2.0-only
// The verb `host`: runs one host of a scenario as a real server on 127.0.0.1, in real time, and writes its run file.
#pragma once

#include <string>

#include "sim/main/cli.hpp"
#include "sim/main/run_setup.hpp"

namespace mailroom::cli {

struct HostOptions : SetupOptions {
  std::string host;
  std::string ports;         // "smtp=2525,dns=5353"
  std::string neighbours;    // "mx2:smtp=2526"
  std::string as;            // the host that connections from outside seem to come from; empty: a stranger
  std::string length;        // "10s"; empty: until it is interrupted
  std::string idle = "10m";  // a connection on which nothing moves for so long is cut
  std::int64_t connections = 1000;
  bool quiet = false;
};

// kDone; kFoundWrong if the disk was full (the run file has what came before); kUsage after a complaint.
int run_host(HostOptions options, Terminal& terminal);

void add_host(CLI::App& app, Invocation& invocation);

}  // namespace mailroom::cli
