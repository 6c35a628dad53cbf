// SPDX-License-Identifier: GPL-2.0-only
// The verb `verify`: proves from a run file that mail was conserved, or says where it was not.
#pragma once

#include <string>

#include "sim/main/cli_terminal.hpp"

namespace mailroom::cli {

struct VerifyOptions {
  std::string file;  // the run
  bool json = false;
};

// kDone if mail was conserved, kFoundWrong if not, kUsage if the file cannot be read.
int run_verify(const VerifyOptions& options, Terminal& terminal);

}  // namespace mailroom::cli
