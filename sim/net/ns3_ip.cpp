// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_ip.hpp"

#include <ns3/icmpv4-l4-protocol.h>
#include <ns3/icmpv4.h>
#include <ns3/simulator.h>
#include <ns3/tcp-l4-protocol.h>

#include <utility>

#include "sim/net/ns3_link.hpp"
#include "sim/net/ns3_settings.hpp"
#include "sim/net/ns3_socket.hpp"

namespace mailroom::net {

namespace {

constexpr std::uint8_t kIcmp = 1;  // as a protocol of IP (RFC 792)

// The link that a route leads over; nullptr: it leads over a LAN segment, or stays on the node.
Ns3Link* link_of(const ns3::Ipv4Route& route) {
  ns3::NetDevice* const device = ns3::PeekPointer(route.GetOutputDevice());
  return device->IsPointToPoint() ? static_cast<Ns3Link*>(device) : nullptr;
}

bool is_whole_segment(const ns3::Ipv4Header& ip) {
  return ip.GetProtocol() == ns3::TcpL4Protocol::PROT_NUMBER && ip.IsLastFragment() &&
         ip.GetFragmentOffset() == 0;
}

}  // namespace

Ns3Ip::Ns3Ip(Ns3World& world, Address own, ns3::Ptr<ns3::Ipv4L3Protocol> ipv4, ns3::Ptr<Ns3Routing> routing)
    : world_(world), own_(own), ipv4_(std::move(ipv4)), routing_(std::move(routing)) {}

void Ns3Ip::send(ns3::Ptr<ns3::Packet> segment, ns3::Ipv4Address source, ns3::Ipv4Address destination,
                 std::uint8_t protocol, ns3::Ptr<ns3::Ipv4Route> route) {
  Ns3Link* const link = route ? link_of(*route) : nullptr;
  if (link == nullptr) return ipv4_->Send(segment, source, destination, protocol, route);
  Ns3Frame frame{std::move(segment), {}};
  frame.ip.SetSource(source);
  frame.ip.SetDestination(destination);
  frame.ip.SetProtocol(protocol);
  frame.ip.SetPayloadSize(static_cast<std::uint16_t>(frame.payload->GetSize()));
  frame.ip.SetTtl(kTimeToLive);
  frame.ip.SetMayFragment();
  frame.ip.SetIdentification(identification_[destination.Get()]++);
  link->send(std::move(frame));
}

void Ns3Ip::receive(Ns3Link& link, Ns3Frame frame) {
  if (frame.ip.GetDestination().Get() == own_.value) {
    if (Ns3Socket* const socket = receiver_of(frame)) {
      socket->hear(frame.payload, frame.ip.GetSource(), frame.ip.GetDestination());
      return;
    }
  } else if (forward(frame)) {
    return;
  }
  const ns3::Address self = link.GetAddress();
  ipv4_->Receive(&link, frame.packet(), ns3::Ipv4L3Protocol::PROT_NUMBER, self, self,
                 ns3::NetDevice::PACKET_HOST);
}

void Ns3Ip::cannot_send(const Ns3Frame& frame) {
  if (frame.ip.GetProtocol() == kIcmp) return;  // RFC 1122 §3.2.2: never about one of its own kind
  const auto route = routing_->route_to(frame.ip.GetSource());
  if (!route) return;
  ns3::Icmpv4DestinationUnreachable unreachable;
  unreachable.SetHeader(frame.ip);
  unreachable.SetData(frame.payload);
  ns3::Icmpv4Header icmp;
  icmp.SetType(ns3::Icmpv4Header::ICMPV4_DEST_UNREACH);
  icmp.SetCode(ns3::Icmpv4DestinationUnreachable::ICMPV4_HOST_UNREACHABLE);
  if (ns3::Node::ChecksumEnabled()) icmp.EnableChecksum();
  const auto packet = ns3::Create<ns3::Packet>();
  packet->AddHeader(unreachable);
  packet->AddHeader(icmp);
  // Not in the middle of the call that sends: the socket is not ready to hear of its end.
  ns3::Simulator::ScheduleNow([ipv4 = ipv4_, packet, own = own_, to = frame.ip.GetSource(), route] {
    ipv4->Send(packet, ns3::Ipv4Address(own.value), to, kIcmp, route);
  });
}

// The socket of an open connection that the frame is for.
Ns3Socket* Ns3Ip::receiver_of(const Ns3Frame& frame) const {
  if (!is_whole_segment(frame.ip)) return nullptr;
  std::uint8_t ports[4] = {};
  frame.payload->CopyData(ports, sizeof ports);
  const auto port = [&ports](int at) { return static_cast<std::uint16_t>(ports[at] << 8 | ports[at + 1]); };
  const auto found = world_.conversations.find({{frame.ip.GetSource().Get()}, port(0)},
                                               {{frame.ip.GetDestination().Get()}, port(2)});
  if (found.conversation == nullptr) return nullptr;
  Ns3Socket* const socket = found.conversation->receivers[Conversation::other(found.sender)];
  return socket != nullptr && socket->has_endpoint() ? socket : nullptr;
}

bool Ns3Ip::forward(Ns3Frame& frame) {
  const std::uint8_t time_to_live = frame.ip.GetTtl();
  const auto route = routing_->route_to(frame.ip.GetDestination());
  Ns3Link* const next = route ? link_of(*route) : nullptr;
  if (next == nullptr || time_to_live <= 1) return false;
  frame.ip.SetTtl(static_cast<std::uint8_t>(time_to_live - 1));
  next->send(std::move(frame));
  return true;
}

}  // namespace mailroom::net
