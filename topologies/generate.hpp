// SPDX-License-Identifier: GPL-2.0-only
// Networks made by rule: line, ring, star, tree, dumbbell, grid, Waxman, Barabási–Albert. The same kind,
// parameters and seed give the same graph on every CPU: random choices come from std::mt19937_64 through our
// own integer sampling, and no function of libm but the exact sqrt takes part.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "topologies/graph.hpp"

namespace mailroom::topology {

// Parameters by name, as the user wrote them: {"nodes","20"}, {"rate","10Mbps"}.
using Parameters = std::map<std::string, std::string, std::less<>>;

// What is wrong with the parameter of this name. Empty name: the kind itself.
struct ParameterError {
  std::string parameter;
  std::string wrong;
  std::string right;
};

struct ParameterInfo {
  std::string_view name;
  std::string_view meaning;
  std::string_view initial;  // value when it is not given; empty: none
};
struct KindInfo {
  std::string_view name;
  std::string_view meaning;
  std::span<const ParameterInfo> parameters;  // without the common ones
};
std::span<const KindInfo> kinds();
// Taken by every kind: prefix (of node names), rate, delay, queue, loss (of every link).
std::span<const ParameterInfo> common_parameters();

// Makes a connected graph, or says all that is wrong at once (unknown names come with a suggestion). Nodes
// are named prefix + number from 1 ("n1", "n2", …) and, where the kind has a shape of its own (grid, Waxman),
// have x and y.
std::expected<Graph, std::vector<ParameterError>> generate(std::string_view kind,
                                                           const Parameters& parameters, std::uint64_t seed);

}  // namespace mailroom::topology
