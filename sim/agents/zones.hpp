// SPDX-License-Identifier: GPL-2.0-only
// The zones of a run, who serves them, and where resolvers begin: made of a scenario, as plain data.
//
// A scenario that says nothing of the DNS gets
//  - the root zone, and a zone for every top-level label (example, test), at the most central node of each
//  part
//    of the network, whose name as a server is a.root-servers.test (b. in the second part, …);
//  - a zone for every mail domain, at the host that has the domain, as small offices do: SOA, NS, an MX to
//  that
//    host, the addresses of all hosts whose names are in it;
//  - 10.in-addr.arpa, with the names of all hosts, at the root's node.
// Each is delegated from the one above it, with glue where it is needed. What the scenario says of zones
// comes on top; broken zones are served as they are.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "protocols/dns/zone.hpp"
#include "sim/agents/static_names.hpp"
#include "sim/net/network.hpp"
#include "sim/scenario/diagnostic.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

struct NameSystem {
  struct Hint {  // a server of the root zone
    dns::Name server;
    net::Address address;
  };
  // By the node that serves them; with none, a name server that refuses everything: somebody takes it for one.
  std::map<std::string, std::vector<dns::Zone>> zones_at;
  std::vector<dns::Zone> unserved;  // delegated to servers that do not serve them, and served nowhere else
  std::map<std::string, Hint> hint_for;  // by mail host: the root's server in its part of the network
};

NameSystem make_name_system(const scenario::Scenario& scenario);

// Everything that the zones say, for those who ask nobody.
StaticNames table_of(const NameSystem& names);

// What is wrong with zones that the scenario says something of, or will surprise somebody: where it says it,
// in the file's order. `file` is the scenario's.
std::vector<scenario::Diagnostic> zone_warnings(const scenario::Scenario& scenario, const std::string& file);

}  // namespace mailroom::agents
