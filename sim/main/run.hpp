// SPDX-License-Identifier: GPL-2.0-only
// The verb `run`: simulates a scenario and writes its run file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/main/cli.hpp"

namespace mailroom::cli {

struct RunOptions {
  std::string file;
  std::string out;     // empty: the scenario's name with .mailroom, in the current folder
  std::string record;  // a level; empty: as the scenario says
  std::string pace;    // empty: as fast as it goes, without listening to standard input
  std::optional<std::uint64_t> seed;
  std::vector<std::string> overrides;  // key=value
  bool force = false;                  // replace a run file that has notes
  bool quiet = false;                  // no progress and no summary
  std::string max_file_size;           // "500MB"; empty: no limit
};

// kDone; kFoundWrong if the disk was full (the run file has what came before); kUsage after a complaint.
int run_run(const RunOptions& options, Terminal& terminal);

void add_run(CLI::App& app, Invocation& invocation);

}  // namespace mailroom::cli
