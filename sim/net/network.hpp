// SPDX-License-Identifier: GPL-2.0-only
// The network as a mail agent sees it: connect, listen, octets in order, honest ends. Behind it stands a
// simulated (ns3_network) or, later, a real network; an agent cannot tell which.
//
// Threading: everything happens on one thread, the one that runs the simulation.
// Causes: send() remembers the recorder's context for these octets; on_octets() is called once for each piece
// that was sent under one context, with that context in force, so that the receiver's events name the
// sender's as their cause. Every other callback runs under the context of what led to it (the connect() call,
// the peer's finish(), …). A datagram carries the context of its send() likewise, however it gets through.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/trace/event.hpp"
#include "sim/trace/ids.hpp"

namespace mailroom::net {

// An IPv4 address, host byte order. (IPv6 comes with AAAA records.)
struct Address {
  std::uint32_t value = 0;
  explicit operator bool() const { return value != 0; }
  friend auto operator<=>(Address, Address) = default;
};
std::string to_string(Address address);  // "10.0.0.1"

struct Endpoint {
  Address address;
  std::uint16_t port = 0;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};
std::string to_string(Endpoint endpoint);  // "10.0.0.1:25"

// How a connection came to its end.
enum class End {
  closed,       // both sides finished and everything was acknowledged
  refused,      // answered by a reset before it was established: no one listens there
  reset,        // answered by a reset later
  timed_out,    // the other side did not answer any more
  unreachable,  // no route, or the local interface is down
};
std::string_view name(End end);

// Who uses a connection. Callbacks may call any method of the connection, and may destroy it.
class ConnectionUser {
 public:
  virtual ~ConnectionUser() = default;
  virtual void on_established() {}  // the connecting side only
  virtual void on_octets(std::string_view octets) = 0;
  virtual void on_room() {}             // after send() took less than it was given
  virtual void on_peer_finished() = 0;  // no more octets will come; we may still send
  virtual void on_ended(End end) = 0;   // the last callback
};

// One end of a TCP connection. Destroying it while it is open aborts it (RST); after that no callback comes.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual trace::ConnectionId id() const = 0;
  virtual trace::SessionId session() const = 0;  // the same at both ends
  virtual Endpoint local() const = 0;
  virtual Endpoint remote() const = 0;
  // The first drop, reset or fault that hit this connection (evidence for `because`); none so far: 0.
  virtual trace::EventId disturbance() const = 0;

  // A fault hits it, if nothing has before: that becomes its disturbance().
  virtual void disturb(trace::Blame, std::string_view) {}

  // Takes as many octets as there is room for and returns their number; if fewer than given, on_room()
  // follows.
  virtual std::size_t send(std::string_view octets) = 0;
  // FIN after all that was taken. Receiving goes on.
  virtual void finish() = 0;
  // RST. No callback follows.
  virtual void abort() = 0;
  // While on, nothing more is read: octets wait, and the sender sees the window close. When the connection has ended,
  // what waits is told all the same. A network for tests may leave it out.
  virtual void hold(bool) {}
  // The user may be set once, before control returns to the network.
  virtual void set_user(ConnectionUser& user) = 0;
};

// Listening ends when the listener is destroyed.
class Listener {
 public:
  virtual ~Listener() = default;
};

using Accept = std::function<void(std::unique_ptr<Connection>)>;

// Who uses a socket for datagrams. Callbacks may call any method of the socket, and may destroy it.
class DatagramUser {
 public:
  virtual ~DatagramUser() = default;
  // Runs under the context that was in force at the sender's send().
  virtual void on_datagram(Endpoint from, std::string_view octets) = 0;
  // What was sent there was answered by "port unreachable" (RFC 1122 §4.1.3.3): no one listens. Runs under
  // the context of the last send() to it. Whoever hears nothing at all is told nothing: time-outs are the
  // user's.
  virtual void on_port_unreachable(Address) {}
};

// A UDP port of this host; destroying it gives it back. A datagram arrives whole or not at all, perhaps out
// of order. One that is under way keeps no run going: whoever waits for an answer has a timer.
class DatagramSocket {
 public:
  static constexpr std::size_t kMostOctets = 65'507;  // 65,535 less the headers of IP and UDP

  virtual ~DatagramSocket() = default;
  virtual Endpoint local() const = 0;
  // The last loss of a datagram from this socket to `remote` or from there to it (evidence for `because`);
  // none so far: 0.
  virtual trace::EventId disturbance(Endpoint remote) const = 0;
  // What came from `remote` is not answered, because of a fault: that is what disturbed the other end's socket.
  virtual void ignore(Endpoint, trace::Blame, std::string_view) {}
  // At most kMostOctets (asserted); more than the path takes at once is fragmented by IP.
  virtual void send(Endpoint to, std::string_view octets) = 0;
};

// One host's access to the network.
class Network {
 public:
  virtual ~Network() = default;
  virtual Address address() const = 0;  // this host's own
  // Never fails at once: what is wrong comes as on_ended().
  virtual std::unique_ptr<Connection> connect(Endpoint remote, ConnectionUser& user) = 0;
  // nullptr if the port is taken.
  virtual std::unique_ptr<Listener> listen(std::uint16_t port, Accept accept) = 0;
  // Nobody listens on the port any more, TCP and UDP, because of a fault: what is refused there names it, until somebody
  // listens again.
  virtual void blame_for_silence(std::uint16_t, trace::Blame) {}
  // Port 0 asks for a free one. nullptr if the port is taken, or none is free.
  virtual std::unique_ptr<DatagramSocket> open_datagrams(std::uint16_t port, DatagramUser& user) = 0;
};

}  // namespace mailroom::net
