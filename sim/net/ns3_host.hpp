// SPDX-License-Identifier: GPL-2.0-only
// A node of the topology as an agent's Host and Network.
#pragma once

#include <ns3/node.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "sim/net/host.hpp"
#include "sim/net/ns3_socket.hpp"
#include "sim/net/ns3_timers.hpp"
#include "sim/net/ns3_world.hpp"

namespace mailroom::net {

class Ns3Host final : public Host, private Network {
 public:
  Ns3Host(Ns3World& world, Ns3Timers& timers, ns3::Ptr<ns3::Node> node, trace::HostId id,
          std::int64_t disk_bytes);

  trace::HostId id() const override { return id_; }
  std::string_view name() const override { return world_.names[static_cast<std::size_t>(id_.value - 1)]; }
  Network& network() override { return *this; }
  Disk& disk() override { return disk_; }
  trace::Recorder& recorder() override { return world_.recorder; }
  std::int64_t now_ns() const override { return Ns3World::now_ns(); }
  std::int64_t unix_time_s() const override { return skewed_unix_s(world_.epoch_unix_s, now_ns()); }
  Timer after(std::int64_t delay_ns, std::function<void()> action) override {
    return timers_.after(delay_ns, std::move(action));
  }
  void cancel(Timer timer) override { timers_.cancel(timer); }
  Random& random(std::string_view purpose) override;

  Address address() const override { return address_; }

 private:
  std::unique_ptr<Connection> connect(Endpoint remote, ConnectionUser& user) override;
  std::unique_ptr<Listener> listen(std::uint16_t port, Accept accept) override;
  std::unique_ptr<DatagramSocket> open_datagrams(std::uint16_t port, DatagramUser& user) override;
  void blame_for_silence(std::uint16_t port, trace::Blame blame) override {
    world_.silent_ports.insert_or_assign({address_, port}, blame);
  }
  void take(const ns3::Ptr<Ns3Socket>& socket, const Accept& accept);

  Ns3World& world_;
  Ns3Timers& timers_;
  ns3::Ptr<ns3::Node> node_;
  trace::HostId id_;
  Address address_;
  Disk disk_;
  std::map<std::string, Random, std::less<>> random_;
};

}  // namespace mailroom::net
