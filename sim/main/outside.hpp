// SPDX-License-Identifier: GPL-2.0-only
// The simulated network as somebody outside of it sees it: what listens where, and at which simulated host a
// person or a real program sits who is not told where to sit.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/control_line.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::control {

struct Service {
  std::uint16_t port = 0;
  std::string_view name;  // smtp, submission, dns
  bool has_datagrams = false;
};

// What listens at a node of the topology, by port.
std::vector<Service> services_at(const scenario::Scenario& scenario, std::string_view node);
// "port 25 (smtp), port 53 (dns)", or "nothing".
std::string services_text(const scenario::Scenario& scenario, std::string_view node);

// A node that is no LAN segment; else a sentence that says which there are.
std::optional<std::string> objection_to_host(const scenario::Scenario& scenario, std::string_view name);

// A port by number, or by the name of a service: smtp and submission are where this host has them.
std::expected<std::uint16_t, std::string> port_at(const scenario::Scenario& scenario, std::string_view node,
                                                  std::string_view port);
// "mx1:smtp". Both must exist, but nothing need listen there.
std::expected<Place, std::string> place_in(const scenario::Scenario& scenario, std::string_view text);

// Where somebody sits who talks to `target`: the nearest host with a user agent, else the nearest host, but
// not `target` itself while there is another that has a way to it.
std::string seat_before(const scenario::Scenario& scenario, std::string_view target);

}  // namespace mailroom::control
