// SPDX-License-Identifier: GPL-2.0-only
// The protocol state machines as they are drawn: places of the states and arrows between them, made from the
// tables and enums that the code obeys (protocols/smtp). Nothing here is a second copy of a rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/world.hpp"

namespace mailroom::viz {

enum class Side : std::uint8_t { receiver, sender };

struct MachineState {
  std::int64_t state = 0;  // the protocol's own number: reply.sent's value, reply.received's value
  std::string name{};      // "sender known"
  std::string phase{};     // connection setup, mail transfer, closing
  int row = 0;             // where it is drawn: rows downwards, column 0 is the main way
  int column = 0;
};

struct MachineArrow {
  int from = 0;  // index into states
  int to = 0;
  std::string label{};  // "RCPT 250"
  bool is_back = false;  // against the main way: drawn around it
};

struct Machine {
  std::vector<MachineState> states;
  std::vector<MachineArrow> arrows;
  const MachineState* find(std::int64_t state) const;
};
const Machine& machine_of(Side side);

// What a command does in a state of the receiver; or what the sender does next.
struct Legal {
  std::string command{};  // "RCPT"
  std::string does{};     // "gives one forward-path"
  std::string leads_to{}; // "recipients known"; empty: it stays
  int code = 0;           // of the positive reply
  std::string section{};
};
std::vector<Legal> legal_in(std::int64_t receiver_state);

// A session as one side sees it, to be chosen among those of a host.
struct SessionView {
  trace::SessionId session{};
  Side side{};
  trace::HostId other{};  // whom it talks with; 0: nobody of this run
  std::int64_t opened_ns = -1;
  std::string phase{};
  std::optional<std::int64_t> state{};
  bool is_open = false;
};
// The open sessions of a host, at most `most`, those of its receiver first.
std::vector<SessionView> sessions_at(const trace::World& world, trace::HostId host, std::size_t most = 200);
// One side of a session, whether it is open or over; nullopt: that side is not of this host.
std::optional<SessionView> session_view(const trace::World& world, trace::SessionId session, trace::HostId host);

}  // namespace mailroom::viz
