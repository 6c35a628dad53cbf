// SPDX-License-Identifier: GPL-2.0-only
// Run-wide identifiers: one integer space per noun, counted from 1 in the order of first appearance, so that
// a run and its repetition give the same numbers. 0 means "none". Each is its own type, so that a host cannot
// be taken for a link.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace mailroom::trace {

template <class Noun>
struct Id {
  std::int64_t value = 0;
  explicit constexpr operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using HostId = Id<struct HostNoun>;
using LinkId = Id<struct LinkNoun>;              // a point-to-point link or a LAN segment
using ConnectionId = Id<struct ConnectionNoun>;  // one TCP connection, the same number at both of its ends
using SessionId = Id<struct SessionNoun>;  // one protocol conversation over a connection, shared likewise
using MessageId = Id<struct MessageNoun>;  // content identity: kept through every relay
using CopyId = Id<struct CopyNoun>;        // one host's responsibility for one message toward one recipient
using RecipientId = Id<struct RecipientNoun>;  // an interned forward-path; table `recipient`
using AttemptId = Id<struct AttemptNoun>;      // one try of a sender to hand a message to one next hop
using FaultId = Id<struct FaultNoun>;
using ContentId = Id<struct ContentNoun>;  // an interned octet string; table `content`
using EventId = Id<struct EventNoun>;      // sequence number of an event; table `event`

}  // namespace mailroom::trace

template <class Noun>
struct std::hash<mailroom::trace::Id<Noun>> {
  std::size_t operator()(mailroom::trace::Id<Noun> id) const noexcept {
    return std::hash<std::int64_t>{}(id.value);
  }
};
