// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/layout.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "topologies/adjacency.hpp"
#include "topologies/analysis.hpp"
#include "topologies/force_layout.hpp"
#include "topologies/real_math.hpp"

namespace mailroom::topology {
namespace {

constexpr double kGoldenAngle = 2.39996322972865332;  // successive points never line up

using Points = std::vector<Point>;

struct Box {
  Point low{0, 0};
  Point high{0, 0};
  double width() const { return high.x - low.x; }
  double height() const { return high.y - low.y; }
};

Box box_of(const Points& points) {
  if (points.empty()) return {};
  Box box{points.front(), points.front()};
  for (const Point p : points) {
    box.low = {std::min(box.low.x, p.x), std::min(box.low.y, p.y)};
    box.high = {std::max(box.high.x, p.x), std::max(box.high.y, p.y)};
  }
  return box;
}

// The i-th point of a sunflower's spiral.
Point spiral(std::size_t i, double spacing) {
  const double radius = spacing * std::sqrt(static_cast<double>(i));
  // Keeps the angle within what exact_sin() takes.
  const double turns = static_cast<double>(i) * (kGoldenAngle / (2 * kPi));
  const double angle = 2 * kPi * (turns - std::floor(turns));
  return {radius * exact_cos(angle), radius * exact_sin(angle)};
}

bool has_place(const Node& node) {
  return node.latitude && node.longitude;
}

// Where the world map is cut: in the middle of the widest stretch of longitude without nodes, so that a
// network across the Pacific stays in one piece.
double western_edge(const Graph& graph) {
  std::vector<double> longitudes;
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph)))
    if (has_place(graph[v])) longitudes.push_back(*graph[v].longitude);
  std::sort(longitudes.begin(), longitudes.end());
  double widest = longitudes.front() + 360 - longitudes.back();
  double edge = longitudes.front() - widest / 2;
  for (std::size_t i = 1; i < longitudes.size(); ++i) {
    const double gap = longitudes[i] - longitudes[i - 1];
    if (gap <= widest) continue;
    widest = gap;
    edge = longitudes[i] - gap / 2;
  }
  return edge;
}

// Puts the nodes that have none near their neighbours that have a place, then near those, and so on.
void place_by_neighbours(const Adjacency& adjacency, Points& points, std::vector<bool>& is_placed,
                         double step) {
  std::vector<Vertex> waiting;
  for (Vertex v = 0; v < points.size(); ++v)
    if (!is_placed[v]) waiting.push_back(v);
  for (bool moved = true; moved;) {
    moved = false;
    std::vector<std::pair<Vertex, Point>> found;
    std::vector<Vertex> still_waiting;
    for (const Vertex v : waiting) {
      Point sum;
      double count = 0;
      for (const auto& arc : adjacency.of(v)) {
        if (!is_placed[arc.to]) continue;
        sum.x += points[arc.to].x;
        sum.y += points[arc.to].y;
        ++count;
      }
      if (count == 0) {
        still_waiting.push_back(v);
        continue;
      }
      const Point aside = spiral(1 + v % 7, step);
      found.push_back({v, {sum.x / count + aside.x, sum.y / count + aside.y}});
    }
    for (const auto& [v, point] : found) {
      points[v] = point;
      is_placed[v] = moved = true;
    }
    waiting = std::move(still_waiting);
  }
}

// Packs the components in rows no wider than `width`, from `top` downwards, `unit` being the length of a
// link.
void pack(const Adjacency& adjacency, std::vector<std::vector<Vertex>> parts, Point top, double width,
          double unit, Points& points) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  double x = 0;
  double y = 0;
  double row_height = 0;
  for (const auto& members : parts) {
    const Points local = force_layout(adjacency, members);
    const Box box = box_of(local);
    if (x > 0 && (x + box.width()) * unit > width) {
      x = 0;
      y += row_height;
      row_height = 0;
    }
    for (std::size_t i = 0; i < members.size(); ++i)
      points[members[i]] = {top.x + (x + local[i].x - box.low.x) * unit,
                            top.y + (y + local[i].y - box.low.y) * unit};
    x += box.width() + 1;
    row_height = std::max(row_height, box.height() + 1);
  }
}

std::vector<std::vector<Vertex>> component_members(const Graph& graph) {
  const Components parts = components(graph);
  std::vector<std::vector<Vertex>> members(parts.count());
  for (Vertex v = 0; v < parts.of.size(); ++v) members[parts.of[v]].push_back(v);
  return members;
}

Points on_the_map(const Graph& graph, const Adjacency& adjacency) {
  const std::size_t n = boost::num_vertices(graph);
  const double west = western_edge(graph);
  Points points(n);
  Points placed;
  std::vector<bool> is_placed(n, false);
  double south = 90;
  double north = -90;
  for (Vertex v = 0; v < n; ++v) {
    if (!has_place(graph[v])) continue;
    south = std::min(south, *graph[v].latitude);
    north = std::max(north, *graph[v].latitude);
  }
  const double narrowing = std::max(0.1, exact_cos((south + north) / 2 * kPi / 180));
  for (Vertex v = 0; v < n; ++v) {
    if (!has_place(graph[v])) continue;
    double east = *graph[v].longitude - west;
    if (east < 0) east += 360;
    if (east >= 360) east -= 360;
    points[v] = {east * narrowing, -*graph[v].latitude};
    is_placed[v] = true;
    placed.push_back(points[v]);
  }
  const Box map = box_of(placed);
  const double size = std::max({map.width(), map.height(), 1e-6});
  place_by_neighbours(adjacency, points, is_placed, size * 0.012);

  std::vector<std::vector<Vertex>> lost;
  for (auto& members : component_members(graph))
    if (!is_placed[members.front()]) lost.push_back(std::move(members));
  const double unit = size / std::max(12.0, 1.5 * std::sqrt(static_cast<double>(n)));
  pack(adjacency, std::move(lost), {map.low.x, map.high.y + 2 * unit}, size, unit, points);
  return points;
}

Points by_forces(const Graph& graph, const Adjacency& adjacency) {
  Points points(boost::num_vertices(graph));
  // Components take about one square unit a node and one around; a tree's rings take more, so rows are
  // measured by the widest component as well.
  auto parts = component_members(graph);
  double area = 0;
  for (const auto& members : parts) area += 2 * static_cast<double>(members.size()) + 1;
  pack(adjacency, std::move(parts), {0, 0}, std::sqrt(area), 1, points);
  return points;
}

// Into the unit square, keeping the shape and centred.
void fit(Points& points) {
  const Box box = box_of(points);
  const double size = std::max(box.width(), box.height());
  for (Point& p : points) {
    if (size <= 0) {
      p = {0.5, 0.5};
      continue;
    }
    p.x = std::clamp((p.x - box.low.x) / size + (size - box.width()) / size / 2, 0.0, 1.0);
    p.y = std::clamp((p.y - box.low.y) / size + (size - box.height()) / size / 2, 0.0, 1.0);
  }
}

// Moves nodes that share a place (several in one city) a little aside, far enough to be told apart.
void separate(Points& points) {
  const double spacing = std::min(0.012, 0.3 / std::sqrt(static_cast<double>(points.size()) + 1));
  const double cell = spacing / 2;
  using Place = std::pair<long, long>;
  const auto place_of = [&](Point p) { return Place(std::lround(p.x / cell), std::lround(p.y / cell)); };
  std::map<Place, std::size_t> next;  // taken places, and how far along its spiral the next one looks
  for (Point& p : points) {
    const Place home = place_of(p);
    if (next.try_emplace(home, 1).second) continue;
    const Point centre = p;
    for (std::size_t& i = next[home];;) {
      const Point aside = spiral(i++, spacing);
      p = {centre.x + aside.x, centre.y + aside.y};
      const bool is_inside = p.x >= 0 && p.x <= 1 && p.y >= 0 && p.y <= 1;
      if (is_inside && next.try_emplace(place_of(p), 1).second) break;
    }
  }
}

}  // namespace

void layout(Graph& graph) {
  const std::size_t n = boost::num_vertices(graph);
  const Adjacency adjacency(graph);
  bool is_map = false;
  bool is_placed = true;
  for (Vertex v = 0; v < n; ++v) {
    is_map = is_map || has_place(graph[v]);
    is_placed = is_placed && graph[v].x && graph[v].y;
  }
  Points points;
  if (is_map) {
    points = on_the_map(graph, adjacency);
  } else if (is_placed) {
    for (Vertex v = 0; v < n; ++v) points.push_back({*graph[v].x, *graph[v].y});
  } else {
    points = by_forces(graph, adjacency);
  }
  fit(points);
  separate(points);
  for (Vertex v = 0; v < n; ++v) {
    graph[v].x = points[v].x;
    graph[v].y = points[v].y;
  }
}

}  // namespace mailroom::topology
