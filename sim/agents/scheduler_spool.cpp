// SPDX-License-Identifier: GPL-2.0-only
// What a fault of the spool does to the messages that wait in it.
#include <fmt/format.h>

#include <algorithm>

#include "sim/agents/scheduler.hpp"

namespace mailroom::agents {

// Somebody is busy with it, and would miss it: a connection, the disk; or it has just been committed, and whoever took
// it has still to confirm that.
bool Scheduler::is_in_hand(const queue::Entry& entry) const {
  if (entry.place == queue::Place::active || entry.unmarked > 0) return true;
  const auto waits = [&entry](const Incoming& one) { return one.entry == entry.id; };
  return entry.place == queue::Place::incoming && std::ranges::none_of(incoming_, waits);
}

void Scheduler::destroy_waiting(const std::function<bool()>& is_hit, trace::Blame blame, bool is_running) {
  std::vector<queue::EntryId> all;
  for (const queue::Place place :
       {queue::Place::incoming, queue::Place::active, queue::Place::deferred, queue::Place::held})
    for (const queue::EntryId id : queue_.ids(place)) all.push_back(id);
  std::ranges::sort(all);
  for (const queue::EntryId id : all) {
    queue::Entry& entry = queue_.at(id);
    if (entry.open == 0 || (is_running && is_in_hand(entry))) continue;
    if (is_hit()) destroy(entry, blame);
  }
  arm();
}

void Scheduler::destroy(queue::Entry& entry, trace::Blame blame) {
  trace::ContextScope scope(host_.recorder(), {blame.began, entry.text.message, {}});
  const std::string text = fmt::format("the spool file of {} cannot be read any more", queue::queue_id(entry.id));
  for (const queue::Recipient& recipient : entry.recipients) {
    if (recipient.state == queue::RecipientState::done) continue;
    host_.recorder().record({.kind = trace::Kind::copy_destroyed,
                             .host = host_.id(),
                             .message = entry.text.message,
                             .copy = recipient.copy,
                             .recipient = recipient.id,
                             .fault = blame.fault,
                             .text = text,
                             .because = blame.began});
  }
  std::erase_if(incoming_, [&entry](const Incoming& one) { return one.entry == entry.id; });
  queue_.lose(entry);
  remove(entry);
}

}  // namespace mailroom::agents
