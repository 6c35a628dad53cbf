// SPDX-License-Identifier: GPL-2.0-only
// The part 'dns' of a scenario: how names are resolved, and what zones have beyond what hosts give them.
#pragma once

#include "sim/scenario/dns.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/read_hosts.hpp"
#include "sim/scenario/read_topology.hpp"
#include "sim/scenario/report.hpp"

namespace mailroom::scenario {

// `value` may be nullptr or null: all defaults.
Dns read_dns(const Value* value, const Topology& topology, const Hosts& hosts, Report& report);

}  // namespace mailroom::scenario
