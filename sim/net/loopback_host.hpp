// SPDX-License-Identifier: GPL-2.0-only
// One simulated host on real sockets: an agent's Host and Network.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <system_error>

#include "sim/net/host.hpp"
#include "sim/net/loopback_listener.hpp"
#include "sim/net/loopback_timers.hpp"
#include "sim/net/loopback_udp.hpp"
#include "sim/net/loopback_world.hpp"

namespace mailroom::net {

class LoopbackHost final : public Host, private Network {
 public:
  // `opens_all`: every port that an agent listens on gets a free one of 127.0.0.1.
  LoopbackHost(LoopbackWorld& world, LoopbackTimers& timers, trace::HostId id, std::string name, Address address,
               std::int64_t disk_bytes, bool opens_all);

  // As LoopbackNetwork::open().
  std::expected<std::uint16_t, std::error_code> open(std::uint16_t port, std::uint16_t real_port, bool with_datagrams);

  trace::HostId id() const override { return id_; }
  std::string_view name() const override { return name_; }
  Network& network() override { return *this; }
  Disk& disk() override { return disk_; }
  trace::Recorder& recorder() override { return world_.recorder; }
  std::int64_t now_ns() const override { return world_.now_ns(); }
  std::int64_t unix_time_s() const override { return world_.epoch_unix_s + now_ns() / 1'000'000'000; }
  Timer after(std::int64_t delay_ns, std::function<void()> action) override {
    return timers_.after(delay_ns, std::move(action));
  }
  void cancel(Timer timer) override { timers_.cancel(timer); }
  Random& random(std::string_view purpose) override;

  Address address() const override { return address_; }

 private:
  struct Opened {
    std::uint16_t port = 0;
    std::unique_ptr<LoopbackListener> listener;  // until an agent takes it
    std::unique_ptr<LoopbackUdp> udp;            // likewise
  };

  std::unique_ptr<Connection> connect(Endpoint remote, ConnectionUser& user) override;
  std::unique_ptr<Listener> listen(std::uint16_t port, Accept accept) override;
  std::unique_ptr<DatagramSocket> open_datagrams(std::uint16_t port, DatagramUser& user) override;
  Opened* opened(std::uint16_t port);
  std::expected<Opened, std::error_code> open_once(std::uint16_t real_port, bool with_datagrams);

  LoopbackWorld& world_;
  LoopbackTimers& timers_;
  trace::HostId id_;
  std::string name_;
  Address address_;
  Disk disk_;
  bool opens_all_;
  std::map<std::uint16_t, Opened> opened_;  // by simulated port
  std::set<std::uint16_t> listening_;       // taken by agents
  std::set<std::uint16_t> datagrams_;       // likewise
  std::map<std::string, Random, std::less<>> random_;
};

}  // namespace mailroom::net
