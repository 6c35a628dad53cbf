// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/simulation.hpp"

#include <cassert>

namespace mailroom {

namespace {

net::Ns3Network::Options network_options(const scenario::Scenario& scenario) {
  net::Ns3Network::Options options{.seed = scenario.seed, .epoch_unix_s = scenario.epoch_unix_s, .hosts = {}};
  for (const scenario::Host& host : scenario.hosts) options.hosts.push_back({host.name, host.disk_bytes});
  return options;
}

}  // namespace

Simulation::Simulation(const scenario::Scenario& scenario, trace::Recorder& recorder)
    : scenario_(scenario),
      network_(scenario.topology, recorder, network_options(scenario)),
      naming_(scenario, network_) {
  fill_directory();
  for (const scenario::Host& host : scenario.hosts) {
    auto locator = std::make_unique<agents::ExchangerLocator>(network_.host(host.name), naming_.of(host.name), directory_,
                                                              host.hostname);
    auto mta = std::make_unique<agents::Mta>(network_.host(host.name), host, directory_, *locator);
    auto user_agent = std::make_unique<agents::UserAgent>(*mta);
    sites_.emplace(host.name, Site{std::move(locator), std::move(mta), std::move(user_agent)});
  }
  permit_relaying();
  for (const scenario::Traffic& entry : scenario.traffic) {
    // Any host's clock will do for when; which user agent sends is decided message by message.
    traffic_.push_back(std::make_unique<agents::TrafficSource>(
        entry, scenario.seed, network_.host(scenario.hosts.front().name),
        [this](const scenario::Traffic& traffic, const std::string& from) -> agents::UserAgent& {
          return agent_for(traffic, from);
        }));
  }
}

Simulation::~Simulation() = default;

void Simulation::fill_directory() {
  for (const scenario::Host& host : scenario_.hosts) {
    const net::Endpoint smtp{network_.host(host.name).network().address(), host.port};
    directory_.add_host(host.name, smtp, host.hostname);
    // Its own name too: source routes, and notifications along a grown reverse-path, name hosts.
    if (host.receiver) directory_.add_domain(host.hostname, host.name);
    // Whether or not anyone listens: a receiver that is out of operation refuses, and its mail waits.
    for (const std::string& domain : host.domains) directory_.add_domain(domain, host.name);
    directory_.add_lists(host);
  }
}

// A host forwards for those that it names; if it names none, for those that are set up to forward, or to submit,
// through it.
void Simulation::permit_relaying() {
  const auto permit = [&](const std::string& relay, const std::string& client) {
    const auto site = sites_.find(relay);
    if (site == sites_.end()) return;
    site->second.mta->relay().add_client(network_.host(client).network().address());
  };
  const auto permit_by_default = [&](const std::string& relay, const std::string& client) {
    const auto site = sites_.find(relay);
    if (site != sites_.end() && !site->second.mta->config().relay.clients) permit(relay, client);
  };
  for (const scenario::Host& host : scenario_.hosts) {
    if (host.relay.clients)
      for (const std::string& client : host.relay.clients->hosts) permit(host.name, client);
    if (host.submit_to) permit_by_default(*host.submit_to, host.name);
    for (const auto& [domain, to] : host.forward)
      if (to.kind == scenario::ForwardTo::Kind::host) permit_by_default(to.name, host.name);
  }
}

agents::UserAgent& Simulation::agent_for(const scenario::Traffic& traffic, const std::string& from) {
  const std::string& host = traffic.host ? *traffic.host : scenario_.agents.at(from);
  return *sites_.at(host).user_agent;
}

void Simulation::start() {
  naming_.start();
  for (const scenario::Host& host : scenario_.hosts) sites_.at(host.name).mta->start();
  for (const auto& source : traffic_) source->start();
}

std::int64_t Simulation::sent() const {
  std::int64_t sum = 0;
  for (const auto& source : traffic_) sum += source->sent();
  return sum;
}

std::int64_t Simulation::planned() const {
  std::int64_t sum = 0;
  for (const auto& source : traffic_) sum += source->planned();
  return sum;
}

std::int64_t Simulation::queued() const {
  std::int64_t sum = 0;
  for (const auto& [name, site] : sites_) sum += static_cast<std::int64_t>(site.mta->queue().size());
  return sum;
}

}  // namespace mailroom
