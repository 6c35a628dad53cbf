// SPDX-License-Identifier: GPL-2.0-only
// How events change a World. Internal to sim/trace.
#pragma once

#include <array>
#include <cstdint>

#include "sim/trace/world.hpp"

namespace mailroom::trace {

// One event on its way into a world. Each function takes the kinds of one noun.
class Fold {
 public:
  Fold(World& world, const StoredEvent& event) : world_(world), event_(event) {}

  void message_composed();
  void message_queued();
  void message_removed();
  void message_waits(QueueEntry::Waits how);
  void copy_created();
  void copy_deferred();
  void copy_expedited();
  void copy_ended(CopyEnd end);
  void mailbox_appended();
  void disk_filled();
  void host_crashed(EventId event);  // 0: it runs again
  void fault_began();
  void fault_ended();
  void attempt_began();
  void attempt_ended();
  void connection_opened();
  void connection_established();
  void connection_ended(ConnectionState::Phase phase);
  void connection_disturbed();
  void session_opened();
  void session_closed();
  void session_phase_entered();
  void command();
  void reply();
  void frame(std::array<std::int64_t, 2> LinkState::* count);

 private:
  using Hosts = decltype(World::hosts);
  bool has_host() const { return Hosts::holds(event_.host); }
  HostState& host() { return world_.hosts.edit(event_.host); }
  void enter(QueueEntryId entry_id, CopyId copy_id);
  QueueEntryId entry_for_copy() const;
  bool has_session() const { return decltype(World::sessions)::holds(event_.session); }
  SessionEnd& end_of(SessionState& session) const;
  void take_state(SessionState& session, SessionEnd& end);

  World& world_;
  const StoredEvent& event_;
};

}  // namespace mailroom::trace
