// SPDX-License-Identifier: GPL-2.0-only
// Relays that do not conform.
#include "sim/agents/mangling.hpp"
#include "sim/main/fault_effects.hpp"
#include "sim/main/simulation.hpp"

namespace mailroom {

using agents::Mangle;
using faults::Fault;
using Kind = faults::Kind;

namespace {

std::optional<Mangle> mangle_of(Kind kind) {
  switch (kind) {
    case Kind::relay_clears_bit_8:
      return Mangle::clears_bit_8;
    case Kind::relay_wraps:
      return Mangle::wraps_lines;
    case Kind::relay_trims_blanks:
      return Mangle::trims_blanks;
    case Kind::relay_writes_from:
      return Mangle::writes_from;
    case Kind::relay_converts_line_ends:
      return Mangle::converts_line_ends;
    case Kind::relay_truncates:
      return Mangle::truncates;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool FaultEffects::change_relay(const Fault& fault, const Blame& blame) {
  const auto how = mangle_of(fault.kind);
  if (!how) return false;
  simulation_.site(fault.node())->mta().trouble_relay([&](agents::RelayTrouble& trouble) {
    auto& one = trouble.of[static_cast<std::size_t>(*how)];
    one.reset();
    const std::int64_t limit = *how == Mangle::truncates ? fault.size_bytes : fault.count;
    if (blame) one = agents::RelayTrouble::One{fault.what, limit, *blame};
  });
  return true;
}

}  // namespace mailroom
