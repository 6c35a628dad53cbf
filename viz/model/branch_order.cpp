// SPDX-License-Identifier: GPL-2.0-only
// How a run is made again with one change: which faults of the scenario stay, which lines of people are obeyed again.
#include <fmt/format.h>

#include <algorithm>

#include "sim/faults/parse.hpp"
#include "sim/scenario/fault_targets.hpp"
#include "sim/scenario/load.hpp"
#include "topologies/units.hpp"
#include "viz/model/branch.hpp"

namespace mailroom::viz {

namespace {

using trace::Kind;

// One argument of a program may have no more octets (MAX_ARG_STRLEN of Linux), and some are ours.
constexpr std::size_t kLongestArgument = 120'000;

// A list of YAML in one line.
std::string flow_list(const std::vector<std::string>& items) {
  std::string list = "[";
  for (const std::string& item : items) {
    if (list.size() > 1) list += ", ";
    list += '"';
    for (const char c : item) {
      if (c == '"' || c == '\\') list += '\\';
      list += c;
    }
    list += '"';
  }
  return list + "]";
}

std::string sentence_of(const faults::Fault& fault) { return fault.what + " " + faults::format_when(fault.when); }

struct Kept {
  std::vector<std::string> items;
  bool has_all = true;
};

}  // namespace

std::expected<RunOrder, std::string> order_with(trace::RunFileReader& reader, const Change& change,
                                                const std::filesystem::path& scenario, const std::filesystem::path& out) {
  const trace::RunHeader& header = reader.header();
  RunOrder order{.scenario = scenario, .out = out, .sets = overrides_of(header), .faults = change.faults};
  std::vector<std::string> without = change.without;
  if (!change.instead_of.empty()) without.push_back(change.instead_of);
  const auto is_left_out = [&without](std::string_view what) { return std::ranges::find(without, what) != without.end(); };

  // What people told the run.
  Kept told;
  bool is_told = false;
  const trace::EventQuery query{.kinds = {Kind::control_received}};
  const auto read = reader.for_each(query, [&](const trace::StoredEvent& event) {
    is_told = true;
    const std::string_view text = event.text;
    const bool is_fault = text.starts_with("fault ") || text.starts_with("mend ") || text.starts_with("forget ");
    const auto fault = is_fault ? faults::parse(text.substr(text.find(' ') + 1)) : std::unexpected(faults::ParseError{});
    if (fault && is_left_out(fault->what)) told.has_all = false;
    else told.items.push_back(fmt::format("{} {}", topology::format_duration(event.time_ns), text));
    return true;
  });
  if (!read) return std::unexpected(read.error().text);
  if (is_told && told.has_all) order.replay = reader.path();
  if (!told.has_all) order.sets.push_back("control=" + flow_list(told.items));

  if (!without.empty()) {
    auto loaded = scenario::load(scenario, order.sets);
    if (!loaded) return std::unexpected("the scenario can no longer be read: " + scenario::to_string(loaded.error().front()));
    Kept kept;
    for (faults::Fault& fault : loaded->scenario.faults) {
      scenario::settle_link(fault, loaded->scenario.topology);
      if (is_left_out(fault.what)) kept.has_all = false;
      else kept.items.push_back(sentence_of(fault));
    }
    if (kept.has_all && told.has_all)
      return std::unexpected(fmt::format("'{}' is neither a fault of the scenario nor one that somebody asked for", without.front()));
    if (!kept.has_all) {
      // The list as a whole takes the place of the scenario's and of what --fault added.
      std::erase_if(order.sets, [](const std::string& set) { return set.starts_with(scenario::kAddFault); });
      order.sets.push_back("faults=" + flow_list(kept.items));
    }
  }
  for (const std::string& set : order.sets)
    if (set.size() > kLongestArgument)
      return std::unexpected(std::string("too much was typed in this run to leave a line of it out; save it as a scenario, and edit that"));
  return order;
}

}  // namespace mailroom::viz
