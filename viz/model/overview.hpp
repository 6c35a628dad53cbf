// SPDX-License-Identifier: GPL-2.0-only
// A stretch of a run as a timeline shows it, counted for so many pixels: how much happened in each, and the
// marks, merged where they are too close to be told apart. Costs by the width, not by the run.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "viz/model/index.hpp"
#include "viz/model/time_axis.hpp"

namespace mailroom::viz {

struct Overview {
  // Marks of one place.
  struct Bin {
    std::int64_t place = 0;  // of `places`
    std::int64_t from_ns = 0;
    std::int64_t until_ns = 0;
    std::array<std::int64_t, kMarkClassCount> counts{};
    std::int64_t count(MarkClass mark) const { return counts[static_cast<std::size_t>(mark)]; }
  };
  std::vector<std::int64_t> load;  // events in each pixel
  std::int64_t most_load = 0;
  std::int64_t places = 0;  // equal parts of the width, each as wide as a mark
  std::vector<Bin> bins;    // those that have any, from left to right

  // Nothing after `limit_ns` is counted: it is hidden.
  static Overview of(const Index::State& run, const TimeAxis& axis, std::int64_t pixels, std::int64_t places,
                     std::int64_t limit_ns);
};

// From the worst on: which mark stands for a place where there are several. Faults have a line of their own.
inline constexpr MarkClass kTroubles[] = {MarkClass::lost, MarkClass::bounced, MarkClass::crash,
                                          MarkClass::duplicate, MarkClass::deferred};

}  // namespace mailroom::viz
