// SPDX-License-Identifier: GPL-2.0-only
// An axis on a screen: from values to pixels and back, linear or logarithmic, and where its ticks stand: at
// 1, 2 and 5 times powers of ten, in a unit in which the numbers are short.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "viz/model/plot.hpp"

namespace mailroom::viz {

struct PlotScale {
  double low = 0;
  double high = 1;
  bool is_log = false;
  float low_px = 0;  // where `low` is drawn; greater than high_px on an axis that goes up
  float high_px = 1;

  float px(double value) const;  // clamped far outside, so that it stays a number that can be drawn
  double value(float px) const;
};

// Makes a scale that can be drawn of any: not empty, and a logarithmic one above 0.
PlotScale sound(PlotScale scale, double least_positive);

struct Tick {
  double value = 0;
  std::string label{};  // empty: a small one between
  friend bool operator==(const Tick&, const Tick&) = default;
};

struct Ticks {
  std::vector<Tick> ticks;  // ascending
  std::string unit;         // in which the labels are; may be another than the axis's own ("ms" for "s")
};

// At most about `most` labels. `unit`: of the values ("s", "octets/s", …); `whole`: no fractions (things are
// counted).
Ticks ticks_of(const PlotScale& scale, int most, std::string_view unit, bool whole);

// A value as people read it, with its unit: "1.25 s", "12 ms", "3 h 20 min", "2.4k octets/s".
std::string quantity(double value, std::string_view unit);

}  // namespace mailroom::viz
