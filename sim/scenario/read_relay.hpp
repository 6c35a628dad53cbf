// SPDX-License-Identifier: GPL-2.0-only
// Where a host passes mail on and for whom: the keys 'forward' and 'relay'. Names of hosts are looked up when
// all hosts are known.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/fields.hpp"
#include "sim/scenario/read_topology.hpp"
#include "sim/scenario/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// A line of the transport table.
struct ForwardEntry {
  std::string domain;  // ".x": all below x; "*": the rest
  ForwardTo to;
  Position at;  // of `to`
};
std::vector<ForwardEntry> read_forward(const Value& value, Report& report);

// All but the clients' names, which come back as they are written; networks among them are done.
std::vector<Word> read_relay(const Value& value, RelayPolicy& relay, Report& report);
// Puts the hosts that the names mean into relay.clients: hosts, those on a LAN, those of a pattern. `hosts` is
// by name.
void resolve_relay_clients(const std::vector<Word>& names, const Topology& topology,
                           const std::unordered_map<std::string, std::size_t>& hosts, RelayPolicy& relay,
                           Report& report);

}  // namespace mailroom::scenario
