// SPDX-License-Identifier: GPL-2.0-only
// Datagrams over ns-3's UDP. Each carries a tag with the context that it was sent under: ns-3 keeps the tag
// on every copy and fragment of the packet, so the receiver, and whoever sees a frame of it lost, know what
// it was sent for. No octet on the wire says so.
#pragma once

#include <ns3/ipv4-header.h>
#include <ns3/ipv4-interface.h>
#include <ns3/node.h>
#include <ns3/packet.h>
#include <ns3/tag.h>

#include <memory>
#include <string_view>

#include "sim/net/frame_fate.hpp"
#include "sim/net/network.hpp"
#include "sim/net/ns3_world.hpp"

namespace ns3 {
class Ipv4EndPoint;
class UdpL4Protocol;
}  // namespace ns3

namespace mailroom::net {

class Ns3DatagramTag final : public ns3::Tag {
 public:
  static ns3::TypeId GetTypeId();
  ns3::TypeId GetInstanceTypeId() const override { return GetTypeId(); }
  std::uint32_t GetSerializedSize() const override;
  void Serialize(ns3::TagBuffer buffer) const override;
  void Deserialize(ns3::TagBuffer buffer) override;
  void Print(std::ostream& out) const override;

  explicit operator bool() const { return static_cast<bool>(source.address); }

  trace::Context context;  // of send()
  trace::EventId sent;     // datagram.sent, or what stands for it
  Endpoint source, destination;
  std::uint32_t size = 0;  // octets without headers
};

class Ns3DatagramSocket final : public DatagramSocket {
 public:
  // As Network::open_datagrams(); `local` is the host's address and the port that is asked for.
  static std::unique_ptr<Ns3DatagramSocket> open(Ns3World& world, const ns3::Ptr<ns3::Node>& node,
                                                 trace::HostId host, Endpoint local, DatagramUser& user);
  Ns3DatagramSocket(Ns3World& world, ns3::Ptr<ns3::UdpL4Protocol> udp, ns3::Ipv4EndPoint* end,
                    trace::HostId host, Endpoint local, DatagramUser& user);
  ~Ns3DatagramSocket() override;

  Endpoint local() const override { return local_; }
  trace::EventId disturbance(Endpoint remote) const override;
  void ignore(Endpoint remote, trace::Blame blame, std::string_view what) override;
  void send(Endpoint to, std::string_view octets) override;

 private:
  void receive(ns3::Ptr<ns3::Packet> packet, ns3::Ipv4Header header, std::uint16_t source_port,
               ns3::Ptr<ns3::Ipv4Interface> interface);
  void receive_icmp(ns3::Ipv4Address from, std::uint8_t ttl, std::uint8_t type, std::uint8_t code,
                    std::uint32_t info);
  trace::Event event(trace::Kind kind, std::string_view text) const;
  trace::EventId record(trace::Kind kind, Endpoint remote, std::uint32_t size);

  Ns3World& world_;
  ns3::Ptr<ns3::UdpL4Protocol> udp_;
  ns3::Ipv4EndPoint* end_;
  trace::HostId host_;
  Endpoint local_;
  DatagramUser& user_;
  struct Sent {
    trace::Context context;
    std::uint16_t port;
  };
  std::map<Address, Sent> last_sent_;  // by where to
};

// Notes at both its ends that a frame of the datagram was lost at `host`; `frame` is what says so at level
// packets, or what stands for it.
void ns3_datagram_lost(Ns3World& world, const Ns3DatagramTag& datagram, trace::EventId frame,
                       trace::HostId host, trace::LinkId link, const FrameFate& fate);

}  // namespace mailroom::net
