// SPDX-License-Identifier: GPL-2.0-only
// What went wrong in a run on purpose.
#pragma once

#include "sim/main/cli_json.hpp"
#include "sim/main/cli_terminal.hpp"
#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {

// Nothing, if nothing did.
void print_faults(Run& run, Terminal& terminal);
Json faults_json(Run& run);

}  // namespace mailroom::cli
