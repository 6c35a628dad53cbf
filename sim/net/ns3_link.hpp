// SPDX-License-Identifier: GPL-2.0-only
// One end of a link between two nodes: sends frames at the link's rate to the other end, where they arrive
// after its delay; those that wait for the wire stand in a queue that drops what it has no room for.
//
// It behaves as ns-3's point-to-point device with its channel and its drop-tail queue do, event by event, but
// takes what TCP sends straight from Ns3Ip and gives it straight to the other end's: most of what ns-3 spends
// on a frame it spends between these layers. What ns-3's own IP sends (ICMP, fragments) comes through Send(),
// as with any device.
#pragma once

#include <ns3/event-impl.h>
#include <ns3/point-to-point-net-device.h>

#include <cstdint>

#include "sim/net/fifo.hpp"
#include "sim/net/frame_fate.hpp"
#include "sim/net/ns3_frame.hpp"

namespace mailroom::net {

class Ns3Ip;
class Ns3Port;

class Ns3Link : public ns3::PointToPointNetDevice {
 public:
  struct Way {
    std::int64_t rate_bps = 0;
    std::int64_t delay_ns = 0;
    std::int64_t queue_packets = 0;
  };

  static ns3::TypeId GetTypeId();
  Ns3Link();
  ~Ns3Link() override;

  // All of these outlive the simulation's last event. `port` accounts this end's frames, `ip` is its node's.
  void connect(Ns3Link& peer, const Way& way, Ns3Port& port, Ns3Ip& ip);
  void send(Ns3Frame frame);
  // Faults: what is wrong with the link has changed. Of a link that goes down, what waits and what is on the wire is lost.
  void trouble_changed();

  bool IsLinkUp() const override { return true; }
  bool Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address& to, std::uint16_t protocol) override;

 private:
  template <void (Ns3Link::*kWhat)()>
  class Event;

  void transmit(Ns3Frame frame);
  void transmitted();
  void arrived();  // at the other end
  void arrive_in_trouble(Ns3Frame frame, trace::EventId sent);
  void hand_over(const Ns3Frame& frame, trace::EventId sent);

  Ns3Link* peer_ = nullptr;
  Ns3Port* port_ = nullptr;
  Ns3Ip* ip_ = nullptr;
  ns3::DataRate rate_;
  ns3::Time delay_;
  std::size_t queue_limit_ = 0;
  bool is_sending_ = false;
  ns3::Time last_arrival_;       // frames arrive in their order, whatever becomes of the delay
  std::size_t doomed_ = 0;       // so many of those under way are lost
  FrameFate doom_{};             // and this is why
  Fifo<Ns3Frame> queue_;      // wait for the wire
  Fifo<Ns3Frame> under_way_;  // on it, in the order in which they arrive
  // Events carry nothing, so that each of the two kinds is one object for the whole run.
  ns3::Ptr<ns3::EventImpl> transmitted_, arrived_;
};

}  // namespace mailroom::net
