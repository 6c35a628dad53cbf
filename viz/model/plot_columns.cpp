// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/plot_columns.hpp"

#include <algorithm>

namespace mailroom::viz {

PlotColumns::PlotColumns(const PlotSeries& steps) : steps_(steps) {
  const auto& points = steps.points;
  for (std::size_t begin = 0; begin < points.size(); begin += kBlock) {
    Extent block{points[begin].y, points[begin].y};
    for (std::size_t i = begin; i < std::min(begin + kBlock, points.size()); ++i) {
      block.min = std::min(block.min, points[i].y);
      block.max = std::max(block.max, points[i].y);
    }
    blocks_.push_back(block);
  }
}

PlotColumns::Extent PlotColumns::extent(std::size_t begin, std::size_t end) const {
  const auto& points = steps_.points;
  Extent found{points[begin].y, points[begin].y};
  const auto take = [&](double min, double max) {
    found.min = std::min(found.min, min);
    found.max = std::max(found.max, max);
  };
  for (std::size_t i = begin; i < end;) {
    if (i % kBlock == 0 && i + kBlock <= end) {
      take(blocks_[i / kBlock].min, blocks_[i / kBlock].max);
      i += kBlock;
    } else {
      take(points[i].y, points[i].y);
      ++i;
    }
  }
  return found;
}

std::vector<PlotColumn> PlotColumns::over(double from, double to, int count) const {
  std::vector<PlotColumn> columns(static_cast<std::size_t>(std::max(count, 0)));
  const auto& points = steps_.points;
  const auto first_at = [&](double x) {
    return static_cast<std::size_t>(
        std::lower_bound(points.begin(), points.end(), x,
                         [](const PlotPoint& point, double at) { return point.x < at; }) -
        points.begin());
  };
  std::size_t begin = first_at(from);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const double end_x =
        from + (to - from) * static_cast<double>(i + 1) / static_cast<double>(columns.size());
    const std::size_t end = std::max(begin, first_at(end_x));
    PlotColumn& column = columns[i];
    if (end > 0) {
      column.has = true;
      column.first = points[begin > 0 ? begin - 1 : 0].y;
      column.last = points[end - 1].y;
      column.min = std::min(column.first, column.last);
      column.max = std::max(column.first, column.last);
      if (begin < end) {
        const Extent inside = extent(begin, end);
        column.min = std::min(column.min, inside.min);
        column.max = std::max(column.max, inside.max);
      }
    }
    begin = end;
  }
  return columns;
}

}  // namespace mailroom::viz
