// SPDX-License-Identifier: GPL-2.0-only
// What the names in a fault mean in a scenario, and whether they mean anything.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dns/record.hpp"
#include "sim/faults/fault.hpp"
#include "sim/faults/parse.hpp"
#include "sim/scenario/dns.hpp"
#include "sim/scenario/scenario.hpp"
#include "topologies/graph.hpp"

namespace mailroom::scenario {

// The links that a fault is about, as indices of edges in their order: that of its name ("a-b", or "b-a"), all between
// two nodes ("a -- b"), all of a node that is unreachable, all that lead out of a partition.
std::vector<std::size_t> links_of(const faults::Fault& fault, const topology::Graph& graph);

// The record of a zone that a fault is about; what is wrong with it. `ttl_s`: where it says none.
std::expected<dns::Record, faults::ParseError> record_of(const faults::Fault& fault, std::uint32_t ttl_s);

// A fault of one link is said of it by the link's own name, however it was spelled: so are its rivals, and who mends it.
void settle_link(faults::Fault& fault, const topology::Graph& graph);

// What does not exist, or cannot fail so; nothing if all is well. ParseError's offset is not used.
std::optional<faults::ParseError> fault_mistake(const faults::Fault& fault, const topology::Graph& graph,
                                                std::span<const Host> hosts, const Dns& dns);

}  // namespace mailroom::scenario
