// SPDX-License-Identifier: GPL-2.0-only
// What a resolver remembers of servers: who was silent, who is lame for which zone, who does not know EDNS.
// Bounded; nobody is thought dead for more than five minutes (RFC 2308 §7.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "protocols/dns/addresses.hpp"
#include "protocols/dns/name.hpp"

namespace mailroom::dns {

class ServerMemory {
 public:
  void answered(Ipv4 server, std::int64_t now_ns);
  void was_silent(Ipv4 server, std::int64_t now_ns);
  void is_lame(Ipv4 server, const Name& zone, std::int64_t now_ns);
  void knows_no_edns(Ipv4 server, std::int64_t now_ns);

  bool has_edns(Ipv4 server, std::int64_t now_ns) const;
  // 0: nothing is against it; 1: it was silent; 2: it is lame for that zone. The smaller is asked first.
  int reluctance(Ipv4 server, const Name& zone, std::int64_t now_ns) const;

 private:
  struct Known {
    unsigned silences = 0;  // in a row
    std::int64_t silent_until_ns = 0;
    std::int64_t no_edns_until_ns = 0;
  };
  Known& known(Ipv4 server, std::int64_t now_ns);

  std::map<Ipv4, Known> servers_;
  std::map<std::pair<Ipv4, Name>, std::int64_t> lame_until_ns_;
};

}  // namespace mailroom::dns
