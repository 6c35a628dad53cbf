// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace mailroom::queue {

bool Visited::contains(std::string_view address) const {
  return (before != nullptr && before->contains(address)) || std::ranges::find(here, address) != here.end();
}

std::string queue_id(EntryId id) {
  return fmt::format("Q{:05d}", id);
}

Entry& Queue::add(Entry entry) {
  if (entry.id == 0) entry.id = reserve_id();
  const EntryId id = entry.id;
  entry.open = entry.in_hand = static_cast<std::int64_t>(entry.recipients.size());
  entry.place = Place::incoming;
  ++counts_[static_cast<std::size_t>(Place::incoming)];
  recipients_ += entry.recipients.size();
  const auto [added, is_new] = entries_.emplace(id, std::move(entry));
  assert(is_new);
  return added->second;
}

Entry& Queue::at(EntryId id) {
  const auto found = entries_.find(id);
  assert(found != entries_.end());
  return found->second;
}

void Queue::put(Entry& entry, Place place) {
  --counts_[static_cast<std::size_t>(entry.place)];
  ++counts_[static_cast<std::size_t>(place)];
  entry.place = place;
}

void Queue::take(Entry& entry) {
  assert(entry.place == Place::incoming);
  put(entry, Place::active);
}

void Queue::hold(Entry& entry) {
  assert(entry.place == Place::incoming);
  put(entry, Place::held);
}

void Queue::release(Entry& entry) {
  assert(entry.place == Place::held);
  put(entry, Place::incoming);
}

// A recipient is not in hand any more.
void Queue::let_go(Entry& entry) {
  if (--entry.in_hand == 0 && entry.open > 0) put(entry, Place::deferred);
}

void Queue::activate(Entry& entry, std::size_t index) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::ready && entry.place == Place::active);
  recipient.state = RecipientState::active;
}

void Queue::put_back(Entry& entry, std::size_t index) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::active && entry.place == Place::active);
  recipient.state = RecipientState::ready;
}

void Queue::defer(Entry& entry, std::size_t index, std::int64_t next_try_ns) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::active);
  recipient.state = RecipientState::deferred;
  recipient.next_try_ns = next_try_ns;
  due_.push({next_try_ns, entry.id, index});
  let_go(entry);
}

bool Queue::expedite(Entry& entry, std::size_t index, std::int64_t now_ns) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::deferred);
  if (recipient.next_try_ns <= now_ns) return false;
  recipient.next_try_ns = now_ns;
  due_.push({now_ns, entry.id, index});
  return true;
}

bool Queue::is_stale(const Due& due) const {
  const auto found = entries_.find(due.entry);
  if (found == entries_.end()) return true;
  const Recipient& recipient = found->second.recipients.at(due.index);
  return recipient.state != RecipientState::deferred || recipient.next_try_ns != due.next_try_ns;
}

void Queue::drop_stale() {
  while (!due_.empty() && is_stale(due_.top())) due_.pop();
}

void Queue::settle(Entry& entry, std::size_t index) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::active);
  recipient.state = RecipientState::done;
  ++entry.unmarked;
  --recipients_;
  --entry.open;
  let_go(entry);
}

void Queue::mark(Entry& entry, std::size_t index) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::done && !recipient.is_marked);
  recipient.is_marked = true;
  std::string().swap(recipient.forward_path);  // its octets go now, not with the last of the others
  --entry.unmarked;
}

std::vector<std::pair<EntryId, std::size_t>> Queue::recover() {
  std::vector<std::pair<EntryId, std::size_t>> again;
  for (auto& [id, entry] : entries_) {
    entry.in_hand = 0;
    for (std::size_t index = 0; index < entry.recipients.size(); ++index) {
      Recipient& recipient = entry.recipients[index];
      if (recipient.state == RecipientState::deferred) continue;
      if (recipient.state == RecipientState::done && recipient.is_marked) continue;
      if (recipient.state == RecipientState::done) {
        again.emplace_back(id, index);
        ++entry.open;
        --entry.unmarked;
        ++recipients_;
      }
      recipient.state = RecipientState::ready;
      ++entry.in_hand;
    }
    if (entry.place != Place::held) {
      const bool is_new = entry.in_hand > 0 || entry.recipients.empty();
      put(entry, is_new ? Place::incoming : Place::deferred);
    }
  }
  std::ranges::sort(again);
  return again;
}

std::vector<EntryId> Queue::ids(Place place) const {
  std::vector<EntryId> found;
  for (const auto& [id, entry] : entries_) {
    if (entry.place == place) found.push_back(id);
  }
  std::ranges::sort(found);
  return found;
}

void Queue::remove(EntryId id) {
  Entry& entry = at(id);
  assert(entry.open == 0 && entry.unmarked == 0);
  --counts_[static_cast<std::size_t>(entry.place)];
  entries_.erase(id);
}

void Queue::lose(Entry& entry) {
  for (Recipient& recipient : entry.recipients) {
    if (recipient.state != RecipientState::done) --recipients_;
    recipient.state = RecipientState::done;
    recipient.is_marked = true;
  }
  entry.open = entry.in_hand = entry.unmarked = 0;
}

std::optional<std::int64_t> Queue::next_due_ns() {
  drop_stale();
  if (due_.empty()) return std::nullopt;
  return due_.top().next_try_ns;
}

std::optional<std::pair<EntryId, std::vector<std::size_t>>> Queue::take_due(std::int64_t now_ns) {
  drop_stale();
  // After a crash others of the message may be ready again: then it is incoming, and these go with it when it is taken.
  while (!due_.empty() && due_.top().next_try_ns <= now_ns && at(due_.top().entry).place == Place::incoming) {
    Entry& entry = at(due_.top().entry);
    entry.recipients.at(due_.top().index).state = RecipientState::ready;
    ++entry.in_hand;
    due_.pop();
    drop_stale();
  }
  if (due_.empty() || due_.top().next_try_ns > now_ns) return std::nullopt;
  const EntryId id = due_.top().entry;
  Entry& entry = at(id);
  std::vector<std::size_t> indices;
  // Recipients of one message that are due together go out together: neighbours in the index.
  while (!due_.empty() && due_.top().next_try_ns <= now_ns && due_.top().entry == id) {
    const std::size_t index = due_.top().index;
    due_.pop();
    entry.recipients.at(index).state = RecipientState::ready;
    indices.push_back(index);
    drop_stale();
  }
  entry.in_hand += static_cast<std::int64_t>(indices.size());
  if (entry.place == Place::deferred) put(entry, Place::active);
  return std::pair{id, std::move(indices)};
}

}  // namespace mailroom::queue
