// SPDX-License-Identifier: GPL-2.0-only
// What a parser of this folder says when the text is not what the RFC asks for.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailroom::message {

struct ParseError {
  std::size_t offset = 0;       // octets from the start of the parsed text
  std::string_view section{};   // "RFC 5322 §3.4.1"; always a literal
  std::string_view expected{};  // "a domain after '@'"; always a literal
  friend bool operator==(const ParseError&, const ParseError&) = default;
};

}  // namespace mailroom::message
