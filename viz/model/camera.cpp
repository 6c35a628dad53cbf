// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/camera.hpp"

#include <cmath>

namespace mailroom::viz {

namespace {

// How far a coordinate lies outside [low, high]; where the range is empty, from its middle.
float outside(float at, float low, float high) {
  if (low > high) low = high = (low + high) / 2;
  return at < low ? at - low : at > high ? at - high : 0;
}

}  // namespace

Point to_screen(const Camera& camera, const Viewport& viewport, MapPoint at) {
  const Point middle = viewport.center();
  return {static_cast<float>(middle.x + (at.x - camera.center.x) * camera.scale),
          static_cast<float>(middle.y + (at.y - camera.center.y) * camera.scale)};
}

MapPoint to_map(const Camera& camera, const Viewport& viewport, Point at) {
  const Point middle = viewport.center();
  return {camera.center.x + (at.x - middle.x) / camera.scale,
          camera.center.y + (at.y - middle.y) / camera.scale};
}

Camera zoomed(const Camera& camera, const Viewport& viewport, Point around, double factor) {
  const double scale = std::clamp(camera.scale * factor, kLeastScale, kGreatestScale);
  const MapPoint held = to_map(camera, viewport, around);
  const Point middle = viewport.center();
  return {.fits_all = false,
          .center = {held.x - (around.x - middle.x) / scale, held.y - (around.y - middle.y) / scale},
          .scale = scale};
}

Camera panned(const Camera& camera, Point by) {
  return {.fits_all = false,
          .center = {camera.center.x - by.x / camera.scale, camera.center.y - by.y / camera.scale},
          .scale = camera.scale};
}

Camera fitted(const MapBox& box, const Viewport& viewport, float margin, double most) {
  const double width = std::max<double>(viewport.width() - 2 * margin, 1);
  const double height = std::max<double>(viewport.height() - 2 * margin, 1);
  const double scale =
      std::min(box.width() > 0 ? width / box.width() : most, box.height() > 0 ? height / box.height() : most);
  return {.fits_all = false,
          .center = {(box.left + box.right) / 2, (box.top + box.bottom) / 2},
          .scale = std::clamp(std::min(scale, most), kLeastScale, kGreatestScale)};
}

Camera keeping_in_view(const Camera& camera, const Viewport& viewport, MapPoint at, float margin) {
  const Point seen = to_screen(camera, viewport, at);
  const Point by = {outside(seen.x, viewport.left + margin, viewport.right - margin),
                    outside(seen.y, viewport.top + margin, viewport.bottom - margin)};
  if (by == Point{}) return camera;
  return panned(camera, {-by.x, -by.y});
}

Camera between(const Camera& from, const Camera& to, double share) {
  if (share <= 0) return from;
  if (share >= 1) return to;
  const double scale = from.scale * std::pow(to.scale / from.scale, share);
  // The center goes as fast as the zoom makes the way there look: else it runs off first or comes last.
  const double change = to.scale - from.scale;
  const double part = std::abs(change) < 1e-9 * from.scale
                          ? share
                          : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  return {.fits_all = false,
          .center = {from.center.x + (to.center.x - from.center.x) * part,
                     from.center.y + (to.center.y - from.center.y) * part},
          .scale = scale};
}

Detail detail_at(double scale, float line) {
  if (scale < 1.1 * static_cast<double>(line)) return Detail::dots;
  return scale < 4 * static_cast<double>(line) ? Detail::small : Detail::full;
}

}  // namespace mailroom::viz
