// SPDX-License-Identifier: GPL-2.0-only
// What all parts of the loopback network share: the recorder and its clock, and where everyone is.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "sim/net/loopback_gate.hpp"
#include "sim/net/loopback_loop.hpp"
#include "sim/net/loopback_ports.hpp"
#include "sim/net/loopback_socket.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::net {

struct LoopbackWorld {
  using Clock = std::chrono::steady_clock;

  // To be called wherever the loop enters our code. Time stands still until the next call, as it does in a
  // simulation.
  void enter() {
    const auto passed = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - began);
    recorder.set_time(passed.count());
  }
  std::int64_t now_ns() const { return recorder.time_ns(); }
  std::string name_of(Address address) const {
    const auto known = names.find(address);
    return known == names.end() ? to_string(address) : known->second;
  }

  trace::Recorder& recorder;
  LoopbackLoop& loop;
  Clock::time_point began = Clock::now();
  std::uint64_t seed = 0;
  std::int64_t epoch_unix_s = 0;
  Address outside = kLoopbackAddress;  // what strangers seem to connect from
  LoopbackSocket::Options sockets{};
  std::shared_ptr<LoopbackGate> gate;
  LoopbackPorts ports{};
  std::map<Address, std::string> names{};  // of simulated hosts
  bool is_closed = false;  // nothing is recorded any more
};

}  // namespace mailroom::net
