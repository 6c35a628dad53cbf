// SPDX-License-Identifier: GPL-2.0-only
// Places every node on a square, so that the visualizer can draw any graph. Deterministic on every CPU: only
// + - * / and sqrt.
#pragma once

#include "topologies/graph.hpp"

namespace mailroom::topology {

// Sets x (right) and y (down) of every node, in [0, 1], no two nodes at the same point.
// - If any node has latitude and longitude: an equirectangular map; nodes without them are placed near their
//   neighbours, or in rows below the map if their component has none.
// - Else, if every node already has x and y: they are kept in shape (scaled into the square).
// - Else: force-directed, each component by itself, the components packed side by side, the largest first.
// 5,000 nodes take a few seconds at most.
void layout(Graph& graph);

}  // namespace mailroom::topology
