// SPDX-License-Identifier: GPL-2.0-only
// The short way of a node's datagrams between its links and TCP. An open connection's segments go straight to
// its socket, what is for other nodes straight to the next link, and what TCP sends straight to the first
// one; with the headers that ns-3's IP gives them. All else (SYNs, what no socket waits for, ICMP, segments
// of a LAN, what has come to the end of its time to live) takes ns-3's own way, which tells the same in more
// steps.
#pragma once

#include <ns3/ipv4-l3-protocol.h>
#include <ns3/ipv4-route.h>

#include <cstdint>
#include <unordered_map>

#include "sim/net/ns3_frame.hpp"
#include "sim/net/ns3_routing.hpp"
#include "sim/net/ns3_world.hpp"

namespace mailroom::net {

class Ns3Link;
class Ns3Socket;

class Ns3Ip {
 public:
  Ns3Ip(Ns3World& world, Address own, ns3::Ptr<ns3::Ipv4L3Protocol> ipv4, ns3::Ptr<Ns3Routing> routing);

  // As ns3::Ipv4::Send(): what TCP gives to IP.
  void send(ns3::Ptr<ns3::Packet> segment, ns3::Ipv4Address source, ns3::Ipv4Address destination,
            std::uint8_t protocol, ns3::Ptr<ns3::Ipv4Route> route);
  // A frame that has come over `link`.
  void receive(Ns3Link& link, Ns3Frame frame);
  // The link on the way of a frame is down, and everybody on this node knows: who sent it is told that the host is
  // unreachable (RFC 792), by ICMP, or at once if that is a socket of this node (RFC 1122 §4.2.3.9).
  void cannot_send(const Ns3Frame& frame);

 private:
  Ns3Socket* receiver_of(const Ns3Frame& frame) const;
  bool forward(Ns3Frame& frame);

  Ns3World& world_;
  Address own_;
  ns3::Ptr<ns3::Ipv4L3Protocol> ipv4_;
  ns3::Ptr<Ns3Routing> routing_;
  std::unordered_map<std::uint32_t, std::uint16_t> identification_;  // of the next datagram to an address
};

}  // namespace mailroom::net
