// SPDX-License-Identifier: GPL-2.0-only
// Letters of US-ASCII, without any locale: the only ones that SMTP's syntax knows.
#pragma once

#include <algorithm>
#include <string_view>

namespace mailroom::smtp::ascii {

constexpr char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return upper(c) >= 'A' && upper(c) <= 'Z';
}
constexpr bool is_letter_or_digit(char c) {
  return is_letter(c) || is_digit(c);
}
constexpr bool is_hexadecimal(char c) {
  return is_digit(c) || (upper(c) >= 'A' && upper(c) <= 'F');
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
constexpr bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

constexpr bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
}
constexpr bool starts_with(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && same(text.substr(0, start.size()), start);
}

}  // namespace mailroom::smtp::ascii
