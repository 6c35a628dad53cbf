// SPDX-License-Identifier: GPL-2.0-only
// Whether mail was conserved in a run (docs/QUEUE.md, 'Guarantees'), from its events alone:
// - each copy ends at most once, at the host that owns it, and is owned until then;
// - toward each recipient there is an owner at every moment, until it is delivered, its originator was told,
// a named
//   rule dropped it, or a destructive fault destroyed it: no gap;
// - two hosts own it at the same time only from the receiver's commit until the sender reads the reply; where
// a
//   message is handed over twice, the first time was in doubt or the sender's host had crashed;
// - what a host's queue holds is what it owns.
// Where a run is of one host alone, whoever it handed a message to is outside: that it read a 250 is all there is.
// A real server outside of the simulation that said 250 to a simulated host is responsible from then on.
//
// The last two need a run recorded at `mail` or above: attempts and queues are not recorded below.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

// What is wrong: a sentence, and the event at which it shows (0: at the end of the run).
struct Violation {
  EventId event{};
  std::string text{};
};

// A message that was handed over again, and why that may be.
struct Duplicate {
  CopyId of{};        // the sender's copy
  CopyId again{};     // the receiver's, beyond its first
  EventId because{};  // the attempt that ended in doubt, or the crash
};

struct Accounts {
  std::int64_t copies = 0;
  std::map<Kind, std::int64_t> ended{};                // by the kind of the end
  std::int64_t owned = 0;                              // at the end of the run
  std::int64_t left = 0;                               // relayed, and by a real server outside
  std::map<std::string, std::int64_t> discarded_by{};  // by rule
  std::map<std::string, std::int64_t> destroyed_by{};  // by fault, as its sentence says
  std::vector<Duplicate> duplicates{};
  std::vector<Violation> violations{};
};

class Conservation {
 public:
  // `is_of_one_host`: other hosts were outside, so that what they took over is settled for this run.
  explicit Conservation(Level level, bool is_of_one_host = false)
      : has_queues_(level >= Level::mail), is_of_one_host_(is_of_one_host) {}

  // All events of a run, in their order.
  void read(const StoredEvent& event);
  // After the last one.
  Accounts finish();
  // Copies that each host owns now.
  const std::map<HostId, std::int64_t>& owned() const { return owned_; }

 private:
  using EntryKey = std::pair<HostId, std::string>;  // by queue id
  struct Copy {
    CopyId root{};
    CopyId parent{};
    HostId host{};
    MessageId message{};
    EventId ended{};   // 0: it is owned
    Kind end{};        // of an ended one
    EntryKey entry{};  // of the queue that it is in; "": none
    std::int32_t children_here = 0;
    std::int32_t children_elsewhere = 0;
    std::int32_t doubts_used = 0;
    bool is_appended = false;  // to a mailbox
  };
  struct Tree {  // all copies toward one recipient of a message
    std::int64_t owned = 0;
    bool is_settled = false;  // somebody has it, was told, or a rule or a fault took it
  };
  struct Message {
    EventId composed{};
    HostId host{};  // that composed it
    std::int64_t asked = 0;  // recipients
    std::int64_t roots = 0;
    bool has_no_sender = false;  // its reverse-path is null
    bool had_no_room = false;
  };
  struct Entry {
    std::int64_t owned = 0;
    bool is_removed = false;
  };

  template <class... Arguments>
  void say(const StoredEvent& event, std::string_view format, const Arguments&... arguments);
  void compose(const StoredEvent& event);
  void create(const StoredEvent& event);
  void create_child(const StoredEvent& event, Copy& copy);
  void end(const StoredEvent& event);
  void check_end(const StoredEvent& event, const Copy& copy);
  void remove(const StoredEvent& event);
  void append(const StoredEvent& event);
  void note_outside(const StoredEvent& event);
  bool goes_outside(const StoredEvent& event, const Copy& copy) const;
  void take_over_again(const StoredEvent& event, CopyId parent_id, Copy& parent);

  bool has_queues_;
  bool is_of_one_host_;
  std::map<CopyId, Copy> copies_;
  std::map<CopyId, Tree> trees_;  // by root
  std::map<MessageId, Message> messages_;
  std::map<EntryKey, Entry> entries_;
  std::map<HostId, std::int64_t> owned_;
  std::map<std::pair<HostId, MessageId>, std::vector<EventId>> doubts_;  // attempts of a host that ended so
  std::map<HostId, std::vector<EventId>> crashes_;
  std::set<ConnectionId> outside_;  // taken by a real server
  std::map<std::pair<HostId, MessageId>, ConnectionId> attempts_;  // of the last one that ended
  std::map<FaultId, std::string> faults_;  // that have begun, and their sentences
  bool ran_idle_ = false;  // the run ended because nothing was left to do
  Accounts accounts_;
};

}  // namespace mailroom::trace
