// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "protocols/message/header.hpp"

namespace mailroom::message {
namespace {

void append_utf8(std::string& text, std::uint32_t code_point) {
  const auto tail = [&text, code_point](int shift) {
    text += static_cast<char>(0x80 | (code_point >> shift & 0x3F));
  };
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | code_point >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | code_point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::uint32_t code_point(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  std::uint32_t value = character.size() == 1   ? first
                        : character.size() == 2 ? first & 0x1FU
                        : character.size() == 3 ? first & 0x0FU
                                                : first & 0x07U;
  for (const char c : character.substr(1)) value = value << 6 | (static_cast<unsigned char>(c) & 0x3FU);
  return value;
}

// QUCHAR of RFC 6533 §3: what stands for itself in both forms of a "utf-8" address.
bool is_plain(char c) {
  return c >= '!' && c <= '~' && c != '+' && c != '=' && c != '\\';
}

// One embedded character from the start of `text`, which is shortened by it.
bool decode_embedded(std::string_view& text, std::string& address) {
  if (!text.starts_with("\\x{")) return false;
  const std::size_t end = text.find('}');
  if (end == std::string_view::npos || end < 5 || end > 9) return false;
  std::uint32_t value = 0;
  const auto [after, error] = std::from_chars(text.data() + 3, text.data() + end, value, 16);
  if (error != std::errc() || after != text.data() + end || value == 0 || value > 0x10FFFF ||
      (value >= 0xD800 && value <= 0xDFFF))
    return false;
  append_utf8(address, value);
  text.remove_prefix(end + 1);
  return true;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 128; });
}

// RFC 3629 §4.
std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto octet = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned first = octet(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;  // a tail, an overlong form, or beyond U+10FFFF
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at)
    if ((octet(at) & 0xC0) != 0x80) return 0;
  const unsigned second = octet(1);
  const bool is_bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return is_bad ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool has_utf8_header(std::string_view octets) {
  const Header header(octets);
  return !is_ascii(header.fields_octets()) && is_utf8(header.fields_octets());
}

std::string encode_utf8_address(std::string_view address) {
  std::string text;
  while (!address.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(address), 1);
    const std::string_view character = address.substr(0, length);
    address.remove_prefix(length);
    if (length == 1 && is_plain(character[0])) {
      text += character;
      continue;
    }
    char digits[8];
    auto* const end = std::to_chars(std::begin(digits), std::end(digits), code_point(character), 16).ptr;
    text += "\\x{";
    if (end - digits == 1) text += '0';
    for (const char* digit = digits; digit != end; ++digit) text += *digit >= 'a' ? static_cast<char>(*digit - 'a' + 'A') : *digit;
    text += '}';
  }
  return text;
}

std::optional<std::string> decode_utf8_address(std::string_view text, bool utf8) {
  std::string address;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (text.front() == '\\') {
      if (!decode_embedded(text, address)) return std::nullopt;
      continue;
    }
    if (length == 0 || (length == 1 && !is_plain(text.front())) || (length > 1 && !utf8)) return std::nullopt;
    address += text.substr(0, length);
    text.remove_prefix(length);
  }
  return address;
}

}  // namespace mailroom::message
