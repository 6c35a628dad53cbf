// SPDX-License-Identifier: GPL-2.0-only
// Clients that nobody wrote an agent for: they type what they like.
#pragma once

#include <string>
#include <vector>

#include "sim/main/swarm_dice.hpp"
#include "sim/main/swarm_faults.hpp"

namespace mailroom::swarm {

// The control lines of one session with a receiver, each with its time.
std::vector<std::string> typed_session(Dice& dice, const Ground& ground, int number);

}  // namespace mailroom::swarm
