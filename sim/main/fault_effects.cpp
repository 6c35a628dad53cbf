// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/fault_effects.hpp"

#include <nlohmann/json.hpp>

#include "sim/main/simulation.hpp"
#include "sim/scenario/fault_targets.hpp"

namespace mailroom {

using faults::Fault;
using Kind = faults::Kind;

std::vector<trace::LinkId> FaultEffects::links_of(const Fault& fault) const {
  std::vector<trace::LinkId> links;
  for (const std::size_t edge : scenario::links_of(fault, scenario_.topology))
    links.push_back({static_cast<std::int64_t>(edge) + 1});
  return links;
}

FaultTarget::Place FaultEffects::place_of(const Fault& fault) const {
  Place place;
  const std::vector<trace::LinkId> links = links_of(fault);
  if (links.size() == 1) place.link = links.front();
  nlohmann::json detail{{"kind", faults::info(fault.kind).name}, {"when", faults::format_when(fault.when)}};
  for (const trace::LinkId link : links) detail["links"].push_back(link.value);
  for (const std::string& node : fault.nodes) detail["hosts"].push_back(simulation_.network().host(node).id().value);
  if (fault.nodes.size() == 1) place.host = simulation_.network().host(fault.node()).id();
  place.detail = detail.dump();
  return place;
}

void FaultEffects::begin(const Fault& fault, trace::Blame blame, trace::ConnectionId connection) {
  if (begin_in_network(fault, blame, connection)) return;
}

void FaultEffects::end(const Fault& fault, trace::FaultId id) {
  if (end_in_network(fault, id)) return;
}

}  // namespace mailroom
