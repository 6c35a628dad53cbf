// SPDX-License-Identifier: GPL-2.0-only
// Live runs, faults, branches and the mystery in menus: the commands, and what a right click adds.
#pragma once

#include "viz/app/desk.hpp"
#include "viz/model/fault_ground.hpp"

namespace mailroom::viz {

void add_live_commands(Desk& desk);
void add_fault_menus(Desk& desk);

// What a person has pointed at, as a place where something can fail.
FaultPlace place_of(Desk& desk, const Selection& what);

}  // namespace mailroom::viz
