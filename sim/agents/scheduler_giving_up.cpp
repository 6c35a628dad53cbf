// SPDX-License-Identifier: GPL-2.0-only
// Recipients that are given up: who is told of it, and by which rule nobody is.
#include <algorithm>
#include <functional>
#include <utility>

#include "sim/agents/notifier.hpp"
#include "sim/agents/scheduler.hpp"
#include "sim/agents/smtp_text.hpp"
#include "sim/trace/discard_rules.hpp"

namespace mailroom::agents {

namespace {
// A notification found no room on the disk: its failures stay queued this long before the next try.
constexpr std::int64_t kNoRoomRetryNs = 15 * 60 * scenario::kSecond;
// And so long after the message would have been given up the attempt to tell of it ends.
constexpr std::int64_t kNoRoomLimitNs = 24 * 3600 * scenario::kSecond;
// A notification that failed is held for as long before it is tried once more.
constexpr std::int64_t kHoldNs = 48 * 3600 * scenario::kSecond;
constexpr std::string_view kHold = "double-bounce: hold: for two days, then it is tried once more";
}  // namespace

void Scheduler::give_up(queue::Entry& entry, const std::vector<Outcome>& failures) {
  if (entry.reverse_path.empty()) return give_up_notification(entry, failures);
  std::vector<Outcome> wanted;
  std::vector<Outcome> unwanted;
  for (const Outcome& outcome : failures)
    (notifier_.wants(entry, outcome.index, dsn::Action::failed) ? wanted : unwanted).push_back(outcome);
  if (!wanted.empty()) tell(entry, wanted);
  // Last, because the entry may go with it.
  if (!unwanted.empty()) discard(entry, unwanted, trace::kNotifyRule);
}

// RFC 5321 §6.1: a notification is not answered with another. Who may hear of it is the postmaster of this host.
void Scheduler::give_up_notification(queue::Entry& entry, std::vector<Outcome> failures) {
  using Double = scenario::Bounces::DoubleBounce;
  switch (config_.bounces.double_bounce) {
    case Double::discard:
      return discard(entry, failures, trace::kNullReversePathRule);
    case Double::postmaster: {
      // Of a notification that was for the postmaster nobody is told, and a host without a domain has none.
      const auto& passed = entry.delivered_to;
      if (entry.is_double_bounce || config_.domains.empty() ||
          passed.contains(notifier_.postmaster()))
        return discard(entry, failures, trace::kNullReversePathRule);
      const auto is_to_postmaster = [&](const Outcome& outcome) {
        return entry.recipients[outcome.index].forward_path == notifier_.postmaster();
      };
      const auto theirs = std::ranges::stable_partition(failures, std::not_fn(is_to_postmaster));
      const std::vector<Outcome> dropped(theirs.begin(), theirs.end());
      failures.erase(theirs.begin(), theirs.end());
      if (!failures.empty()) tell(entry, failures);
      if (!dropped.empty()) discard(entry, dropped, trace::kNullReversePathRule);
      return;
    }
    case Double::hold: {
      std::vector<Outcome> dropped;
      for (const Outcome& outcome : failures) {
        if (std::exchange(entry.recipients[outcome.index].was_held, true)) {
          dropped.push_back(outcome);
        } else {
          defer(entry, outcome, {.time_ns = host_.now_ns() + kHoldNs, .rule = std::string(kHold)});
        }
      }
      // Last, because the entry may go with it.
      if (!dropped.empty()) discard(entry, dropped, trace::kHeldRule);
      return;
    }
  }
}

// The copies end when the notification is committed.
void Scheduler::tell(queue::Entry& entry, const std::vector<Outcome>& failures) {
  const auto taken = notifier_.failed(entry, failures, [this, id = entry.id, failures](queue::EntryId notification) {
    was_told(id, failures, notification);
  });
  if (!taken) keep_untold(entry, failures, taken.error());
}

// The notification is committed: now what it tells of ends.
void Scheduler::was_told(queue::EntryId id, const std::vector<Outcome>& failures, queue::EntryId notification_id) {
  const queue::Entry& entry = queue_.at(id);
  queue::Entry& notification = queue_.at(notification_id);
  for (const Outcome& outcome : failures) {
    const std::string text = told(outcome);
    record(entry, outcome,
           {.kind = trace::Kind::copy_bounced, .value = notification.text.message.value, .text = text});
  }
  dispatch(notification);
  settle(queue_.at(id), failures);
  if (is_starved_) fill_active();
  arm();
}

void Scheduler::discard(queue::Entry& entry, const std::vector<Outcome>& failures,
                        std::string_view rule) {
  for (const Outcome& outcome : failures) {
    record(entry, outcome, {.kind = trace::Kind::copy_discarded, .text = rule});
  }
  settle(entry, failures);
}

// There is no room for the notification: still ours, until the originator can be told; but not for ever.
void Scheduler::keep_untold(queue::Entry& entry, std::vector<Outcome> failures, trace::EventId disk_filled) {
  for (Outcome& outcome : failures) {
    outcome.text = "no room for the notification that " + told(outcome);
    outcome.enhanced_code.clear();
    outcome.because = disk_filled;
  }
  if (host_.now_ns() - entry.arrival_ns - config_.retry.give_up_ns >= kNoRoomLimitNs) {
    return discard(entry, failures, trace::kNoRoomRule);
  }
  for (const Outcome& outcome : failures) defer(entry, outcome, {.time_ns = host_.now_ns() + kNoRoomRetryNs});
}

}  // namespace mailroom::agents
