// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/xtext.hpp"

namespace mailroom::smtp {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

// xchar: any character from '!' to '~' except '+' and '='.
bool is_xchar(char c) {
  return c >= '!' && c <= '~' && c != '+' && c != '=';
}

}  // namespace

std::string encode_xtext(std::string_view text) {
  std::string xtext;
  xtext.reserve(text.size());
  for (const char c : text) {
    if (is_xchar(c)) {
      xtext += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    xtext += '+';
    xtext += kDigits[octet >> 4];
    xtext += kDigits[octet & 15];
  }
  return xtext;
}

std::optional<std::string> decode_xtext(std::string_view xtext) {
  std::string text;
  text.reserve(xtext.size());
  for (std::size_t at = 0; at < xtext.size(); ++at) {
    if (is_xchar(xtext[at])) {
      text += xtext[at];
      continue;
    }
    if (xtext[at] != '+' || xtext.size() - at < 3) return std::nullopt;
    const std::size_t high = kDigits.find(xtext[at + 1]);
    const std::size_t low = kDigits.find(xtext[at + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    text += static_cast<char>(high << 4 | low);
    at += 2;
  }
  return text;
}

}  // namespace mailroom::smtp
