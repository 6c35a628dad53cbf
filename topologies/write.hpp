// SPDX-License-Identifier: GPL-2.0-only
// Writes a graph as GraphML that read_graphml() reads back as the same graph, and that other programs can
// read too.
#pragma once

#include <string>
#include <string_view>

#include "topologies/graph.hpp"

namespace mailroom::topology {

// `name` is the network's. Every property of nodes and links is kept, coordinates to the last bit.
std::string write_graphml(const Graph& graph, std::string_view name);

}  // namespace mailroom::topology
