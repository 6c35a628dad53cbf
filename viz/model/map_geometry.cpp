// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/map_geometry.hpp"

#include <cmath>

namespace mailroom::viz {

float length(Point a) {
  return std::hypot(a.x, a.y);
}

float distance_to_line(Point at, Point a, Point b) {
  const Point along = b - a;
  const float square = along.x * along.x + along.y * along.y;
  if (square <= 0) return length(at - a);
  const Point to = at - a;
  const float share = std::clamp((to.x * along.x + to.y * along.y) / square, 0.0f, 1.0f);
  return length(at - between(a, b, share));
}

bool line_meets(Point a, Point b, const Rect& rect) {
  if (std::max(a.x, b.x) < rect.left || std::min(a.x, b.x) > rect.right) return false;
  if (std::max(a.y, b.y) < rect.top || std::min(a.y, b.y) > rect.bottom) return false;
  // All four corners on one side of the line: it passes beside the rectangle.
  const auto side = [&](float x, float y) { return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x); };
  const float s1 = side(rect.left, rect.top);
  const float s2 = side(rect.right, rect.top);
  const float s3 = side(rect.left, rect.bottom);
  const float s4 = side(rect.right, rect.bottom);
  return !((s1 > 0 && s2 > 0 && s3 > 0 && s4 > 0) || (s1 < 0 && s2 < 0 && s3 < 0 && s4 < 0));
}

}  // namespace mailroom::viz
