// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/plot.hpp"

#include <algorithm>
#include <numeric>

namespace mailroom::viz {

std::optional<Statistics> statistics_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto rank = [&](std::size_t percent) { return values[(values.size() * percent + 99) / 100 - 1]; };
  return Statistics{
      .n = std::ssize(values),
      .min = values.front(),
      .mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()),
      .median = rank(50),
      .p95 = rank(95),
      .p99 = rank(99),
      .max = values.back()};
}

std::optional<Statistics> statistics_in_time(std::vector<std::pair<double, double>> values) {
  std::erase_if(values, [](const auto& value) { return value.second <= 0; });
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  double lasted = 0;
  double area = 0;
  for (const auto& [value, length] : values) {
    lasted += length;
    area += value * length;
  }
  const auto rank = [&](double share) {
    double so_far = 0;
    for (const auto& [value, length] : values) {
      so_far += length;
      if (so_far >= share * lasted) return value;
    }
    return values.back().first;
  };
  return Statistics{.n = std::ssize(values),
                    .min = values.front().first,
                    .mean = area / lasted,
                    .median = rank(0.5),
                    .p95 = rank(0.95),
                    .p99 = rank(0.99),
                    .max = values.back().first};
}

std::optional<double> value_at(const PlotSeries& steps, double x) {
  const auto after = std::upper_bound(steps.points.begin(), steps.points.end(), x,
                                      [](double at, const PlotPoint& point) { return at < point.x; });
  if (after == steps.points.begin()) return std::nullopt;
  return std::prev(after)->y;
}

}  // namespace mailroom::viz
