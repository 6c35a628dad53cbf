// SPDX-License-Identifier: GPL-2.0-only
// The dialogues of live runs, faults and the mystery.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "viz/app/dialog.hpp"
#include "viz/model/fault_menu.hpp"
#include "viz/model/run_order.hpp"

namespace mailroom::viz {

// A form: a fault is made now, or goes into the plan. `index`: the one of the plan that it is about.
std::unique_ptr<Dialog> fault_dialog(FaultForm form, std::optional<std::size_t> index);
// All faults of a place, in groups.
std::unique_ptr<Dialog> fault_chooser(FaultPlace place, std::optional<std::int64_t> at_ns);
// The run file has notes: replace it, or write beside it.
std::unique_ptr<Dialog> notes_dialog(RunOrder order);
// What was done as a scenario file.
std::unique_ptr<Dialog> save_scenario_dialog();
// Chooses a scenario and a number, and starts it with a fault that nobody sees.
std::unique_ptr<Dialog> mystery_dialog();
std::unique_ptr<Dialog> guess_dialog();
// What could have gone another way here.
std::unique_ptr<Dialog> branch_dialog(trace::EventId event);

}  // namespace mailroom::viz
