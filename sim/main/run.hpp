// SPDX-License-Identifier: GPL-2.0-only
// The verb `run`: simulates a scenario and writes its run file.
#pragma once

#include <string>

#include "sim/main/cli.hpp"
#include "sim/main/run_setup.hpp"

namespace mailroom::cli {

struct RunOptions : SetupOptions {
  std::string pace;    // empty: as fast as it goes, without listening to standard input
  std::string replay;  // a run file whose control lines are obeyed again; empty: none
  bool quiet = false;  // no progress and no summary
};

// kDone; kFoundWrong if the disk was full (the run file has what came before); kUsage after a complaint.
int run_run(RunOptions options, Terminal& terminal);

void add_run(CLI::App& app, Invocation& invocation);

}  // namespace mailroom::cli
