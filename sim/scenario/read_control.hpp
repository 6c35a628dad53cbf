// SPDX-License-Identifier: GPL-2.0-only
// The part 'control' of a scenario: what people do in it, as lines that a live run takes, each with its time:
// "10s connect 1 from pc to mx1:25". They follow the grammar (control_line.hpp) or are faults; whether what they are about is
// there then shows when they are obeyed.
#pragma once

#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// `value` may be nullptr or null: none. By time; those of one time by order of the file.
std::vector<ControlLine> read_control(const Value* value, Report& report);

}  // namespace mailroom::scenario
