// SPDX-License-Identifier: GPL-2.0-only
// The part 'topology' of a scenario: from a file or by rule, and the links and LANs written in it.
#pragma once

#include <filesystem>
#include <string_view>
#include <unordered_map>

#include "sim/scenario/document.hpp"
#include "sim/scenario/report.hpp"
#include "topologies/graph.hpp"

namespace mailroom::scenario {

// Between the nodes of a link in the chain form: "a -- b".
inline constexpr std::string_view kChain = " -- ";

struct Topology {
  topology::Graph graph;
  std::unordered_map<std::string, topology::Vertex> vertices;  // by name
  bool is_complete = true;  // false: something could not be read, so that a missing node means nothing
};

// `value` may be null or nullptr (no such part: reported). `seed` is the scenario's.
Topology read_topology(const Value* value, const Position& whole, const std::filesystem::path& folder,
                       std::uint64_t seed, Report& report);

// [a-z0-9.-], as names of hosts are: begins and ends with a letter or digit, no empty label, at most 63
// octets.
bool is_node_name(std::string_view name);

}  // namespace mailroom::scenario
