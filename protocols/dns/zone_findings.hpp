// SPDX-License-Identifier: GPL-2.0-only
// What is wrong with a zone, or will surprise somebody. Findings, not refusals: a broken zone is served as it
// is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dns/zone.hpp"

namespace mailroom::dns {

enum class ZoneFault : std::uint8_t {
  no_soa,                 // RFC 1035 §5.2; negative answers cannot be cached
  several_soas,           // RFC 1035 §5.2
  no_ns,                  // RFC 1034 §4.2.1
  outside_zone,           // RFC 1035 §5.2
  ttls_differ,            // RFC 2181 §5.2
  cname_with_other_data,  // RFC 1034 §3.6.2
  several_cnames,         // RFC 2181 §10.1
  cname_loop,             // RFC 1034 §3.6.2
  cname_to_nothing,       // within the zone
  mx_to_cname,            // RFC 2181 §10.3
  ns_to_cname,            // RFC 2181 §10.3
  mx_to_address,          // a name of four numbers: RFC 1035 §3.3.9 wants a host's name
  mx_without_address,     // within the zone
  ns_without_address,     // within the zone
  null_mx_with_others,    // RFC 7505 §3
  null_mx_preference,     // RFC 7505 §3: it should be 0
  missing_glue,           // RFC 1034 §4.2.1: a delegation to a server below the cut, without its address
  hidden_by_cut,          // RFC 1034 §4.2.1: below a cut, and no glue
};
std::string_view name(ZoneFault fault);  // "no_soa"

struct ZoneFinding {
  ZoneFault fault;
  Name owner;
  std::string text;  // what is wrong, and what would be right, for people
};

// In the order of the zone's names.
std::vector<ZoneFinding> findings(const Zone& zone);

}  // namespace mailroom::dns
