// SPDX-License-Identifier: GPL-2.0-only
// Links, connections, and hosts that are out of operation.
#include "sim/main/fault_effects.hpp"
#include "sim/main/simulation.hpp"

namespace mailroom {

using faults::Fault;
using net::LinkTrouble;
using Kind = faults::Kind;

namespace {

// Sets what the fault is about in the trouble of a link; nothing to blame: it is undone. False: it is none of links.
bool trouble_link(const Fault& fault, const std::optional<trace::Blame>& blame, LinkTrouble& trouble) {
  const auto set = [&blame](auto& member, auto what) {
    if (blame) {
      member.emplace(what, *blame);
    } else {
      member.reset();
    }
    return true;
  };
  switch (fault.kind) {
    case Kind::link_slow:
      return set(trouble.rate, LinkTrouble::Rate{fault.rate_bps});
    case Kind::link_delayed:
      return set(trouble.delay, LinkTrouble::Delay{fault.time_ns});
    case Kind::link_losing:
      return set(trouble.loss, LinkTrouble::Loss{fault.share_per_billion, 1});
    case Kind::link_losing_in_bursts:
      return set(trouble.loss, LinkTrouble::Loss{fault.share_per_billion, fault.count});
    case Kind::link_duplicating:
      return set(trouble.duplication, LinkTrouble::Share{fault.share_per_billion});
    case Kind::link_reordering:
      return set(trouble.reordering, LinkTrouble::Reordering{fault.share_per_billion, fault.time_ns});
    case Kind::link_corrupting:
      return set(trouble.corruption, LinkTrouble::Share{fault.share_per_billion});
    default:
      return false;
  }
}

bool takes_links_down(Kind kind) {
  return kind == Kind::link_down || kind == Kind::partition || kind == Kind::host_unreachable;
}

}  // namespace

bool FaultEffects::begin_in_network(const Fault& fault, trace::Blame blame, trace::ConnectionId connection) {
  net::Ns3Network& network = simulation_.network();
  const auto change_all = [&](const auto& change) {
    for (const trace::LinkId link : links_of(fault)) network.change(link, change);
    return true;
  };
  if (takes_links_down(fault.kind)) {
    return change_all([&blame](LinkTrouble& trouble) { trouble.down.insert({blame.fault, blame.began}); });
  }
  if (fault.kind == Kind::host_out_of_operation) {
    // First the network, so that nobody hears of it.
    for (const trace::LinkId link : links_of(fault))
      network.change(link, [&blame](LinkTrouble& trouble) { trouble.silent.insert({blame.fault, blame.began}); });
    simulation_.crash(fault.node());
    return true;
  }
  if (fault.kind == Kind::tcp_reset || fault.kind == Kind::tcp_cut) {
    const net::Ns3Network::Connections which{network.host(fault.nodes[0]).id(), network.host(fault.nodes[1]).id(), connection};
    fault.kind == Kind::tcp_cut ? network.cut(which, blame) : network.reset(which, blame);
    return true;
  }
  LinkTrouble probe;
  if (!trouble_link(fault, blame, probe)) return false;
  return change_all([&](LinkTrouble& trouble) { trouble_link(fault, blame, trouble); });
}

bool FaultEffects::end_in_network(const Fault& fault, trace::FaultId id) {
  net::Ns3Network& network = simulation_.network();
  const auto change_all = [&](const auto& change) {
    for (const trace::LinkId link : links_of(fault)) network.change(link, change);
    return true;
  };
  if (takes_links_down(fault.kind)) return change_all([id](LinkTrouble& trouble) { trouble.down.erase(id); });
  if (fault.kind == Kind::host_out_of_operation) {
    change_all([id](LinkTrouble& trouble) { trouble.silent.erase(id); });
    simulation_.restart(fault.node());
    return true;
  }
  if (fault.kind == Kind::tcp_reset) return true;
  if (fault.kind == Kind::tcp_cut) {
    network.mend(id);
    return true;
  }
  LinkTrouble probe;
  if (!trouble_link(fault, std::nullopt, probe)) return false;
  return change_all([&](LinkTrouble& trouble) { trouble_link(fault, std::nullopt, trouble); });
}

}  // namespace mailroom
