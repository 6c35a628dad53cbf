// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/world.hpp"

#include <algorithm>

#include "sim/trace/fold.hpp"

namespace mailroom::trace {

namespace {

constexpr std::array<std::string_view, kCopyEndCount> kEndNames = {
    "none", "delivered", "relayed", "expanded", "bounced", "discarded", "destroyed"};

}  // namespace

std::string_view name(CopyEnd end) {
  return kEndNames[static_cast<std::size_t>(end)];
}

std::optional<CopyEnd> end_made_by(Kind kind) {
  switch (kind) {
    case Kind::copy_delivered:
      return CopyEnd::delivered;
    case Kind::copy_relayed:
      return CopyEnd::relayed;
    case Kind::copy_expanded:
      return CopyEnd::expanded;
    case Kind::copy_bounced:
      return CopyEnd::bounced;
    case Kind::copy_discarded:
      return CopyEnd::discarded;
    case Kind::copy_destroyed:
      return CopyEnd::destroyed;
    default:
      return std::nullopt;
  }
}

std::string_view name(ConnectionState::Phase phase) {
  constexpr std::array<std::string_view, 8> kNames = {"none",        "opening",   "established", "refused",
                                                      "unreachable", "timed_out", "reset",       "closed"};
  return kNames[static_cast<std::size_t>(phase)];
}

void World::apply(const StoredEvent& event) {
  last_event = event.id;
  time_ns = event.time_ns;
  Fold fold(*this, event);
  using Phase = ConnectionState::Phase;
  // Every kind is named, so that the compiler tells when a new one is forgotten here.
  switch (event.kind) {
      // clang-format off
    case Kind::run_began: began = event.id; break;
    case Kind::run_ended: ended = event.id; break;
    case Kind::control_received: break;
    case Kind::fault_began: fold.fault_began(); break;
    case Kind::fault_ended: fold.fault_ended(); break;
    case Kind::host_crashed: fold.host_crashed(event.id); break;
    case Kind::host_restarted: fold.host_crashed({}); break;
    case Kind::message_composed: fold.message_composed(); break;
    case Kind::copy_created: fold.copy_created(); break;
    case Kind::copy_delivered: fold.copy_ended(CopyEnd::delivered); break;
    case Kind::copy_relayed: fold.copy_ended(CopyEnd::relayed); break;
    case Kind::copy_expanded: fold.copy_ended(CopyEnd::expanded); break;
    case Kind::copy_bounced: fold.copy_ended(CopyEnd::bounced); break;
    case Kind::copy_discarded: fold.copy_ended(CopyEnd::discarded); break;
    case Kind::copy_destroyed: fold.copy_ended(CopyEnd::destroyed); break;
    case Kind::copy_deferred: fold.copy_deferred(); break;
    case Kind::message_queued: fold.message_queued(); break;
    case Kind::message_removed: fold.message_removed(); break;
    case Kind::message_held: fold.message_waits(QueueEntry::Waits::held); break;
    case Kind::message_kept_waiting: fold.message_waits(QueueEntry::Waits::incoming); break;
    case Kind::message_activated:
    case Kind::message_released: fold.message_waits(QueueEntry::Waits::no); break;
    case Kind::copy_expedited: fold.copy_expedited(); break;
    case Kind::mailbox_appended: fold.mailbox_appended(); break;
    case Kind::disk_filled: fold.disk_filled(); break;
    case Kind::attempt_began: fold.attempt_began(); break;
    case Kind::attempt_ended: fold.attempt_ended(); break;
    case Kind::connection_opened: fold.connection_opened(); break;
    case Kind::connection_established: fold.connection_established(); break;
    case Kind::connection_refused: fold.connection_ended(Phase::refused); break;
    case Kind::connection_unreachable: fold.connection_ended(Phase::unreachable); break;
    case Kind::connection_timed_out: fold.connection_ended(Phase::timed_out); break;
    case Kind::connection_reset: fold.connection_ended(Phase::reset); break;
    case Kind::connection_closed: fold.connection_ended(Phase::closed); break;
    case Kind::connection_disturbed: fold.connection_disturbed(); break;
    case Kind::datagram_sent:
    case Kind::datagram_received:
    case Kind::datagram_refused:
    case Kind::datagram_dropped: break;
    case Kind::name_asked:
    case Kind::name_answered:
    case Kind::name_remembered:
    case Kind::query_sent:
    case Kind::query_received:
    case Kind::query_unanswered:
    case Kind::response_sent:
    case Kind::response_received: break;
    case Kind::session_opened: fold.session_opened(); break;
    case Kind::session_closed: fold.session_closed(); break;
    case Kind::relay_misused:
    case Kind::route_found:
    case Kind::route_failed: break;
    case Kind::session_phase_entered: fold.session_phase_entered(); break;
    case Kind::command_sent:
    case Kind::command_received: fold.command(); break;
    case Kind::reply_sent:
    case Kind::reply_received: fold.reply(); break;
    case Kind::content_sent:
    case Kind::content_received:
    case Kind::policy_decided:
    case Kind::timer_expired:
    case Kind::exchanger_passed_over:
    case Kind::destination_declared_dead:
    case Kind::destination_limit_changed:
    case Kind::message_mangled: break;
    case Kind::frame_sent: fold.frame(&LinkState::sent); break;
    case Kind::frame_received: fold.frame(&LinkState::received); break;
    case Kind::frame_dropped: fold.frame(&LinkState::dropped); break;
      // clang-format on
  }
}

const HostState& World::host(HostId id) const {
  static const HostState kUntouched{};
  const HostState* found = hosts.find(id);
  return found ? *found : kUntouched;
}

std::vector<CopyId> World::open_copies(HostId id) const {
  const HostState& at = host(id);
  std::vector<CopyId> open;
  for (const auto& [message, copy] : at.unqueued) open.push_back(copy);
  for (const auto& [place, entry] : at.queue) {
    for (const CopyId copy : queue_entries.find(entry)->copies) {
      if (copies.find(copy)->open()) open.push_back(copy);
    }
  }
  std::sort(open.begin(), open.end());
  return open;
}

}  // namespace mailroom::trace
