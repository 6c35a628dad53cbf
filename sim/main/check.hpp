// SPDX-License-Identifier: GPL-2.0-only
// The verb `check`: all mistakes of scenario files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/main/cli_terminal.hpp"

namespace mailroom::scenario {
struct Scenario;
}

namespace mailroom::cli {

struct CheckOptions {
  std::vector<std::string> files;
  std::vector<std::string> overrides;  // of --set
  bool json = false;
};

// Prints every mistake and warning of every file, or "ok: 12 hosts, 3 links, 20 messages". kUsage if any file
// has a mistake; warnings alone are kDone.
int run_check(const CheckOptions& options, Terminal& terminal);

// How many messages the scenario's traffic asks for.
std::int64_t planned_messages(const scenario::Scenario& scenario);

}  // namespace mailroom::cli
