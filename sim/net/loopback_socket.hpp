// SPDX-License-Identifier: GPL-2.0-only
// One end of a real TCP connection on 127.0.0.1, with the contract of net::Connection (network.hpp) but without
// anything of a simulation: it stands on a loop alone.
//
// Memory is bounded: what comes is read when its user can take it, in pieces that are gone when on_octets() returns;
// what goes waits in a buffer of limited size. What is sent within one callback goes out in one write. A connection
// on which nothing moves for a time is ended by RST and reported as timed out.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/net/loopback_gate.hpp"
#include "sim/net/loopback_loop.hpp"
#include "sim/net/network.hpp"

namespace mailroom::net {

class LoopbackSocket {
 public:
  struct Options {
    std::int64_t idle_ns = 600'000'000'000;  // 0: without end
    std::size_t send_buffer_bytes = 262'144;
  };

  // Begins to connect to 127.0.0.1:port. What is wrong comes as on_ended().
  static std::unique_ptr<LoopbackSocket> connect(LoopbackLoop& loop, std::uint16_t port, const Options& options,
                                                 ConnectionUser& user);
  // Aborts what is open.
  ~LoopbackSocket();

  // Of an accepted one: once, before control returns to the loop; else it is aborted.
  void set_user(ConnectionUser& user);
  std::uint16_t local_port() const;  // 0: not connected yet
  std::uint16_t remote_port() const;

  // As those of Connection.
  std::size_t send(std::string_view octets);
  void finish();
  void abort();
  // Whether what comes is read; octets that are not read keep their sender waiting. At first it is.
  void set_reading(bool is_reading);

 private:
  friend class LoopbackListener;
  struct State;
  explicit LoopbackSocket(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace mailroom::net
