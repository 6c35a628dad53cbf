// SPDX-License-Identifier: GPL-2.0-only
// The verb `topology`: what a network's map holds, whether read from a file or made by rule.
#pragma once

#include <string>

#include "sim/main/cli_terminal.hpp"

namespace mailroom::cli {

struct TopologyOptions {
  std::string file;      // GraphML, DOT, or a scenario (.yaml)
  std::string generate;  // or: "kind=waxman,nodes=20,seed=7"; the word "kind=" may be left out
  std::string out;       // GraphML to write, if any
  bool json = false;
  bool brief = false;  // no row for every node and link
};

// Prints nodes, links, rates, components and single points of failure. kUsage if the file or the rule is
// faulty.
int run_topology(const TopologyOptions& options, Terminal& terminal);

}  // namespace mailroom::cli
