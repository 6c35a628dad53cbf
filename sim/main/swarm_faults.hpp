// SPDX-License-Identifier: GPL-2.0-only
// Random faults, from the table of all of them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/main/swarm_dice.hpp"

namespace mailroom::swarm {

// What can fail in a scenario that is being made.
struct Ground {
  std::vector<std::string> nodes, hosts, receivers, links, addresses;
  bool has_name_servers = false;
  std::string submission{};  // the host that has a port for it; empty: none
};

// A sentence about something of `ground` whose slot is not taken yet; empty: what was drawn cannot fail here.
std::string fault_sentence(Dice& dice, const Ground& ground, bool is_conditional, std::set<std::string>& slots);

}  // namespace mailroom::swarm
