// SPDX-License-Identifier: GPL-2.0-only
// What stands over the timeline and can be dragged along it: notes, faults that are planned. Whoever has such
// things adds them to Desk::timeline_flags, and is told when a person moves one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "viz/draw/color.hpp"

namespace mailroom::viz {

class Desk;

struct TimelineFlag {
  std::string name;   // in the registry: "note/3"
  std::string sign;   // "#", "F"
  std::string label;  // a few words; more for the tip
  std::string tip;
  Color color;
  std::int64_t time_ns = 0;
  std::int64_t until_ns = -1;  // of what lasts: to here; -1: it does not, or nobody knows
  // While it is dragged; nullptr: it cannot be.
  std::function<void(Desk&, std::int64_t time_ns)> move;
  // When it was moved, and is let go of.
  std::function<void(Desk&)> drop = {};
  // When it is clicked.
  std::function<void(Desk&)> open;
};

}  // namespace mailroom::viz
