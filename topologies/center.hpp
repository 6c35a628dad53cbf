// SPDX-License-Identifier: GPL-2.0-only
// Where in a network something belongs that everybody needs.
#pragma once

#include "topologies/graph.hpp"

namespace mailroom::topology {

// Of the component of `start`: the node in the middle of a longest path of fewest hops, never a LAN segment
// (`start` must not be one). In a tree it is a center (no node has a shorter way to the node that is farthest
// from it); in other graphs it comes close. Depends on the component alone, and on the order of its vertices.
Vertex center(const Graph& graph, Vertex start);

}  // namespace mailroom::topology
