// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/center.hpp"

#include <cassert>
#include <vector>

namespace mailroom::topology {
namespace {

constexpr Vertex kNone = static_cast<Vertex>(-1);

// All vertices of a component by distance from `start`, each with the one before it on the way there.
struct Walk {
  std::vector<Vertex> order;
  std::vector<Vertex> before;
};

Walk walk(const Graph& graph, Vertex start) {
  Walk made{{start}, std::vector<Vertex>(num_vertices(graph), kNone)};
  made.before[start] = start;
  for (std::size_t i = 0; i < made.order.size(); ++i) {
    for (const Vertex next : boost::make_iterator_range(adjacent_vertices(made.order[i], graph))) {
      if (made.before[next] != kNone) continue;
      made.before[next] = made.order[i];
      made.order.push_back(next);
    }
  }
  return made;
}

}  // namespace

Vertex center(const Graph& graph, Vertex start) {
  assert(!graph[start].is_lan);
  const Vertex one_end = walk(graph, start).order.back();
  const Walk across = walk(graph, one_end);
  std::vector<Vertex> path = {across.order.back()};
  while (path.back() != one_end) path.push_back(across.before[path.back()]);
  // A segment's neighbours are none.
  const std::size_t middle = path.size() / 2;
  if (!graph[path[middle]].is_lan) return path[middle];
  return middle > 0 ? path[middle - 1] : start;
}

}  // namespace mailroom::topology
