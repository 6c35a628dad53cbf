// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/fold.hpp"

#include <algorithm>
#include <charconv>

namespace mailroom::trace {

namespace {

// The number behind a member's name in a JSON object as agents write it; 0: there is none. Inside of strings every
// quotation mark has a backslash before it, so that none of them can look like a member.
std::int64_t number_in(std::string_view detail, std::string_view member) {
  const std::size_t at = detail.find(member);
  std::int64_t number = 0;
  if (at != std::string_view::npos)
    std::from_chars(detail.data() + at + member.size(), detail.data() + detail.size(), number);
  return number;
}

}  // namespace

// --- messages and copies

void Fold::message_composed() {
  if (!decltype(World::messages)::holds(event_.message)) return;
  Message& message = world_.messages.edit(event_.message);
  message.composed = event_.id;
  message.composed_ns = event_.time_ns;
  message.host = event_.host;
  message.content = event_.content;
  message.size_bytes = event_.size.value_or(0);
  message.message_id = event_.text;
  message.recipients = event_.value.value_or(0);
  message.notifies = {number_in(event_.detail, R"(,"notifies":)")};
  message.is_forged = event_.detail.find(R"(,"forged":true)") != std::string::npos;
}

void Fold::message_queued() {
  if (!has_host()) return;
  const QueueEntryId id = world_.queue_entries.append({.queued = event_.id,
                                                       .queued_ns = event_.time_ns,
                                                       .host = event_.host,
                                                       .message = event_.message,
                                                       .queue_id = event_.text,
                                                       .size_bytes = event_.size.value_or(0),
                                                       .copies = {},
                                                       .removed = false});
  HostState& at = host();
  at.queue[{event_.message, event_.text}] = id;
  at.disk_used_bytes += event_.size.value_or(0);
  // Copies that were made before their entry.
  const auto first = at.unqueued.lower_bound({event_.message, CopyId{}});
  std::vector<CopyId> waiting;
  for (auto copy = first; copy != at.unqueued.end() && copy->first == event_.message; ++copy) {
    const std::string& named = world_.copies.find(copy->second)->queue_id;
    if (named.empty() || named == event_.text) waiting.push_back(copy->second);
  }
  for (const CopyId copy : waiting) enter(id, copy);
}

void Fold::message_removed() {
  if (!has_host()) return;
  HostState& at = host();
  const auto found = at.queue.find({event_.message, event_.text});
  if (found == at.queue.end()) return;
  QueueEntry& entry = world_.queue_entries.edit(found->second);
  entry.removed = true;
  for (const CopyId copy : entry.copies) {
    if (world_.copies.find(copy)->open()) at.unqueued.insert({entry.message, copy});
  }
  at.disk_used_bytes -= entry.size_bytes;
  at.queue.erase(found);
}

// As a whole, and no longer so.
void Fold::message_waits(QueueEntry::Waits how) {
  if (!has_host()) return;
  // A message may be in the queue more than once, under names of their own; message.held does not say which.
  const auto first = host().queue.lower_bound({event_.message, std::string()});
  const bool is_named = how != QueueEntry::Waits::held;
  for (auto at = first; at != host().queue.end() && at->first.first == event_.message; ++at) {
    if (!is_named || at->first.second == event_.text) world_.queue_entries.edit(at->second).waits = how;
  }
}

void Fold::enter(QueueEntryId entry_id, CopyId copy_id) {
  Copy& copy = world_.copies.edit(copy_id);
  copy.entry = entry_id;
  world_.queue_entries.edit(entry_id).copies.push_back(copy_id);
  host().unqueued.erase({copy.message, copy_id});
}

// The entry of this host that a new copy belongs to: the one it names, else the last one of the message.
QueueEntryId Fold::entry_for_copy() const {
  const HostState& at = world_.host(event_.host);
  if (!event_.text.empty()) {
    const auto named = at.queue.find({event_.message, event_.text});
    return named == at.queue.end() ? QueueEntryId{} : named->second;
  }
  QueueEntryId last{};
  for (auto entry = at.queue.lower_bound({event_.message, ""});
       entry != at.queue.end() && entry->first.first == event_.message; ++entry) {
    last = std::max(last, entry->second);
  }
  return last;
}

void Fold::copy_created() {
  if (!decltype(World::copies)::holds(event_.copy) || !has_host()) return;
  Copy& copy = world_.copies.edit(event_.copy);
  if (copy.created) return;
  copy.created = event_.id;
  copy.created_ns = event_.time_ns;
  copy.host = event_.host;
  copy.message = event_.message;
  copy.recipient = event_.recipient;
  copy.parent = event_.parent;
  copy.queue_id = event_.text;
  ++world_.copies_by_end[static_cast<std::size_t>(CopyEnd::none)];
  if (decltype(World::copies)::holds(event_.parent)) {
    world_.copies.edit(event_.parent).children.push_back(event_.copy);
  }
  if (decltype(World::messages)::holds(event_.message)) {
    world_.messages.edit(event_.message).copies.push_back(event_.copy);
  }
  HostState& at = host();
  ++at.owned;
  ++at.open;
  at.unqueued.insert({event_.message, event_.copy});
  if (const QueueEntryId entry = entry_for_copy()) enter(entry, event_.copy);
}

void Fold::copy_deferred() {
  if (!decltype(World::copies)::holds(event_.copy)) return;
  Copy& copy = world_.copies.edit(event_.copy);
  ++copy.deferrals;
  copy.last_code = event_.code;
  copy.last_reply = event_.text;
  copy.next_try_ns = event_.value.value_or(-1);
}

void Fold::copy_expedited() {
  if (!decltype(World::copies)::holds(event_.copy)) return;
  world_.copies.edit(event_.copy).next_try_ns = event_.time_ns;
}

void Fold::copy_ended(CopyEnd end) {
  if (!decltype(World::copies)::holds(event_.copy)) return;
  Copy& copy = world_.copies.edit(event_.copy);
  if (!copy.open()) return;
  copy.end = end;
  copy.ended = event_.id;
  copy.ended_ns = event_.time_ns;
  copy.last_code = event_.code;
  copy.next_try_ns = -1;
  if (end == CopyEnd::delivered) {
    copy.mailbox = event_.text;
    copy.uid = event_.value.value_or(0);
  } else {
    copy.last_reply = event_.text;
  }
  if (end == CopyEnd::bounced) {
    copy.bounce = {event_.value.value_or(0)};
    if (decltype(World::messages)::holds(copy.bounce))
      world_.messages.edit(copy.bounce).bounce_of = event_.copy;
  }
  --world_.copies_by_end[static_cast<std::size_t>(CopyEnd::none)];
  ++world_.copies_by_end[static_cast<std::size_t>(end)];
  HostState& at = world_.hosts.edit(copy.host);
  --at.open;
  at.unqueued.erase({copy.message, event_.copy});
}

void Fold::mailbox_appended() {
  if (!has_host()) return;
  HostState& at = host();
  Mailbox& mailbox = at.mailboxes[event_.text];
  const std::int64_t size_bytes = event_.size.value_or(0);
  mailbox.messages.append({.appended = event_.id,
                           .time_ns = event_.time_ns,
                           .message = event_.message,
                           .copy = event_.copy,
                           .content = event_.content,
                           .size_bytes = size_bytes,
                           .uid = event_.value.value_or(0)});
  mailbox.size_bytes += size_bytes;
  at.disk_used_bytes += size_bytes;
}

void Fold::disk_filled() {
  if (has_host()) host().disk_filled = event_.id;
}

void Fold::host_crashed(EventId event) {
  if (has_host()) host().crashed = event;
}

// --- faults

void Fold::fault_began() {
  if (!decltype(World::faults)::holds(event_.fault)) return;
  FaultState& fault = world_.faults.edit(event_.fault);
  fault = {.began = event_.id,
           .began_ns = event_.time_ns,
           .until_ns = event_.value.value_or(-1),
           .host = event_.host,
           .link = event_.link,
           .what = event_.text,
           .times = fault.times + 1};
}

void Fold::fault_ended() {
  if (!decltype(World::faults)::holds(event_.fault)) return;
  FaultState& fault = world_.faults.edit(event_.fault);
  fault.ended = event_.id;
  fault.ended_ns = event_.time_ns;
}

// --- attempts and connections

void Fold::attempt_began() {
  if (!decltype(World::attempts)::holds(event_.attempt) || !has_host()) return;
  AttemptState& attempt = world_.attempts.edit(event_.attempt);
  attempt.began = event_.id;
  attempt.began_ns = event_.time_ns;
  attempt.host = event_.host;
  attempt.message = event_.message;
  attempt.connection = event_.connection;
  attempt.next_hop = event_.text;
  attempt.recipients = event_.value.value_or(0);
  host().attempts.insert(event_.attempt);
}

void Fold::attempt_ended() {
  if (!decltype(World::attempts)::holds(event_.attempt) || !has_host()) return;
  AttemptState& attempt = world_.attempts.edit(event_.attempt);
  attempt.ended_ns = event_.time_ns;
  attempt.code = event_.code;
  attempt.outcome = event_.text;
  attempt.accepted = event_.value.value_or(0);
  if (event_.connection) attempt.connection = event_.connection;
  host().attempts.erase(event_.attempt);
}

void Fold::connection_opened() {
  if (!decltype(World::connections)::holds(event_.connection) || !has_host()) return;
  ConnectionState& connection = world_.connections.edit(event_.connection);
  connection.phase = ConnectionState::Phase::opening;
  connection.opened = event_.id;
  connection.opened_ns = event_.time_ns;
  connection.from = event_.host;
  connection.remote = event_.text;
  connection.port = event_.value.value_or(0);
  host().connections.insert(event_.connection);
}

void Fold::connection_established() {
  if (!decltype(World::connections)::holds(event_.connection) || !has_host()) return;
  ConnectionState& connection = world_.connections.edit(event_.connection);
  if (connection.ended_ns < 0) connection.phase = ConnectionState::Phase::established;
  if (event_.host != connection.from) connection.to = event_.host;
  host().connections.insert(event_.connection);
}

void Fold::connection_ended(ConnectionState::Phase phase) {
  if (!decltype(World::connections)::holds(event_.connection) || !has_host()) return;
  ConnectionState& connection = world_.connections.edit(event_.connection);
  // The first end to tell says how it ended; the other one often only sees the consequence.
  if (connection.ended_ns < 0) connection.phase = phase;
  connection.ended_ns = event_.time_ns;
  host().connections.erase(event_.connection);
}

void Fold::connection_disturbed() {
  if (!decltype(World::connections)::holds(event_.connection)) return;
  ConnectionState& connection = world_.connections.edit(event_.connection);
  if (!connection.disturbed) connection.disturbed = event_.id;
}

// --- sessions

// Which side's event it is. A host that talks to itself is at both; then the side that is still open, sender
// first.
SessionEnd& Fold::end_of(SessionState& session) const {
  const bool is_sender = session.sender.host == event_.host;
  const bool is_receiver = session.receiver.host == event_.host;
  if (is_sender && is_receiver) return session.sender.open() ? session.sender : session.receiver;
  if (is_sender) return session.sender;
  if (is_receiver) return session.receiver;
  // A session that never opened: who asked for the connection is the sender.
  if (const ConnectionState* connection = world_.connections.find(event_.connection);
      connection != nullptr && connection->from == event_.host && !session.sender.host) {
    session.sender.host = event_.host;
    return session.sender;
  }
  SessionEnd& free = session.receiver.host ? session.sender : session.receiver;
  free.host = event_.host;
  return free;
}

void Fold::session_opened() {
  if (!has_session() || !has_host()) return;
  SessionState& session = world_.sessions.edit(event_.session);
  session.connection = event_.connection;
  const bool says_sender =
      event_.text.find("sender") != std::string::npos || event_.text.find("client") != std::string::npos;
  SessionEnd& end = says_sender ? session.sender : session.receiver;
  end.host = event_.host;
  end.role = event_.text;
  end.opened_ns = event_.time_ns;
  host().sessions.insert(event_.session);
}

void Fold::session_closed() {
  if (!has_session() || !has_host()) return;
  SessionState& session = world_.sessions.edit(event_.session);
  SessionEnd& end = end_of(session);
  end.closed_ns = event_.time_ns;
  end.closed_how = event_.text;
  const bool other_end_is_here = session.sender.host == session.receiver.host;
  if (!other_end_is_here || (!session.sender.open() && !session.receiver.open())) {
    host().sessions.erase(event_.session);
  }
}

void Fold::session_phase_entered() {
  if (!has_session()) return;
  SessionState& session = world_.sessions.edit(event_.session);
  SessionEnd& end = end_of(session);
  end.phase = event_.text;
  take_state(session, end);
}

void Fold::take_state(SessionState& session, SessionEnd& end) {
  if (!end.host) end.host = event_.host;
  if (event_.value) end.state = event_.value;
  if (event_.connection) session.connection = event_.connection;
}

void Fold::command() {
  if (!has_session()) return;
  SessionState& session = world_.sessions.edit(event_.session);
  const bool is_sent = event_.kind == Kind::command_sent;
  if (is_sent || !event_.text.empty()) session.last_command = event_.id;
  take_state(session, is_sent ? session.sender : session.receiver);
}

void Fold::reply() {
  if (!has_session()) return;
  SessionState& session = world_.sessions.edit(event_.session);
  const bool is_sent = event_.kind == Kind::reply_sent;
  if (is_sent || !event_.text.empty()) session.last_reply = event_.id;
  take_state(session, is_sent ? session.receiver : session.sender);
}

void Fold::frame(std::array<std::int64_t, 2> LinkState::* count) {
  if (!decltype(World::links)::holds(event_.link)) return;
  const std::size_t direction = event_.value.value_or(0) == 0 ? 0 : 1;
  ++(world_.links.edit(event_.link).*count)[direction];
}

}  // namespace mailroom::trace
