// SPDX-License-Identifier: GPL-2.0-only
// Somebody at a simulated host who is no mail agent: a person at a terminal, or a real program on the other
// side of a socket. Knows no mail: octets go out as they were typed, and what comes back is told to whoever
// watches.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/scenario/control_line.hpp"
#include "sim/net/fifo.hpp"
#include "sim/net/host.hpp"
#include "sim/net/network.hpp"

namespace mailroom::control {

// Who looks on at what outsiders get. Nothing of it may change the simulation but through a control line, and
// not from within the call: the simulation is running.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void on_taken(Name) {}        // listener name.number took this connection
  virtual void on_established(Name) {}  // a connection that was asked for
  virtual void on_octets(Name name, std::string_view octets) = 0;
  virtual void on_room(Name) {}  // all that was typed has been taken by TCP
  virtual void on_peer_finished(Name) {}
  virtual void on_ended(Name name,
                        net::End end) = 0;  // also after a reset of our own: the last that is said of it
  virtual void on_datagram(Name, std::string_view) {}
  virtual void on_port_unreachable(Name) {}
};

// One end of a connection. `ended` is called once it is over and may destroy the outsider.
class Outsider final : public net::ConnectionUser {
 public:
  using Ended = std::function<void(Name, net::End)>;
  // `watcher` may point to nullptr and change; all three outlive the outsider.
  Outsider(Name name, net::Host& host, Watcher* const& watcher, Ended ended);

  void connect(net::Endpoint remote);
  void take(std::unique_ptr<net::Connection> connection);

  // Octets go under the context of this call, at once or when TCP has room for them.
  void type(std::string_view octets);
  void finish();  // after all that was typed
  void reset();
  void hold(bool on);

  net::Host& host() const { return host_; }
  trace::ConnectionId connection() const { return connection_->id(); }
  trace::SessionId session() const { return connection_->session(); }
  bool is_finished() const { return is_finished_; }
  // Octets that TCP has not taken yet.
  std::size_t waiting() const { return waiting_; }

 private:
  struct Piece {
    std::string octets;
    std::size_t taken = 0;
    trace::Context context;
  };
  void on_established() override;
  void on_octets(std::string_view octets) override;
  void on_room() override;
  void on_peer_finished() override;
  void on_ended(net::End end) override;
  void send_what_waits();

  Name name_;
  net::Host& host_;
  Watcher* const& watcher_;
  Ended ended_;
  std::unique_ptr<net::Connection> connection_;
  net::Fifo<Piece> pieces_;
  std::size_t waiting_ = 0;
  bool is_finished_ = false;
  trace::Context finished_;
};

// A port for datagrams, by which one outsider asks and hears.
class DatagramOutsider final : public net::DatagramUser {
 public:
  DatagramOutsider(Name name, net::Host& host, Watcher* const& watcher);
  // False: the host has no port free.
  bool is_open() const { return socket_ != nullptr; }
  void send(net::Endpoint to, std::string_view octets) { socket_->send(to, octets); }
  net::Host& host() const { return host_; }

 private:
  void on_datagram(net::Endpoint from, std::string_view octets) override;
  void on_port_unreachable(net::Address address) override;

  Name name_;
  net::Host& host_;
  Watcher* const& watcher_;
  std::unique_ptr<net::DatagramSocket> socket_;
};

}  // namespace mailroom::control
