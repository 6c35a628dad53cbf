// SPDX-License-Identifier: GPL-2.0-only
// The plane on which the nodes of a network lie: in units of the distance that neighbours typically have, x
// to the right and y downwards. And what is asked about lines when such a map is drawn.
#pragma once

#include "viz/model/geometry.hpp"

namespace mailroom::viz {

struct MapPoint {
  double x = 0;
  double y = 0;
  friend bool operator==(const MapPoint&, const MapPoint&) = default;
};

struct MapBox {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
  friend bool operator==(const MapBox&, const MapBox&) = default;
};

float length(Point a);
// On the line from one to another: share 0 … 1.
constexpr Point between(Point a, Point b, float share) {
  return a + (b - a) * share;
}

// How far a point is from the line between two others, in pixels.
float distance_to_line(Point at, Point a, Point b);

// Whether a line comes into a rectangle.
bool line_meets(Point a, Point b, const Rect& rect);

}  // namespace mailroom::viz
