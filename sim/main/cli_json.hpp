// SPDX-License-Identifier: GPL-2.0-only
// JSON of the verbs: keys in the order in which they were set, text that is not UTF-8 made so.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/main/cli_terminal.hpp"

namespace mailroom::cli {

using Json = nlohmann::ordered_json;

// Indented by two, ends with a newline. Octets that are not UTF-8 come out as U+FFFD.
void print_json(Terminal& terminal, const Json& json);

}  // namespace mailroom::cli
