// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/quadtree.hpp"

#include <algorithm>

namespace mailroom::topology {

namespace {
constexpr int kMaxLevel = 24;
}

Quadtree::Quadtree(std::span<const Point> points) {
  if (points.empty()) return;
  Point low = points.front();
  Point high = points.front();
  for (const Point p : points) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  centre_ = {(low.x + high.x) / 2, (low.y + high.y) / 2};
  half_ = std::max({high.x - low.x, high.y - low.y, 1e-9}) / 2;
  cells_.reserve(2 * points.size());
  cells_.emplace_back();
  for (const Point p : points) insert(p);
}

// The child of `cell` that `point` falls into, made if it is not there; `centre` becomes the child's.
int Quadtree::child_at(int cell, Point& centre, double half, Point point) {
  const int east = point.x >= centre.x ? 1 : 0;
  const int south = point.y >= centre.y ? 1 : 0;
  centre.x += east ? half / 2 : -half / 2;
  centre.y += south ? half / 2 : -half / 2;
  const auto index = static_cast<std::size_t>(2 * south + east);
  if (cells_[static_cast<std::size_t>(cell)].children[index] < 0) {
    cells_[static_cast<std::size_t>(cell)].children[index] = static_cast<int>(cells_.size());
    cells_.emplace_back();
  }
  return cells_[static_cast<std::size_t>(cell)].children[index];
}

void Quadtree::insert(Point point) {
  int at = 0;
  Point centre = centre_;
  double half = half_;
  for (int level = 0;; ++level) {
    const auto i = static_cast<std::size_t>(at);
    if (cells_[i].is_leaf && cells_[i].mass > 0 && level < kMaxLevel) {
      const Point there{cells_[i].sum.x / cells_[i].mass, cells_[i].sum.y / cells_[i].mass};
      if (there.x != point.x || there.y != point.y) {
        // What was here moves one level down.
        const Cell old = cells_[i];
        cells_[i].is_leaf = false;
        Point child_centre = centre;
        const auto child = static_cast<std::size_t>(child_at(at, child_centre, half, there));
        cells_[child].sum = old.sum;
        cells_[child].mass = old.mass;
      }
    }
    cells_[i].sum.x += point.x;
    cells_[i].sum.y += point.y;
    cells_[i].mass += 1;
    if (cells_[i].is_leaf) return;
    at = child_at(at, centre, half, point);
    half /= 2;
  }
}

Point Quadtree::push_on(Point self) const {
  constexpr double kOpening = 0.81;  // (width / distance)² below which a cell counts as one point
  Point push;
  if (cells_.empty()) return push;
  struct Visit {
    int cell;
    double width;
  };
  std::array<Visit, 4 * (kMaxLevel + 2)> stack;
  std::size_t open = 0;
  stack[open++] = {0, 2 * half_};
  while (open > 0) {
    const auto [index, width] = stack[--open];
    const Cell& cell = cells_[static_cast<std::size_t>(index)];
    const double dx = self.x - cell.sum.x / cell.mass;
    const double dy = self.y - cell.sum.y / cell.mass;
    const double square = dx * dx + dy * dy;
    if (cell.is_leaf || width * width < kOpening * square) {
      if (square > 1e-18) {
        push.x += cell.mass * dx / square;
        push.y += cell.mass * dy / square;
      }
      continue;
    }
    for (const int child : cell.children)
      if (child >= 0) stack[open++] = {child, width / 2};
  }
  return push;
}

}  // namespace mailroom::topology
