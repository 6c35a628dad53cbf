// SPDX-License-Identifier: GPL-2.0-only
#include <map>
#include <nlohmann/json.hpp>

#include "sim/main/cli.hpp"
#include "sim/main/simulation.hpp"
#include "sim/net/routes.hpp"

namespace mailroom {

namespace {

nlohmann::json detail_of(const scenario::Host& host) {
  nlohmann::json users = nlohmann::json::array();
  for (const scenario::User& user : host.users) {
    nlohmann::json row = {{"name", user.local_part}};
    if (user.quota_bytes) row["quota_bytes"] = *user.quota_bytes;
    if (user.moved_to) row["moved_to"] = *user.moved_to;
    if (!user.forward.empty()) row["forward"] = user.forward;
    if (user.keep) row["keep"] = true;
    users.push_back(std::move(row));
  }
  nlohmann::json detail = {{"domains", host.domains}, {"users", std::move(users)}};
  if (host.receiver) detail["receiver_port"] = host.port;
  if (host.submit_to) detail["submit_to"] = *host.submit_to;
  for (const auto& [domain, to] : host.forward) detail["forward"][domain] = scenario::to_string(to);
  for (const scenario::Alias& alias : host.aliases)
    detail["aliases"].push_back({{"name", alias.name}, {"targets", alias.targets}});
  // A list may be long, and a host have many: who is on it shows where it is expanded.
  for (const scenario::MailingList& list : host.lists)
    detail["lists"].push_back({{"name", list.name},
                               {"members", list.members.size()},
                               {"owner", list.owner},
                               {"at_sender", list.expand == scenario::MailingList::Expand::at_sender}});
  if (!host.catch_all.empty()) detail["catch_all"] = host.catch_all;
  return detail;
}

trace::HostRow row_of(const topology::Node& node, net::Address address, const scenario::Host* host) {
  trace::HostRow row{.name = node.name,
                     .label = node.label.empty() ? node.name : node.label,
                     .role = node.is_lan ? trace::HostRow::Role::lan : trace::HostRow::Role::router,
                     .x = node.x,
                     .y = node.y,
                     .latitude = node.latitude,
                     .longitude = node.longitude};
  if (address) row.address = to_string(address);
  if (host != nullptr) {
    row.role = trace::HostRow::Role::host;
    row.hostname = host->hostname;
    row.disk_bytes = host->disk_bytes;
    row.detail = detail_of(*host).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
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
  const topology::Graph& graph = scenario.topology;
  const net::Routes routes(graph);  // as the network will number them
  for (const topology::Vertex vertex : boost::make_iterator_range(vertices(graph))) {
    const auto host = hosts.find(graph[vertex].name);
    const net::Address address = routes.address(static_cast<net::Routes::Node>(vertex));
    header.hosts.push_back(row_of(graph[vertex], address, host == hosts.end() ? nullptr : host->second));
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
