// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/random_graphs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "topologies/analysis.hpp"
#include "topologies/read.hpp"
#include "topologies/real_math.hpp"
#include "topologies/sampling.hpp"

namespace mailroom::topology {
namespace {

double distance(const Node& a, const Node& b) {
  const double dx = *a.x - *b.x;
  const double dy = *a.y - *b.y;
  return std::sqrt(dx * dx + dy * dy);
}

// Prim's algorithm, where existing links cost nothing: the missing links of a minimum spanning tree.
void join_components(Graph& graph, const Link& link) {
  const Components parts = components(graph);
  if (parts.count() < 2) return;
  const std::size_t n = boost::num_vertices(graph);
  std::vector<std::vector<Vertex>> members(parts.count());
  for (Vertex v = 0; v < n; ++v) members[parts.of[v]].push_back(v);
  std::vector<double> nearest(n, std::numeric_limits<double>::infinity());
  std::vector<Vertex> neighbour(n, 0);
  std::vector<bool> is_in(n, false);
  const auto take = [&](std::size_t part) {
    for (const Vertex v : members[part]) is_in[v] = true;
    for (const Vertex v : members[part])
      for (Vertex w = 0; w < n; ++w) {
        if (is_in[w]) continue;
        const double d = distance(graph[v], graph[w]);
        if (d >= nearest[w]) continue;
        nearest[w] = d;
        neighbour[w] = v;
      }
  };
  take(0);
  for (std::size_t joined = 1; joined < parts.count(); ++joined) {
    Vertex best = n;
    for (Vertex w = 0; w < n; ++w)
      if (!is_in[w] && (best == n || nearest[w] < nearest[best])) best = w;
    boost::add_edge(neighbour[best], best, link, graph);
    take(parts.of[best]);
  }
}

}  // namespace

std::optional<Graph> waxman(std::size_t nodes, double alpha, double beta, const Link& link,
                            std::uint64_t seed) {
  Sampler sampler(seed);
  Graph graph(nodes);
  for (Vertex v = 0; v < nodes; ++v) {
    graph[v].x = sampler.fraction();
    graph[v].y = sampler.fraction();
  }
  const double reach = beta * std::sqrt(2.0);
  for (Vertex a = 0; a < nodes; ++a) {
    for (Vertex b = a + 1; b < nodes; ++b) {
      const double draw = sampler.fraction();
      if (draw >= alpha) continue;  // spares the exponential
      if (draw < alpha * exact_exp(-distance(graph[a], graph[b]) / reach)) boost::add_edge(a, b, link, graph);
    }
    if (boost::num_edges(graph) + nodes > kMaxLinks) return std::nullopt;
  }
  join_components(graph, link);
  return graph;
}

Graph barabasi_albert(std::size_t nodes, std::size_t links, const Link& link, std::uint64_t seed) {
  Sampler sampler(seed);
  Graph graph(nodes);
  std::vector<Vertex> ends;  // every vertex as often as its degree
  const auto join = [&](Vertex a, Vertex b) {
    boost::add_edge(a, b, link, graph);
    ends.push_back(a);
    ends.push_back(b);
  };
  for (Vertex a = 0; a <= links; ++a)
    for (Vertex b = a + 1; b <= links; ++b) join(a, b);
  std::vector<Vertex> chosen;
  for (Vertex v = links + 1; v < nodes; ++v) {
    chosen.clear();
    while (chosen.size() < links) {
      const Vertex candidate = ends[sampler.below(ends.size())];
      if (std::ranges::find(chosen, candidate) == chosen.end()) chosen.push_back(candidate);
    }
    for (const Vertex w : chosen) join(w, v);
  }
  return graph;
}

}  // namespace mailroom::topology
