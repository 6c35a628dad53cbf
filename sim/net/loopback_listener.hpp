// SPDX-License-Identifier: GPL-2.0-only
// A TCP port of 127.0.0.1 on which connections are taken, as many as a gate lets in; others wait in the kernel's
// backlog, and are refused when the gate has let in all that it ever will. Stands on a loop alone.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <system_error>

#include "sim/net/loopback_gate.hpp"
#include "sim/net/loopback_loop.hpp"
#include "sim/net/loopback_socket.hpp"

namespace mailroom::net {

class LoopbackListener {
 public:
  using Accept = std::function<void(std::unique_ptr<LoopbackSocket>)>;

  // Takes the port; 0: a free one. Connections wait until start(). Errors: std::errc::address_in_use,
  // permission_denied (a port below 1024), too_many_files_open.
  static std::expected<std::unique_ptr<LoopbackListener>, std::error_code> open(
      LoopbackLoop& loop, std::uint16_t port, std::shared_ptr<LoopbackGate> gate,
      const LoopbackSocket::Options& options);
  // Gives the port back.
  ~LoopbackListener();

  std::uint16_t port() const;
  // From now on `accept` gets what comes, and sets its user. It may destroy the listener.
  void start(Accept accept);

 private:
  struct State;
  explicit LoopbackListener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace mailroom::net
