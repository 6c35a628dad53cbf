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
      naming_(scenario, [this](std::string_view node) { return &network_.host(node); }),
      effects_(scenario, *this),
      faults_(network_, recorder, effects_, scenario.seed) {
  const auto address_of = [this](std::string_view node) { return network_.host(node).network().address(); };
  directory_ = directory_of(scenario, address_of);
  for (const scenario::Host& host : scenario.hosts)
    sites_.emplace(host.name, std::make_unique<Site>(host, network_.host(host.name), naming_.of(host.name), directory_));
  permit_relaying(scenario, [this](std::string_view host) { return site(host); }, address_of);
  for (const scenario::Traffic& entry : scenario.traffic) {
    // Any host's clock will do for when; which user agent sends is decided message by message.
    traffic_.push_back(std::make_unique<agents::TrafficSource>(
        entry, scenario.seed, network_.host(scenario.hosts.front().name),
        [this](const scenario::Traffic& traffic, const std::string& from) { return agent_for(traffic, from); }));
  }
}

Simulation::~Simulation() = default;

Site* Simulation::site(std::string_view host) {
  const auto found = sites_.find(host);
  return found == sites_.end() ? nullptr : found->second.get();
}

agents::UserAgent* Simulation::agent_for(const scenario::Traffic& traffic, const std::string& from) {
  return &site(traffic.host ? *traffic.host : scenario_.agents.at(from))->user_agent();
}

void Simulation::start() {
  // First of all: what goes wrong at a time comes before whatever else happens then.
  for (const faults::Fault& fault : scenario_.faults) faults_.add(fault);
  naming_.start();
  for (const scenario::Host& host : scenario_.hosts) sites_.at(host.name)->mta().start();
  for (const auto& source : traffic_) source->start();
}

void Simulation::crash(std::string_view host) {
  Site* const crashed = site(host);
  if (crashed != nullptr) {
    if (crashed->mta().is_running()) crashed->mta().crash("out of operation");
  } else {
    record_of(host, {.kind = trace::Kind::host_crashed, .value = 0, .text = "out of operation"});
  }
  naming_.crash(host);
}

trace::EventId Simulation::record_of(std::string_view node, trace::Event event) {
  net::Host& host = network_.host(node);
  event.host = host.id();
  return host.recorder().record(event);
}

void Simulation::restart(std::string_view host) {
  naming_.restart(host);
  Site* const restarted = site(host);
  if (restarted == nullptr) {
    record_of(host, {.kind = trace::Kind::host_restarted, .value = 0});
  } else if (!restarted->mta().is_running()) {
    restarted->mta().restart();
    restarted->user_agent().resume();
  }
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
  for (const auto& [name, site] : sites_) sum += static_cast<std::int64_t>(site->mta().queue().size());
  return sum;
}

}  // namespace mailroom
