// SPDX-License-Identifier: GPL-2.0-only
// The faults of a network: what is wrong with its links, and which of its connections are cut.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "sim/net/link_trouble.hpp"
#include "sim/net/ns3_network.hpp"
#include "sim/net/ns3_builder.hpp"
#include "sim/net/ns3_world.hpp"

namespace mailroom::net {

class Ns3Faults {
 public:
  // Both must outlive it.
  Ns3Faults(Ns3World& world, const Ns3Wires& wires) : world_(world), wires_(wires) {}

  void change(trace::LinkId link, const std::function<void(LinkTrouble&)>& change);
  void cut(const Ns3Network::Connections& which, trace::Blame blame);
  void mend(trace::FaultId fault);
  void reset(const Ns3Network::Connections& which, trace::Blame blame);

 private:
  std::vector<std::shared_ptr<Conversation>> found(const Ns3Network::Connections& which) const;

  Ns3World& world_;
  const Ns3Wires& wires_;
  std::map<trace::LinkId, LinkTrouble> troubles_;
};

}  // namespace mailroom::net
