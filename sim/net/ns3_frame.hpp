// SPDX-License-Identifier: GPL-2.0-only
// What goes over a link: an IP datagram whose header stands beside its payload. ns-3 would write the header
// into the packet and read it again at every hop; here that is done only where someone wants to see its
// octets.
#pragma once

#include <ns3/ipv4-header.h>
#include <ns3/node.h>
#include <ns3/packet.h>

#include <cstdint>

namespace mailroom::net {

struct Ns3Frame {
  static constexpr std::uint32_t kPppHeader = 2, kIpHeader = 20;  // of the link, and of IP without options

  ns3::Ptr<ns3::Packet> payload;  // from the transport's header on
  ns3::Ipv4Header ip;

  // Of a packet that begins with its IP header.
  static Ns3Frame of(const ns3::Ptr<ns3::Packet>& packet) {
    Ns3Frame frame{packet, {}};
    if (ns3::Node::ChecksumEnabled()) frame.ip.EnableChecksum();
    packet->RemoveHeader(frame.ip);
    return frame;
  }
  // The packet with its IP header in front.
  ns3::Ptr<ns3::Packet> packet() const {
    ns3::Ipv4Header header = ip;
    if (ns3::Node::ChecksumEnabled()) header.EnableChecksum();
    const ns3::Ptr<ns3::Packet> whole = payload->Copy();
    whole->AddHeader(header);
    return whole;
  }
  // Octets on the link, the header of PPP (RFC 1661) included.
  std::uint32_t size() const { return kPppHeader + kIpHeader + payload->GetSize(); }
};

}  // namespace mailroom::net
