// SPDX-License-Identifier: GPL-2.0-only
// The verb `serve`: the whole simulated network in real time, with doors on 127.0.0.1.
#pragma once

#include <string>
#include <vector>

#include "sim/main/cli.hpp"
#include "sim/main/run_setup.hpp"

namespace mailroom::cli {

struct ServeOptions : SetupOptions {
  std::vector<std::string> open;     // HOST:PORT[=LOCALPORT][,…]
  std::vector<std::string> connect;  // HOST:PORT=LOCALPORT[,…]
  std::string from;                  // a simulated host; empty: control::seat_before() of each door
  std::string pace = "1x";
  std::string duration;  // of simulated time; empty: until it is told to stop
  std::int64_t connections = 2000;
  std::string connection_octets = "64MiB";
  std::string idle = "10m";
};

int run_serve(ServeOptions options, Terminal& terminal);

void add_serve(CLI::App& app, Invocation& invocation);

}  // namespace mailroom::cli
