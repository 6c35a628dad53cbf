// SPDX-License-Identifier: GPL-2.0-only
// Where labels have room: rectangles that do not intersect, on a grid that makes asking cheap. Who comes
// first gets it, so ask for what matters most first.
#pragma once

#include <cstdint>
#include <vector>

#include "viz/model/geometry.hpp"

namespace mailroom::viz {

class LabelRoom {
 public:
  explicit LabelRoom(const Rect& area);
  const Rect& area() const { return area_; }

  bool is_free(const Rect& rect) const;
  // Keeps others off, whether it is free or not.
  void take(const Rect& rect);
  // False, and nothing is taken: it is not free, or sticks out of the area.
  bool take_if_free(const Rect& rect);

 private:
  struct Cells {
    int left, top, right, bottom;
  };
  Cells cells_of(const Rect& rect) const;

  static constexpr float kCell = 48;
  Rect area_;
  int columns_ = 0;
  int rows_ = 0;
  std::vector<Rect> taken_;
  std::vector<std::vector<std::uint32_t>> cells_;
};

}  // namespace mailroom::viz
