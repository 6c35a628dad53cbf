// SPDX-License-Identifier: GPL-2.0-only
// The disk, the spool and the clock of a host.
#include "sim/main/fault_effects.hpp"
#include "sim/main/simulation.hpp"

namespace mailroom {

using faults::Fault;
using Kind = faults::Kind;

bool FaultEffects::change_host(const Fault& fault, const Blame& blame) {
  if (fault.nodes.size() != 1) return false;
  net::Host& host = simulation_.host(fault.node());
  const auto skew_by = [&](std::int64_t by_ns) {
    host.skew_clock(blame ? std::optional(net::Host::Skew{by_ns, *blame}) : std::nullopt);
  };
  switch (fault.kind) {
    case Kind::disk_full:
      host.disk().fill(blame);
      return true;
    case Kind::disk_slow:
      host.disk().slow_down(blame ? fault.time_ns : 0, blame);
      return true;
    case Kind::spool_corrupted:
      if (blame) simulation_.site(fault.node())->mta().corrupt_spool(fault.share_per_billion, fault.what, *blame);
      return true;
    case Kind::clock_ahead:
      skew_by(fault.time_ns);
      return true;
    case Kind::clock_behind:
      skew_by(-fault.time_ns);
      return true;
    default:
      return false;
  }
}

}  // namespace mailroom
