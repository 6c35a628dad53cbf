// SPDX-License-Identifier: GPL-2.0-only
// A queued message: its text, its envelope, and the list of mail destinations with the state of each. A
// destination leaves the list when it is done; when the list is empty the message leaves the queue.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/trace/recorder.hpp"

namespace mailroom::queue {

// A message as a host holds it: the octets that its author made, shared with every other holder, and before
// them the trace fields that hosts put on (newest first, each ending in CRLF).
struct Text {
  trace::MessageId message{};
  std::string trace_fields{};
  trace::ContentPtr content{};
  std::int64_t size_bytes() const {
    return static_cast<std::int64_t>(trace_fields.size() + content->octets.size());
  }
};

enum class RecipientState : std::uint8_t {
  ready,     // waits for a free connection to its destination, or for local delivery
  active,    // handed to a connection
  deferred,  // waits for its next try
  done,      // delivered, relayed, bounced …: off the list
};

struct Recipient {
  std::string forward_path;  // without angle brackets
  trace::RecipientId id{};
  trace::CopyId copy{};
  std::int64_t next_try_ns = 0;  // while deferred
  trace::EventId deferred{};     // the event that says why, while deferred
  std::int32_t attempts = 0;     // failed ones
  RecipientState state = RecipientState::ready;
};

using EntryId = std::int64_t;  // counted from 1 on each host

struct Entry {
  EntryId id = 0;
  std::int64_t arrival_ns = 0;
  std::string reverse_path;  // without angle brackets; empty is the null reverse-path
  Text text;
  bool eight_bit = false;  // the content has octets above 127 (RFC 6152)
  bool is_redirected = false;  // made of a recipient who has moved: not to be followed further
  std::vector<Recipient> recipients{};
  std::int64_t open = 0;    // recipients not done
  trace::EventId queued{};  // the event that put it here
  std::vector<std::string> delivered_to{};  // addresses that the message has been delivered to or sent on from
  std::vector<EntryId> expansions{};        // what lists and the like made of it: goes out with it
};

// The name by which logs and replies call an entry.
std::string queue_id(EntryId id);

}  // namespace mailroom::queue
