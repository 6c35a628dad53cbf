// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/label_room.hpp"

#include <algorithm>
#include <cstddef>

namespace mailroom::viz {

LabelRoom::LabelRoom(const Rect& area) : area_(area) {
  columns_ = std::max(1, static_cast<int>(area.width() / kCell) + 1);
  rows_ = std::max(1, static_cast<int>(area.height() / kCell) + 1);
  cells_.resize(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_));
}

LabelRoom::Cells LabelRoom::cells_of(const Rect& rect) const {
  const auto cell = [](float at, float origin, int count) {
    const float index = std::clamp((at - origin) / kCell, 0.0f, static_cast<float>(count - 1));
    return static_cast<int>(index);
  };
  return {cell(rect.left, area_.left, columns_), cell(rect.top, area_.top, rows_),
          cell(rect.right, area_.left, columns_), cell(rect.bottom, area_.top, rows_)};
}

bool LabelRoom::is_free(const Rect& rect) const {
  const Cells cells = cells_of(rect);
  for (int row = cells.top; row <= cells.bottom; ++row) {
    for (int column = cells.left; column <= cells.right; ++column) {
      for (const std::uint32_t index : cells_[static_cast<std::size_t>(row * columns_ + column)]) {
        if (taken_[index].intersects(rect)) return false;
      }
    }
  }
  return true;
}

void LabelRoom::take(const Rect& rect) {
  if (rect.is_empty() || !rect.intersects(area_)) return;
  const Cells cells = cells_of(rect);
  const auto index = static_cast<std::uint32_t>(taken_.size());
  taken_.push_back(rect);
  for (int row = cells.top; row <= cells.bottom; ++row) {
    for (int column = cells.left; column <= cells.right; ++column) {
      cells_[static_cast<std::size_t>(row * columns_ + column)].push_back(index);
    }
  }
}

bool LabelRoom::take_if_free(const Rect& rect) {
  if (rect.left < area_.left || rect.top < area_.top || rect.right > area_.right ||
      rect.bottom > area_.bottom || !is_free(rect)) {
    return false;
  }
  take(rect);
  return true;
}

}  // namespace mailroom::viz
