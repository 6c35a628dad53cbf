// SPDX-License-Identifier: GPL-2.0-only
// A protocol's state machine, drawn with the current state lit, and what may come next.
#pragma once

#include "viz/model/machine.hpp"
#include "viz/panes/pieces.hpp"

namespace mailroom::viz {

// Draws the machine of a side at the cursor, with this state lit (none: no session is there).
void draw_machine(Desk& desk, Side side, std::optional<std::int64_t> state);

}  // namespace mailroom::viz
