// SPDX-License-Identifier: GPL-2.0-only
// What `mailroom host` is told of ports: which services of a host are open at which ports of 127.0.0.1, and where its
// neighbours are.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace mailroom::run {

enum class Service : std::uint8_t { smtp, submission, dns };
std::string_view name(Service service);

// A service of a host of the scenario at a port of 127.0.0.1.
struct ServicePort {
  std::string host;
  Service service = Service::smtp;
  std::uint16_t simulated = 0;
  std::uint16_t real = 0;  // 0: a free one
};

// What can be asked of a node: mail services of its part of the scenario, DNS if it has zones.
struct Offered {
  const scenario::Host* config = nullptr;  // none: it is no mail host
  bool has_zones = false;
};

// "smtp=2525,dns=0": services of `host`. The error is a sentence for the user.
std::expected<std::vector<ServicePort>, std::string> parse_ports(std::string_view text, const std::string& host,
                                                                 const Offered& offered);

// "mx2:smtp=2526": as it stands, before `mx2` is known. The error is a sentence for the user.
struct Neighbour {
  std::string host;
  std::string ports;  // "smtp=2526"
};
std::expected<std::vector<Neighbour>, std::string> parse_neighbours(std::string_view text);

}  // namespace mailroom::run
