// SPDX-License-Identifier: GPL-2.0-only
// Where the rows of a ladder stand, downwards, in units of one row's height. Time always runs down and never
// back: an arrow's end is where its time is between the rows, so that what was on its way longer slopes more.
#pragma once

#include <vector>

#include "viz/model/ladder.hpp"

namespace mailroom::viz {

enum class LadderAxis : std::uint8_t {
  rows,  // a row each, at equal distances
  time,  // at their times; long waits are cut to the height of a row
};

struct LadderPlace {
  double top = 0;     // of its first end
  double bottom = 0;  // of its other end; the same for marks, at the end of the row for gaps
  friend bool operator==(const LadderPlace&, const LadderPlace&) = default;
};

struct LadderLayout {
  std::vector<LadderPlace> places;  // [row]
  std::vector<double> heads;        // [phase]: where the room for its name begins
  double height = 0;

  // Where a moment is: between the row that it comes after, and the next.
  double at(const Ladder& ladder, std::int64_t time_ns, trace::EventId event) const;
};

// Room that is left for the name of a phase, above its first row.
inline constexpr double kPhaseHead = 0.9;

// `rows_per_s`: of LadderAxis::time, how many rows' heights a second is; 0: so that half of the steps are a
// row or more.
LadderLayout lay_out(const Ladder& ladder, LadderAxis axis, double rows_per_s = 0);

}  // namespace mailroom::viz
