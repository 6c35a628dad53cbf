// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/fault_list.hpp"

#include <algorithm>

#include "sim/faults/parse.hpp"

namespace mailroom::viz {

FaultList faults_at(const trace::World& world, std::size_t most_over, const std::function<bool(std::string_view)>& hides) {
  FaultList list;
  world.faults.for_each([&](trace::FaultId id, const trace::FaultState& fault) {
    if (!fault.began || (hides && hides(fault.what))) return;
    FaultList::Row row{.fault = id, .what = fault.what, .began = fault.began, .began_ns = fault.began_ns, .times = fault.times};
    if (fault.in_force()) {
      row.until_ns = fault.until_ns;
      list.in_force.push_back(std::move(row));
    } else {
      row.ended_ns = fault.ended_ns;
      list.over.push_back(std::move(row));
    }
  });
  std::ranges::stable_sort(list.in_force, {}, &FaultList::Row::began);
  std::ranges::stable_sort(list.over, [](const FaultList::Row& a, const FaultList::Row& b) { return b.began < a.began; });
  list.over_count = list.over.size();
  if (list.over.size() > most_over) list.over.resize(most_over);
  return list;
}

std::vector<PlannedMark> planned_marks(const std::vector<std::string>& plan) {
  std::vector<PlannedMark> marks;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto fault = faults::parse(plan[i]);
    if (!fault || fault->when.condition) continue;
    const faults::When& when = fault->when;
    PlannedMark mark{.index = i, .at_ns = when.at_ns, .can_move = true};
    if (!faults::info(fault->kind).is_lasting) mark.until_ns = when.at_ns;
    else if (when.lasts_ns > 0 && when.interval_ns == 0) mark.until_ns = when.at_ns + when.lasts_ns;
    marks.push_back(mark);
  }
  return marks;
}

std::string moved_to(const std::string& sentence, std::int64_t at_ns) {
  auto fault = faults::parse(sentence);
  if (!fault || fault->when.condition) return sentence;
  fault->when.at_ns = std::max<std::int64_t>(at_ns, 0);
  return fault->what + " " + faults::format_when(fault->when);
}

}  // namespace mailroom::viz
