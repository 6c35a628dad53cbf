// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/naming.hpp"

#include <cassert>

#include "sim/agents/name_resolver.hpp"

namespace mailroom {
namespace {

// RFC 6891 §6.2.3: 512 octets are what there is without EDNS.
std::uint16_t edns_octets(const scenario::Dns& dns) {
  return dns.udp_octets > dns::kUdpOctets ? dns.udp_octets : std::uint16_t{0};
}

}  // namespace

Naming::Naming(const scenario::Scenario& scenario, const HostAt& host_at, LookUp look_up) {
  agents::NameSystem names = agents::make_name_system(scenario);
  const bool has_servers = scenario.dns.mode == scenario::Dns::Mode::servers;
  if (!has_servers || look_up == LookUp::table)
    table_ = std::make_unique<agents::StaticNames>(agents::table_of(names));
  if (!has_servers) return;
  for (auto& [node, zones] : names.zones_at) {
    net::Host* const server = host_at(node);
    if (server == nullptr) continue;
    servers_.emplace(node, std::make_unique<agents::DnsServer>(
                               *server, std::move(zones), dns::AuthorityOptions{.udp_octets = edns_octets(scenario.dns)}));
  }
  if (table_) return;
  for (const scenario::Host& host : scenario.hosts) {
    net::Host* const here = host_at(host.name);
    if (here == nullptr) continue;
    const agents::NameSystem::Hint& hint = names.hint_for.at(host.name);
    dns::ResolverOptions options;
    options.udp_octets = edns_octets(scenario.dns);
    resolvers_.emplace(host.name, std::make_unique<agents::NameResolver>(
                                      *here, options,
                                      std::vector<dns::RootHint>{{hint.server, hint.address.value}}));
  }
}

Naming::~Naming() = default;

void Naming::start() {
  for (const auto& [node, server] : servers_) server->start();
}

agents::DnsServer* Naming::server(std::string_view node) {
  const auto found = servers_.find(node);
  return found == servers_.end() ? nullptr : found->second.get();
}

void Naming::replace(const std::string& called, const dns::Record& record) {
  std::optional<dns::Name> zone;
  for (const auto& [node, server] : servers_) {
    const auto deepest = server->zone_of(record.owner);
    if (deepest && (!zone || deepest->label_count() > zone->label_count())) zone = deepest;
  }
  if (!zone) return;
  for (const auto& [node, server] : servers_) server->replace(*zone, called, record);
}

void Naming::restore(const std::string& called) {
  for (const auto& [node, server] : servers_) server->restore(called);
}

void Naming::crash(std::string_view node) {
  if (agents::DnsServer* const here = server(node)) here->crash();
  if (const auto resolver = resolvers_.find(node); resolver != resolvers_.end()) resolver->second->forget();
}

void Naming::restart(std::string_view node) {
  if (agents::DnsServer* const here = server(node)) here->restart();
}

agents::NameService& Naming::of(std::string_view host) {
  if (table_) return *table_;
  const auto resolver = resolvers_.find(host);
  assert(resolver != resolvers_.end());
  return *resolver->second;
}

}  // namespace mailroom
