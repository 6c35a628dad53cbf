// SPDX-License-Identifier: GPL-2.0-only
#include <map>
#include <nlohmann/json.hpp>

#include "sim/agents/zones.hpp"
#include "sim/main/cli.hpp"
#include "sim/main/simulation.hpp"
#include "sim/net/routes.hpp"

namespace mailroom {

namespace {

// "." and names as people write them.
nlohmann::json zones_of(const std::vector<dns::Zone>& zones) {
  nlohmann::json names = nlohmann::json::array();
  for (const dns::Zone& zone : zones) names.push_back(zone.apex().text());
  return names;
}

nlohmann::json detail_of(const scenario::Host& host) {
  nlohmann::json users = nlohmann::json::array();
  for (const scenario::User& user : host.users) {
    nlohmann::json row = {{"name", user.local_part}};
    if (user.quota_bytes) row["quota_bytes"] = *user.quota_bytes;
    if (user.moved_to) row["moved_to"] = *user.moved_to;
    users.push_back(std::move(row));
  }
  nlohmann::json detail = {{"domains", host.domains}, {"users", std::move(users)}};
  if (host.receiver) detail["receiver_port"] = host.port;
  if (host.submit_to) detail["submit_to"] = *host.submit_to;
  for (const auto& [domain, to] : host.forward) detail["forward"][domain] = scenario::to_string(to);
  return detail;
}

trace::HostRow row_of(const topology::Node& node, net::Address address, const scenario::Host* host,
                      const std::vector<dns::Zone>* zones) {
  trace::HostRow row{.name = node.name,
                     .label = node.label.empty() ? node.name : node.label,
                     .role = node.is_lan ? trace::HostRow::Role::lan : trace::HostRow::Role::router,
                     .x = node.x,
                     .y = node.y,
                     .latitude = node.latitude,
                     .longitude = node.longitude};
  if (address) row.address = to_string(address);
  nlohmann::json detail = host != nullptr ? detail_of(*host) : nlohmann::json::object();
  if (zones != nullptr) detail["zones"] = zones_of(*zones);
  if (!detail.empty()) row.detail = detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (host != nullptr) {
    row.role = trace::HostRow::Role::host;
    row.hostname = host->hostname;
    row.disk_bytes = host->disk_bytes;
  }
  return row;
}

}  // namespace

trace::RunHeader header_of(const scenario::Scenario& scenario, trace::Level level) {
  trace::RunHeader header{.scenario_name = scenario.name,
                          .scenario_text = scenario.text,
                          .seed = scenario.seed,
                          .level = level,
                          .program_version = std::string(cli::version()),
                          .network_version = std::string(net::Ns3Network::library()),
                          .epoch_unix_s = scenario.epoch_unix_s};
  for (const std::string& change : scenario.overrides) header.overrides += change + "\n";
  std::map<std::string, const scenario::Host*> hosts;
  for (const scenario::Host& host : scenario.hosts) hosts.emplace(host.name, &host);
  agents::NameSystem names;
  if (scenario.dns.mode == scenario::Dns::Mode::servers) names = agents::make_name_system(scenario);
  const topology::Graph& graph = scenario.topology;
  const net::Routes routes(graph);  // as the network will number them
  for (const topology::Vertex vertex : boost::make_iterator_range(vertices(graph))) {
    const auto host = hosts.find(graph[vertex].name);
    const net::Address address = routes.address(static_cast<net::Routes::Node>(vertex));
    const auto zones = names.zones_at.find(graph[vertex].name);
    header.hosts.push_back(row_of(graph[vertex], address, host == hosts.end() ? nullptr : host->second,
                                  zones == names.zones_at.end() ? nullptr : &zones->second));
  }
  for (const topology::Edge edge : boost::make_iterator_range(edges(graph))) {
    const topology::Link& link = graph[edge];
    header.links.push_back({.name = link.name,
                            .label = link.label,
                            .from = {static_cast<std::int64_t>(source(edge, graph)) + 1},
                            .to = {static_cast<std::int64_t>(target(edge, graph)) + 1},
                            .rate_bps = link.rate_bps,
                            .delay_ns = link.delay_ns,
                            .queue_packets = link.queue_packets,
                            .loss_per_billion = link.loss_per_billion});
  }
  return header;
}

}  // namespace mailroom
