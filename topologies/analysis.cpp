// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/analysis.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <tuple>

#include "topologies/adjacency.hpp"

namespace mailroom::topology {

Adjacency::Adjacency(const Graph& graph) : first_(boost::num_vertices(graph) + 1, 0) {
  links_.reserve(boost::num_edges(graph));
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    links_.push_back(e);
    ++first_[boost::source(e, graph) + 1];
    ++first_[boost::target(e, graph) + 1];
  }
  for (std::size_t v = 1; v < first_.size(); ++v) first_[v] += first_[v - 1];
  arcs_.resize(2 * links_.size());
  std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Vertex a = boost::source(links_[i], graph);
    const Vertex b = boost::target(links_[i], graph);
    arcs_[next[a]++] = {b, i};
    arcs_[next[b]++] = {a, i};
  }
}

namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// What a depth-first search (Hopcroft and Tarjan) finds; iterative, since a line of 100,000 nodes is a legal
// network.
struct Cuts {
  std::vector<bool> is_articulation;  // by vertex
  std::vector<bool> is_bridge;        // by link
};

Cuts find_cuts(const Adjacency& adjacency) {
  struct Visit {
    Vertex vertex;
    std::size_t link_in;  // by which it was reached; a parallel link is another one
    std::size_t next_arc = 0;
    std::size_t children = 0;
  };
  const std::size_t n = adjacency.size();
  Cuts cuts{std::vector<bool>(n, false), std::vector<bool>(adjacency.links().size(), false)};
  std::vector<std::size_t> found(n, kNone);
  std::vector<std::size_t> low(n, kNone);
  std::size_t clock = 0;
  std::vector<Visit> stack;
  for (Vertex root = 0; root < n; ++root) {
    if (found[root] != kNone) continue;
    found[root] = low[root] = clock++;
    stack.push_back({root, kNone});
    while (!stack.empty()) {
      Visit& top = stack.back();
      const Vertex v = top.vertex;
      const auto arcs = adjacency.of(v);
      if (top.next_arc < arcs.size()) {
        const auto [to, link] = arcs[top.next_arc++];
        if (link == top.link_in) continue;
        if (found[to] != kNone) {
          low[v] = std::min(low[v], found[to]);
          continue;
        }
        ++top.children;
        found[to] = low[to] = clock++;
        stack.push_back({to, link});  // `top` is invalid from here
        continue;
      }
      const Visit done = top;
      stack.pop_back();
      if (stack.empty()) {
        cuts.is_articulation[v] = done.children > 1;
        continue;
      }
      const Vertex parent = stack.back().vertex;
      low[parent] = std::min(low[parent], low[v]);
      if (low[v] > found[parent]) cuts.is_bridge[done.link_in] = true;
      if (low[v] >= found[parent] && stack.size() > 1) cuts.is_articulation[parent] = true;
    }
  }
  return cuts;
}

}  // namespace

Components components(const Graph& graph) {
  const Adjacency adjacency(graph);
  Components result{std::vector<std::size_t>(adjacency.size(), kNone), {}};
  std::vector<Vertex> open;
  for (Vertex root = 0; root < adjacency.size(); ++root) {
    if (result.of[root] != kNone) continue;
    const std::size_t number = result.count();
    result.sizes.push_back(1);
    result.of[root] = number;
    open.push_back(root);
    while (!open.empty()) {
      const Vertex v = open.back();
      open.pop_back();
      for (const auto& arc : adjacency.of(v)) {
        if (result.of[arc.to] != kNone) continue;
        result.of[arc.to] = number;
        ++result.sizes[number];
        open.push_back(arc.to);
      }
    }
  }
  return result;
}

std::vector<Vertex> articulation_points(const Graph& graph) {
  const Cuts cuts = find_cuts(Adjacency(graph));
  std::vector<Vertex> result;
  for (Vertex v = 0; v < cuts.is_articulation.size(); ++v)
    if (cuts.is_articulation[v]) result.push_back(v);
  return result;
}

std::vector<Edge> bridges(const Graph& graph) {
  const Adjacency adjacency(graph);
  const Cuts cuts = find_cuts(adjacency);
  std::vector<Edge> result;
  for (std::size_t i = 0; i < cuts.is_bridge.size(); ++i)
    if (cuts.is_bridge[i]) result.push_back(adjacency.links()[i]);
  return result;
}

std::vector<ParallelLinks> parallel_links(const Graph& graph) {
  std::map<std::pair<Vertex, Vertex>, std::size_t> counts;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    const Vertex a = boost::source(e, graph);
    const Vertex b = boost::target(e, graph);
    ++counts[{std::min(a, b), std::max(a, b)}];
  }
  std::vector<ParallelLinks> result;
  for (const auto& [ends, count] : counts)
    if (count > 1) result.push_back({ends.first, ends.second, count});
  return result;
}

ShortestPaths shortest_paths(const Graph& graph, Vertex source) {
  const Adjacency adjacency(graph);
  const std::size_t n = adjacency.size();
  ShortestPaths paths;
  paths.source = source;
  paths.delay_ns.assign(n, ShortestPaths::kUnreachable);
  paths.hops.assign(n, 0);
  paths.predecessor.resize(n);
  for (Vertex v = 0; v < n; ++v) paths.predecessor[v] = v;
  paths.link.resize(n);
  std::vector<std::size_t> link_in(n, kNone);
  std::vector<bool> is_final(n, false);

  // Dijkstra's algorithm over (delay, hops): hops always grow, so a vertex is final when taken even with
  // delays of 0, and every candidate for its predecessor has been taken before it.
  using Candidate = std::tuple<std::int64_t, std::size_t, Vertex>;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> open;
  paths.delay_ns[source] = 0;
  open.emplace(0, 0, source);
  while (!open.empty()) {
    const Vertex v = std::get<2>(open.top());
    open.pop();
    if (is_final[v]) continue;
    is_final[v] = true;
    for (const auto& [to, link] : adjacency.of(v)) {
      if (is_final[to]) continue;
      const std::int64_t step = std::max<std::int64_t>(0, graph[adjacency.links()[link]].delay_ns);
      // Saturates below kUnreachable, so that absurd delays do not overflow.
      const std::int64_t room = ShortestPaths::kUnreachable - 1 - paths.delay_ns[v];
      const std::int64_t delay = paths.delay_ns[v] + std::min(step, room);
      const std::size_t hops = paths.hops[v] + 1;
      const bool is_known = paths.reaches(to);
      const auto old = std::tuple(paths.delay_ns[to], paths.hops[to], paths.predecessor[to], link_in[to]);
      if (is_known && std::tuple(delay, hops, v, link) >= old) continue;
      const bool is_nearer =
          !is_known || std::tuple(delay, hops) < std::tuple(paths.delay_ns[to], paths.hops[to]);
      paths.delay_ns[to] = delay;
      paths.hops[to] = hops;
      paths.predecessor[to] = v;
      paths.link[to] = adjacency.links()[link];
      link_in[to] = link;
      if (is_nearer) open.emplace(delay, hops, to);
    }
  }
  return paths;
}

std::vector<Vertex> path_to(const ShortestPaths& paths, Vertex target) {
  std::vector<Vertex> path;
  if (!paths.reaches(target)) return path;
  for (Vertex v = target; v != paths.source; v = paths.predecessor[v]) path.push_back(v);
  path.push_back(paths.source);
  std::reverse(path.begin(), path.end());
  return path;
}

namespace {

// The farthest distance from `root` in hops and the last vertex at it; `distance` is scratch space.
std::pair<std::size_t, Vertex> farthest(const Adjacency& adjacency, Vertex root,
                                        std::vector<std::size_t>& distance, std::vector<Vertex>& order) {
  order.assign(1, root);
  distance[root] = 0;
  for (std::size_t i = 0; i < order.size(); ++i)
    for (const auto& arc : adjacency.of(order[i])) {
      if (distance[arc.to] != kNone) continue;
      distance[arc.to] = distance[order[i]] + 1;
      order.push_back(arc.to);
    }
  const std::pair result(distance[order.back()], order.back());
  return result;
}

}  // namespace

Diameter diameter(const Graph& graph) {
  constexpr std::size_t kMostVisits = 100'000'000;
  const Adjacency adjacency(graph);
  const std::size_t n = adjacency.size();
  std::vector<std::size_t> distance(n, kNone);
  std::vector<bool> is_seen(n, false);
  std::vector<Vertex> order;
  const auto clear = [&] {
    for (const Vertex v : order) distance[v] = kNone;
  };
  Diameter result;
  std::size_t visits = 0;
  for (Vertex root = 0; root < n; ++root) {
    if (is_seen[root]) continue;
    // The exact iFUB method (Crescenzi et al. 2013): from a vertex in the middle of a long path, the
    // eccentricities of its farthest vertices bound all the others. Maps and trees need a handful of
    // searches, not one for each vertex.
    const Vertex end = farthest(adjacency, root, distance, order).second;
    for (const Vertex v : order) is_seen[v] = true;
    clear();
    std::size_t lower = farthest(adjacency, end, distance, order).first;
    Vertex middle = order.back();
    for (std::size_t hops = lower; hops > lower / 2;)
      for (const auto& arc : adjacency.of(middle))
        if (distance[arc.to] + 1 == hops) {
          middle = arc.to;
          --hops;
          break;
        }
    clear();
    farthest(adjacency, middle, distance, order);
    const std::vector<Vertex> from_middle = order;
    std::vector<std::size_t> level(from_middle.size());
    for (std::size_t i = 0; i < level.size(); ++i) level[i] = distance[from_middle[i]];
    clear();
    for (std::size_t i = from_middle.size(); i-- > 0 && lower < 2 * level[i];) {
      visits += from_middle.size();
      if (visits > kMostVisits) {
        result.is_exact = false;
        break;
      }
      lower = std::max(lower, farthest(adjacency, from_middle[i], distance, order).first);
      clear();
    }
    result.hops = std::max(result.hops, lower);
  }
  return result;
}

}  // namespace mailroom::topology
