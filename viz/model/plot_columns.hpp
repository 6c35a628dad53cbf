// SPDX-License-Identifier: GPL-2.0-only
// Millions of steps on a few hundred pixels: for each pixel column, the least and the greatest value that the
// steps take within it, so that no peak is lost, and the value at its end. An index of blocks makes it as
// quick for a whole run as for a second of it.
//
// Lives as long as the series it was made of, which must not change.
#pragma once

#include <cstddef>
#include <vector>

#include "viz/model/plot.hpp"

namespace mailroom::viz {

struct PlotColumn {
  bool has = false;  // false: the steps have not begun
  double min = 0;
  double max = 0;
  double first = 0;  // where it comes in from the left
  double last = 0;
  friend bool operator==(const PlotColumn&, const PlotColumn&) = default;
};

class PlotColumns {
 public:
  explicit PlotColumns(const PlotSeries& steps);
  // `count` columns of equal width over [from, to). The last value holds to the right for ever.
  std::vector<PlotColumn> over(double from, double to, int count) const;

 private:
  static constexpr std::size_t kBlock = 64;
  struct Extent {
    double min;
    double max;
  };
  Extent extent(std::size_t begin, std::size_t end) const;  // of points [begin, end), not empty

  const PlotSeries& steps_;
  std::vector<Extent> blocks_;
};

}  // namespace mailroom::viz
