// SPDX-License-Identifier: GPL-2.0-only
// What keeps a message from being tried, by a rule of the host, and what has it tried before its time.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/agents/scheduler.hpp"
#include "sim/scenario/pattern.hpp"

namespace mailroom::agents {

namespace {

bool applies(const scenario::Hold& rule, const queue::Entry& entry, std::int64_t now_ns) {
  const auto is_for = [&rule](const queue::Recipient& recipient) {
    return scenario::matches(rule.to, recipient.forward_path);
  };
  return (!rule.until_ns || *rule.until_ns > now_ns) &&
         (rule.from.empty() || scenario::matches(rule.from, entry.reverse_path)) &&
         (rule.to.empty() || std::ranges::any_of(entry.recipients, is_for));
}

bool holds_longer(const scenario::Hold& a, const scenario::Hold& b) {
  return b.until_ns && (!a.until_ns || *a.until_ns > *b.until_ns);
}

std::string words_for(const scenario::Hold& rule) {
  std::string text = fmt::format("hold: from {}, to {}", rule.from.empty() ? "anyone" : rule.from,
                                 rule.to.empty() ? "anyone" : rule.to);
  if (rule.until_ns) text += fmt::format(", until {} s", *rule.until_ns / scenario::kSecond);
  return text;
}

}  // namespace

// True: a rule of the host keeps the message where it is. Of several, the one that holds it longest.
bool Scheduler::hold(queue::Entry& entry) {
  const scenario::Hold* found = nullptr;
  for (const scenario::Hold& rule : config_.hold) {
    if (!applies(rule, entry, host_.now_ns())) continue;
    if (found == nullptr || holds_longer(rule, *found)) found = &rule;
  }
  if (found == nullptr) return false;
  queue_.hold(entry);
  trace::ContextScope scope(host_.recorder(), {entry.queued, entry.text.message, {}});
  entry.held = host_.recorder().record({.kind = trace::Kind::message_held,
                                        .host = host_.id(),
                                        .message = entry.text.message,
                                        .text = words_for(*found)});
  entry.release_ns = found->until_ns.value_or(0);
  await_release(entry);
  return true;
}

void Scheduler::await_release(const queue::Entry& entry) {
  if (entry.release_ns == 0) return;
  const std::int64_t left_ns = std::max<std::int64_t>(entry.release_ns - host_.now_ns(), 0);
  releases_.after(left_ns, [this, id = entry.id] { release(id); });
}

void Scheduler::release(queue::EntryId id) {
  if (!queue_.contains(id)) return;  // a fault has destroyed it
  queue::Entry& entry = queue_.at(id);
  trace::ContextScope scope(host_.recorder(), {entry.held, entry.text.message, {}});
  queue_.release(entry);
  const trace::EventId released = host_.recorder().record({.kind = trace::Kind::message_released,
                                                           .host = host_.id(),
                                                           .message = entry.text.message,
                                                           .text = queue::queue_id(id)});
  begin(entry, released);
  arm();
}

Scheduler::Turn Scheduler::turn(std::string_view domain, bool below, std::string_view who) {
  const std::string node = lower(domain);
  const auto is_for = [&](const queue::Recipient& recipient) {
    const std::string name = lower(first_hop_domain(recipient.forward_path));
    return name == node || (below && name.ends_with("." + node));
  };
  Turn turn;
  for (const queue::Place place :
       {queue::Place::deferred, queue::Place::active, queue::Place::incoming, queue::Place::held}) {
    for (const queue::EntryId id : queue_.ids(place)) {
      queue::Entry& entry = queue_.at(id);
      for (std::size_t index = 0; index < entry.recipients.size(); ++index) {
        const queue::Recipient& recipient = entry.recipients[index];
        if (recipient.state == queue::RecipientState::done || !is_for(recipient)) continue;
        ++(expedite(entry, index, who) ? turn.started : turn.others);
      }
    }
  }
  arm();
  return turn;
}

// Whatever has been learned of the destination: somebody there has just spoken.
bool Scheduler::expedite(queue::Entry& entry, std::size_t index, std::string_view who) {
  queue::Recipient& recipient = entry.recipients[index];
  const std::int64_t now_ns = host_.now_ns();
  if (recipient.state != queue::RecipientState::deferred || !queue_.expedite(entry, index, now_ns)) return false;
  const Route route = router_.route(first_hop_domain(recipient.forward_path));
  if (const auto* hop = std::get_if<NextHop>(&route)) {
    dead_.erase(*hop);
    book_.expedite(host_key(*hop), now_ns);
  }
  book_.expedite(recipient_key(entry, index), now_ns);
  recipient.expires = false;
  recipient.deferred = host_.recorder().record({.kind = trace::Kind::copy_expedited,
                                                .host = host_.id(),
                                                .message = entry.text.message,
                                                .copy = recipient.copy,
                                                .recipient = recipient.id,
                                                .text = who,
                                                .because = recipient.deferred});
  return true;
}

}  // namespace mailroom::agents
