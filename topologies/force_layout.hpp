// SPDX-License-Identifier: GPL-2.0-only
// Places one connected component: a radial tree first, then Fruchterman and Reingold's forces if it has
// cycles.
#pragma once

#include <span>
#include <vector>

#include "topologies/adjacency.hpp"
#include "topologies/quadtree.hpp"

namespace mailroom::topology {

// A place for every vertex of `members` (a whole component), in the same order; links are about 1 long.
std::vector<Point> force_layout(const Adjacency& adjacency, std::span<const Vertex> members);

}  // namespace mailroom::topology
