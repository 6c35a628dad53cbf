// SPDX-License-Identifier: GPL-2.0-only
// What faults of a scenario will surprise somebody: where it says them, in the file's order.
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/diagnostic.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom {

// `file` is the scenario's.
std::vector<scenario::Diagnostic> fault_warnings(const scenario::Scenario& scenario, const std::string& file);

}  // namespace mailroom
