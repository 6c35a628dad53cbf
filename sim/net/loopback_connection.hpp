// SPDX-License-Identifier: GPL-2.0-only
// A real TCP connection as an agent's: a socket, and what the run file is told of it.
//
// No context crosses a real wire. What a peer says that connected to us runs under the context of the connection's
// establishment; what is said to us where we connected, under that of the last octets that we sent: it is the answer.
#pragma once

#include <memory>
#include <string_view>

#include "sim/net/loopback_socket.hpp"
#include "sim/net/loopback_timers.hpp"
#include "sim/net/loopback_world.hpp"
#include "sim/net/network.hpp"

namespace mailroom::net {

class LoopbackConnection final : public Connection, private ConnectionUser {
 public:
  // The connecting end; begins at once.
  LoopbackConnection(LoopbackWorld& world, LoopbackTimers& timers, trace::HostId host, Address own,
                     Endpoint remote, ConnectionUser& user);
  // The accepting end, on `port` of `own`, under the context of who listens.
  LoopbackConnection(LoopbackWorld& world, LoopbackTimers& timers, trace::HostId host, Endpoint local,
                     std::unique_ptr<LoopbackSocket> socket);
  ~LoopbackConnection() override;

  // What happened last, for the accept callback to run under.
  const trace::Context& established() const { return established_; }

  trace::ConnectionId id() const override { return id_; }
  trace::SessionId session() const override { return session_; }
  Endpoint local() const override;
  Endpoint remote() const override { return remote_; }
  trace::EventId disturbance() const override { return disturbance_; }
  std::size_t send(std::string_view octets) override;
  void finish() override;
  void abort() override;
  void hold(bool on) override;
  void set_user(ConnectionUser& user) override;

 private:
  void on_established() override;
  void on_octets(std::string_view octets) override;
  void on_room() override;
  void on_peer_finished() override;
  void on_ended(End end) override;

  const trace::Context& heard_under() const { return is_ours_ && has_sent_ ? last_ : established_; }
  trace::EventId record(trace::Kind kind, std::string_view text = {}, trace::EventId because = {},
                        std::optional<std::int64_t> value = {});
  trace::EventId record_end(End end);

  LoopbackWorld& world_;
  LoopbackTimers& timers_;
  trace::HostId host_;
  trace::ConnectionId id_;
  trace::SessionId session_;
  Endpoint local_, remote_;
  std::unique_ptr<LoopbackSocket> socket_;  // none: there is no way
  ConnectionUser* user_ = nullptr;
  trace::Context established_;  // until then: of connect()
  trace::Context last_;         // of the last octets sent
  trace::Context finish_;
  trace::EventId disturbance_{};
  Timer no_way_{};
  bool is_ours_;  // we connected
  bool is_established_ = false;
  bool has_sent_ = false;
  bool is_open_ = true;
};

}  // namespace mailroom::net
