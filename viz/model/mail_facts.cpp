// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/mail_facts.hpp"

#include <algorithm>

namespace mailroom::viz {

using trace::AttemptId;
using trace::CopyEnd;
using trace::CopyId;
using trace::Kind;
using trace::MessageId;
using trace::StoredEvent;

namespace {

constexpr int kMaxGenerations = 1000;  // from a copy to its root; more is a damaged file

bool holds(MessageId id) {
  return decltype(MailFacts::messages)::holds(id);
}
bool holds(CopyId id) {
  return decltype(MailFacts::copies)::holds(id);
}

}  // namespace

const std::vector<Kind>& MailFacts::kinds() {
  static const std::vector<Kind> all = {Kind::run_began,       Kind::run_ended,      Kind::message_composed,
                                        Kind::copy_created,    Kind::copy_delivered, Kind::copy_relayed,
                                        Kind::copy_expanded,   Kind::copy_bounced,   Kind::copy_discarded,
                                        Kind::copy_destroyed,  Kind::copy_deferred,  Kind::message_queued,
                                        Kind::message_removed, Kind::attempt_began,  Kind::attempt_ended,
                                        Kind::session_opened,  Kind::reply_sent,     Kind::reply_received};
  return all;
}

void MailFacts::take(const StoredEvent& event, bool counts) {
  last_event = event.id;
  end_ns = event.time_ns;
  switch (event.kind) {
    case Kind::message_composed:
      composed(event);
      break;
    case Kind::copy_created:
      created(event);
      break;
    case Kind::copy_deferred:
      outcome(event);
      break;
    case Kind::message_queued:
      queued(event, counts);
      break;
    case Kind::message_removed:
      removed(event);
      break;
    case Kind::attempt_began:
      attempt_began(event);
      break;
    case Kind::attempt_ended:
      attempt_ended(event);
      break;
    case Kind::session_opened:
      session_opened(event);
      break;
    case Kind::reply_sent:
    case Kind::reply_received:
      if (event.code >= 200 && event.code < 600)
        replies.push_back({.event = event.id,
                           .time_ns = event.time_ns,
                           .session = event.session,
                           .code = event.code,
                           .sent = event.kind == Kind::reply_sent,
                           .counts = counts});
      break;
    default:
      if (const auto end = trace::end_made_by(event.kind)) ended(event, *end);
  }
  if (!counts) return;
  if (holds(event.copy)) {
    CopyFact& copy = copies.edit(event.copy);
    copy.counts = true;
    counted_at_.insert({copy.host.value, copy.message.value});
    if (holds(copy.message)) messages.edit(copy.message).copy_counts = true;
  } else if (holds(event.message)) {
    messages.edit(event.message).counts = true;
  }
}

void MailFacts::composed(const StoredEvent& event) {
  if (!holds(event.message)) return;
  MessageFact& message = messages.edit(event.message);
  message.composed = event.id;
  message.composed_ns = event.time_ns;
  message.size_bytes = event.size.value_or(0);
  message.recipients = event.value.value_or(0);
  // As agents write it: outside of strings, so no quotation mark before it is escaped.
  if (event.detail.find(R"(,"notifies":)") != std::string::npos) message.is_notification = true;
}

void MailFacts::created(const StoredEvent& event) {
  if (!holds(event.copy) || !event.host) return;
  if (copies.edit(event.copy).created) return;
  CopyFact copy = {.created = event.id,
                   .created_ns = event.time_ns,
                   .host = event.host,
                   .message = event.message,
                   .recipient = event.recipient,
                   .parent = event.parent};
  if (holds(event.parent) && event.parent < event.copy) {
    CopyFact& parent = copies.edit(event.parent);
    copy.previous_sibling = parent.last_child;
    parent.last_child = event.copy;
    if (parent.host != event.host) {
      // One attempt under way is the one; among several, its outcome tells later (see outcome()).
      const auto at = attempts_at_.find({parent.host.value, event.message.value});
      if (at != attempts_at_.end() && !at->second.open.empty()) {
        const AttemptFact& attempt = *attempts_.find(at->second.open.back());
        copy.handing_began_ns = attempt.began_ns;
        copy.handing_connected_ns = attempt.connected_ns;
      }
    }
  }
  copies.edit(event.copy) = copy;
}

AttemptId MailFacts::attempt_of(const StoredEvent& outcome) const {
  const auto at = attempts_at_.find({outcome.host.value, outcome.message.value});
  if (at == attempts_at_.end()) return {};
  // Outcomes follow the end of their attempt at once; those of a part of its recipients come while it goes
  // on.
  const AttemptFact* last = attempts_.find(at->second.ended_last);
  if (last != nullptr && last->ended_ns == outcome.time_ns) return at->second.ended_last;
  return at->second.open.empty() ? AttemptId{} : at->second.open.back();
}

// What became of a copy for now or for good tells which attempt was for it.
void MailFacts::outcome(const StoredEvent& event) {
  if (!holds(event.copy)) return;
  CopyFact& copy = copies.edit(event.copy);
  const AttemptFact* attempt = attempts_.find(attempt_of(event));
  if (copy.first_try_ns < 0) copy.first_try_ns = attempt != nullptr ? attempt->began_ns : event.time_ns;
  if (attempt == nullptr) return;
  const trace::HostId host = copy.host;
  CopyId id = copy.last_child;
  for (int i = 0; id && i < kMaxGenerations; ++i) {
    const CopyFact& child = *copies.find(id);
    const CopyId next = child.previous_sibling;
    const bool within = attempt->began_ns <= child.created_ns &&
                        (attempt->ended_ns < 0 || child.created_ns <= attempt->ended_ns);
    if (child.host != host && within) {
      CopyFact& handed = copies.edit(id);
      handed.handing_began_ns = attempt->began_ns;
      handed.handing_connected_ns = attempt->connected_ns;
    }
    id = next < id ? next : CopyId{};
  }
}

void MailFacts::ended(const StoredEvent& event, CopyEnd how) {
  if (!holds(event.copy)) return;
  if (copies.edit(event.copy).end != CopyEnd::none || !copies.find(event.copy)->created) return;
  if (how == CopyEnd::relayed || how == CopyEnd::bounced) outcome(event);
  CopyFact& copy = copies.edit(event.copy);
  copy.end = how;
  copy.ended = event.id;
  copy.ended_ns = event.time_ns;
  copy.code = event.code;
  if (how == CopyEnd::delivered) deliveries.push_back(event.copy);
  if (how == CopyEnd::bounced && holds(MessageId{event.value.value_or(0)}))
    messages.edit({*event.value}).is_notification = true;
}

void MailFacts::queued(const StoredEvent& event, bool counts) {
  if (!event.host) return;
  // Queued once more under the same name (after a crash): the one stay ends as the other begins.
  const std::pair key{At{event.host.value, event.message.value}, event.text};
  if (const auto open = open_stays_.find(key); open != open_stays_.end()) {
    stays[open->second].to_ns = event.time_ns;
    stays[open->second].removed = event.id;
  }
  open_stays_[key] = stays.size();
  stays.push_back({.queued = event.id,
                   .from_ns = event.time_ns,
                   .host = event.host,
                   .message = event.message,
                   .counts = counts});
}

void MailFacts::removed(const StoredEvent& event) {
  attempts_at_.erase({event.host.value, event.message.value});
  const auto open = open_stays_.find({At{event.host.value, event.message.value}, event.text});
  if (open == open_stays_.end()) return;
  stays[open->second].to_ns = event.time_ns;
  stays[open->second].removed = event.id;
  open_stays_.erase(open);
}

void MailFacts::attempt_began(const StoredEvent& event) {
  if (!decltype(attempts_)::holds(event.attempt)) return;
  attempts_.edit(event.attempt) = {.host = event.host,
                                   .message = event.message,
                                   .began_ns = event.time_ns,
                                   .connected_ns = event.connection ? event.time_ns : -1};
  attempts_at_[{event.host.value, event.message.value}].open.push_back(event.attempt);
}

void MailFacts::attempt_ended(const StoredEvent& event) {
  if (!decltype(attempts_)::holds(event.attempt)) return;
  attempts_.edit(event.attempt).ended_ns = event.time_ns;
  const auto at = attempts_at_.find({event.host.value, event.message.value});
  if (at == attempts_at_.end()) return;
  std::erase(at->second.open, event.attempt);
  at->second.ended_last = event.attempt;
}

void MailFacts::session_opened(const StoredEvent& event) {
  const AttemptFact* attempt = attempts_.find(event.attempt);
  if (attempt == nullptr || attempt->host != event.host) return;
  attempts_.edit(event.attempt).connected_ns = event.time_ns;
}

bool MailFacts::counted(MessageId id) const {
  const MessageFact* message = messages.find(id);
  return message != nullptr && message->counts && !message->copy_counts;
}

bool MailFacts::counted(CopyId id) const {
  for (int i = 0; id && i < kMaxGenerations; ++i) {
    const CopyFact* copy = copies.find(id);
    if (copy == nullptr) return false;
    if (copy->counts) return true;
    if (!copy->parent) return counted(copy->message);
    id = copy->parent < id ? copy->parent : CopyId{};
  }
  return false;
}

bool MailFacts::counted(const QueueStay& stay) const {
  return stay.counts || counted_at_.contains({stay.host.value, stay.message.value}) || counted(stay.message);
}

}  // namespace mailroom::viz
