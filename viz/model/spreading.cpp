// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/spreading.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace mailroom::viz {

namespace {

constexpr int kRounds = 60;
constexpr double kGoldenAngle = 2.399963229728653;

// Points sorted by the square of a grid that they lie in, so that neighbours are found without a search.
class Squares {
 public:
  Squares(const std::vector<MapPoint>& points, double side) : side_(side) {
    order_.reserve(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) order_.push_back({square_of(points[i]), i});
    std::sort(order_.begin(), order_.end());
  }

  // Calls visit(j) for the points of the nine squares around one, with j > i.
  template <class Visit>
  void for_neighbours(std::size_t i, MapPoint at, Visit visit) const {
    const auto [row, column] = square_of(at);
    for (std::int64_t r = row - 1; r <= row + 1; ++r) {
      auto found =
          std::lower_bound(order_.begin(), order_.end(), std::pair{std::pair{r, column - 1}, std::size_t{0}});
      for (; found != order_.end() && found->first <= std::pair{r, column + 1}; ++found) {
        if (found->second > i) visit(found->second);
      }
    }
  }

 private:
  std::pair<std::int64_t, std::int64_t> square_of(MapPoint at) const {
    return {static_cast<std::int64_t>(std::floor(at.y / side_)),
            static_cast<std::int64_t>(std::floor(at.x / side_))};
  }
  double side_;
  std::vector<std::pair<std::pair<std::int64_t, std::int64_t>, std::size_t>> order_;
};

// One round. Returns the greatest overlap that it found.
double push_apart(std::vector<MapPoint>& points, double least) {
  const Squares squares(points, least);
  const std::vector<MapPoint> before = points;
  double worst = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    squares.for_neighbours(i, before[i], [&](std::size_t j) {
      double dx = before[j].x - before[i].x;
      double dy = before[j].y - before[i].y;
      double apart = std::hypot(dx, dy);
      if (apart >= least) return;
      worst = std::max(worst, least - apart);
      if (apart < 1e-6 * least) {  // on top of each other: each pair has a direction of its own
        dx = std::cos(kGoldenAngle * static_cast<double>(j));
        dy = std::sin(kGoldenAngle * static_cast<double>(j));
        apart = 1;
      }
      const double push = 0.4 * (least - std::hypot(before[j].x - before[i].x, before[j].y - before[i].y));
      points[i].x -= push * dx / apart;
      points[i].y -= push * dy / apart;
      points[j].x += push * dx / apart;
      points[j].y += push * dy / apart;
    });
  }
  return worst;
}

// So many in one square would make a round quadratic: they get rings around their place first.
void unstack(std::vector<MapPoint>& points, double least) {
  std::vector<std::pair<std::pair<double, double>, std::size_t>> order;
  order.reserve(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) order.push_back({{points[i].x, points[i].y}, i});
  std::sort(order.begin(), order.end());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last < order.size() && order[last].first == order[first].first) ++last;
    for (std::size_t k = 1; k < last - first; ++k) {
      // A sunflower: as dense as `least` allows.
      const double radius = 0.6 * least * std::sqrt(static_cast<double>(k) + 0.5);
      MapPoint& point = points[order[first + k].second];
      point.x += radius * std::cos(kGoldenAngle * static_cast<double>(k));
      point.y += radius * std::sin(kGoldenAngle * static_cast<double>(k));
    }
    first = last;
  }
}

}  // namespace

void spread(std::vector<MapPoint>& points, double least) {
  if (points.size() < 2 || !(least > 0)) return;
  unstack(points, least);
  for (int round = 0; round < kRounds; ++round) {
    if (push_apart(points, least) < 0.05 * least) return;
  }
}

}  // namespace mailroom::viz
