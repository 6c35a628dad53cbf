// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/smtp/client_session.hpp"
#include "protocols/smtp/command_table.hpp"

namespace mailroom::viz {
namespace {

using smtp::ClientState;
using smtp::ServerState;
using smtp::Verb;

struct Place {
  int row;
  int column;
};

// The main way downwards in column 0; what not every session comes through beside it.
Place place_of(ServerState state) {
  switch (state) {
    case ServerState::connecting: return {0, 0};
    case ServerState::greeting_due: return {0, 1};
    case ServerState::refusing: return {1, 1};
    case ServerState::greeted: return {1, 0};
    case ServerState::ready: return {2, 0};
    case ServerState::authenticating: return {2, 1};
    case ServerState::sender_known: return {3, 0};
    case ServerState::recipients_known: return {4, 0};
    case ServerState::chunks_begun: return {4, 1};
    case ServerState::receiving_content: return {5, 0};
    case ServerState::receiving_chunk: return {5, 1};
    case ServerState::ended: return {6, 0};
  }
  return {0, 0};
}

Place place_of(ClientState state) {
  switch (state) {
    case ClientState::connecting: return {0, 0};
    case ClientState::awaiting_greeting: return {1, 0};
    case ClientState::introducing: return {2, 0};
    case ClientState::authenticating: return {2, 1};
    case ClientState::ready: return {3, 0};
    case ClientState::turning: return {3, 1};
    case ClientState::sending_envelope: return {4, 0};
    case ClientState::resetting: return {4, 1};
    case ClientState::sending_content: return {5, 0};
    case ClientState::between_chunks: return {5, 1};
    case ClientState::awaiting_confirmation: return {6, 0};
    case ClientState::quitting: return {7, 0};
    case ClientState::ended: return {8, 0};
  }
  return {0, 0};
}

smtp::Phase phase_of(ClientState state) {
  switch (state) {
    case ClientState::connecting:
    case ClientState::awaiting_greeting:
    case ClientState::introducing: return smtp::Phase::connection_setup;
    case ClientState::quitting:
    case ClientState::ended: return smtp::Phase::closing;
    default: return smtp::Phase::mail_transfer;
  }
}

template <class State>
void add_state(Machine& machine, State state) {
  const Place place = place_of(state);
  machine.states.push_back({.state = static_cast<std::int64_t>(state),
                            .name = std::string(name(state)),
                            .phase = std::string(name(phase_of(state))),
                            .row = place.row,
                            .column = place.column});
}

template <class State>
void add_arrow(Machine& machine, State from, State to, std::string label) {
  const Place a = place_of(from);
  const Place b = place_of(to);
  machine.arrows.push_back({.from = static_cast<int>(from),
                            .to = static_cast<int>(to),
                            .label = std::move(label),
                            // Beside the main way, one step up is drawn as such.
                            .is_back = b.row > a.row + 1 || (b.row < a.row && !(a.column == 1 && b.column == 1))});
}

// The commands of the main way; the others change nothing or are told beside it (legal_in()).
Machine make_receiver() {
  Machine machine;
  for (int i = 0; i < smtp::kServerStateCount; ++i) add_state(machine, static_cast<ServerState>(i));
  using enum ServerState;
  add_arrow(machine, connecting, greeted, "220");
  add_arrow(machine, connecting, greeting_due, "");
  add_arrow(machine, greeting_due, greeted, "220");
  add_arrow(machine, greeting_due, refusing, "554");
  const auto by_rule = [&](ServerState state, Verb verb, ServerState through, std::string suffix) {
    const smtp::CommandRule* rule = smtp::rule_for(verb, state);
    if (rule != nullptr) add_arrow(machine, state, through, fmt::format("{}{}", name(verb), suffix));
  };
  for (const auto& [state, verb] : {std::pair{greeted, Verb::ehlo}, std::pair{ready, Verb::mail},
                                    std::pair{sender_known, Verb::rcpt}, std::pair{recipients_known, Verb::data}})
    if (const smtp::CommandRule* rule = smtp::rule_for(verb, state); rule != nullptr && rule->then)
      by_rule(state, verb, *rule->then, fmt::format("  {}", rule->positive));
  by_rule(recipients_known, Verb::bdat, receiving_chunk, "");
  by_rule(ready, Verb::auth, authenticating, "");
  add_arrow(machine, receiving_chunk, chunks_begun, "250");
  add_arrow(machine, receiving_content, ready, "lone dot  250");
  add_arrow(machine, ready, ended, "QUIT  221");
  return machine;
}

Machine make_sender() {
  Machine machine;
  for (int i = 0; i <= static_cast<int>(ClientState::ended); ++i) add_state(machine, static_cast<ClientState>(i));
  using enum ClientState;
  add_arrow(machine, connecting, awaiting_greeting, "connected");
  add_arrow(machine, awaiting_greeting, introducing, "220, EHLO");
  add_arrow(machine, introducing, ready, "250");
  add_arrow(machine, introducing, authenticating, "AUTH");
  add_arrow(machine, authenticating, ready, "235");
  add_arrow(machine, ready, sending_envelope, "MAIL, RCPT, DATA");
  add_arrow(machine, sending_envelope, sending_content, "354");
  add_arrow(machine, sending_envelope, resetting, "refused");
  add_arrow(machine, sending_content, awaiting_confirmation, "lone dot");
  add_arrow(machine, awaiting_confirmation, ready, "250");
  add_arrow(machine, ready, turning, "ETRN");
  add_arrow(machine, ready, quitting, "QUIT");
  add_arrow(machine, quitting, ended, "221");
  return machine;
}

const trace::SessionEnd* end_at(const trace::SessionState& session, trace::HostId host, Side& side) {
  if (session.receiver.opened_ns >= 0 && session.receiver.host == host) {
    side = Side::receiver;
    return &session.receiver;
  }
  if (session.sender.opened_ns >= 0 && session.sender.host == host) {
    side = Side::sender;
    return &session.sender;
  }
  return nullptr;
}

}  // namespace

const MachineState* Machine::find(std::int64_t state) const {
  const auto at = std::ranges::find(states, state, &MachineState::state);
  return at == states.end() ? nullptr : &*at;
}

const Machine& machine_of(Side side) {
  static const Machine receiver = make_receiver();
  static const Machine sender = make_sender();
  return side == Side::receiver ? receiver : sender;
}

std::vector<Legal> legal_in(std::int64_t receiver_state) {
  std::vector<Legal> legal;
  if (receiver_state < 0 || receiver_state >= smtp::kServerStateCount) return legal;
  const auto state = static_cast<ServerState>(receiver_state);
  for (const smtp::CommandRule& rule : smtp::command_table()) {
    if (!(rule.legal & smtp::in(state))) continue;
    Legal row{.command = std::string(name(rule.verb)), .does = std::string(rule.does), .leads_to = {},
              .code = rule.positive, .section = std::string(rule.section)};
    if (rule.then && *rule.then != state) row.leads_to = name(*rule.then);
    legal.push_back(std::move(row));
  }
  return legal;
}

std::optional<SessionView> session_view(const trace::World& world, trace::SessionId id, trace::HostId host) {
  const trace::SessionState* session = world.sessions.find(id);
  if (session == nullptr) return std::nullopt;
  SessionView view{.session = id};
  const trace::SessionEnd* end = end_at(*session, host, view.side);
  if (end == nullptr) return std::nullopt;
  view.other = view.side == Side::receiver ? session->sender.host : session->receiver.host;
  if (const trace::ConnectionState* connection = world.connections.find(session->connection);
      connection != nullptr && !view.other)
    view.other = view.side == Side::receiver ? connection->from : connection->to;
  view.opened_ns = end->opened_ns;
  view.phase = end->phase;
  view.state = end->state;
  view.is_open = end->open();
  return view;
}

std::vector<SessionView> sessions_at(const trace::World& world, trace::HostId host, std::size_t most) {
  std::vector<SessionView> all;
  for (const trace::SessionId id : world.host(host).sessions) {
    if (all.size() >= most) break;
    if (auto view = session_view(world, id, host)) all.push_back(std::move(*view));
  }
  std::ranges::stable_sort(all, {}, &SessionView::side);
  return all;
}

}  // namespace mailroom::viz
