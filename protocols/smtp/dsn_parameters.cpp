// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/dsn_parameters.hpp"

#include <algorithm>

#include "protocols/message/utf8.hpp"
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
  text += ascii::same(original.address_type, kUtf8) ? message::encode_utf8_address(original.address)
                                                    : encode_xtext(original.address);
  return text;
}

std::optional<OriginalRecipient> parse_original_recipient(std::string_view text, bool utf8) {
  const std::size_t semicolon = text.find(';');
  if (semicolon == std::string_view::npos || text.size() > kOriginalRecipientLimit) return std::nullopt;
  const std::string_view type = text.substr(0, semicolon);
  const std::string_view value = text.substr(semicolon + 1);
  if (!is_atom(type) || value.empty()) return std::nullopt;
  auto address = ascii::same(type, kUtf8) ? message::decode_utf8_address(value, utf8) : decode_xtext(value);
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
