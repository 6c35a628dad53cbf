// SPDX-License-Identifier: GPL-2.0-only
// When a fault happens: "at 10s", "every 1h", "randomly every 1h", "when mx2 sends the 3rd RCPT, 5ms later"; and how
// long it lasts: "for 5m". No word at all: at 0s, to the end.
#pragma once

#include <expected>
#include <span>
#include <string_view>

#include "sim/faults/parse.hpp"
#include "sim/faults/words.hpp"

namespace mailroom::faults {

// `words` are those of `sentence` that are left. `is_lasting`: whether it may have a duration.
std::expected<When, ParseError> parse_when(std::span<const Token> words, std::string_view sentence,
                                           bool is_lasting);

}  // namespace mailroom::faults
