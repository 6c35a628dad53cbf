// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/retry_book.hpp"

#include <algorithm>

namespace mailroom::queue {

const RetryRecord& RetryBook::fail(std::string_view key, const RetrySchedule& schedule, std::int64_t now_ns,
                                   bool is_local, trace::EventId because) {
  const auto [found, is_new] = records_.try_emplace(std::string(key));
  RetryRecord& record = found->second;
  if (is_new) record.first_failed_ns = now_ns;
  if (now_ns < record.next_try_ns) return record;
  ++record.failures;
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

const RetryRecord* RetryBook::find(std::string_view key) const {
  const auto found = records_.find(key);
  return found == records_.end() ? nullptr : &found->second;
}

}  // namespace mailroom::queue
