// SPDX-License-Identifier: GPL-2.0-only
// What a LoopbackSocket shares with the operations that the loop has under way for it. For loopback_*.cpp only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "sim/net/loopback_socket.hpp"

namespace mailroom::net {

struct LoopbackSocket::State : std::enable_shared_from_this<State> {
  using Error = boost::system::error_code;
  using Clock = std::chrono::steady_clock;

  State(LoopbackLoop& loop, const Options& the_options)
      : options(the_options), socket(loop.context()), idle(loop.context()), linger(loop.context()) {}

  void connect(std::uint16_t port);
  void begin();  // it is established

  std::size_t room() const { return options.send_buffer_bytes - (pending.size() - pending_at); }
  void flush_soon();
  void flush();
  void write();
  void watch_room();
  void conclude();
  void wait_for_octets();
  void watch_for_reset();
  void read();
  bool has_error();
  void watch_idle();
  void end(End end);
  void close(bool by_reset);

  const Options options;
  boost::asio::ip::tcp::socket socket;
  boost::asio::steady_timer idle, linger;
  LoopbackGate::Pass pass;
  ConnectionUser* user = nullptr;  // none: nobody is to be told anything any more
  std::string pending;             // to be sent, from pending_at on
  std::size_t pending_at = 0;
  std::uint16_t own_port = 0, peer_port = 0;
  Clock::time_point moved = Clock::now();  // when something last did
  Clock::duration patience{};              // until the next look at what is not acknowledged
  bool is_established = false;
  bool is_reading = true;
  bool is_waiting_for_octets = false, is_waiting_for_room = false, is_watching_for_reset = false;
  bool is_flushing_soon = false;
  bool is_in_callback = false;
  bool wants_room = false;
  bool has_finished = false, fin_is_sent = false, peer_has_finished = false;
  bool send_failed = false;
};

}  // namespace mailroom::net
