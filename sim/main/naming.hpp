// SPDX-License-Identifier: GPL-2.0-only
// The DNS of a run: name servers on the nodes that have zones, and for every mail host a way to have names
// looked up. Order of calls as Simulation's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/agents/dns_server.hpp"
#include "sim/agents/name_service.hpp"
#include "sim/agents/static_names.hpp"
#include "sim/agents/zones.hpp"
#include "sim/net/host.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom {

class Naming {
 public:
  // The host at a node; nullptr: it is none of ours, and what runs there is not our concern.
  using HostAt = std::function<net::Host*(std::string_view node)>;

  // How mail hosts look up names: as the scenario says; or in a table of all that its zones say, because no name
  // server can be reached.
  enum class LookUp { as_scenario, table };

  // The hosts must outlive it.
  Naming(const scenario::Scenario& scenario, const HostAt& host_at, LookUp look_up = LookUp::as_scenario);
  ~Naming();

  void start();  // name servers listen
  // How this mail host looks up names.
  agents::NameService& of(std::string_view host);

  // The name server at a node; nullptr: none runs there.
  agents::DnsServer* server(std::string_view node);
  // Every server of the zone that the record is in has it in place of those of its name and type, until restore().
  void replace(const std::string& called, const dns::Record& record);
  void restore(const std::string& called);
  // A node stops as it is, and runs again: its name server, and what its resolver knew.
  void crash(std::string_view node);
  void restart(std::string_view node);

 private:
  std::map<std::string, std::unique_ptr<agents::DnsServer>, std::less<>> servers_;      // by node
  std::map<std::string, std::unique_ptr<agents::NameService>, std::less<>> resolvers_;  // by mail host
  std::unique_ptr<agents::StaticNames> table_;                                          // in place of them
};

}  // namespace mailroom
