// SPDX-License-Identifier: GPL-2.0-only
// A real UDP port of 127.0.0.1. Stands on a loop alone.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string_view>
#include <system_error>

#include "sim/net/loopback_loop.hpp"

namespace mailroom::net {

// Callbacks may destroy the socket.
class LoopbackUdpUser {
 public:
  virtual ~LoopbackUdpUser() = default;
  virtual void on_datagram(std::uint16_t from_port, std::string_view octets) = 0;
  // What was sent to this port was answered by "port unreachable".
  virtual void on_refused(std::uint16_t port) = 0;
};

class LoopbackUdp {
 public:
  // Takes the port; 0: a free one. Errors as LoopbackListener's.
  static std::expected<std::unique_ptr<LoopbackUdp>, std::error_code> open(LoopbackLoop& loop, std::uint16_t port);
  ~LoopbackUdp();

  std::uint16_t port() const;
  // From now on the user hears what comes; the user outlives the socket or is never called again.
  void start(LoopbackUdpUser& user);
  // False: the kernel has no room for it.
  [[nodiscard]] bool send(std::uint16_t to_port, std::string_view octets);

 private:
  struct State;
  explicit LoopbackUdp(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace mailroom::net
