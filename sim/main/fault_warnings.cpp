// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/fault_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/agents/zones.hpp"

namespace mailroom {

std::vector<scenario::Diagnostic> fault_warnings(const scenario::Scenario& scenario, const std::string& file) {
  const auto needs_server = [](const faults::Fault& fault) {
    return faults::info(fault.kind).form.find("<name-server>") != std::string_view::npos;
  };
  std::vector<scenario::Diagnostic> made;
  if (scenario.hosts.empty() || std::ranges::none_of(scenario.faults, needs_server)) return made;
  const agents::NameSystem names = agents::make_name_system(scenario);
  std::vector<std::string_view> servers;
  for (const auto& [node, zones] : names.zones_at) servers.push_back(node);
  for (const faults::Fault& fault : scenario.faults) {
    if (!needs_server(fault) || names.zones_at.contains(fault.node())) continue;
    made.push_back({.file = file,
                    .line = fault.line,
                    .column = 0,
                    .wrong = fmt::format("'{}': no name server runs there, so that nothing will happen", fault.what),
                    .right = fmt::format("name servers run at {}", fmt::join(servers, ", "))});
  }
  return made;
}

}  // namespace mailroom
