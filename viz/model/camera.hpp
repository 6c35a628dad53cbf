// SPDX-License-Identifier: GPL-2.0-only
// What part of the map the canvas shows. A plain value, which the view keeps: moving it gives a new one, so
// that it can be undone, compared and animated.
#pragma once

#include "viz/model/map_geometry.hpp"

namespace mailroom::viz {

// Where on the screen the map is seen.
using Viewport = Rect;

struct Camera {
  // Not chosen by a person: the whole map is shown, whatever the size of the window.
  bool fits_all = true;
  MapPoint center{};   // in the middle of the viewport
  double scale = 100;  // pixels for a map unit
  friend bool operator==(const Camera&, const Camera&) = default;
};

inline constexpr double kLeastScale = 0.5;
inline constexpr double kGreatestScale = 4000;

Point to_screen(const Camera& camera, const Viewport& viewport, MapPoint at);
MapPoint to_map(const Camera& camera, const Viewport& viewport, Point at);

// So many times nearer, with what is at `around` staying there.
Camera zoomed(const Camera& camera, const Viewport& viewport, Point around, double factor);
// The map moves by so many pixels with the pointer that drags it.
Camera panned(const Camera& camera, Point by);
// Shows the whole of `box` with a margin (pixels) around, as near as that allows but not nearer than `most`.
Camera fitted(const MapBox& box, const Viewport& viewport, float margin, double most = kGreatestScale);
// The camera moved as little as it takes to have `at` inside the viewport, `margin` pixels from its edges.
Camera keeping_in_view(const Camera& camera, const Viewport& viewport, MapPoint at, float margin);
// On the way from one to another: share 0 … 1. The zoom goes by ratios, so that it looks even.
Camera between(const Camera& from, const Camera& to, double share);

// How much of a node can be read at a scale: `line` is the height of a line of text in pixels.
enum class Detail {
  dots,   // a point each; hosts are seen as areas
  small,  // shapes, and names where there is room
  full    // and bars, badges, rates
};
Detail detail_at(double scale, float line);

}  // namespace mailroom::viz
