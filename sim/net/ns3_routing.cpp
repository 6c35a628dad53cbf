// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_routing.hpp"

#include <ns3/ipv4.h>
#include <ns3/net-device.h>
#include <ns3/packet.h>

namespace mailroom::net {

NS_OBJECT_ENSURE_REGISTERED(Ns3Routing);

ns3::TypeId Ns3Routing::GetTypeId() {
  static ns3::TypeId id =
      ns3::TypeId("mailroom::Ns3Routing").SetParent<ns3::Ipv4RoutingProtocol>().AddConstructor<Ns3Routing>();
  return id;
}

void Ns3Routing::set_node(Routes& routes, Routes::Node self) {
  routes_ = &routes;
  self_ = self;
}

void Ns3Routing::add_device(std::uint32_t edge, const ns3::Ptr<ns3::NetDevice>& device) {
  devices_[edge] = device;
}

void Ns3Routing::DoDispose() {
  devices_.clear();
  by_hop_.clear();
  to_self_ = nullptr;
  ipv4_ = nullptr;
  ns3::Ipv4RoutingProtocol::DoDispose();
}

ns3::Ptr<ns3::Ipv4Route> Ns3Routing::make_route(const ns3::Ptr<ns3::NetDevice>& device,
                                                Address gateway) const {
  const auto route = ns3::Create<ns3::Ipv4Route>();
  route->SetSource(ns3::Ipv4Address(routes_->address(self_).value));
  route->SetGateway(ns3::Ipv4Address(gateway.value));
  route->SetOutputDevice(device);
  return route;
}

ns3::Ptr<ns3::Ipv4Route> Ns3Routing::route_to(ns3::Ipv4Address destination) {
  const auto to = routes_->node_with({destination.Get()});
  if (!to) return nullptr;
  if (*to == self_) {  // the loopback device is every node's interface 0
    if (!to_self_) to_self_ = make_route(ipv4_->GetNetDevice(0), {});
    return to_self_;
  }
  const Routes::Hop hop = routes_->next(self_, *to);
  if (!hop) return nullptr;
  ns3::Ptr<ns3::Ipv4Route>& route = by_hop_[std::uint64_t{hop.edge} << 32 | hop.node];
  if (!route) route = make_route(devices_.at(hop.edge), routes_->address(hop.node));
  return route;
}

ns3::Ptr<ns3::Ipv4Route> Ns3Routing::RouteOutput(ns3::Ptr<ns3::Packet>, const ns3::Ipv4Header& header,
                                                 ns3::Ptr<ns3::NetDevice>, ns3::Socket::SocketErrno& error) {
  auto route = route_to(header.GetDestination());
  error = route ? ns3::Socket::ERROR_NOTERROR : ns3::Socket::ERROR_NOROUTETOHOST;
  return route;
}

bool Ns3Routing::RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv4Header& header,
                            ns3::Ptr<const ns3::NetDevice> device,
                            RouteInputArgument<UnicastForwardCallback> forward,
                            RouteInputArgument<MulticastForwardCallback>,
                            RouteInputArgument<LocalDeliverCallback> deliver,
                            RouteInputArgument<ErrorCallback> error) {
  const auto route = route_to(header.GetDestination());
  if (!route) {
    error(packet, header, ns3::Socket::ERROR_NOROUTETOHOST);
    return false;
  }
  if (route == to_self_) {
    deliver(packet, header, static_cast<std::uint32_t>(ipv4_->GetInterfaceForDevice(device)));
  } else {
    forward(route, packet, header);
  }
  return true;
}

}  // namespace mailroom::net
