// SPDX-License-Identifier: GPL-2.0-only
// A network in memory that keeps the contract of sim/net/network.hpp to the letter: latency, bounded room,
// pieces that arrive under the context they were sent in, honest ends; and that can be told to refuse, to
// fall silent, or to cut a connection after any octet. It is strict: what an agent must not do with a
// connection fails the test.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/host.hpp"
#include "tests/sim/agents/support/fake_clock.hpp"

namespace mailroom::test {

class FakeConnection;
class FakeDatagramSocket;

// What is done to a connection when so many octets, of both directions together, have been read at its ends.
struct Cut {
  enum class How {
    reset,    // both ends learn of it at once; what was under way is lost
    silence,  // nothing arrives any more; who waits for an acknowledgement learns of it when TCP gives up
    stall     // as if the other side never read again: no room, no end
  };
  trace::ConnectionId connection{};
  std::uint64_t after_octets = 0;
  How how = How::reset;
};

// What an end handed to the network.
struct Sent {
  trace::ConnectionId connection{};
  int side = 0;  // 0: the end that connected
  std::size_t octets = 0;
  trace::Context context{};
};

struct FakeNetworkSettings {
  std::int64_t latency_ns = 10 * kMs;  // one way
  std::size_t window_octets = 65536;   // sent and not acknowledged
  std::size_t segment_octets = 1460;   // one arrival
  std::int64_t syn_time_out_ns = 189 * kSecond;
  std::int64_t ack_time_out_ns = 123 * kSecond;
};

// Both ends of a connection and what is between them.
struct Pipe {
  trace::ConnectionId id{};
  trace::SessionId session{};
  net::Endpoint ends[2]{};
  trace::HostId hosts[2]{};
  FakeConnection* at[2] = {nullptr, nullptr};  // null: not there (any more)
  struct Way {                                 // what one side sends
    std::size_t unacknowledged = 0;
    bool finished = false;
    bool finish_acknowledged = false;
    bool finish_arrived = false;
    bool giving_up = false;  // TCP's time-out runs
    trace::Context last{};
    trace::Context finish{};
  } ways[2];
  trace::Context opened{};
  trace::Context last_finish{};
  trace::EventId disturbance{};
  std::uint64_t read_octets = 0;  // by both ends
  bool is_dead = false;           // nothing moves any more, and both ends know
  bool is_silent = false;
  bool is_stalled = false;
};

class FakeFabric {
 public:
  FakeFabric(trace::Recorder& the_recorder, FakeClock& the_clock)
      : recorder(the_recorder), clock(the_clock) {}

  trace::Recorder& recorder;
  FakeClock& clock;
  FakeNetworkSettings settings;
  std::vector<Cut> cuts;
  std::vector<Sent> sent;
  std::set<net::Address> silent;       // hosts that packets neither leave nor reach
  std::set<net::Address> unreachable;  // no route there
  std::map<net::Endpoint, net::Accept*> listeners;
  std::map<net::Endpoint, FakeDatagramSocket*> datagram_sockets;
  // Which datagrams are lost, asked for each as it is sent; none, unless a test says so.
  std::function<bool(net::Endpoint from, net::Endpoint to, std::string_view octets)> loses_datagram;
  std::map<net::Address, std::string> names;
  std::vector<std::weak_ptr<Pipe>> pipes;  // by id - 1, every connection of the run

  // Everyone's packets to and from this host are lost from now on (until healed: new connections only).
  void silence(net::Address address);
  void heal(net::Address address) { silent.erase(address); }
  // The highest number of connections to a host that were open at one time.
  std::map<net::Address, int> open_now;
  std::map<net::Address, int> open_at_most;
};

class FakeConnection final : public net::Connection {
 public:
  FakeConnection(FakeFabric& fabric, std::shared_ptr<Pipe> pipe, int side, net::ConnectionUser* user)
      : fabric_(fabric), pipe_(std::move(pipe)), side_(side), user_(user) {
    pipe_->at[side] = this;
  }
  ~FakeConnection() override {
    abort();
    pipe_->at[side_] = nullptr;
  }

  trace::ConnectionId id() const override { return pipe_->id; }
  trace::SessionId session() const override { return pipe_->session; }
  net::Endpoint local() const override { return pipe_->ends[side_]; }
  net::Endpoint remote() const override { return pipe_->ends[1 - side_]; }
  trace::EventId disturbance() const override { return pipe_->disturbance; }
  void set_user(net::ConnectionUser& user) override {
    EXPECT_EQ(user_, nullptr) << "a user is set once";
    user_ = &user;
  }
  bool has_user() const { return user_ != nullptr; }
  bool is_open() const { return is_open_; }

  std::size_t send(std::string_view octets) override;
  void finish() override;
  void abort() override;

  // What the network tells this end; the pipe is kept by the caller.
  static void connect(const std::shared_ptr<Pipe>& pipe, FakeFabric& fabric);
  static void give_up_if_waiting(const std::shared_ptr<Pipe>& pipe, FakeFabric& fabric, int side);

 private:
  using Shared = std::shared_ptr<Pipe>;
  static void establish(const Shared& pipe, FakeFabric& fabric);
  static void arrive(const Shared& pipe, FakeFabric& fabric, int to, const std::string& octets,
                     const trace::Context& context);
  static bool apply_cut(const Shared& pipe, FakeFabric& fabric);
  static void finish_arrives(const Shared& pipe, FakeFabric& fabric, int to);
  static void end(const Shared& pipe, FakeFabric& fabric, int side, net::End how);
  static void close_if_complete(const Shared& pipe, FakeFabric& fabric, int side);
  static trace::Event event_of(const Pipe& pipe, int side, trace::Kind kind) {
    return {.kind = kind, .host = pipe.hosts[side], .connection = pipe.id, .session = pipe.session};
  }
  void closed() {
    if (std::exchange(is_open_, false) && side_ == 0) --fabric_.open_now[pipe_->ends[1].address];
  }

  FakeFabric& fabric_;
  Shared pipe_;
  int side_;
  net::ConnectionUser* user_;
  bool is_open_ = true;
  bool wants_room_ = false;
};

class FakeListener final : public net::Listener {
 public:
  FakeListener(FakeFabric& fabric, net::Endpoint endpoint, net::Accept accept)
      : fabric_(fabric), endpoint_(endpoint), accept_(std::move(accept)) {
    fabric_.listeners[endpoint_] = &accept_;
  }
  ~FakeListener() override { fabric_.listeners.erase(endpoint_); }

 private:
  FakeFabric& fabric_;
  net::Endpoint endpoint_;
  net::Accept accept_;
};

// Delivers a datagram one latency after it was sent, unless it is lost; answers for ports without a socket.
class FakeDatagramSocket final : public net::DatagramSocket {
 public:
  FakeDatagramSocket(FakeFabric& fabric, trace::HostId host, net::Endpoint local, net::DatagramUser& user)
      : fabric_(fabric), host_(host), local_(local), user_(user) {
    fabric_.datagram_sockets[local_] = this;
  }
  ~FakeDatagramSocket() override { fabric_.datagram_sockets.erase(local_); }

  net::Endpoint local() const override { return local_; }
  trace::EventId disturbance(net::Endpoint remote) const override {
    const auto lost = last_lost_.find(remote);
    return lost == last_lost_.end() ? trace::EventId{} : lost->second;
  }
  void send(net::Endpoint to, std::string_view octets) override;

 private:
  trace::Event event(trace::Kind kind, std::string_view text, std::size_t size) const {
    return {.kind = kind,
            .host = host_,
            .size = static_cast<std::int64_t>(size),
            .value = local_.port,
            .text = text};
  }
  void lose(net::Endpoint to, std::string_view octets, std::string_view why);

  FakeFabric& fabric_;
  trace::HostId host_;
  net::Endpoint local_;
  net::DatagramUser& user_;
  std::map<net::Endpoint, trace::EventId> last_lost_;  // by the other end
};

class FakeHost final : public net::Host, private net::Network {
 public:
  FakeHost(FakeFabric& fabric, trace::HostId id, std::string name, std::int64_t disk_bytes,
           std::uint64_t seed = 1)
      : fabric_(fabric),
        id_(id),
        name_(std::move(name)),
        address_{0x0a000000 + static_cast<std::uint32_t>(id.value)},
        disk_(disk_bytes),
        seed_(seed) {
    fabric_.names[address_] = name_;
  }

  trace::HostId id() const override { return id_; }
  std::string_view name() const override { return name_; }
  net::Network& network() override { return *this; }
  net::Disk& disk() override { return disk_; }
  trace::Recorder& recorder() override { return fabric_.recorder; }
  std::int64_t now_ns() const override { return fabric_.clock.now_ns(); }
  std::int64_t unix_time_s() const override { return 946'728'000 + now_ns() / kSecond; }
  net::Timer after(std::int64_t delay_ns, std::function<void()> action) override {
    return fabric_.clock.after(delay_ns, std::move(action));
  }
  void cancel(net::Timer timer) override { fabric_.clock.cancel(timer); }
  net::Random& random(std::string_view purpose) override {
    return random_.try_emplace(std::string(purpose), seed_, name_, purpose).first->second;
  }
  net::Address address() const override { return address_; }
  std::unique_ptr<net::Connection> connect(net::Endpoint remote, net::ConnectionUser& user) override;
  std::unique_ptr<net::Listener> listen(std::uint16_t port, net::Accept accept) override {
    const net::Endpoint endpoint{address_, port};
    if (fabric_.listeners.contains(endpoint)) return nullptr;
    return std::make_unique<FakeListener>(fabric_, endpoint, std::move(accept));
  }
  std::unique_ptr<net::DatagramSocket> open_datagrams(std::uint16_t port, net::DatagramUser& user) override {
    net::Endpoint endpoint{address_, port};
    while (endpoint.port == 0 || (port == 0 && fabric_.datagram_sockets.contains(endpoint)))
      endpoint.port = last_datagram_port_ == 65535 ? last_datagram_port_ = 49152 : ++last_datagram_port_;
    if (fabric_.datagram_sockets.contains(endpoint)) return nullptr;
    return std::make_unique<FakeDatagramSocket>(fabric_, id_, endpoint, user);
  }

 private:
  FakeFabric& fabric_;
  trace::HostId id_;
  std::string name_;
  net::Address address_;
  net::Disk disk_;
  std::uint64_t seed_;
  std::uint16_t last_port_ = 49151;
  std::uint16_t last_datagram_port_ = 49151;
  std::map<std::string, net::Random, std::less<>> random_;
};

}  // namespace mailroom::test

#include "tests/sim/agents/support/fake_network_inl.hpp"
