// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_faults.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>

#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {

namespace {

// What has begun, by the order of the faults.
std::vector<std::pair<trace::FaultId, trace::FaultState>> begun(Run& run) {
  std::vector<std::pair<trace::FaultId, trace::FaultState>> list;
  const auto& faults = run.world().faults;
  for (std::int64_t i = 1; i <= faults.size(); ++i)
    if (const trace::FaultState* fault = faults.find({i}); fault != nullptr && fault->began) list.emplace_back(trace::FaultId{i}, *fault);
  return list;
}

}  // namespace

void print_faults(Run& run, Terminal& terminal) {
  const auto list = begun(run);
  if (list.empty()) return;
  heading(terminal, "Faults");
  Table table({{"", Column::Align::right}, {"last from", Column::Align::left}, {"to", Column::Align::left},
               {"times", Column::Align::right}, {"what", Column::Align::left, true}});
  constexpr std::size_t kMost = 20;
  for (std::size_t i = 0; i < std::min(kMost, list.size()); ++i) {
    const auto& [id, fault] = list[i];
    table.add({std::to_string(id.value), clock(fault.began_ns), fault.in_force() ? "the end" : clock(fault.ended_ns),
               grouped(fault.times), {printable(fault.what), Ink::bad}});
  }
  table.print(terminal);
  if (list.size() > kMost) fmt::print(terminal.out, "  and {} more; --json has them all\n", list.size() - kMost);
}

Json faults_json(Run& run) {
  Json json = Json::array();
  for (const auto& [id, fault] : begun(run))
    json.push_back({{"fault", id.value},
                    {"what", fault.what},
                    {"times", fault.times},
                    {"began", fault.began.value},
                    {"began_s", seconds(fault.began_ns)},
                    {"ended_s", fault.in_force() ? Json(nullptr) : seconds(fault.ended_ns)}});
  return json;
}

}  // namespace mailroom::cli
