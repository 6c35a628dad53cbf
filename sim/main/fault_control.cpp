// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/fault_control.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/faults/parse.hpp"
#include "sim/scenario/fault_targets.hpp"

namespace mailroom {

namespace {

// What stands behind the first word.
std::string_view rest_of(std::string_view line) {
  const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
  line.remove_prefix(std::min(line.find_first_not_of(" \t", blank), line.size()));
  return line;
}

std::string said(const faults::ParseError& error) {
  return error.right.empty() ? error.wrong : error.wrong + "; " + error.right;
}

}  // namespace

std::expected<faults::Fault, faults::ParseError> FaultControl::read(std::string_view line) const {
  auto fault = faults::parse(rest_of(line));
  if (fault) scenario::settle_link(*fault, scenario_.topology);
  return fault;
}

std::optional<std::string> FaultControl::objection(std::string_view line) const {
  const auto fault = read(line);
  if (!fault) return said(fault.error());
  const std::vector<std::string> in_force = schedule_.in_force();
  const bool is_in_force = std::ranges::find(in_force, fault->what) != in_force.end();
  if (line.starts_with("mend")) {
    if (is_in_force) return std::nullopt;
    if (in_force.empty()) return "nothing is in force that could be mended";
    return fmt::format("'{}' is not in force; what is: {}", fault->what, fmt::join(in_force, "; "));
  }
  if (line.starts_with("forget")) {
    const std::vector<std::string> to_come = schedule_.to_come();
    if (is_in_force || std::ranges::find(to_come, fault->what) != to_come.end()) return std::nullopt;
    return fmt::format("'{}' is neither in force nor will it come", fault->what);
  }
  if (is_in_force && !fault->when.condition && fault->when.at_ns == 0)
    return fmt::format("'{}' is in force already; 'mend {}' ends it", fault->what, fault->what);
  if (const auto mistake = scenario::fault_mistake(*fault, scenario_.topology, scenario_.hosts, scenario_.dns))
    return said(*mistake);
  return std::nullopt;
}

void FaultControl::obey(std::string_view line) {
  auto fault = read(line);
  if (line.starts_with("mend")) {
    schedule_.mend(fault->what);
  } else if (line.starts_with("forget")) {
    schedule_.forget(fault->what);
  } else {
    schedule_.add(std::move(*fault));
  }
}

}  // namespace mailroom
