// SPDX-License-Identifier: GPL-2.0-only
// Where aliases, lists, redirections, users who have moved and catch-alls lead, once all hosts are known. Warned of
// are names that nobody has at the host whose domain it is, and what leads in a circle and to nobody. Mail to such is
// taken and then comes back, which a scenario may want.
#pragma once

#include <vector>

#include "sim/scenario/read_hosts.hpp"
#include "sim/scenario/templates.hpp"

namespace mailroom::scenario {

// `entries` are those that `hosts` were read from, in the same order, without any mistake.
void check_targets(const std::vector<HostEntry>& entries, const Hosts& hosts, Report& report);

}  // namespace mailroom::scenario
