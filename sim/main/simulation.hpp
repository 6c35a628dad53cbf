// SPDX-License-Identifier: GPL-2.0-only
// A scenario come alive: the network, a mail agent on every mail host, a user agent beside it, and the
// traffic. One a process (ns-3). Order of calls: make it; start(); run_until() as often as wanted; close().
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/agents/directory.hpp"
#include "sim/agents/traffic_source.hpp"
#include "sim/main/fault_effects.hpp"
#include "sim/main/naming.hpp"
#include "sim/main/site.hpp"
#include "sim/net/ns3_network.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file.hpp"

namespace mailroom {

class Simulation {
 public:
  // `scenario` and `recorder` must outlive the simulation.
  Simulation(const scenario::Scenario& scenario, trace::Recorder& recorder);
  ~Simulation();

  // Receivers listen, user agents set their clocks.
  void start();
  // As Ns3Network::run_until().
  net::Ns3Network::Stopped run_until(std::int64_t time_ns) { return network_.run_until(time_ns); }
  // From within an event: run_until() comes back.
  void stop() { network_.stop(); }
  // After the last run: what is still under way is written down.
  void close() { network_.close(); }

  // A node of the topology that is no LAN segment.
  net::Host& host(std::string_view name) { return network_.host(name); }
  std::int64_t now_ns() const { return network_.now_ns(); }
  // Messages that user agents have been asked for, and will be in all.
  std::int64_t sent() const;
  std::int64_t planned() const;
  // Messages in all queues.
  std::int64_t queued() const;

  // What faults act upon, and what acts. A node without mail agents crashes too: its name server stops, if it has one.
  net::Ns3Network& network() { return network_; }
  FaultSchedule& faults() { return faults_; }
  void crash(std::string_view host);
  void restart(std::string_view host);
  Naming& naming() { return naming_; }
  // What runs on a mail host; nullptr: it is none.
  Site* site(std::string_view host);

 private:
  trace::EventId record_of(std::string_view node, trace::Event event);
  agents::UserAgent* agent_for(const scenario::Traffic& traffic, const std::string& from);

  const scenario::Scenario& scenario_;
  net::Ns3Network network_;
  Naming naming_;
  agents::Directory directory_;
  std::map<std::string, std::unique_ptr<Site>, std::less<>> sites_;  // by name of the host
  std::vector<std::unique_ptr<agents::TrafficSource>> traffic_;
  FaultEffects effects_;
  FaultSchedule faults_;
};

// What a run file says of the scenario before anything happens. `level` is one of sim/trace.
trace::RunHeader header_of(const scenario::Scenario& scenario, trace::Level level);

}  // namespace mailroom
