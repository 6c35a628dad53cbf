// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/report.hpp"

#include <algorithm>
#include <array>

#include "protocols/message/header.hpp"
#include "protocols/message/utf8.hpp"

namespace mailroom::dsn {
namespace {

constexpr std::array<std::string_view, 5> kActions = {"failed", "delayed", "delivered", "relayed",
                                                      "expanded"};

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// RFC 3464 §2.1.2: what a type is written as.
bool is_atom(std::string_view text) {
  const auto is_ordinary = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && std::ranges::all_of(text, is_ordinary);
}

}  // namespace

std::string_view name(Action action) {
  return kActions[static_cast<std::size_t>(action)];
}

std::optional<Action> parse_action(std::string_view text) {
  text = trimmed(text.substr(0, text.find('(')));
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    if (message::equal_ignoring_case(text, kActions[i])) return static_cast<Action>(i);
  }
  return std::nullopt;
}

std::string format(const Typed& typed) {
  if (typed.type.empty()) return typed.value;
  const bool is_utf8 = message::equal_ignoring_case(typed.type, kUtf8);
  return typed.type + "; " + (is_utf8 ? message::encode_utf8_address(typed.value) : typed.value);
}

Typed parse_typed(std::string_view unfolded) {
  const std::size_t semicolon = unfolded.find(';');
  const std::string_view type = trimmed(unfolded.substr(0, semicolon));
  if (semicolon == std::string_view::npos || !is_atom(type)) return {{}, std::string(trimmed(unfolded))};
  Typed typed{std::string(type), std::string(trimmed(unfolded.substr(semicolon + 1)))};
  if (message::equal_ignoring_case(type, kUtf8))
    typed.value = message::decode_utf8_address(typed.value, true).value_or(std::move(typed.value));
  return typed;
}

Typed address(std::string_view path) {
  return {std::string(message::is_ascii(path) ? kRfc822 : kUtf8), std::string(path)};
}

Action gravest(const Report& report) {
  Action found = Action::expanded;
  for (const Recipient& recipient : report.recipients) found = std::min(found, recipient.action);
  return found;
}

}  // namespace mailroom::dsn
