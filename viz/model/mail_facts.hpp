// SPDX-License-Identifier: GPL-2.0-only
// What statistics of a run are made of: messages, copies as a tree, attempts, stays in queues and replies, as
// plain tables without texts. Gathered from the events in one pass, in order; a live run goes on where it
// stopped. Copying is cheap where it matters (see trace::Table), so that a background pass can publish what
// it has so far.
//
// take() never fails: rows of a damaged file are taken as far as they make sense.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "sim/trace/table.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

struct MessageFact {
  trace::EventId composed{};
  std::int64_t composed_ns = -1;
  std::int64_t size_bytes = 0;
  std::int64_t recipients = 0;
  bool is_notification = false;
  // An event of it that is about no copy passed the filter; and one that is about a copy of it did. Then only
  // the copies that passed count: of a message to Bob and Carol, rcpt:bob counts Bob's.
  bool counts = false;
  bool copy_counts = false;
  friend bool operator==(const MessageFact&, const MessageFact&) = default;
};

struct CopyFact {
  trace::EventId created{};
  std::int64_t created_ns = -1;
  trace::HostId host{};
  trace::MessageId message{};
  trace::RecipientId recipient{};
  trace::CopyId parent{};
  trace::CopyId last_child{};
  trace::CopyId previous_sibling{};
  trace::CopyEnd end = trace::CopyEnd::none;
  trace::EventId ended{};
  std::int64_t ended_ns = -1;
  int code = 0;
  std::int64_t first_try_ns = -1;  // when the first attempt for it began, or it was first re-queued
  // How its host came to it: the attempt of the parent's host that handed it over. -1: not known.
  std::int64_t handing_began_ns = -1;
  std::int64_t handing_connected_ns = -1;
  bool counts = false;
  friend bool operator==(const CopyFact&, const CopyFact&) = default;
};

struct AttemptFact {
  trace::HostId host{};
  trace::MessageId message{};
  std::int64_t began_ns = -1;
  std::int64_t connected_ns = -1;  // greeting awaited from here on, or an open connection used again
  std::int64_t ended_ns = -1;
  friend bool operator==(const AttemptFact&, const AttemptFact&) = default;
};

// A message in the queue of a host, from message.queued to message.removed.
struct QueueStay {
  trace::EventId queued{};
  trace::EventId removed{};  // 0: it is still there
  std::int64_t from_ns = 0;
  std::int64_t to_ns = -1;
  trace::HostId host{};
  trace::MessageId message{};
  bool counts = false;
};

struct ReplyFact {
  trace::EventId event{};
  std::int64_t time_ns = 0;
  trace::SessionId session{};
  int code = 0;
  bool sent = false;  // else received
  bool counts = false;
};

class MailFacts {
 public:
  trace::Table<trace::MessageId, MessageFact> messages;
  trace::Table<trace::CopyId, CopyFact> copies;
  std::vector<QueueStay> stays;           // in the order of queueing
  std::vector<ReplyFact> replies;         // in order
  std::vector<trace::CopyId> deliveries;  // copies that ended in a mailbox, in order
  trace::EventId last_event{};
  std::int64_t end_ns = 0;  // of the last event taken

  // Events in ascending order. `counts`: it passes the filter.
  void take(const trace::StoredEvent& event, bool counts);
  // Which kinds take() looks at for more than whether they pass the filter.
  static const std::vector<trace::Kind>& kinds();

  // Whether what the filter passed has to do with this copy: itself, one of those that it descends from, or
  // its message as a whole.
  bool counted(trace::CopyId copy) const;
  bool counted(trace::MessageId message) const;  // as a whole
  bool counted(const QueueStay& stay) const;

 private:
  using At = std::pair<std::int64_t, std::int64_t>;  // host, message
  struct AtHash {
    std::size_t operator()(const At& at) const {
      return std::hash<std::int64_t>{}(at.first * 1'000'003 + at.second);
    }
  };
  struct Attempts {  // of a message at a host
    std::vector<trace::AttemptId> open;
    trace::AttemptId ended_last{};
  };
  void composed(const trace::StoredEvent& event);
  void created(const trace::StoredEvent& event);
  void outcome(const trace::StoredEvent& event);
  void ended(const trace::StoredEvent& event, trace::CopyEnd how);
  void queued(const trace::StoredEvent& event, bool counts);
  void removed(const trace::StoredEvent& event);
  void attempt_began(const trace::StoredEvent& event);
  void attempt_ended(const trace::StoredEvent& event);
  void session_opened(const trace::StoredEvent& event);
  trace::AttemptId attempt_of(const trace::StoredEvent& outcome) const;

  trace::Table<trace::AttemptId, AttemptFact> attempts_;
  std::unordered_map<At, Attempts, AtHash> attempts_at_;
  std::unordered_set<At, AtHash> counted_at_;  // where a copy counts
  // The stay that is going on, by host, message and queue id.
  std::map<std::pair<At, std::string>, std::size_t> open_stays_;
};

}  // namespace mailroom::viz
