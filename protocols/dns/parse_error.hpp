// SPDX-License-Identifier: GPL-2.0-only
// What a parser of this folder could not read: where, by which rule, and what would have been right.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailroom::dns {

struct ParseError {
  std::size_t offset = 0;     // octets from the start of the message, or of the text
  std::string_view section;   // "RFC 1035 §4.1.4"; static storage
  std::string_view expected;  // "a pointer to an earlier name"; static storage
  friend bool operator==(const ParseError&, const ParseError&) = default;
};

}  // namespace mailroom::dns
