// SPDX-License-Identifier: GPL-2.0-only
// Points and rectangles of pictures, in pixels unless said otherwise: x to the right, y downwards.
#pragma once

#include <algorithm>

namespace mailroom::viz {

struct Point {
  float x = 0;
  float y = 0;
  friend bool operator==(const Point&, const Point&) = default;
  friend constexpr Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
  friend constexpr Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
  friend constexpr Point operator*(Point a, float k) { return {a.x * k, a.y * k}; }
};

struct Rect {
  float left = 0;
  float top = 0;
  float right = 0;
  float bottom = 0;
  friend bool operator==(const Rect&, const Rect&) = default;

  constexpr float width() const { return right - left; }
  constexpr float height() const { return bottom - top; }
  constexpr Point center() const { return {(left + right) / 2, (top + bottom) / 2}; }
  constexpr bool is_empty() const { return right <= left || bottom <= top; }
  constexpr bool contains(Point p) const { return p.x >= left && p.x < right && p.y >= top && p.y < bottom; }
  constexpr bool intersects(const Rect& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
  constexpr Rect grown(float by) const { return {left - by, top - by, right + by, bottom + by}; }
};

// What two have in common; empty where they are apart.
constexpr Rect intersection(const Rect& a, const Rect& b) {
  return {std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
          std::min(a.bottom, b.bottom)};
}
constexpr Rect around(Point center, float half_width, float half_height) {
  return {center.x - half_width, center.y - half_height, center.x + half_width, center.y + half_height};
}

}  // namespace mailroom::viz
