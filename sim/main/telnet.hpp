// SPDX-License-Identifier: GPL-2.0-only
// The verb `telnet`: a person, or a pipe, types SMTP to a simulated host.
#pragma once

#include <string>

#include "sim/main/cli.hpp"
#include "sim/main/run_setup.hpp"

namespace mailroom::cli {

struct TelnetOptions : SetupOptions {
  std::string host;
  std::string port;
  std::string from;              // a simulated host; empty: control::seat_before()
  std::string clock = "stands";  // or "runs"
  std::string pace = "1x";       // of a clock that runs
};

// kDone; kFoundWrong if there was no connection; kUsage after a complaint.
int run_telnet(TelnetOptions options, Terminal& terminal);

void add_telnet(CLI::App& app, Invocation& invocation);

}  // namespace mailroom::cli
