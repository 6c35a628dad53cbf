// SPDX-License-Identifier: GPL-2.0-only
// The whole visible state of a run at one moment, as the fold of the events up to it: hosts with queues,
// mailboxes and sessions, connections, attempts, messages, and copies as a tree. What it can show depends on
// the level of the run: copies and messages from `summary`; queues, mailboxes, attempts and how connections
// failed from `mail`; all connections and sessions, with their states, from `full`; frames from `packets`.
// Flights are not events: see Replay::flights_in_progress().
//
// A plain value: comparing is by content, copying costs next to nothing (see Table). apply() never fails: a
// row that a damaged file made is taken as far as it makes sense.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "sim/trace/table.hpp"

namespace mailroom::trace {

// --- copies and messages

// How a copy ended (docs/RUN_FILE.md, 'Copies').
enum class CopyEnd : std::uint8_t { none, delivered, relayed, expanded, bounced, discarded, destroyed };
inline constexpr int kCopyEndCount = 7;
std::string_view name(CopyEnd end);             // "none", "delivered", …
std::optional<CopyEnd> end_made_by(Kind kind);  // of copy.delivered … copy.destroyed

using QueueEntryId =
    Id<struct QueueEntryNoun>;  // of this replay only: counted in the order of message.queued

struct Copy {
  EventId created{};  // 0: this number was never used
  std::int64_t created_ns = 0;
  HostId host{};  // the owner
  MessageId message{};
  RecipientId recipient{};
  CopyId parent{};
  std::vector<CopyId> children{};
  QueueEntryId entry{};
  std::string queue_id{};  // of the entry that it names; empty: none

  CopyEnd end = CopyEnd::none;
  EventId ended{};
  std::int64_t ended_ns = -1;
  MessageId bounce{};     // of bounced: the new message
  std::string mailbox{};  // of delivered
  std::int64_t uid = 0;   // of delivered

  int deferrals = 0;
  int last_code = 0;              // of the last deferral or of the end
  std::string last_reply{};       // likewise: the reply, the failure or the rule
  std::int64_t next_try_ns = -1;  // -1: none planned

  bool open() const { return created && end == CopyEnd::none; }
  friend bool operator==(const Copy&, const Copy&) = default;
};

struct Message {
  EventId composed{};  // 0: not composed by an agent of this run (or not yet)
  std::int64_t composed_ns = -1;
  HostId host{};  // where it was composed
  ContentId content{};
  std::int64_t size_bytes = 0;
  std::string message_id{};
  std::int64_t recipients = 0;   // asked for
  CopyId bounce_of{};            // the copy whose giving-up this message tells
  MessageId notifies{};          // of a notification: the message that it is about
  bool is_forged = false;        // its reverse-path is of somebody whose user agent did not send it
  std::vector<CopyId> copies{};  // all copies of it, in the order of their making
  friend bool operator==(const Message&, const Message&) = default;
};

// --- what stands at a host

struct QueueEntry {
  EventId queued{};
  std::int64_t queued_ns = 0;
  HostId host{};
  MessageId message{};
  std::string queue_id{};
  std::int64_t size_bytes = 0;
  std::vector<CopyId> copies{};  // one a recipient; those that ended stay until the entry is removed
  enum class Waits : std::uint8_t { no, incoming, held } waits = Waits::no;  // as a whole
  bool removed = false;
  friend bool operator==(const QueueEntry&, const QueueEntry&) = default;
};

using MailNumber = Id<struct MailNoun>;  // place in a mailbox

struct MailboxMessage {
  EventId appended{};  // its row has the trace fields in `detail`
  std::int64_t time_ns = 0;
  MessageId message{};
  CopyId copy{};
  ContentId content{};
  std::int64_t size_bytes = 0;
  std::int64_t uid = 0;
  friend bool operator==(const MailboxMessage&, const MailboxMessage&) = default;
};

struct Mailbox {
  Table<MailNumber, MailboxMessage, 4, 8> messages;  // small parts: there are many mailboxes of few messages
  std::int64_t size_bytes = 0;
  friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

struct HostState {
  // By message, then queue id.
  std::map<std::pair<MessageId, std::string>, QueueEntryId> queue;
  // Open copies of this host that stand in no queue entry: of a level without queue events, or not queued
  // yet.
  std::set<std::pair<MessageId, CopyId>> unqueued;
  std::map<std::string, Mailbox> mailboxes;
  std::set<ConnectionId> connections;  // asked for or established, and not over at this end
  std::set<SessionId> sessions;        // open at this end
  std::set<AttemptId> attempts;        // under way
  std::int64_t disk_used_bytes = 0;    // spool files and mailboxes
  std::int64_t owned = 0;              // copies that it ever became responsible for …
  std::int64_t open = 0;               // … and those of them that have not ended
  EventId disk_filled{};               // the last time that the disk was full
  EventId crashed{};                   // it is out of operation since; 0: it runs
  friend bool operator==(const HostState&, const HostState&) = default;
};

// --- connections, sessions, attempts, links

struct ConnectionState {
  enum class Phase : std::uint8_t {
    none,
    opening,
    established,
    refused,
    unreachable,
    timed_out,
    reset,
    closed
  };
  Phase phase = Phase::none;
  EventId opened{};
  std::int64_t opened_ns = -1;
  std::int64_t ended_ns = -1;
  HostId from{};  // who asked for it
  HostId to{};    // 0 until its end is heard of
  std::string remote{};
  std::int64_t port = 0;
  EventId disturbed{};
  friend bool operator==(const ConnectionState&, const ConnectionState&) = default;
};
std::string_view name(ConnectionState::Phase phase);

// One side's view of a session.
struct SessionEnd {
  HostId host{};
  std::string role{};  // text of session.opened; empty: not opened at this end
  std::string phase{};
  std::optional<std::int64_t> state{};  // the protocol's own enum
  std::int64_t opened_ns = -1;
  std::int64_t closed_ns = -1;
  std::string closed_how{};
  bool open() const { return opened_ns >= 0 && closed_ns < 0; }
  friend bool operator==(const SessionEnd&, const SessionEnd&) = default;
};

struct SessionState {
  ConnectionId connection{};
  SessionEnd sender;    // the side that connected
  SessionEnd receiver;  // the side that listened
  EventId last_command{};
  EventId last_reply{};
  friend bool operator==(const SessionState&, const SessionState&) = default;
};

struct AttemptState {
  EventId began{};
  std::int64_t began_ns = -1;
  std::int64_t ended_ns = -1;
  HostId host{};
  MessageId message{};
  ConnectionId connection{};
  std::string next_hop{};
  std::int64_t recipients = 0;
  std::int64_t accepted = 0;
  int code = 0;
  std::string outcome{};
  friend bool operator==(const AttemptState&, const AttemptState&) = default;
};

// Frames by direction: [0] from the link's `from` to its `to`, [1] back.
struct LinkState {
  std::array<std::int64_t, 2> sent{};
  std::array<std::int64_t, 2> received{};
  std::array<std::int64_t, 2> dropped{};
  friend bool operator==(const LinkState&, const LinkState&) = default;
};

// --- faults

struct FaultState {
  EventId began{};  // the last time
  std::int64_t began_ns = -1;
  std::int64_t until_ns = -1;  // -1: not known
  EventId ended{};             // 0: in force
  std::int64_t ended_ns = -1;
  HostId host{};
  LinkId link{};
  std::string what{};
  std::int64_t times = 0;  // that it began
  bool in_force() const { return began && !ended; }
  friend bool operator==(const FaultState&, const FaultState&) = default;
};

// --- the whole

struct World {
  EventId last_event{};
  std::int64_t time_ns = 0;  // of last_event
  EventId began{};
  EventId ended{};
  // find() gives nullptr for what no event has touched yet, which is to be taken as a row of defaults.
  Table<HostId, HostState, 1> hosts;
  Table<LinkId, LinkState> links;
  Table<ConnectionId, ConnectionState> connections;
  Table<SessionId, SessionState> sessions;
  Table<AttemptId, AttemptState> attempts;
  Table<MessageId, Message> messages;
  Table<CopyId, Copy> copies;
  Table<QueueEntryId, QueueEntry> queue_entries;
  Table<FaultId, FaultState> faults;
  std::array<std::int64_t, kCopyEndCount> copies_by_end{};  // [none]: open ones

  // Events in ascending order.
  void apply(const StoredEvent& event);

  // The state of a host, of defaults if nothing has happened there.
  const HostState& host(HostId id) const;
  // Copies that stand open at a host, ascending, whatever the level.
  std::vector<CopyId> open_copies(HostId id) const;

  friend bool operator==(const World&, const World&) = default;
};

}  // namespace mailroom::trace
