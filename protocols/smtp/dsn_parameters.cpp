// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/dsn_parameters.hpp"

#include <algorithm>
#include <charconv>

#include "protocols/smtp/ascii.hpp"
#include "protocols/smtp/utf8.hpp"
#include "protocols/smtp/xtext.hpp"

namespace mailroom::smtp {
namespace {

constexpr std::string_view kUtf8 = "utf-8";

bool is_atom(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return ascii::is_letter_or_digit(c) || c == '-'; });
}

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

// RFC 6533 §3, EmbeddedUnicodeChar: "\x{", two to six hexadecimal digits, no zero in front of them but for
// one of two, "}".
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
    for (const char* digit = digits; digit != end; ++digit) text += ascii::upper(*digit);
    text += '}';
  }
  return text;
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

}  // namespace

std::string_view to_string(Return ret) {
  return ret == Return::full ? "FULL" : "HDRS";
}

std::optional<Return> parse_return(std::string_view text) {
  if (ascii::same(text, "FULL")) return Return::full;
  if (ascii::same(text, "HDRS")) return Return::headers;
  return std::nullopt;
}

std::string to_string(Notify notify) {
  if (notify.never()) return "NEVER";
  std::string text;
  const auto add = [&text](bool wanted, std::string_view word) {
    if (!wanted) return;
    if (!text.empty()) text += ',';
    text += word;
  };
  add(notify.success, "SUCCESS");
  add(notify.failure, "FAILURE");
  add(notify.delay, "DELAY");
  return text;
}

std::optional<Notify> parse_notify(std::string_view text) {
  Notify notify;
  if (ascii::same(text, "NEVER")) return notify;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    bool* const wanted = ascii::same(word, "SUCCESS")   ? &notify.success
                         : ascii::same(word, "FAILURE") ? &notify.failure
                         : ascii::same(word, "DELAY")   ? &notify.delay
                                                        : nullptr;
    if (wanted == nullptr || *wanted) return std::nullopt;
    *wanted = true;
    if (comma == std::string_view::npos) return notify;
    text.remove_prefix(comma + 1);
  }
}

std::string to_string(const OriginalRecipient& original) {
  std::string text = original.address_type;
  text += ';';
  text += ascii::same(original.address_type, kUtf8) ? encode_utf8_address(original.address)
                                                    : encode_xtext(original.address);
  return text;
}

std::optional<OriginalRecipient> parse_original_recipient(std::string_view text, bool utf8) {
  const std::size_t semicolon = text.find(';');
  if (semicolon == std::string_view::npos || text.size() > kOriginalRecipientLimit) return std::nullopt;
  const std::string_view type = text.substr(0, semicolon);
  const std::string_view value = text.substr(semicolon + 1);
  if (!is_atom(type) || value.empty()) return std::nullopt;
  auto address = ascii::same(type, kUtf8) ? decode_utf8_address(value, utf8) : decode_xtext(value);
  if (!address) return std::nullopt;
  // §4.2: printable US-ASCII before encoding, other than in the type that is for the rest.
  const auto is_printable = [](char c) { return ascii::is_printable(c); };
  if (!ascii::same(type, kUtf8) && !std::ranges::all_of(*address, is_printable)) return std::nullopt;
  return OriginalRecipient{std::string(type), std::move(*address)};
}

OriginalRecipient original_recipient(std::string_view address) {
  return {std::string(is_ascii(address) ? "rfc822" : kUtf8), std::string(address)};
}

std::optional<std::string> parse_envelope_id(std::string_view text) {
  if (text.empty() || text.size() > kEnvelopeIdLimit) return std::nullopt;
  auto id = decode_xtext(text);
  if (!id || !std::ranges::all_of(*id, [](char c) { return ascii::is_printable(c); })) return std::nullopt;
  return id;
}

}  // namespace mailroom::smtp
