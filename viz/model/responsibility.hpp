// SPDX-License-Identifier: GPL-2.0-only
// Who owes a message at a moment: the hosts that are responsible for copies of it. A receiver is responsible from
// the commitment of its spool, a sender until it has read the 250 (RFC 5321 §4.2.5): in between there are two
// owners, and that is where duplicates come from. A gap is never allowed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/story/names.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

// One copy that is owed now.
struct Owed {
  trace::CopyId copy{};
  trace::HostId host{};
  trace::RecipientId recipient{};
  std::int64_t since_ns = 0;
  // The next host's copy that came of this one, while this one is not ended: two owners. 0: none.
  trace::CopyId taken_as{};
  // The other way round: the sender's copy that this one came of, and which is still open.
  trace::CopyId still_with{};
  bool overlaps() const { return taken_as || still_with; }
};

// The open copies of a message, in the order of their making: at most `most` of them.
std::vector<Owed> owed_of(const trace::World& world, trace::MessageId message, std::size_t most = 2000);

// The same by host, for colouring: how many copies each owes, and whether one of them has two owners.
struct HostOwes {
  std::int64_t copies = 0;
  bool overlaps = false;
};
std::map<trace::HostId, HostOwes> owing_hosts(const std::vector<Owed>& owed);

// "mx1 and mx2 both owe it: mx2 has committed it, but mx1 has not read the 250 yet."; empty where it has one
// owner.
std::string overlap_words(const Owed& owed, const trace::World& world, const story::Names& names);

}  // namespace mailroom::viz
