// SPDX-License-Identifier: GPL-2.0-only
// The real network: the agents' hosts on TCP and UDP sockets of 127.0.0.1, in real time. Agents speak simulated
// addresses; open() and place() say which of these live at which real ports. Whatever has no port is unreachable.
//
// Nothing is bound to or sent to any other address. Connections are bounded in number, in memory and in the time that
// they may be idle (Options); a peer may send what it likes.
//
// Order of calls: make the network; open() and place(); give hosts their agents; run_for() as often as wanted;
// close(). Agents, their connections and listeners go before the network. One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "sim/net/host.hpp"
#include "sim/net/loopback_gate.hpp"
#include "sim/net/loopback_ports.hpp"
#include "sim/net/loopback_socket.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::net {

class LoopbackNetwork {
 public:
  struct HostSpec {
    std::string name;
    trace::HostId id{};
    Address address;
    std::int64_t disk_bytes = 1'000'000'000;
  };
  struct Options {
    std::uint64_t seed = 1;
    std::int64_t epoch_unix_s = 0;        // time of day when the network is made
    Address outside = kLoopbackAddress;   // what connections that are made to us seem to come from
    LoopbackGate::Limits limits{};        // of connections that are made to us
    LoopbackSocket::Options sockets{};
    bool opens_all = false;  // every port that an agent listens on gets a free one, and can be connected to
    std::vector<HostSpec> hosts{};             // that stand here
    std::map<Address, std::string> names{};  // of others, for the run file
  };

  // `recorder` must outlive the network. Time is 0 now.
  LoopbackNetwork(trace::Recorder& recorder, Options options);
  ~LoopbackNetwork();
  LoopbackNetwork(const LoopbackNetwork&) = delete;
  LoopbackNetwork& operator=(const LoopbackNetwork&) = delete;

  // One that stands here; it must exist (asserted).
  Host& host(std::string_view name);

  // The port of a host that stands here is open at this port of 127.0.0.1, for TCP and if wanted for UDP; 0: at a
  // free one. Which one it is, or an error: std::errc::address_in_use, permission_denied (below 1024).
  std::expected<std::uint16_t, std::error_code> open(std::string_view host, std::uint16_t port,
                                                     std::uint16_t real_port, bool with_datagrams);
  // An endpoint of another host is there.
  void place(Endpoint simulated, std::uint16_t real_port);
  const LoopbackPorts& ports() const;

  // Does what comes within so much time, or until stop().
  void run_for(std::int64_t wall_ns);
  // From within a callback: run_for() comes back when it returns.
  void stop();
  // Since the network was made.
  std::int64_t now_ns() const;

  // Connections from outside, now and in all.
  const LoopbackGate& gate() const;

  // Nothing that happens from now on is written down.
  void close();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace mailroom::net
