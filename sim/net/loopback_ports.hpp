// SPDX-License-Identifier: GPL-2.0-only
// Which simulated endpoints live at which ports of 127.0.0.1: our own, and those of others that we connect to. What
// is not here cannot be reached.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "sim/net/network.hpp"

namespace mailroom::net {

inline constexpr Address kLoopbackAddress{0x7f000001};  // 127.0.0.1

class LoopbackPorts {
 public:
  void add(Endpoint simulated, std::uint16_t port) {
    ports_[simulated] = port;
    endpoints_[port] = simulated;
  }
  void remove(Endpoint simulated) {
    const auto found = ports_.find(simulated);
    if (found == ports_.end()) return;
    endpoints_.erase(found->second);
    ports_.erase(found);
  }
  std::optional<std::uint16_t> port_of(Endpoint simulated) const {
    const auto found = ports_.find(simulated);
    return found == ports_.end() ? std::nullopt : std::optional(found->second);
  }
  // Who sends from there.
  std::optional<Endpoint> at(std::uint16_t port) const {
    const auto found = endpoints_.find(port);
    return found == endpoints_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<Endpoint, std::uint16_t> ports_;
  std::map<std::uint16_t, Endpoint> endpoints_;
};

}  // namespace mailroom::net
