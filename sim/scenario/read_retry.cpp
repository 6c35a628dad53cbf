// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_retry.hpp"

#include <fmt/format.h>

#include "sim/scenario/fields.hpp"

namespace mailroom::scenario {

namespace {

constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

void read_intervals(const Value& value, Retry& retry, Report& report) {
  std::vector<std::int64_t> read;
  std::int64_t interval_ns = 0;
  if (value.kind == Value::Kind::scalar && read_duration(value, interval_ns, 1, report))
    read.push_back(interval_ns);
  for (const ValuePtr& item : value.items)
    if (read_duration(*item, interval_ns, 1, report)) read.push_back(interval_ns);
  if (value.kind == Value::Kind::map || (value.kind == Value::Kind::list && value.items.empty()))
    report.mistake(value.at, "no interval", "write a list such as [15m, 30m, 1h]");
  if (!read.empty()) retry.intervals_ns = std::move(read);
}

void read_formula(const std::string& text, const Position& at, Retry& retry, Report& report) {
  auto formula = Formula::parse(text);
  if (!formula) {
    return report.mistake(
        at, fmt::format("{} is no formula: {} at character {}", shown(text), formula.error().what,
                        formula.error().offset + 1),
        "write one such as \"400*n^2 s\", with n, age, + - * / ^, min, max, sqrt and whole numbers");
  }
  retry.formula = std::move(*formula);
}

}  // namespace

Retry Retry::of(RetryProfile profile) {
  Retry retry;
  retry.profile = profile;
  switch (profile) {
    case RetryProfile::custom:
      break;
    case RetryProfile::rfc5321:
      retry.give_up_ns = 5 * kDay;
      break;
    case RetryProfile::postfix:
      retry.give_up_ns = 5 * kDay;
      retry.scan_ns = 5 * kMinute;
      break;
    case RetryProfile::exim:
      retry.scan_ns = 30 * kMinute;
      retry.delay_warning_ns = kDay;
      break;
    case RetryProfile::opensmtpd:
      retry.delay_warning_ns = 4 * kHour;
      break;
    case RetryProfile::qmail:
      retry.give_up_ns = 7 * kDay;
      break;
  }
  return retry;
}

void read_retry(const Value& value, Retry& retry, Report& report) {
  const Fields fields(value, object("retry"), report);
  if (const auto profile = fields.choice("profile")) retry = Retry::of(static_cast<RetryProfile>(*profile));
  const Value* intervals = fields.find("intervals");
  if (intervals != nullptr) read_intervals(*intervals, retry, report);
  if (intervals != nullptr) retry.formula.reset();
  std::string text;
  if (fields.text("formula", text)) read_formula(text, fields.at("formula"), retry, report);
  if (intervals != nullptr && fields.has("formula"))
    report.mistake(fields.at("formula"), "'formula' and 'intervals' together", "give one of them");
  for (const char* key : {"intervals", "formula"})
    if (fields.has(key) && retry.profile != RetryProfile::custom)
      report.mistake(fields.at(key), fmt::format("'{}' and a profile that has rules of its own", key),
                     "leave one of them out, or write 'profile: custom'");
  fields.duration("give-up", retry.give_up_ns);
  fields.duration("scan", retry.scan_ns);
  if (const Value* warning = fields.find("delay-warning")) {
    if (warning->kind == Value::Kind::scalar && warning->text == "off") {
      retry.delay_warning_ns = 0;
    } else {
      read_duration(*warning, retry.delay_warning_ns, 1, report);
    }
  }
}

}  // namespace mailroom::scenario
