// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/fault_effects.hpp"

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>

#include "sim/agents/directory.hpp"
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
  if (fault.nodes.empty() && !fault.addresses.empty()) {
    const agents::SplitAddress address = agents::split_address(fault.addresses.front());
    const auto has_it = [&](const scenario::Host& host) {
      return std::ranges::find(host.domains, agents::lower(address.domain)) != host.domains.end();
    };
    const auto at = std::ranges::find_if(scenario_.hosts, has_it);
    if (at != scenario_.hosts.end()) place.host = simulation_.network().host(at->name).id();
  }
  place.detail = detail.dump();
  return place;
}

void FaultEffects::begin(const Fault& fault, trace::Blame blame, trace::ConnectionId connection) {
  if (begin_in_network(fault, blame, connection)) return;
  change(fault, blame);
}

void FaultEffects::end(const Fault& fault, trace::FaultId id) {
  if (end_in_network(fault, id)) return;
  change(fault, std::nullopt);
}

void FaultEffects::change(const Fault& fault, const Blame& blame) {
  const bool is_known = change_service(fault, blame) || change_address(fault, blame) || change_names(fault, blame) ||
                        change_relay(fault, blame) || change_host(fault, blame);
  assert(is_known);
}

}  // namespace mailroom
