// SPDX-License-Identifier: GPL-2.0-only
// The real end of a connection that crosses the simulated network: a socket on 127.0.0.1, and what is told to
// the simulation of it. Memory is bounded both ways: while the simulated connection has no room, the socket
// is not read; while the socket takes no more, the simulated connection is held.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sim/scenario/control_line.hpp"
#include "sim/net/loopback_socket.hpp"
#include "sim/net/network.hpp"

namespace mailroom::cli {

class RealEnd;

// What a real end has to say, to be obeyed when the simulation stands at the time that it is then.
struct RealInput {
  enum class Kind {
    began,     // a client has connected
    octets,    // came from it
    finished,  // no more will
    ended,     // the socket is gone; why
    held,      // no more can be sent to it for now
    unheld,
  } kind;
  std::shared_ptr<RealEnd> end;
  std::string octets{};
  std::string why{};
};

class RealEndUser {
 public:
  virtual ~RealEndUser() = default;
  virtual void on_input(RealInput input) = 0;
  // Both its ends are over.
  virtual void on_done(RealEnd& end) = 0;
};

class RealEnd final : public net::ConnectionUser, public std::enable_shared_from_this<RealEnd> {
 public:
  explicit RealEnd(RealEndUser& user) : user_(user) {}

  // One that connected to us; or one that we connect to.
  void take(std::unique_ptr<net::LoopbackSocket> socket);
  void connect(net::LoopbackLoop& loop, std::uint16_t port, const net::LoopbackSocket::Options& options);

  // What the simulated connection is called, once it has a name.
  control::Name name{};
  // Where it goes, until it has one.
  std::string seat{};
  control::Place place{};
  std::int64_t typed_octets = 0;

  // From the simulated connection.
  void receive(std::string_view octets);
  void finish();
  void end(net::End end);
  // What was read has been typed: more may come, now or later.
  void go_on(bool has_room);
  // The socket is cut off.
  void abort();
  bool is_open() const { return socket_ != nullptr; }

 private:
  void on_established() override {}
  void on_octets(std::string_view octets) override;
  void on_room() override;
  void on_peer_finished() override;
  void on_ended(net::End end) override;
  void input(RealInput::Kind kind, std::string_view octets = {}, std::string_view why = {});
  void done_if_over();

  RealEndUser& user_;
  std::unique_ptr<net::LoopbackSocket> socket_;
  std::string overflow_;    // what the socket has not taken: at most a window of the simulated connection
  std::uint16_t port_ = 0;  // that we connect to
  bool is_held_ = false;
  bool is_finishing_ = false;
  bool is_over_ = false;  // the simulated end is
  bool is_done_ = false;
};

}  // namespace mailroom::cli
