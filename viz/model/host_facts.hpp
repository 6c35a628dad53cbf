// SPDX-License-Identifier: GPL-2.0-only
// What a node is and what it has in hand at a moment, as the canvas shows it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

enum class NodeRole : std::uint8_t { mail_host, name_server, user_agents, router, lan };
// "mail host", …
std::string_view name(NodeRole role);

// What never changes in a run.
struct NodeFacts {
  NodeRole role = NodeRole::mail_host;
  bool serves_names = false;           // a name server, whatever else it is
  std::vector<std::string> domains{};  // that it takes mail for
  std::int64_t users = 0;
  std::string submits_to{};  // of user agents: the host that takes their mail
};
// [i] is HostId i + 1. What a row does not say, or says wrongly, is left out.
std::vector<NodeFacts> facts_of(const trace::RunHeader& header);

// What it has in hand.
struct NodeLoad {
  // Copies that it is responsible for now. `in_hand` is exact; how they divide is too, up to a limit.
  std::int64_t in_hand = 0;
  std::int64_t active = 0;
  std::int64_t deferred = 0;  // their next try is in the future
  std::int64_t held = 0;
  std::int64_t mailboxes = 0;  // that have had a message
  std::int64_t mails = 0;      // in them
  double disk_share = -1;      // of its disk that is used; -1: it has none
  bool is_crashed = false;
};
// Looks at no more than `limit` copies to tell active, deferred and held ones; the rest is divided likewise.
NodeLoad load_of(const trace::World& world, trace::HostId id, const trace::HostRow& row, std::int64_t time_ns,
                 std::int64_t limit);

}  // namespace mailroom::viz
