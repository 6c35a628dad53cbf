// SPDX-License-Identifier: GPL-2.0-only
// A real UDP port as an agent's. No context crosses a real wire: what comes from a simulated host that we know is
// taken for the answer to what was last sent to it; what comes from a stranger runs under the context in which the
// socket was opened.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/net/loopback_udp.hpp"
#include "sim/net/loopback_world.hpp"
#include "sim/net/network.hpp"

namespace mailroom::net {

class LoopbackDatagramSocket final : public DatagramSocket, private LoopbackUdpUser {
 public:
  // Without a port of its own (`udp` is nullptr) it hears nothing and reaches nobody. `on_gone` is called at its end.
  LoopbackDatagramSocket(LoopbackWorld& world, trace::HostId host, Endpoint local,
                         std::unique_ptr<LoopbackUdp> udp, DatagramUser& user, std::function<void()> on_gone);
  ~LoopbackDatagramSocket() override;

  Endpoint local() const override { return local_; }
  trace::EventId disturbance(Endpoint remote) const override;
  void send(Endpoint to, std::string_view octets) override;

 private:
  void on_datagram(std::uint16_t from_port, std::string_view octets) override;
  void on_refused(std::uint16_t port) override;
  std::optional<std::uint16_t> way_to(Endpoint to) const;
  trace::Event event(trace::Kind kind, std::string_view text, std::size_t size) const;
  trace::EventId record(trace::Kind kind, Endpoint remote, std::size_t size);
  void lose(Endpoint to, std::size_t size, trace::EventId sent, std::string_view why);

  LoopbackWorld& world_;
  trace::HostId host_;
  Endpoint local_;
  std::unique_ptr<LoopbackUdp> udp_;
  DatagramUser& user_;
  std::function<void()> on_gone_;
  trace::Context opened_;
  std::map<Address, trace::Context> last_sent_;  // by where to
  std::map<Endpoint, trace::EventId> lost_;
  std::vector<bool> strangers_;  // by port: who asked us, so that we may answer
};

}  // namespace mailroom::net
