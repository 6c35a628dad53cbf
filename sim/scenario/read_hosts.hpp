// SPDX-License-Identifier: GPL-2.0-only
// The part 'hosts' of a scenario: templates applied to the nodes that they match, and what each host says.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "sim/scenario/addresses.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/read_smtp.hpp"
#include "sim/scenario/read_topology.hpp"
#include "sim/scenario/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// Who sends from a user agent's host: patterns of addresses, by order of the file.
struct Agents {
  std::size_t host = 0;
  std::vector<std::string> patterns;  // written ones; empty: all of the domains
  std::vector<std::string> domains;   // of the host that it submits to
};

struct Hosts {
  std::vector<Host> hosts;
  std::unordered_map<std::string, std::size_t> index;  // by name
  AddressBook book;
  std::vector<Agents> agents;
  bool is_complete = true;  // false: some host could not be read, so that a missing one means nothing
};

// `initial` has the retry, delivery and smtp of hosts that say nothing else. `value` may be nullptr or null.
Hosts read_hosts(const Value* value, const Topology& topology, const Host& initial, Report& report);


}  // namespace mailroom::scenario
