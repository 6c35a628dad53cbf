// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/host_ports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "sim/agents/dns_server.hpp"
#include "sim/main/cli_terminal.hpp"

namespace mailroom::run {
namespace {

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::optional<Service> service_named(std::string_view text) {
  for (const Service service : {Service::smtp, Service::submission, Service::dns})
    if (text == name(service)) return service;
  return std::nullopt;
}

// Where the service listens in the scenario.
std::expected<std::uint16_t, std::string> simulated_port(Service service, const std::string& host,
                                                         const Offered& offered) {
  if (service == Service::dns) {
    if (offered.has_zones) return agents::kDnsPort;
    return std::unexpected(fmt::format("{} has no zones: it is no name server of the scenario", host));
  }
  if (offered.config == nullptr || !offered.config->receiver)
    return std::unexpected(fmt::format("{} takes no mail: it has no receiver in the scenario", host));
  if (service == Service::smtp) return offered.config->port;
  if (offered.config->submission_port) return *offered.config->submission_port;
  return std::unexpected(
      fmt::format("{} has no port for submission; give it one in the scenario (submission: 587)", host));
}

std::expected<ServicePort, std::string> parse_port(std::string_view text, const std::string& host,
                                                   const Offered& offered) {
  const std::size_t equals = text.find('=');
  const auto service = service_named(text.substr(0, equals));
  if (!service || equals == std::string_view::npos)
    return std::unexpected(fmt::format("'{}' is no service and port; write smtp=2525, submission=2587 or dns=5353",
                                       cli::printable(text)));
  const std::string_view number = text.substr(equals + 1);
  std::uint16_t real = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), real);
  if (error != std::errc{} || end != number.data() + number.size())
    return std::unexpected(fmt::format("'{}' is no port; a port is a number up to 65535, and 0 takes a free one",
                                       cli::printable(number)));
  const auto simulated = simulated_port(*service, host, offered);
  if (!simulated) return std::unexpected(simulated.error());
  return ServicePort{host, *service, *simulated, real};
}

}  // namespace

std::string_view name(Service service) {
  switch (service) {
    case Service::smtp:
      return "smtp";
    case Service::submission:
      return "submission";
    case Service::dns:
      return "dns";
  }
  std::unreachable();
}

std::expected<std::vector<ServicePort>, std::string> parse_ports(std::string_view text, const std::string& host,
                                                                 const Offered& offered) {
  std::vector<ServicePort> ports;
  for (const std::string_view part : split(text)) {
    auto port = parse_port(part, host, offered);
    if (!port) return std::unexpected(port.error());
    const auto is_same = [&](const ServicePort& other) { return other.service == port->service; };
    if (std::ranges::any_of(ports, is_same))
      return std::unexpected(fmt::format("{} of {} is given two ports; it has one", name(port->service), host));
    ports.push_back(std::move(*port));
  }
  return ports;
}

std::expected<std::vector<Neighbour>, std::string> parse_neighbours(std::string_view text) {
  std::vector<Neighbour> neighbours;
  for (const std::string_view part : split(text)) {
    const std::size_t colon = part.rfind(':');
    if (colon == std::string_view::npos || colon == 0)
      return std::unexpected(fmt::format("'{}' says no host; write HOST:smtp=2526", cli::printable(part)));
    neighbours.push_back({std::string(part.substr(0, colon)), std::string(part.substr(colon + 1))});
  }
  return neighbours;
}

}  // namespace mailroom::run
