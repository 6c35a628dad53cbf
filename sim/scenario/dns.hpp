// SPDX-License-Identifier: GPL-2.0-only
// What a scenario says of the DNS, as plain data. Zones that it says nothing of are made of hosts and domains
// (sim/agents/zones.hpp): only there does anything have an address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/dns/record.hpp"

namespace mailroom::scenario {

struct Place {  // in the scenario's file
  int line = 0;
  int column = 0;
};

struct DnsExchanger {
  std::uint16_t preference = 0;
  std::optional<std::string> host;  // of the scenario: its hostname is meant
  dns::Name name;                   // of anything else
  Place at;
};

struct DnsRecord {
  dns::Record record;
  Place at;
};

struct DnsZone {
  dns::Name apex;
  std::vector<std::string> servers;     // nodes that serve it; none: see Dns
  std::vector<std::string> delegation;  // nodes that the zone above names instead of them: a lame delegation
  std::optional<std::uint32_t> ttl_s;   // none: Dns::ttl_s
  std::vector<DnsExchanger> mx;         // of the apex; in place of the host that has the domain
  bool null_mx = false;                 // RFC 7505: the domain takes no mail
  std::vector<DnsRecord> records;       // beside those that every zone has
  Place at;
};

struct Dns {
  enum class Mode {
    servers,       // packets, name servers, resolvers
    static_table,  // everybody knows every name, and no packet moves
  } mode = Mode::servers;
  std::uint32_t ttl_s = 3600;
  std::uint32_t negative_ttl_s = 300;  // how long "there is none" may be believed (RFC 2308)
  std::uint16_t udp_octets = 1232;     // largest message over UDP; more goes over TCP. 512: without EDNS
  std::optional<std::string>
      root;  // node that serves the root zone and what nobody else does; none: the most central
  std::vector<DnsZone> zones;  // by order of the file, each apex once
};

}  // namespace mailroom::scenario
