// SPDX-License-Identifier: GPL-2.0-only
// One event of a run: what happened, when, where, to which message, and what caused it. The columns are those
// of the table `event` of a run file (docs/RUN_FILE.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "sim/trace/ids.hpp"

namespace mailroom::trace {

// What is recorded: each level contains those before it.
enum class Level : std::uint8_t { summary, mail, full, packets };

enum class Kind : std::uint8_t {
#define KIND(noun, verb, level, meaning) noun##_##verb,
#include "sim/trace/kinds.def"
#undef KIND
};

struct KindInfo {
  std::string_view name;  // "copy.deferred"
  Level level;            // the lowest level at which it is recorded
  std::string_view meaning;
};

// The table, in the order of the enum, and its row for one kind.
inline constexpr KindInfo kKinds[] = {
#define KIND(noun, verb, level, meaning) {#noun "." #verb, Level::level, meaning},
#include "sim/trace/kinds.def"
#undef KIND
};
inline constexpr int kKindCount = static_cast<int>(std::size(kKinds));
inline constexpr const KindInfo& info(Kind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}
std::optional<Kind> kind_named(std::string_view name);
std::string_view name(Level level);
std::optional<Level> level_named(std::string_view name);

// An event as an agent states it. Time, sequence number and cause are added by the Recorder. Views need to
// live only for the call.
struct Event {
  Kind kind;
  HostId host{};
  LinkId link{};
  ConnectionId connection{};
  SessionId session{};
  MessageId message{};
  CopyId copy{};
  CopyId parent{};
  RecipientId recipient{};
  AttemptId attempt{};
  FaultId fault{};
  ContentId content{};
  int code = 0;                         // SMTP reply code
  std::optional<std::int64_t> size{};   // octets
  std::optional<std::int64_t> value{};  // as the kind's meaning says
  std::string_view text{};
  std::string_view detail{};  // a JSON object, or empty
  EventId because{};          // the evidence that explains it, where that is not its cause
};

// Which fault is to blame for something, and since which event: what `fault` and `because` of an event name.
struct Blame {
  FaultId fault{};
  EventId began{};
};

// What the code that runs now is about. It travels with timers, with the octets of a stream and with
// datagrams (see sim/net/network.hpp), so that an effect at another host knows its cause without the agents'
// doing.
struct Context {
  EventId event{};          // the nearest recorded event that led here
  MessageId message{};      // the message in hand, if any
  CopyId copy{};            // the sender's copy in hand, if any: the parent of the receiver's
  bool is_content = false;  // these octets are message text: the network accounts them as a flight
  friend bool operator==(const Context&, const Context&) = default;
};

// Envelope motion: one message's octets over one link in one direction.
struct Flight {
  MessageId message{};
  ConnectionId connection{};
  LinkId link{};
  HostId from{};  // the node at the sending end of the link (host or router)
  HostId to{};
  std::int64_t first_bit_out_ns = 0;
  std::int64_t last_bit_in_ns = -1;  // -1: never arrived
  std::int64_t bytes = 0;            // message octets that arrived, each counted once
  std::int64_t drops = 0;            // frames with octets of it that were lost on this link
};

}  // namespace mailroom::trace
