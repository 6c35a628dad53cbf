// SPDX-License-Identifier: GPL-2.0-only
// Points of equal mass, grouped so that the push of far ones is felt as one (Barnes and Hut 1986).
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace mailroom::topology {

struct Point {
  double x = 0;
  double y = 0;
};

class Quadtree {
 public:
  explicit Quadtree(std::span<const Point> points);
  // The sum over all other points of (self - point) / distance²; points at the very same place do not count.
  Point push_on(Point self) const;

 private:
  struct Cell {
    Point sum;  // of the points within
    double mass = 0;
    std::array<int, 4> children{-1, -1, -1, -1};
    bool is_leaf = true;  // all its points are at one place, or the tree is as deep as it gets
  };
  void insert(Point point);
  int child_at(int cell, Point& centre, double half, Point point);

  std::vector<Cell> cells_;
  Point centre_;
  double half_ = 0;  // of the root's width
};

}  // namespace mailroom::topology
