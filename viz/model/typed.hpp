// SPDX-License-Identifier: GPL-2.0-only
// Octets that a person types into a simulated connection, and what comes back, as lines of control (docs/LIVE.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::viz {

// "type 3 "…"": as many lines as it takes.
std::vector<std::string> typed_lines(std::string_view connection, std::string_view octets);

// The octets of a text in quotes with escapes; nothing: it is none.
std::optional<std::string> unquoted(std::string_view text);

}  // namespace mailroom::viz
