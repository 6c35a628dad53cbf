// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/retry_schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace mailroom::queue {

namespace {

constexpr std::int64_t kSecond = scenario::kSecond;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
// Times of a run stay far below this, so that sums do not overflow.
constexpr std::int64_t kLatestNs = std::int64_t{1} << 62;

std::int64_t age_ns(const Failure& failure) { return failure.now_ns - failure.since_ns; }

// At `time_ns`, unless the message has reached its end before: then it is given up there.
NextTry until(std::int64_t end_ns, std::int64_t time_ns, std::string rule) {
  if (time_ns < end_ns) return {time_ns, false, std::move(rule)};
  return {end_ns, true, std::move(rule)};
}

struct EximRule {
  std::int64_t period_ns;  // since the first failure; the last rule's is the schedule's own
  std::int64_t wait_ns;
  bool is_geometric;
  const char* text;
};
constexpr auto kEximRules = std::to_array<EximRule>({
    {2 * kHour, 15 * kMinute, false, "F,2h,15m"},
    {16 * kHour, kHour, true, "G,16h,1h,1.5"},
    {0, 6 * kHour, false, "F,4d,6h"},
});

}  // namespace

std::int64_t at_scan(std::int64_t time_ns, std::int64_t scan_ns, std::int64_t start_ns) {
  if (scan_ns <= 0) return time_ns;
  const std::int64_t scans = (std::max(time_ns - start_ns, std::int64_t{0}) + scan_ns - 1) / scan_ns;
  return start_ns + scans * scan_ns;
}

std::unique_ptr<RetrySchedule> make_schedule(const scenario::Retry& retry) {
  switch (retry.profile) {
    case scenario::RetryProfile::custom:
      if (retry.formula) return std::make_unique<FormulaSchedule>(*retry.formula, retry.give_up_ns);
      return std::make_unique<FixedIntervals>(retry.intervals_ns, retry.give_up_ns);
    case scenario::RetryProfile::rfc5321:
      return std::make_unique<Rfc5321Schedule>(retry.give_up_ns);
    case scenario::RetryProfile::postfix:
      return std::make_unique<PostfixSchedule>(retry.give_up_ns);
    case scenario::RetryProfile::exim:
      return std::make_unique<EximSchedule>(retry.give_up_ns);
    case scenario::RetryProfile::opensmtpd:
      return std::make_unique<OpenSmtpdSchedule>(retry.give_up_ns);
    case scenario::RetryProfile::qmail:
      return std::make_unique<QmailSchedule>(retry.give_up_ns);
  }
  std::unreachable();
}

FixedIntervals::FixedIntervals(std::vector<std::int64_t> intervals_ns, std::int64_t give_up_ns)
    : intervals_ns_(std::move(intervals_ns)), give_up_ns_(give_up_ns) {
  assert(!intervals_ns_.empty());
  assert(std::ranges::all_of(intervals_ns_, [](std::int64_t interval_ns) { return interval_ns > 0; }));
}

std::optional<NextTry> FixedIntervals::next(const Failure& failure) const {
  if (age_ns(failure) >= give_up_ns_) return std::nullopt;
  const auto index =
      std::min(static_cast<std::size_t>(std::max(failure.attempts, 1) - 1), intervals_ns_.size() - 1);
  return NextTry{.time_ns = failure.now_ns + intervals_ns_[index]};
}

std::optional<NextTry> Rfc5321Schedule::next(const Failure& failure) const {
  const std::int64_t wait_ns = failure.attempts <= 1 ? 30 * kMinute : 2 * kHour;
  return until(failure.since_ns + give_up_ns_, failure.now_ns + wait_ns,
               fmt::format("rfc5321: {} later", failure.attempts <= 1 ? "30 min" : "2 h"));
}

std::optional<NextTry> PostfixSchedule::next(const Failure& failure) const {
  if (age_ns(failure) >= give_up_ns_) return std::nullopt;
  const std::int64_t wait_ns = std::clamp(age_ns(failure), 300 * kSecond, 4000 * kSecond);
  return NextTry{.time_ns = failure.now_ns + wait_ns,
                 .rule = fmt::format("postfix: {} s later, as long again as it is queued, but 300 s to 4000 s",
                                     wait_ns / kSecond)};
}

std::optional<NextTry> EximSchedule::next(const Failure& failure) const {
  const std::int64_t failing_ns = age_ns(failure);
  for (const EximRule& rule : kEximRules) {
    const bool is_last = &rule == &kEximRules.back();
    if (failing_ns > (is_last ? give_up_ns_ : std::min(rule.period_ns, give_up_ns_))) continue;
    std::int64_t wait_ns = rule.wait_ns;
    if (rule.is_geometric && failure.waited_ns >= rule.wait_ns) wait_ns = failure.waited_ns / 2 * 3;
    return NextTry{.time_ns = failure.now_ns + wait_ns,
                   .rule = fmt::format("exim {}: {} s later, failing for {} s", rule.text, wait_ns / kSecond,
                                       failing_ns / kSecond)};
  }
  return std::nullopt;
}

std::int64_t EximSchedule::after_give_up_ns() const {
  return kEximRules.back().wait_ns;
}

std::optional<NextTry> OpenSmtpdSchedule::next(const Failure& failure) const {
  const std::int64_t n = failure.attempts;
  const std::int64_t unit = failure.is_local ? 10 : 400;
  const std::int64_t time_ns = failure.since_ns + unit * n * n * kSecond;
  // The time may be past, if the attempt was long.
  return until(failure.since_ns + give_up_ns_, std::max(time_ns, failure.now_ns),
               fmt::format("opensmtpd: {}·{}² s after its arrival", unit, n));
}

std::optional<NextTry> QmailSchedule::next(const Failure& failure) const {
  const std::int64_t began_s = (failure.began_ns - failure.since_ns) / kSecond;
  if (failure.began_ns - failure.since_ns >= give_up_ns_) return std::nullopt;
  const std::int64_t skip = failure.is_local ? 10 : 20;
  const std::int64_t root = scenario::whole_root(began_s) + skip;
  const std::int64_t time_ns = failure.since_ns + root * root * kSecond;
  return NextTry{.time_ns = std::max(time_ns, failure.now_ns),
                 .rule = fmt::format("qmail: (⌊√{}⌋ + {})² s after its arrival", began_s, skip)};
}

std::optional<NextTry> FormulaSchedule::next(const Failure& failure) const {
  if (age_ns(failure) >= give_up_ns_) return std::nullopt;
  const std::int64_t seconds = formula_.seconds(failure.attempts, age_ns(failure) / kSecond);
  if (seconds >= kLatestNs / kSecond) return std::nullopt;
  return NextTry{.time_ns = std::max(failure.since_ns + seconds * kSecond, failure.now_ns + kSecond),
                 .rule = "formula " + formula_.text()};
}

}  // namespace mailroom::queue
