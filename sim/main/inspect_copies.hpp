// SPDX-License-Identifier: GPL-2.0-only
// The copies of a message as a tree: one host's responsibility for the message toward one recipient, the next
// host's below it, each with its end.
#pragma once

#include "sim/main/cli_json.hpp"
#include "sim/main/cli_terminal.hpp"
#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {

void print_copies(Run& run, const trace::Message& message, Terminal& terminal);
Json copies_json(Run& run, const trace::Message& message);

}  // namespace mailroom::cli
