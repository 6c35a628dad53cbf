// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/mail_flow.hpp"

#include <array>

#include "viz/model/host_facts.hpp"

namespace mailroom::viz {
namespace {

using trace::HostId;
using trace::Kind;
using trace::StoredEvent;
using trace::World;

constexpr std::int64_t kMostLookedAt = 5000;  // copies in the queue, connections

bool is_of_receiver(const StoredEvent& e, const World& world) {
  const trace::SessionState* session = world.sessions.find(e.session);
  if (session != nullptr && session->receiver.opened_ns >= 0 && session->receiver.host == e.host)
    return !(session->sender.opened_ns >= 0 && session->sender.host == e.host);
  if (session != nullptr && session->sender.opened_ns >= 0) return false;
  const trace::ConnectionState* connection = world.connections.find(e.connection);
  return connection != nullptr && connection->from && connection->from != e.host;
}

// A copy that came of one of another host came through the receiver.
bool came_from_outside(const World& world, trace::CopyId id, HostId host) {
  const trace::Copy* copy = world.copies.find(id);
  const trace::Copy* parent = copy != nullptr && copy->parent ? world.copies.find(copy->parent) : nullptr;
  return parent != nullptr && parent->created && parent->host != host;
}

struct Meaning {
  FlowPart part;
  FlowWay way = FlowWay::none;
};

std::optional<Meaning> of_session(const StoredEvent& e, const World& world) {
  const bool receives = is_of_receiver(e, world);
  switch (e.kind) {
    case Kind::command_received:
    case Kind::content_received: return Meaning{FlowPart::receiver, FlowWay::in};
    case Kind::reply_sent:
    case Kind::policy_decided: return Meaning{FlowPart::receiver};
    case Kind::command_sent:
    case Kind::content_sent: return Meaning{FlowPart::sender, FlowWay::out};
    case Kind::reply_received: return Meaning{FlowPart::sender};
    case Kind::connection_opened: return Meaning{FlowPart::sender, FlowWay::out};
    case Kind::connection_refused:
    case Kind::connection_unreachable: return Meaning{FlowPart::sender};
    case Kind::connection_established:
      return receives ? Meaning{FlowPart::receiver, FlowWay::in} : Meaning{FlowPart::sender, FlowWay::out};
    case Kind::connection_timed_out:
    case Kind::connection_reset:
    case Kind::connection_closed:
    case Kind::session_opened:
    case Kind::session_closed:
    case Kind::session_phase_entered:
    case Kind::timer_expired: return Meaning{receives ? FlowPart::receiver : FlowPart::sender};
    default: return std::nullopt;
  }
}

std::optional<Meaning> meaning_of(const StoredEvent& e, const World& world) {
  switch (e.kind) {
    case Kind::message_composed: return Meaning{FlowPart::agent, FlowWay::submit};
    case Kind::message_queued: {
      const trace::Message* message = world.messages.find(e.message);
      const bool is_own = message != nullptr && message->composed && message->host == e.host;
      return Meaning{FlowPart::queue, is_own ? FlowWay::submit : FlowWay::forward};
    }
    case Kind::copy_created:
      return Meaning{FlowPart::queue,
                     came_from_outside(world, e.copy, e.host) ? FlowWay::forward : FlowWay::none};
    case Kind::copy_deferred: return Meaning{FlowPart::queue, FlowWay::requeue};
    case Kind::copy_delivered:
    case Kind::mailbox_appended:
      return Meaning{FlowPart::mailboxes,
                     came_from_outside(world, e.copy, e.host) ? FlowWay::deliver : FlowWay::local};
    case Kind::attempt_began: return Meaning{FlowPart::sender, FlowWay::send};
    case Kind::attempt_ended:
    case Kind::copy_relayed: return Meaning{FlowPart::sender};
    case Kind::message_removed:
    case Kind::message_held:
    case Kind::message_activated:
    case Kind::message_released:
    case Kind::message_kept_waiting:
    case Kind::copy_expanded:
    case Kind::copy_bounced:
    case Kind::copy_discarded:
    case Kind::copy_destroyed:
    case Kind::copy_expedited:
    case Kind::disk_filled:
    case Kind::host_restarted: return Meaning{FlowPart::queue};
    case Kind::name_asked:
    case Kind::name_answered:
    case Kind::name_remembered:
    case Kind::route_found:
    case Kind::route_failed: return Meaning{FlowPart::sender};
    case Kind::message_mangled: return Meaning{FlowPart::receiver};
    default: return of_session(e, world);
  }
}

void count_connections(const World& world, HostId host, MailFlow& flow) {
  std::int64_t looked_at = 0;
  const trace::HostState& state = world.host(host);
  for (const trace::ConnectionId id : state.connections) {
    if (++looked_at > kMostLookedAt) break;
    const trace::ConnectionState* connection = world.connections.find(id);
    if (connection == nullptr) continue;
    ++(connection->from == host ? flow.out_connections : flow.in_connections);
  }
  looked_at = 0;
  for (const trace::SessionId id : state.sessions) {
    if (++looked_at > kMostLookedAt) break;
    const trace::SessionState* session = world.sessions.find(id);
    if (session == nullptr) continue;
    if (session->sender.host == host && session->sender.open()) ++flow.sending;
    if (session->receiver.host == host && session->receiver.open()) ++flow.receiving;
  }
}

}  // namespace

std::string_view name(FlowPart part) {
  constexpr std::array<std::string_view, kFlowPartCount> kNames = {"User agent", "Outgoing queue", "SMTP sender",
                                                                   "SMTP receiver", "User mailboxes"};
  return kNames[static_cast<std::size_t>(part)];
}

std::string_view id(FlowPart part) {
  constexpr std::array<std::string_view, kFlowPartCount> kIds = {"agent", "queue", "sender", "receiver", "mailboxes"};
  return kIds[static_cast<std::size_t>(part)];
}

MailFlow mail_flow(const World& world, const trace::RunHeader& header, HostId host, std::int64_t time_ns) {
  MailFlow flow;
  const trace::HostState& state = world.host(host);
  if (host.value >= 1 && host.value <= std::ssize(header.hosts)) {
    const trace::HostRow& row = header.hosts[static_cast<std::size_t>(host.value - 1)];
    const NodeLoad load = load_of(world, host, row, time_ns, kMostLookedAt);
    flow.active = load.active;
    flow.deferred = load.deferred;
    flow.held = load.held;
    flow.mailboxes = load.mailboxes;
    flow.mails = load.mails;
    trace::RunHeader alone;
    alone.hosts = {row};
    const NodeFacts facts = facts_of(alone).front();
    flow.users = facts.users;
    flow.takes_mail = facts.role == NodeRole::mail_host;
  }
  flow.queued = std::ssize(state.queue);
  flow.in_hand = state.open;
  flow.attempts = std::ssize(state.attempts);
  flow.is_crashed = static_cast<bool>(state.crashed);
  count_connections(world, host, flow);
  return flow;
}

std::optional<FlowStep> flow_step(const StoredEvent& e, const World& world) {
  if (!e.host) return std::nullopt;
  const auto meaning = meaning_of(e, world);
  if (!meaning) return std::nullopt;
  return FlowStep{.event = e.id,
                  .time_ns = e.time_ns,
                  .part = meaning->part,
                  .way = meaning->way,
                  .tone = e.code >= 500   ? story::Tone::bad
                          : e.code >= 400 ? story::Tone::warn
                                          : story::tone_of(e.kind)};
}

}  // namespace mailroom::viz
