// SPDX-License-Identifier: GPL-2.0-only
// The faults of a run at a moment: which are in force, which are over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/world.hpp"

namespace mailroom::viz {

struct FaultList {
  struct Row {
    trace::FaultId fault{};
    std::string what{};
    trace::EventId began{};
    std::int64_t began_ns = 0;
    std::int64_t until_ns = -1;  // of one in force; -1: not known
    std::int64_t ended_ns = -1;  // of one that is over
    std::int64_t times = 0;      // that it began
  };
  std::vector<Row> in_force{};  // the oldest first
  std::vector<Row> over{};      // the newest first, at most as many as asked for
  std::size_t over_count = 0;   // all of them
};

// `hides`: whether what is called so is not to be shown.
FaultList faults_at(const trace::World& world, std::size_t most_over, const std::function<bool(std::string_view)>& hides);

// A fault of the plan on a line of time.
struct PlannedMark {
  std::size_t index = 0;  // in the plan
  std::int64_t at_ns = 0;
  std::int64_t until_ns = -1;  // -1: to the end
  bool can_move = false;       // it has a time, and not a condition
};
// Of those that have a time: where each comes first.
std::vector<PlannedMark> planned_marks(const std::vector<std::string>& plan);
// The sentence, at another time; as it was if it has none.
std::string moved_to(const std::string& sentence, std::int64_t at_ns);

}  // namespace mailroom::viz
