// SPDX-License-Identifier: GPL-2.0-only
// One host of a scenario come alive on real sockets: its mail agent, its user agents' traffic, its name server. The
// other hosts are outside. Order of calls: make it; open() and place(); start(); run_for() as often as wanted; close().
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "sim/agents/directory.hpp"
#include "sim/agents/traffic_source.hpp"
#include "sim/main/host_ports.hpp"
#include "sim/main/naming.hpp"
#include "sim/main/site.hpp"
#include "sim/net/loopback_network.hpp"
#include "sim/net/routes.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::run {

// Numbers and addresses that the nodes of a scenario have, as every network gives them.
class Nodes {
 public:
  explicit Nodes(const scenario::Scenario& scenario) : graph_(scenario.topology), routes_(scenario.topology) {}
  std::optional<trace::HostId> id(std::string_view name) const;  // none: no such node, or a LAN segment
  net::Address address(std::string_view name) const;             // it must exist
  std::vector<std::string> names() const;

 private:
  const topology::Graph& graph_;
  net::Routes routes_;
};

class HostRun {
 public:
  struct Options {
    std::string host;
    net::Address outside = net::kLoopbackAddress;  // what strangers seem to connect from
    net::LoopbackGate::Limits limits{};
    net::LoopbackSocket::Options sockets{};
  };

  // Both must outlive it. Time is 0 now, and the scenario's epoch is the time of day that it is.
  HostRun(const scenario::Scenario& scenario, trace::Recorder& recorder, const Options& options);
  ~HostRun();

  // A service of this host; the port that it got. And one of another host.
  std::expected<std::uint16_t, std::error_code> open(const ServicePort& port);
  void place(const ServicePort& port);
  // Whether names are asked of name servers: one of the root is among those that can be reached.
  bool asks_name_servers() const;

  void start();
  void run_for(std::int64_t wall_ns) { network_.run_for(wall_ns); }
  void close() { network_.close(); }

  std::int64_t now_ns() const { return network_.now_ns(); }
  std::int64_t connections() const { return network_.gate().total(); }
  std::int64_t sent() const;
  std::int64_t planned() const;
  std::int64_t queued() const;

 private:
  const scenario::Host* config() const;
  void add_traffic();

  const scenario::Scenario& scenario_;
  const std::string host_;
  Nodes nodes_;
  net::LoopbackNetwork network_;
  std::optional<Naming> naming_;
  agents::Directory directory_;
  std::unique_ptr<Site> site_;  // none: it is no mail host
  std::vector<std::unique_ptr<agents::TrafficSource>> traffic_;
};

}  // namespace mailroom::run
