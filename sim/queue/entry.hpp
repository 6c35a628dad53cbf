// SPDX-License-Identifier: GPL-2.0-only
// A queued message: its text, its envelope, and the list of mail destinations with the state of each. A
// destination leaves the list when it is done; when the list is empty the message leaves the queue.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/parameters.hpp"
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
  done,      // delivered, relayed, bounced …: off the list, once the disk knows
};

// What the originator asked for with RCPT (RFC 3461): NOTIFY and ORCPT. Null where nothing was asked, as for nearly
// every recipient of a long queue.
using Asked = std::shared_ptr<const smtp::RcptParameters>;

// Why a recipient is late, for whoever is told so: its last failure. Recipients that failed together share it.
struct Trouble {
  int code = 0;  // of the reply; 0: there was none
  std::string enhanced_code{};
  std::string text{};
  std::string remote_host{};
  friend bool operator==(const Trouble&, const Trouble&) = default;
};

struct Recipient {
  std::string forward_path;  // without angle brackets
  trace::RecipientId id{};
  trace::CopyId copy{};
  std::int64_t next_try_ns = 0;  // while deferred
  trace::EventId deferred{};     // the event that says why, while deferred
  std::int32_t attempts = 0;     // failed ones
  RecipientState state = RecipientState::ready;
  bool is_marked = false;  // when done: the disk knows
  bool expires = false;    // while deferred: at next_try_ns it is given up, untried
  bool is_warned = false;  // its originator was told that it is late
  bool was_held = false;   // of a notification: it had failed for good, and the next failure is the last
  Asked asked{};
  std::shared_ptr<const Trouble> trouble{};  // where its originator may have to be told that it is late
};

// Which queue of the host an entry is in.
enum class Place : std::uint8_t {
  incoming,  // committed; waits for the active queue to have room
  active,    // some of its recipients are ready, or active
  deferred,  // all that is left of its list waits for its next try
  held,      // kept by a rule of the host: nothing is tried
};
inline constexpr std::size_t kPlaces = 4;

using EntryId = std::int64_t;  // counted from 1 on each host

// Addresses that a message has been delivered to or sent on from, by its Delivered-To fields (RFC 9228), in one form
// each.
struct Visited {
  using Addresses = std::set<std::string, std::less<>>;
  std::shared_ptr<const Addresses> before{};  // it came here; all that it becomes here shares them; null: none
  std::vector<std::string> here{};

  bool contains(std::string_view address) const;
};

struct Entry {
  EntryId id = 0;
  std::int64_t arrival_ns = 0;
  std::string reverse_path;  // without angle brackets; empty is the null reverse-path
  Text text;
  bool eight_bit = false;  // the content has octets above 127 (RFC 6152)
  bool smtputf8 = false;   // MAIL said SMTPUTF8: the originator's side knows what is beyond US-ASCII (RFC 6531)
  std::optional<smtp::Return> ret{};         // what the originator wants back of a message that fails (RFC 3461 §4.3)
  std::optional<std::string> envelope_id{};  // by which it knows the message again (RFC 3461 §4.4)
  bool is_redirected = false;  // made of a recipient who has moved: not to be followed further
  std::vector<Recipient> recipients{};
  std::int64_t open = 0;    // recipients not done
  std::int64_t in_hand = 0;   // of these, the ready and the active ones
  std::int64_t unmarked = 0;  // done, but the disk does not know yet
  Place place = Place::incoming;
  std::int64_t release_ns = 0;  // while held: until then; 0: for good
  trace::EventId held{};        // and the event that says so
  bool is_double_bounce = false;  // tells the postmaster of a notification that could not be delivered
  trace::EventId queued{};  // the event that put it here
  Visited delivered_to{};
  std::vector<EntryId> expansions{};  // what lists and the like made of it: goes out with it
};

// The name by which logs and replies call an entry.
std::string queue_id(EntryId id);

}  // namespace mailroom::queue
