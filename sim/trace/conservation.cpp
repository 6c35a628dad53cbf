// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/conservation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/trace/discard_rules.hpp"

namespace mailroom::trace {

namespace {

// How the text of attempt.ended begins where the lone dot was sent and no reply to it was read.
constexpr std::string_view kInDoubt = "in doubt";
// The sentences of faults that destroy mail.
constexpr std::string_view kDestructiveFault = "spool of ";

bool is_end(Kind kind) {
  switch (kind) {
    case Kind::copy_delivered:
    case Kind::copy_relayed:
    case Kind::copy_expanded:
    case Kind::copy_bounced:
    case Kind::copy_discarded:
    case Kind::copy_destroyed:
      return true;
    default:
      return false;
  }
}

}  // namespace

template <class... Arguments>
void Conservation::say(const StoredEvent& event, std::string_view format, const Arguments&... arguments) {
  accounts_.violations.push_back({event.id, fmt::vformat(format, fmt::make_format_args(arguments...))});
}

void Conservation::read(const StoredEvent& event) {
  switch (event.kind) {
    case Kind::fault_began:
      faults_.insert_or_assign(event.fault, event.text);
      return;
    case Kind::message_composed:
      return compose(event);
    case Kind::copy_created:
      return create(event);
    case Kind::message_queued:
      entries_.try_emplace({event.host, event.text});
      return;
    case Kind::message_removed:
      return remove(event);
    case Kind::mailbox_appended:
      return append(event);
    case Kind::disk_filled:
      messages_[event.message].had_no_room = true;
      return;
    case Kind::control_received:
      return note_outside(event);
    case Kind::attempt_ended:
      attempts_[{event.host, event.message}] = event.connection;
      if (event.text.starts_with(kInDoubt)) doubts_[{event.host, event.message}].push_back(event.id);
      return;
    case Kind::run_ended:
      ran_idle_ = event.text == "idle";
      return;
    case Kind::host_crashed:
      crashes_[event.host].push_back(event.id);
      return;
    default:
      if (is_end(event.kind)) end(event);
  }
}

// "type 2.1 …": what a listener took, its real server says.
void Conservation::note_outside(const StoredEvent& event) {
  constexpr std::string_view kType = "type ";
  if (!event.text.starts_with(kType)) return;
  const std::string_view name = std::string_view(event.text).substr(kType.size());
  if (name.substr(0, name.find(' ')).find('.') != std::string_view::npos) outside_.insert(event.connection);
}

// Whether a copy that is relayed went to a real server. Below `mail` no attempt says so: it may have.
bool Conservation::goes_outside(const StoredEvent& event, const Copy& copy) const {
  if (event.kind != Kind::copy_relayed || copy.children_elsewhere > 0 || outside_.empty()) return false;
  const auto attempt = attempts_.find({copy.host, copy.message});
  return !has_queues_ || (attempt != attempts_.end() && outside_.contains(attempt->second));
}

void Conservation::compose(const StoredEvent& event) {
  Message& message = messages_[event.message];
  if (message.composed) return say(event, "message {} is composed twice", event.message.value);
  message.composed = event.id;
  message.host = event.host;
  message.asked = event.value.value_or(0);
  message.has_no_sender = event.detail.find(R"("from":"")") != std::string::npos;
}

void Conservation::create(const StoredEvent& event) {
  if (copies_.contains(event.copy)) return say(event, "copy {} is created twice", event.copy.value);
  Copy& copy = copies_[event.copy];
  copy.root = event.copy;
  copy.host = event.host;
  copy.message = event.message;
  if (!event.text.empty()) copy.entry = {event.host, event.text};
  if (event.parent) {
    copy.parent = event.parent;
    create_child(event, copy);
  } else {
    ++messages_[event.message].roots;
  }
  ++accounts_.copies;
  ++trees_[copy.root].owned;
  ++owned_[event.host];
  if (has_queues_ && !copy.entry.second.empty()) {
    const auto entry = entries_.find(copy.entry);
    if (entry == entries_.end() || entry->second.is_removed)
      return say(event, "copy {} is of the entry {}, which is not in the queue", event.copy.value,
                 event.text);
    ++entry->second.owned;
  }
}

void Conservation::create_child(const StoredEvent& event, Copy& copy) {
  const auto found = copies_.find(event.parent);
  if (found == copies_.end()) return say(event, "copy {} has an unknown parent", event.copy.value);
  Copy& parent = found->second;
  copy.root = parent.root;
  if (parent.message != event.message)
    say(event, "copy {} is of another message than its parent {}", event.copy.value, event.parent.value);
  if (parent.host == event.host) {
    ++parent.children_here;
    // Only a disk that did not know of the end brings back what had ended.
    if (parent.ended && crashes_[event.host].empty())
      say(event, "copy {} descends from copy {}, which had ended here, and the host had not crashed",
          event.copy.value, event.parent.value);
    return;
  }
  if (++parent.children_elsewhere > 1 || parent.ended) take_over_again(event, event.parent, parent);
}

// The receiver takes what it has already, or what the sender had given up: the sender had not read the reply.
void Conservation::take_over_again(const StoredEvent& event, CopyId parent_id, Copy& parent) {
  if (!has_queues_) return;
  std::vector<EventId> reasons = doubts_[{parent.host, parent.message}];
  const std::vector<EventId>& crashes = crashes_[parent.host];
  reasons.insert(reasons.end(), crashes.begin(), crashes.end());
  std::ranges::sort(reasons);
  if (static_cast<std::size_t>(parent.doubts_used) >= reasons.size())
    return say(event, "copy {} takes over copy {} again, though nothing had left the first time in doubt",
               event.copy.value, parent_id.value);
  const EventId because = reasons[static_cast<std::size_t>(parent.doubts_used++)];
  accounts_.duplicates.push_back({parent_id, event.copy, because});
}

void Conservation::end(const StoredEvent& event) {
  const auto found = copies_.find(event.copy);
  if (found == copies_.end()) return say(event, "copy {} ends, but was never created", event.copy.value);
  Copy& copy = found->second;
  if (copy.ended)
    return say(event, "copy {} ends twice, first by event {}", event.copy.value, copy.ended.value);
  copy.ended = event.id;
  copy.end = event.kind;
  ++accounts_.ended[event.kind];
  if (copy.host != event.host) say(event, "copy {} ends at a host that does not own it", event.copy.value);
  const bool has_left = goes_outside(event, copy);
  if (has_left)
    ++accounts_.left;
  else
    check_end(event, copy);
  --owned_[copy.host];
  if (const auto entry = entries_.find(copy.entry); entry != entries_.end()) --entry->second.owned;
  Tree& tree = trees_[copy.root];
  --tree.owned;
  const bool is_handed_on =
      (event.kind == Kind::copy_relayed && !is_of_one_host_) || event.kind == Kind::copy_expanded;
  tree.is_settled = tree.is_settled || !is_handed_on || has_left;
  if (tree.owned == 0 && !tree.is_settled)
    say(event, "with copy {} nobody is responsible any more", event.copy.value);
}

// Whether an end of this kind may be.
void Conservation::check_end(const StoredEvent& event, const Copy& copy) {
  const auto id = event.copy.value;
  const Message& message = messages_[copy.message];
  switch (event.kind) {
    case Kind::copy_relayed:
      if (copy.children_elsewhere == 0 && !is_of_one_host_)
        say(event, "copy {} was handed on, but no other host has it", id);
      return;
    case Kind::copy_expanded:
      if (copy.children_here == 0) say(event, "copy {} was expanded into nothing", id);
      return;
    case Kind::copy_bounced: {
      const MessageId notice{event.value.value_or(0)};
      const auto told = messages_.find(notice);
      const bool is_made = told != messages_.end() && told->second.composed && told->second.roots > 0;
      if (!is_made && (notice || !message.has_no_sender))
        say(event, "copy {} is bounced, but nobody is responsible for the notification {}", id, notice.value);
      return;
    }
    case Kind::copy_discarded: {
      const DiscardRule* rule = discard_rule(event.text);
      ++accounts_.discarded_by[rule != nullptr ? std::string(rule->text) : event.text];
      if (rule == nullptr) return say(event, "copy {} is dropped by '{}', which is no rule", id, event.text);
      if (rule->only_notifications && message.composed && !message.has_no_sender)
        say(event, "copy {} has a sender, and is dropped by a rule for notifications: {}", id, rule->text);
      return;
    }
    case Kind::copy_destroyed: {
      if (!event.fault) return say(event, "copy {} is lost, and no fault destroyed it", id);
      const auto fault = faults_.find(event.fault);
      if (fault == faults_.end())
        return say(event, "copy {} is lost by fault {}, which has not begun", id, event.fault.value);
      ++accounts_.destroyed_by[fault->second];
      if (!fault->second.starts_with(kDestructiveFault))
        say(event, "copy {} is lost by a fault that destroys nothing: {}", id, fault->second);
      return;
    }
    case Kind::copy_delivered:
      if (has_queues_ && !copy.is_appended) say(event, "copy {} is delivered, but is in no mailbox", id);
      return;
    default:
      return;
  }
}

void Conservation::remove(const StoredEvent& event) {
  const auto entry = entries_.find({event.host, event.text});
  if (entry == entries_.end() || entry->second.is_removed)
    return say(event, "entry {} leaves a queue that it is not in", event.text);
  entry->second.is_removed = true;
  if (entry->second.owned != 0)
    say(event, "entry {} leaves the queue with {} of its copies not ended", event.text, entry->second.owned);
}

void Conservation::append(const StoredEvent& event) {
  const auto copy = copies_.find(event.copy);
  if (copy == copies_.end())
    return say(event, "a mailbox gets copy {}, which does not exist", event.copy.value);
  copy->second.is_appended = true;
}

Accounts Conservation::finish() {
  const StoredEvent at_the_end{};
  for (const auto& [id, message] : messages_) {
    if (!message.composed || message.roots == message.asked) continue;
    // Nobody took it, as its author knows: no disk had room for it, its host crashed before it was safe, or was down, or
    // it was still being written when the run ended.
    const bool was_refused = message.had_no_room || !crashes_[message.host].empty();
    if (message.roots == 0 && (was_refused || !has_queues_ || !ran_idle_)) continue;
    say(at_the_end, "message {} has {} recipients, but its host became responsible for {}", id.value,
        message.asked, message.roots);
  }
  std::map<HostId, std::int64_t> queued;
  for (const auto& [key, entry] : entries_)
    if (!entry.is_removed) queued[key.first] += entry.owned;
  for (const auto& [host, count] : owned_) {
    accounts_.owned += count;
    const auto there = queued.find(host);
    const std::int64_t in_queue = there == queued.end() ? 0 : there->second;
    if (has_queues_ && in_queue != count)
      say(at_the_end, "host {} owns {} copies, but {} are in its queue", host.value, count, in_queue);
  }
  return std::move(accounts_);
}

}  // namespace mailroom::trace
