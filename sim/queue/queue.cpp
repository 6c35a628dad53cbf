// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/queue.hpp"

#include <fmt/format.h>

#include <cassert>

namespace mailroom::queue {

std::string queue_id(EntryId id) {
  return fmt::format("Q{:05d}", id);
}

Entry& Queue::add(Entry entry) {
  entry.id = ++last_id_;
  entry.open = static_cast<std::int64_t>(entry.recipients.size());
  recipients_ += entry.recipients.size();
  return entries_.emplace(last_id_, std::move(entry)).first->second;
}

Entry& Queue::at(EntryId id) {
  const auto found = entries_.find(id);
  assert(found != entries_.end());
  return found->second;
}

void Queue::activate(Entry& entry, std::size_t index) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::ready);
  recipient.state = RecipientState::active;
}

void Queue::defer(Entry& entry, std::size_t index, std::int64_t next_try_ns) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::active);
  recipient.state = RecipientState::deferred;
  recipient.next_try_ns = next_try_ns;
  due_.insert({next_try_ns, entry.id, index});
}

bool Queue::settle(Entry& entry, std::size_t index) {
  Recipient& recipient = entry.recipients.at(index);
  assert(recipient.state == RecipientState::active);
  recipient.state = RecipientState::done;
  std::string().swap(recipient.forward_path);  // its octets go now, not with the last of the others
  --recipients_;
  return --entry.open == 0;
}

void Queue::remove(EntryId id) {
  assert(at(id).open == 0);
  entries_.erase(id);
}

std::optional<std::int64_t> Queue::next_due_ns() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->next_try_ns;
}

std::optional<std::pair<EntryId, std::vector<std::size_t>>> Queue::take_due(std::int64_t now_ns) {
  if (due_.empty() || due_.begin()->next_try_ns > now_ns) return std::nullopt;
  const EntryId id = due_.begin()->entry;
  Entry& entry = at(id);
  std::vector<std::size_t> indices;
  // Recipients of one message that are due together go out together: neighbours in the index.
  while (!due_.empty() && due_.begin()->next_try_ns <= now_ns && due_.begin()->entry == id) {
    const std::size_t index = due_.begin()->index;
    due_.erase(due_.begin());
    entry.recipients.at(index).state = RecipientState::ready;
    indices.push_back(index);
  }
  return std::pair{id, std::move(indices)};
}

}  // namespace mailroom::queue
