// SPDX-License-Identifier: GPL-2.0-only
// Letters of US-ASCII, without any locale: the only ones that have case in a domain name (RFC 4343 §3).
#pragma once

#include <algorithm>
#include <string_view>

namespace mailroom::dns::ascii {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
constexpr int hexadecimal(char c) {  // -1: no digit
  if (is_digit(c)) return c - '0';
  return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}
constexpr bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace mailroom::dns::ascii
