// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_network.hpp"

#include <cassert>
#include <utility>

#include "sim/net/loopback_host.hpp"

namespace mailroom::net {

struct LoopbackNetwork::Implementation {
  Implementation(trace::Recorder& recorder, Options options)
      : world{.recorder = recorder,
              .loop = loop,
              .seed = options.seed,
              .epoch_unix_s = options.epoch_unix_s,
              .outside = options.outside,
              .sockets = options.sockets,
              .gate = LoopbackGate::make(options.limits),
              .names = std::move(options.names)},
        timers(world) {
    for (HostSpec& spec : options.hosts) {
      world.names.insert_or_assign(spec.address, spec.name);
      auto host = std::make_unique<LoopbackHost>(world, timers, spec.id, spec.name, spec.address, spec.disk_bytes,
                                                 options.opens_all);
      hosts.emplace(std::move(spec.name), std::move(host));
    }
  }
  LoopbackHost& host(std::string_view name) {
    const auto found = hosts.find(name);
    assert(found != hosts.end());
    return *found->second;
  }

  LoopbackLoop loop;
  LoopbackWorld world;
  LoopbackTimers timers;
  std::map<std::string, std::unique_ptr<LoopbackHost>, std::less<>> hosts;
};

LoopbackNetwork::LoopbackNetwork(trace::Recorder& recorder, Options options)
    : implementation_(std::make_unique<Implementation>(recorder, std::move(options))) {}

LoopbackNetwork::~LoopbackNetwork() = default;

Host& LoopbackNetwork::host(std::string_view name) {
  return implementation_->host(name);
}

std::expected<std::uint16_t, std::error_code> LoopbackNetwork::open(std::string_view host, std::uint16_t port,
                                                                    std::uint16_t real_port, bool with_datagrams) {
  return implementation_->host(host).open(port, real_port, with_datagrams);
}

void LoopbackNetwork::place(Endpoint simulated, std::uint16_t real_port) {
  implementation_->world.ports.add(simulated, real_port);
}

const LoopbackPorts& LoopbackNetwork::ports() const {
  return implementation_->world.ports;
}

void LoopbackNetwork::run_for(std::int64_t wall_ns) {
  implementation_->loop.run_for(wall_ns);
}

void LoopbackNetwork::stop() {
  implementation_->loop.stop();
}

std::int64_t LoopbackNetwork::now_ns() const {
  implementation_->world.enter();
  return implementation_->world.now_ns();
}

const LoopbackGate& LoopbackNetwork::gate() const {
  return *implementation_->world.gate;
}

void LoopbackNetwork::close() {
  implementation_->world.is_closed = true;
}

}  // namespace mailroom::net
