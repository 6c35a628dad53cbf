// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/force_layout.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "topologies/real_math.hpp"

namespace mailroom::topology {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// The component alone, its vertices numbered from 0.
using Neighbours = std::vector<std::vector<std::size_t>>;

struct Tree {
  std::vector<std::size_t> order;   // breadth first
  std::vector<std::size_t> parent;  // kNone at the root
};

Tree breadth_first(const Neighbours& neighbours, std::size_t root) {
  Tree tree{{root}, std::vector<std::size_t>(neighbours.size(), kNone)};
  std::vector<bool> is_seen(neighbours.size(), false);
  is_seen[root] = true;
  for (std::size_t i = 0; i < tree.order.size(); ++i)
    for (const std::size_t to : neighbours[tree.order[i]]) {
      if (is_seen[to]) continue;
      is_seen[to] = true;
      tree.parent[to] = tree.order[i];
      tree.order.push_back(to);
    }
  return tree;
}

// The middle of a long path: found by walking from one end to the farthest, and half of the way back.
std::size_t middle(const Neighbours& neighbours) {
  const std::size_t end = breadth_first(neighbours, 0).order.back();
  const Tree tree = breadth_first(neighbours, end);
  std::vector<std::size_t> path;
  for (std::size_t v = tree.order.back(); v != kNone; v = tree.parent[v]) path.push_back(v);
  return path[path.size() / 2];
}

// Each subtree gets a wedge as wide as its number of leaves; the rings grow so that neighbours on one keep
// their distance.
std::vector<Point> radial(const Neighbours& neighbours) {
  const std::size_t n = neighbours.size();
  const Tree tree = breadth_first(neighbours, middle(neighbours));
  std::vector<double> leaves(n, 0);
  std::vector<std::size_t> depth(n, 0);
  std::vector<std::size_t> on_ring(1, 0);
  for (std::size_t i = n; i-- > 0;) {
    const std::size_t v = tree.order[i];
    if (leaves[v] == 0) leaves[v] = 1;
    if (tree.parent[v] != kNone) leaves[tree.parent[v]] += leaves[v];
  }
  for (const std::size_t v : tree.order) {
    if (tree.parent[v] != kNone) depth[v] = depth[tree.parent[v]] + 1;
    if (depth[v] == on_ring.size()) on_ring.push_back(0);
    ++on_ring[depth[v]];
  }
  std::vector<double> radius(on_ring.size(), 0);
  for (std::size_t d = 1; d < radius.size(); ++d)
    radius[d] = std::max(radius[d - 1] + 1, static_cast<double>(on_ring[d]) * 0.6 / (2 * kPi));

  std::vector<Point> points(n);
  std::vector<double> wedge_begin(n, 0);  // in parts of a whole turn; then where the next child's begins
  std::vector<double> wedge_width(n, 1);
  for (const std::size_t v : tree.order) {
    if (const std::size_t parent = tree.parent[v]; parent != kNone) {
      const double share = wedge_width[parent] * leaves[v] / leaves[parent];
      wedge_width[v] = share;
      // wedge_begin of the parent has moved on past the children placed before.
      const double begin = wedge_begin[parent];
      wedge_begin[parent] += share;
      wedge_begin[v] = begin;
      const double angle = 2 * kPi * (begin + share / 2);
      points[v] = {radius[depth[v]] * exact_cos(angle), radius[depth[v]] * exact_sin(angle)};
    }
  }
  return points;
}

void let_forces_work(const Neighbours& neighbours, std::vector<Point>& points) {
  const std::size_t n = points.size();
  const std::size_t rounds = std::clamp<std::size_t>(750'000 / n, 30, 300);
  const double first_step = 0.1 * std::sqrt(static_cast<double>(n)) + 0.5;
  for (std::size_t round = 0; round < rounds; ++round) {
    const double left = 1 - static_cast<double>(round) / static_cast<double>(rounds);
    const double longest_step = first_step * left * left;
    const Quadtree tree(points);
    std::vector<Point> force(n);
    for (std::size_t v = 0; v < n; ++v) {
      force[v] = tree.push_on(points[v]);
      for (const std::size_t to : neighbours[v]) {
        const double dx = points[to].x - points[v].x;
        const double dy = points[to].y - points[v].y;
        const double length = std::sqrt(dx * dx + dy * dy);
        force[v].x += dx * length;
        force[v].y += dy * length;
      }
    }
    for (std::size_t v = 0; v < n; ++v) {
      const double size = std::sqrt(force[v].x * force[v].x + force[v].y * force[v].y);
      const double scale = size > longest_step ? longest_step / size : 1;
      points[v].x += force[v].x * scale;
      points[v].y += force[v].y * scale;
    }
  }
}

}  // namespace

std::vector<Point> force_layout(const Adjacency& adjacency, std::span<const Vertex> members) {
  std::unordered_map<Vertex, std::size_t> number;
  for (std::size_t i = 0; i < members.size(); ++i) number[members[i]] = i;
  Neighbours neighbours(members.size());
  std::size_t ends = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const auto& arc : adjacency.of(members[i])) neighbours[i].push_back(number.at(arc.to));
    // Parallel links pull once.
    std::sort(neighbours[i].begin(), neighbours[i].end());
    neighbours[i].erase(std::unique(neighbours[i].begin(), neighbours[i].end()), neighbours[i].end());
    ends += neighbours[i].size();
  }
  std::vector<Point> points = radial(neighbours);
  const bool is_tree = ends == 2 * (members.size() - 1);
  if (!is_tree) let_forces_work(neighbours, points);
  return points;
}

}  // namespace mailroom::topology
