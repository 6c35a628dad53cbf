// SPDX-License-Identifier: GPL-2.0-only
// What to ask next of a run: commands with real numbers of this very run, the most telling ones.
#pragma once

#include "sim/main/cli_terminal.hpp"

namespace mailroom::cli {

class Run;

// "Next, try" and up to five lines; nothing for a run in which nothing happened.
void print_next_questions(Run& run, Terminal& terminal);

}  // namespace mailroom::cli
