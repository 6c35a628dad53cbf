// SPDX-License-Identifier: GPL-2.0-only
// The part 'faults' of a scenario: sentences of the language of faults (sim/faults/parse.hpp), whose hosts, links and
// addresses must be there, and which must not contradict each other.
#pragma once

#include <vector>

#include "sim/faults/fault.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/dns.hpp"
#include "sim/scenario/fault_targets.hpp"
#include "sim/scenario/read_hosts.hpp"
#include "sim/scenario/read_topology.hpp"
#include "sim/scenario/report.hpp"

namespace mailroom::scenario {

// `value` may be nullptr or null: none.
std::vector<faults::Fault> read_faults(const Value* value, const Topology& topology, const Hosts& hosts, const Dns& dns,
                                       Report& report);

}  // namespace mailroom::scenario
