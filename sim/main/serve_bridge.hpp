// SPDX-License-Identifier: GPL-2.0-only
// Between 127.0.0.1 and a simulated network: doors, where real clients come in, and ways out, where a
// simulated host's connections go to a real server. What comes from outside becomes control lines at the
// simulated time that it is then; what simulated hosts say to outsiders goes to the real sockets at once.
//
// Everything from outside is bounded: connections at a time, octets of each, what is kept of each, and its
// silence.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/main/controller.hpp"
#include "sim/main/serve_real_end.hpp"
#include "sim/net/loopback_gate.hpp"
#include "sim/net/loopback_listener.hpp"
#include "sim/net/loopback_loop.hpp"
#include "sim/net/loopback_udp.hpp"

namespace mailroom::cli {

class Bridge final : private control::Watcher, private RealEndUser {
 public:
  struct Limits {
    std::int64_t connections = 2000;                    // from outside, at a time; others wait in the kernel
    std::int64_t octets_per_connection = 64 * 1048576;  // then it is reset
    std::int64_t idle_ns = 600'000'000'000;             // of wall time; then it is reset
  };
  // `controller` must outlive it.
  Bridge(control::Controller& controller, const Limits& limits);
  ~Bridge() override;

  // From now on real clients of the door come to `place`, from the simulated host `seat`. The port of
  // 127.0.0.1; `local` 0: a free one. The error is a sentence.
  std::expected<std::uint16_t, std::string> open(const control::Place& place, const std::string& seat,
                                                 std::uint16_t local, bool with_datagrams);
  // Simulated connections to `place` go to this port of 127.0.0.1. To be called while the simulation stands.
  std::optional<std::string> lead_out(const control::Place& place, std::uint16_t local);

  // Waits for the world outside, at most so long; comes back when it has something to say.
  void wait(std::int64_t wall_ns) { loop_.run_for(wall_ns); }
  // Types what came from outside. To be called while the simulation stands.
  void type();

  std::int64_t open_now() const { return gate_->open(); }
  std::int64_t total() const { return gate_->total(); }

 private:
  using Wall = std::chrono::steady_clock;
  class Door;
  struct Flow {  // of datagrams, from one real port
    control::Name name;
    Wall::time_point used;
  };
  struct DatagramInput {
    Door* door;
    std::uint16_t from_port;
    std::string octets;
  };

  // What simulated hosts say.
  void on_taken(control::Name name) override;
  void on_octets(control::Name name, std::string_view octets) override;
  void on_room(control::Name name) override;
  void on_peer_finished(control::Name name) override;
  void on_ended(control::Name name, net::End end) override;
  void on_datagram(control::Name name, std::string_view octets) override;
  // What real ends say.
  void on_input(RealInput input) override;
  void on_done(RealEnd& end) override;

  void type(RealInput& input);
  void type_octets(RealEnd& end, std::string_view octets);
  void type(const DatagramInput& input);
  void forget_old_flows();
  void cut(RealEnd& end, const std::string& why);
  std::shared_ptr<RealEnd> end_named(control::Name name) const;

  control::Controller& controller_;
  Limits limits_;
  net::LoopbackSocket::Options sockets_;
  net::LoopbackLoop loop_;
  std::shared_ptr<net::LoopbackGate> gate_;
  std::vector<std::unique_ptr<Door>> doors_;
  std::map<std::uint32_t, std::uint16_t> ways_out_;  // by number of the listener
  std::map<control::Name, std::shared_ptr<RealEnd>> ends_;
  std::map<control::Name, std::pair<Door*, std::uint16_t>> flows_;  // and the real port
  std::deque<RealInput> inputs_;
  std::deque<DatagramInput> datagrams_;
};

}  // namespace mailroom::cli
