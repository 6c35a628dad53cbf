// SPDX-License-Identifier: GPL-2.0-only
// The hosts of a run as a list that is looked through for trouble: how much each has in its queue, and a sign for how
// it is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/world.hpp"

namespace mailroom::viz {

struct HostLine {
  enum class State : std::uint8_t {
    idle,     // "."
    busy,     // "*": mail in its queue, or sessions
    waiting,  // "~": copies that were re-queued
    trouble,  // "!": its disk is nearly full, or a fault is in force there
    down      // "x": it crashed
  } state = State::idle;
  trace::HostId host{};
  std::int64_t queued = 0;
  std::int64_t mails = 0;  // in its mailboxes
  bool is_router = false;
};
std::string_view sign_of(HostLine::State state);
std::string_view name(HostLine::State state);  // "idle", …

enum class HostOrder : std::uint8_t { name, queue, trouble };

// The state of every host, in the order of their numbers. `faulty` says of each host whether a fault is in force
// there: [i] is HostId i + 1; may be shorter. Looks at a few copies of each queue only.
std::vector<HostLine> host_lines(const trace::World& world, const trace::RunHeader& header,
                                 const std::vector<bool>& faulty);

// Which hosts are shown, and in which order: those whose name has `typed` in it (in any case), without routers and LANs
// unless they match it. By name numbers count as numbers: mx2 before mx10.
std::vector<HostLine> arranged(std::vector<HostLine> lines, const trace::RunHeader& header, HostOrder order,
                               std::string_view typed);

// Whether a stands before b by name.
bool before_by_name(std::string_view a, std::string_view b);

}  // namespace mailroom::viz
