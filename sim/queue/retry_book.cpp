// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/retry_book.hpp"

#include <algorithm>

namespace mailroom::queue {

namespace {

constexpr std::int64_t kDayNs = 24 * 3600 * scenario::kSecond;
// Exim's retry_data_expire: a host that was not tried for so long is one of which nothing is known.
constexpr std::int64_t kExpireNs = 7 * kDayNs;
// How often the old ones are looked for.
constexpr std::int64_t kLookNs = kDayNs;

bool is_old(const RetryRecord& record, std::int64_t now_ns) {
  return now_ns - record.last_failed_ns > kExpireNs;
}

}  // namespace

const RetryRecord& RetryBook::fail(std::string_view key, const RetrySchedule& schedule, std::int64_t now_ns,
                                   bool is_local, trace::EventId because) {
  if (now_ns - looked_through_ns_ >= kLookNs) forget_old(now_ns);
  const auto [found, is_new] = records_.try_emplace(std::string(key));
  RetryRecord& record = found->second;
  if (!is_new && is_old(record, now_ns)) record = {};
  if (record.failures == 0) record.first_failed_ns = now_ns;
  if (now_ns < record.next_try_ns) return record;
  ++record.failures;
  record.last_failed_ns = now_ns;
  const auto next = schedule.next({.since_ns = record.first_failed_ns,
                                   .began_ns = now_ns,
                                   .now_ns = now_ns,
                                   .waited_ns = record.waited_ns,
                                   .attempts = record.failures,
                                   .is_local = is_local});
  record.is_given_up = !next;
  record.next_try_ns = next ? next->time_ns : now_ns + schedule.after_give_up_ns();
  record.waited_ns = record.next_try_ns - now_ns;
  record.rule = next ? next->rule : std::string();
  record.because = because;
  return record;
}

void RetryBook::succeed(std::string_view key) {
  const auto found = records_.find(key);
  if (found != records_.end()) records_.erase(found);
}

void RetryBook::expedite(std::string_view key, std::int64_t now_ns) {
  const auto found = records_.find(key);
  if (found != records_.end()) found->second.next_try_ns = std::min(found->second.next_try_ns, now_ns);
}

const RetryRecord* RetryBook::find(std::string_view key, std::int64_t now_ns) const {
  const auto found = records_.find(key);
  return found == records_.end() || is_old(found->second, now_ns) ? nullptr : &found->second;
}

void RetryBook::forget_old(std::int64_t now_ns) {
  looked_through_ns_ = now_ns;
  std::erase_if(records_, [now_ns](const auto& known) { return is_old(known.second, now_ns); });
}

}  // namespace mailroom::queue
