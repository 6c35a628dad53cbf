// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_network.hpp"

#include <ns3/simulator.h>

#include <cassert>
#include <unordered_map>

#include "sim/net/ns3_builder.hpp"
#include "sim/net/ns3_faults.hpp"
#include "sim/net/ns3_host.hpp"
#include "sim/net/ns3_pending.hpp"
#include "sim/net/ns3_timers.hpp"
#include "sim/net/ns3_world.hpp"

namespace mailroom::net {

struct Ns3Network::Implementation {
  Implementation(const topology::Graph& graph, trace::Recorder& recorder, const Options& options)
      : world(recorder, graph), timers(world), faults(world, wires) {
    world.seed = options.seed;
    world.epoch_unix_s = options.epoch_unix_s;
    ns3_prepare(options.seed, world.with_frames());
    wires = ns3_build(world, graph);
    std::unordered_map<std::string_view, std::int64_t> disk_bytes;
    for (const HostSpec& spec : options.hosts) disk_bytes[spec.name] = spec.disk_bytes;
    hosts.resize(num_vertices(graph));
    for (std::size_t v = 0; v < hosts.size(); ++v) {
      by_name.emplace(world.names[v], v);
      if (graph[v].is_lan) continue;
      const auto spec = disk_bytes.find(world.names[v]);
      hosts[v] = std::make_unique<Ns3Host>(world, timers, wires.nodes[v],
                                           trace::HostId{static_cast<std::int64_t>(v) + 1},
                                           spec == disk_bytes.end() ? kDefaultDiskBytes : spec->second);
    }
  }

  ~Implementation() {
    world.is_closed = true;
    ns3::Simulator::Destroy();
  }

  // Runs what is there until an event stops it.
  void go() {
    world.is_running = true;
    ns3::Simulator::Run();
    world.is_running = false;
    world.enter();
  }

  Ns3World world;
  Ns3Timers timers;
  Ns3Wires wires;
  Ns3Faults faults;
  std::vector<std::unique_ptr<Ns3Host>> hosts;  // by node; none for a LAN segment
  std::unordered_map<std::string_view, std::size_t> by_name;
  bool stop_asked = false;
};

Ns3Network::Ns3Network(const topology::Graph& graph, trace::Recorder& recorder, const Options& options) {
  static bool was_made = false;
  assert(!was_made && "ns-3's state is global: one network a process");
  was_made = true;
  implementation_ = std::make_unique<Implementation>(graph, recorder, options);
}

Ns3Network::~Ns3Network() = default;

Host& Ns3Network::host(trace::HostId id) {
  const auto& host = implementation_->hosts.at(static_cast<std::size_t>(id.value - 1));
  assert(host != nullptr);
  return *host;
}

Host& Ns3Network::host(std::string_view name) {
  const auto found = implementation_->by_name.find(name);
  assert(found != implementation_->by_name.end());
  return host(trace::HostId{static_cast<std::int64_t>(found->second) + 1});
}

Address Ns3Network::address_of(trace::HostId id) const {
  return implementation_->world.routes.address(static_cast<Routes::Node>(id.value - 1));
}

trace::HostId Ns3Network::host_with(Address address) const {
  const auto node = implementation_->world.routes.node_with(address);
  return node ? trace::HostId{static_cast<std::int64_t>(*node) + 1} : trace::HostId{};
}

// The clock is moved by an event of our own at time_ns - 1. Events at that very time that came later than
// ours are run by another round, until none is left.
Ns3Network::Stopped Ns3Network::run_until(std::int64_t time_ns) {
  Implementation& own = *implementation_;
  own.stop_asked = false;
  const std::int64_t last_ns = time_ns - 1;
  for (;;) {
    if (own.stop_asked) return Stopped::asked;
    if (idle()) return Stopped::idle;
    if (last_ns < now_ns() || (last_ns == now_ns() && Ns3Pending::next_ns() > last_ns)) return Stopped::time;
    const ns3::Time delay = ns3::TimeStep(static_cast<std::uint64_t>(last_ns - now_ns()));
    const ns3::EventId end = ns3::Simulator::Schedule(delay, [] { ns3::Simulator::Stop(); });
    own.go();
    ns3::Simulator::Remove(end);
  }
}

Ns3Network::Stopped Ns3Network::run() {
  Implementation& own = *implementation_;
  own.stop_asked = false;
  while (!own.stop_asked && !idle()) own.go();
  return own.stop_asked ? Stopped::asked : Stopped::idle;
}

void Ns3Network::stop() {
  implementation_->stop_asked = true;
  ns3::Simulator::Stop();
}

void Ns3Network::after(std::int64_t delay_ns, std::function<void()> action) {
  implementation_->timers.after(delay_ns, std::move(action));
}

void Ns3Network::after_without_work(std::int64_t delay_ns, std::function<void()> action) {
  Ns3World& world = implementation_->world;
  ns3::Simulator::Schedule(ns3::TimeStep(static_cast<std::uint64_t>(delay_ns)),
                           [&world, context = world.recorder.context, action = std::move(action)] {
                             world.enter();
                             const trace::ContextScope scope(world.recorder, context);
                             action();
                           });
}

void Ns3Network::change(trace::LinkId link, const std::function<void(LinkTrouble&)>& change) {
  implementation_->faults.change(link, change);
}

void Ns3Network::cut(const Connections& which, trace::Blame blame) {
  implementation_->faults.cut(which, blame);
}

void Ns3Network::mend(trace::FaultId fault) {
  implementation_->faults.mend(fault);
}

void Ns3Network::reset(const Connections& which, trace::Blame blame) {
  implementation_->faults.reset(which, blame);
}

std::int64_t Ns3Network::now_ns() const {
  return Ns3World::now_ns();
}

bool Ns3Network::idle() const {
  return implementation_->world.work == 0 || Ns3Pending::count() == 0;
}

std::uint64_t Ns3Network::event_count() const {
  return ns3::Simulator::GetEventCount();
}

std::string_view Ns3Network::library() {
  return MAILROOM_NS3_LIBRARY;
}

void Ns3Network::close() {
  Ns3World& world = implementation_->world;
  if (world.is_closed) return;
  for (const auto& conversation : world.conversations.all()) {
    for (auto& way : conversation->ways) way.flights.end();
  }
  world.is_closed = true;
}

}  // namespace mailroom::net
