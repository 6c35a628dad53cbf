// SPDX-License-Identifier: GPL-2.0-only
// Makes ns-3's nodes, links and protocols from a topology: only what TCP over IPv4 needs, no queue
// disciplines, no IPv6.
#pragma once

#include <ns3/node.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/net/ns3_ip.hpp"
#include "sim/net/ns3_port.hpp"
#include "sim/net/ns3_world.hpp"
#include "topologies/graph.hpp"

namespace mailroom::net {

class Ns3Link;

struct Ns3Wires {
  struct Ends {  // of a link, or of an attachment to a LAN segment: it has one port and no link
    std::vector<Ns3Port*> ports;
    std::vector<Ns3Link*> links;
  };
  std::vector<ns3::Ptr<ns3::Node>> nodes;  // by node of the graph; null for a LAN segment
  std::vector<std::unique_ptr<Ns3Ip>> ips;  // likewise
  std::vector<std::unique_ptr<Ns3Port>> ports;
  std::vector<std::unique_ptr<Ns3Lan>> lans;
  std::vector<Ends> ends;  // by edge
};

// Sets ns-3's global state. Before anything else of ns-3.
void ns3_prepare(std::uint64_t seed, bool with_checksums);

Ns3Wires ns3_build(Ns3World& world, const topology::Graph& graph);

}  // namespace mailroom::net
