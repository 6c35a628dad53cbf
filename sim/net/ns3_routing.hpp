// SPDX-License-Identifier: GPL-2.0-only
// A node's part in routing: asks Routes for the next hop, and keeps a route object an outgoing link, not a
// destination.
#pragma once

#include <ns3/ipv4-route.h>
#include <ns3/ipv4-routing-protocol.h>

#include <cstdint>
#include <unordered_map>

#include "sim/net/ns3_compat.hpp"
#include "sim/net/routes.hpp"

namespace mailroom::net {

class Ns3Routing : public ns3::Ipv4RoutingProtocol {
 public:
  static ns3::TypeId GetTypeId();

  void set_node(Routes& routes, Routes::Node self);
  // The device at this end of a link.
  void add_device(std::uint32_t edge, const ns3::Ptr<ns3::NetDevice>& device);

  // nullptr: there is no way.
  ns3::Ptr<ns3::Ipv4Route> route_to(ns3::Ipv4Address destination);

  ns3::Ptr<ns3::Ipv4Route> RouteOutput(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv4Header& header,
                                       ns3::Ptr<ns3::NetDevice> device,
                                       ns3::Socket::SocketErrno& error) override;
  bool RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv4Header& header,
                  ns3::Ptr<const ns3::NetDevice> device, RouteInputArgument<UnicastForwardCallback> forward,
                  RouteInputArgument<MulticastForwardCallback> multicast,
                  RouteInputArgument<LocalDeliverCallback> deliver,
                  RouteInputArgument<ErrorCallback> error) override;
  void NotifyInterfaceUp(std::uint32_t) override {}
  void NotifyInterfaceDown(std::uint32_t) override {}
  void NotifyAddAddress(std::uint32_t, ns3::Ipv4InterfaceAddress) override {}
  void NotifyRemoveAddress(std::uint32_t, ns3::Ipv4InterfaceAddress) override {}
  void SetIpv4(ns3::Ptr<ns3::Ipv4> ipv4) override { ipv4_ = std::move(ipv4); }
  void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper>, ns3::Time::Unit) const override {}

 protected:
  void DoDispose() override;

 private:
  ns3::Ptr<ns3::Ipv4Route> make_route(const ns3::Ptr<ns3::NetDevice>& device, Address gateway) const;

  Routes* routes_ = nullptr;
  Routes::Node self_ = 0;
  ns3::Ptr<ns3::Ipv4> ipv4_;
  std::unordered_map<std::uint32_t, ns3::Ptr<ns3::NetDevice>> devices_;  // by edge
  std::unordered_map<std::uint64_t, ns3::Ptr<ns3::Ipv4Route>> by_hop_;   // by edge and next node
  ns3::Ptr<ns3::Ipv4Route> to_self_;
};

}  // namespace mailroom::net
