// SPDX-License-Identifier: GPL-2.0-only
// Name servers, and what zones say.
#include "sim/main/fault_effects.hpp"
#include "sim/main/simulation.hpp"
#include "sim/scenario/fault_targets.hpp"

namespace mailroom {

using agents::NameTrouble;
using faults::Fault;
using Kind = faults::Kind;

namespace {

// False: it is none of name servers.
bool change_trouble(const Fault& fault, const std::optional<trace::Blame>& blame, std::uint32_t ttl_s,
                    NameTrouble& trouble) {
  const auto fail = [&](dns::Rcode rcode) {
    trouble.fails.reset();
    if (blame) trouble.fails = {rcode, *blame};
    return true;
  };
  switch (fault.kind) {
    case Kind::dns_stopped:
      trouble.stopped = blame;
      return true;
    case Kind::dns_hung:
      trouble.hung = blame;
      return true;
    case Kind::dns_servfail:
      return fail(dns::Rcode::server_failure);
    case Kind::dns_nxdomain:
      return fail(dns::Rcode::name_error);
    case Kind::dns_lying:
      trouble.lies.erase(fault.what);
      if (blame) trouble.lies.emplace(fault.what, NameTrouble::Lie{*scenario::record_of(fault, ttl_s), *blame});
      return true;
    case Kind::dns_stale:
      trouble.stale = blame;
      return true;
    default:
      return false;
  }
}

}  // namespace

bool FaultEffects::change_names(const Fault& fault, const Blame& blame) {
  const std::uint32_t ttl_s = scenario_.dns.ttl_s;
  if (fault.kind == Kind::dns_changed) {
    if (blame) {
      simulation_.naming().replace(fault.what, *scenario::record_of(fault, ttl_s));
    } else {
      simulation_.naming().restore(fault.what);
    }
    return true;
  }
  NameTrouble probe;
  if (!change_trouble(fault, std::nullopt, ttl_s, probe)) return false;
  if (agents::DnsServer* const server = simulation_.naming().server(fault.node()))
    server->trouble([&](NameTrouble& trouble) { change_trouble(fault, blame, ttl_s, trouble); });
  return true;
}

}  // namespace mailroom
