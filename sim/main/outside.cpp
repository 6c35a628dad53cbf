// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/outside.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <queue>
#include <set>

#include "sim/agents/zones.hpp"
#include "sim/main/cli.hpp"
#include "topologies/adjacency.hpp"

namespace mailroom::control {
namespace {

constexpr std::uint16_t kDnsPort = 53;
constexpr std::size_t kNamesShown = 20;

const scenario::Host* mail_host(const scenario::Scenario& scenario, std::string_view node) {
  const auto found = std::ranges::find(scenario.hosts, node, &scenario::Host::name);
  return found == scenario.hosts.end() ? nullptr : &*found;
}

std::vector<std::string> host_names(const scenario::Scenario& scenario) {
  std::vector<std::string> names;
  const topology::Graph& graph = scenario.topology;
  for (const topology::Vertex vertex : boost::make_iterator_range(vertices(graph)))
    if (!graph[vertex].is_lan) names.push_back(graph[vertex].name);
  return names;
}

// Links to every node from one; the greatest number where there is no way.
std::vector<std::size_t> distances_from(const topology::Graph& graph, topology::Vertex begin) {
  constexpr auto kNoWay = std::numeric_limits<std::size_t>::max();
  const topology::Adjacency adjacency(graph);
  std::vector<std::size_t> distances(adjacency.size(), kNoWay);
  std::queue<topology::Vertex> next;
  distances[begin] = 0;
  for (next.push(begin); !next.empty(); next.pop())
    for (const auto& arc : adjacency.of(next.front()))
      if (distances[arc.to] == kNoWay) {
        distances[arc.to] = distances[next.front()] + 1;
        next.push(arc.to);
      }
  return distances;
}

// What numbers usually stand for.
std::optional<std::uint16_t> usual_port(std::string_view service) {
  static constexpr std::pair<std::string_view, std::uint16_t> kPorts[] = {
      {"smtp", 25}, {"submission", 587}, {"dns", 53}, {"domain", 53}};
  for (const auto& [name, port] : kPorts)
    if (name == service) return port;
  return std::nullopt;
}

}  // namespace

std::vector<Service> services_at(const scenario::Scenario& scenario, std::string_view node) {
  std::vector<Service> services;
  if (const scenario::Host* host = mail_host(scenario, node)) {
    if (host->receiver) services.push_back({host->port, "smtp"});
    if (host->submission_port) services.push_back({*host->submission_port, "submission"});
  }
  if (scenario.dns.mode == scenario::Dns::Mode::servers &&
      agents::make_name_system(scenario).zones_at.contains(std::string(node)))
    services.push_back({kDnsPort, "dns", true});
  std::ranges::sort(services, {}, &Service::port);
  return services;
}

std::string services_text(const scenario::Scenario& scenario, std::string_view node) {
  std::vector<std::string> texts;
  for (const Service& service : services_at(scenario, node))
    texts.push_back(fmt::format("port {} ({})", service.port, service.name));
  return texts.empty() ? "nothing" : fmt::format("{}", fmt::join(texts, ", "));
}

std::optional<std::string> objection_to_host(const scenario::Scenario& scenario, std::string_view name) {
  const topology::Graph& graph = scenario.topology;
  for (const topology::Vertex vertex : boost::make_iterator_range(vertices(graph)))
    if (graph[vertex].name == name) {
      if (!graph[vertex].is_lan) return std::nullopt;
      return fmt::format("'{}' is a LAN segment, not a host", name);
    }
  std::vector<std::string> names = host_names(scenario);
  if (const std::string_view meant = cli::nearest(name, names); !meant.empty())
    return fmt::format("there is no host '{}'; did you mean '{}'?", name, meant);
  const std::size_t more = names.size() > kNamesShown ? names.size() - kNamesShown : 0;
  names.resize(names.size() - more);
  return fmt::format("there is no host '{}'; there are {}{}", name, fmt::join(names, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

std::expected<std::uint16_t, std::string> port_at(const scenario::Scenario& scenario, std::string_view node,
                                                  std::string_view port) {
  for (const Service& service : services_at(scenario, node))
    if (service.name == port) return service.port;
  if (const auto usual = usual_port(port)) return *usual;
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error == std::errc{} && end == port.data() + port.size() && number != 0) return number;
  return std::unexpected(
      fmt::format("'{}' is no port: a port is a number from 1 to 65535, or smtp, submission or dns; what "
                  "listens at {}: {}",
                  port, node, services_text(scenario, node)));
}

std::expected<Place, std::string> place_in(const scenario::Scenario& scenario, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0)
    return std::unexpected(
        fmt::format("'{}' names no port; write HOST:PORT, as in mx1:25 or mx1:smtp", text));
  Place place{std::string(text.substr(0, colon)), 0};
  if (auto wrong = objection_to_host(scenario, place.host)) return std::unexpected(std::move(*wrong));
  const auto port = port_at(scenario, place.host, text.substr(colon + 1));
  if (!port) return std::unexpected(port.error());
  place.port = *port;
  return place;
}

std::string seat_before(const scenario::Scenario& scenario, std::string_view target) {
  const topology::Graph& graph = scenario.topology;
  std::set<std::string_view> with_agents;
  for (const auto& [address, host] : scenario.agents) with_agents.insert(host);
  for (const scenario::Host& host : scenario.hosts)
    if (host.submit_to) with_agents.insert(host.name);
  std::set<std::string_view> mail_hosts;
  for (const scenario::Host& host : scenario.hosts) mail_hosts.insert(host.name);

  const auto all = boost::make_iterator_range(vertices(graph));
  const auto there = std::ranges::find_if(all, [&](topology::Vertex v) { return graph[v].name == target; });
  const std::vector<std::size_t> distances = distances_from(graph, *there);
  // The smaller, the better: its kind first, then how far it is; the first of equals.
  using Rank = std::pair<int, std::size_t>;
  Rank best{3, 0};
  std::string seat(target);
  for (const topology::Vertex vertex : all) {
    const std::string& name = graph[vertex].name;
    if (graph[vertex].is_lan || name == target ||
        distances[vertex] == std::numeric_limits<std::size_t>::max())
      continue;
    const Rank rank{with_agents.contains(name) ? 0 : mail_hosts.contains(name) ? 1 : 2, distances[vertex]};
    if (rank >= best) continue;
    best = rank;
    seat = name;
  }
  return seat;
}

}  // namespace mailroom::control
