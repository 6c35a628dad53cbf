// SPDX-License-Identifier: GPL-2.0-only
// What a parser of this folder could not read: where, by which rule, and what would have been right.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailroom::smtp {

struct ParseError {
  std::size_t offset = 0;     // octets from the start of the line
  std::string_view section;   // "RFC 5321 §4.1.2"; static storage
  std::string_view expected;  // "a domain or an address literal"; static storage
  friend bool operator==(const ParseError&, const ParseError&) = default;
};

}  // namespace mailroom::smtp
