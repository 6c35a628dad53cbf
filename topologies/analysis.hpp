// SPDX-License-Identifier: GPL-2.0-only
// What a graph can be asked: components, single points of failure, shortest paths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "topologies/graph.hpp"

namespace mailroom::topology {

// Component of each vertex, numbered from 0 in the order of their first vertex.
struct Components {
  std::vector<std::size_t> of;     // by vertex
  std::vector<std::size_t> sizes;  // by component
  std::size_t count() const { return sizes.size(); }
};
Components components(const Graph& graph);

// Vertices whose loss leaves their component in more than one piece, in vertex order.
std::vector<Vertex> articulation_points(const Graph& graph);

// Links whose loss does so, in edge order. One of several parallel links never is.
std::vector<Edge> bridges(const Graph& graph);

// Pairs of nodes joined by more than one link, in vertex order; `count` is at least 2.
struct ParallelLinks {
  Vertex a{};
  Vertex b{};
  std::size_t count = 0;
};
std::vector<ParallelLinks> parallel_links(const Graph& graph);

// Shortest paths from one vertex by the sum of link delays (a delay not given counts as 0). Among equals:
// fewer hops, then the predecessor that comes first in vertex order, then the link that comes first in edge
// order; so the tree depends on nothing but the graph.
struct ShortestPaths {
  static constexpr std::int64_t kUnreachable = std::numeric_limits<std::int64_t>::max();
  Vertex source{};
  std::vector<std::int64_t> delay_ns;  // kUnreachable where there is no path
  std::vector<std::size_t> hops;       // 0 at the source and where there is no path
  std::vector<Vertex> predecessor;     // itself at the source and where there is no path
  std::vector<Edge> link;              // that leads from the predecessor; undefined where that is itself
  bool reaches(Vertex v) const { return delay_ns[v] != kUnreachable; }
};
ShortestPaths shortest_paths(const Graph& graph, Vertex source);

// The vertices of the shortest path to `target`, source first; empty if there is none.
std::vector<Vertex> path_to(const ShortestPaths& paths, Vertex target);

// The most hops between two nodes of one component along the fewest hops; 0 for an empty graph. In graphs of
// very many nodes and no middle (a ring of 100,000) only a lower bound is found.
struct Diameter {
  std::size_t hops = 0;
  bool is_exact = true;
};
Diameter diameter(const Graph& graph);

}  // namespace mailroom::topology
