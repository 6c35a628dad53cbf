// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/host_run.hpp"

#include <algorithm>
#include <cassert>

#include "sim/agents/dns_server.hpp"
#include "sim/agents/zones.hpp"

namespace mailroom::run {

std::optional<trace::HostId> Nodes::id(std::string_view name) const {
  for (const topology::Vertex vertex : boost::make_iterator_range(vertices(graph_)))
    if (graph_[vertex].name == name && !graph_[vertex].is_lan)
      return trace::HostId{static_cast<std::int64_t>(vertex) + 1};
  return std::nullopt;
}

net::Address Nodes::address(std::string_view name) const {
  const auto known = id(name);
  assert(known);
  return routes_.address(static_cast<net::Routes::Node>(known->value - 1));
}

std::vector<std::string> Nodes::names() const {
  std::vector<std::string> names;
  for (const topology::Vertex vertex : boost::make_iterator_range(vertices(graph_)))
    if (!graph_[vertex].is_lan) names.push_back(graph_[vertex].name);
  return names;
}

namespace {

net::LoopbackNetwork::Options network_options(const scenario::Scenario& scenario, const Nodes& nodes,
                                              const HostRun::Options& options) {
  net::LoopbackNetwork::Options made{.seed = scenario.seed,
                                     .epoch_unix_s = scenario.epoch_unix_s,
                                     .outside = options.outside,
                                     .limits = options.limits,
                                     .sockets = options.sockets};
  net::LoopbackNetwork::HostSpec spec{.name = options.host,
                                      .id = *nodes.id(options.host),
                                      .address = nodes.address(options.host)};
  for (const scenario::Host& host : scenario.hosts) {
    made.names.emplace(nodes.address(host.name), host.name);
    if (host.name == options.host) spec.disk_bytes = host.disk_bytes;
  }
  made.hosts.push_back(std::move(spec));
  return made;
}

}  // namespace

HostRun::HostRun(const scenario::Scenario& scenario, trace::Recorder& recorder, const Options& options)
    : scenario_(scenario),
      host_(options.host),
      nodes_(scenario),
      network_(recorder, network_options(scenario, nodes_, options)) {}

HostRun::~HostRun() = default;

std::expected<std::uint16_t, std::error_code> HostRun::open(const ServicePort& port) {
  return network_.open(port.host, port.simulated, port.real, port.service == Service::dns);
}

void HostRun::place(const ServicePort& port) {
  network_.place({nodes_.address(port.host), port.simulated}, port.real);
}

const scenario::Host* HostRun::config() const {
  const auto found = std::ranges::find(scenario_.hosts, host_, &scenario::Host::name);
  return found == scenario_.hosts.end() ? nullptr : &*found;
}

bool HostRun::asks_name_servers() const {
  if (scenario_.dns.mode != scenario::Dns::Mode::servers || config() == nullptr) return false;
  const auto hint = agents::make_name_system(scenario_).hint_for.at(host_).address;
  return network_.ports().port_of({hint, agents::kDnsPort}).has_value();
}

void HostRun::start() {
  const auto address_of = [this](std::string_view node) { return nodes_.address(node); };
  naming_.emplace(
      scenario_, [this](std::string_view node) { return node == host_ ? &network_.host(host_) : nullptr; },
      asks_name_servers() ? Naming::LookUp::as_scenario : Naming::LookUp::table);
  naming_->start();
  const scenario::Host* const mail_host = config();
  if (mail_host == nullptr) return;
  directory_ = directory_of(scenario_, address_of);
  site_ = std::make_unique<Site>(*mail_host, network_.host(host_), naming_->of(host_), directory_);
  permit_relaying(
      scenario_, [this](std::string_view host) { return host == host_ ? site_.get() : nullptr; }, address_of);
  site_->mta().start();
  add_traffic();
}

// What this host's user agents send, drawn as in a simulation of all hosts.
void HostRun::add_traffic() {
  for (const scenario::Traffic& entry : scenario_.traffic) {
    traffic_.push_back(std::make_unique<agents::TrafficSource>(
        entry, scenario_.seed, network_.host(host_),
        [this](const scenario::Traffic& traffic, const std::string& from) {
          const std::string& where = traffic.host ? *traffic.host : scenario_.agents.at(from);
          return where == host_ ? &site_->user_agent() : nullptr;
        }));
    traffic_.back()->start();
  }
}

std::int64_t HostRun::sent() const {
  std::int64_t sum = 0;
  for (const auto& source : traffic_) sum += source->sent();
  return sum;
}

std::int64_t HostRun::planned() const {
  std::int64_t sum = 0;
  for (const auto& source : traffic_) sum += source->planned();
  return sum;
}

std::int64_t HostRun::queued() const {
  return site_ ? static_cast<std::int64_t>(site_->mta().queue().size()) : 0;
}

}  // namespace mailroom::run
