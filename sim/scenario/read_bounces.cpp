// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_bounces.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/fields.hpp"

namespace mailroom::scenario {

namespace {

// Nothing where a word is none.
std::optional<smtp::Notify> read_notify(const std::vector<Word>& words, Report& report) {
  smtp::Notify notify;
  for (const Word& word : words) {
    bool* const flag = word.text == "success"   ? &notify.success
                       : word.text == "failure" ? &notify.failure
                       : word.text == "delay"   ? &notify.delay
                                                : nullptr;
    if (word.text == "never") {
      if (words.size() == 1) return notify;
      report.mistake(word.at, "'never' together with other words", "'never' stands alone");
    } else if (flag == nullptr) {
      report.mistake(word.at, fmt::format("{} is nothing to be told of", shown(word.text)),
                     "one or more of success, failure, delay; or never");
    } else if (*flag) {
      report.mistake(word.at, fmt::format("'{}' twice", word.text), "name it once");
    } else {
      *flag = true;
    }
  }
  if (notify.never()) return std::nullopt;
  return notify;
}

// RFC 3461 §4.4: printable US-ASCII, at most 100 octets on the wire, where some are written as three.
bool is_envelope_id(std::string_view text) {
  const auto is_printable = [](char c) { return c > ' ' && c < 0x7f; };
  const auto escaped = std::ranges::count_if(text, [](char c) { return c == '+' || c == '='; });
  return !text.empty() && std::ranges::all_of(text, is_printable) &&
         text.size() + 2 * static_cast<std::size_t>(escaped) <= smtp::kEnvelopeIdLimit;
}

}  // namespace

void read_bounces(const Value& value, Bounces& bounces, Report& report) {
  const Fields fields(value, object("bounces"), report);
  if (const auto ret = fields.choice("return")) bounces.ret = static_cast<Bounces::Return>(*ret);
  fields.size("size-limit", bounces.size_limit_bytes);
  if (const auto rule = fields.choice("double-bounce"))
    bounces.double_bounce = static_cast<Bounces::DoubleBounce>(*rule);
}

void read_dsn(const Value& value, Traffic& traffic, Report& report) {
  const Fields fields(value, object("dsn"), report);
  if (fields.has("notify")) {
    const std::vector<Word> words = fields.texts("notify");
    if (words.empty()) report.mistake(fields.at("notify"), "nothing to be told of", "write never, if so");
    traffic.notify = read_notify(words, report);
  }
  if (const auto ret = fields.choice("return"))
    traffic.ret = *ret == 0 ? smtp::Return::headers : smtp::Return::full;
  if (fields.text("envelope-id", traffic.envelope_id) && !is_envelope_id(*traffic.envelope_id))
    report.mistake(fields.at("envelope-id"),
                   fmt::format("{} is no envelope identifier", shown(*traffic.envelope_id)),
                   "write up to 100 printable characters without blanks");
}

}  // namespace mailroom::scenario
