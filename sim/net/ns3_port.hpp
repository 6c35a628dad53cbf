// SPDX-License-Identifier: GPL-2.0-only
// A network device as we watch it: one end of a link, or a station's attachment to a LAN segment. Accounts
// every frame that leaves, arrives or is lost there: events, flights, what has hit a connection.
#pragma once

#include <ns3/error-model.h>
#include <ns3/ipv4-l3-protocol.h>
#include <ns3/net-device.h>
#include <ns3/packet.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "sim/net/frame_fate.hpp"
#include "sim/net/ns3_frame.hpp"
#include "sim/net/ns3_world.hpp"
#include "sim/net/random.hpp"

namespace mailroom::net {

class Ns3Port;

// What the stations of a segment share.
struct Ns3Lan {
  Ns3Port* sender = nullptr;  // of the frame that is on the segment: there is but one at a time
};

class Ns3Port {
 public:
  struct Place {
    trace::LinkId link{};
    trace::HostId self{};
    trace::HostId peer{};  // none on a LAN segment
    int direction = 0;     // of frames that leave here
    std::string_view link_name;
    std::uint64_t loss_per_billion = 0;
  };

  Ns3Port(Ns3World& world, const Place& place, Ns3Lan* lan);

  // Of a LAN: hooks the device's traces, and takes what it receives straight to IP: ns-3's own way asks every
  // handler of the node whether it is for this device, which is slow on nodes with many attachments.
  void watch(const ns3::Ptr<ns3::NetDevice>& device, const ns3::Ptr<ns3::Ipv4L3Protocol>& ipv4);
  // Whether a frame that arrives here over the LAN is lost.
  bool loses(const ns3::Packet& frame);

  // Of a link: its other end, and what happens to frames at this one.
  void set_peer(Ns3Port& peer) { peer_ = &peer; }
  bool loses();  // the frame that arrives
  void sent(const Ns3Frame& frame) { on_sent({*frame.payload, &frame}); }
  void arrived(const Ns3Frame& frame, trace::EventId sent) { on_arrived({*frame.payload, &frame}, sent); }
  void lost(const Ns3Frame& frame, trace::EventId sent, const FrameFate& fate);
  // It never left.
  void not_sent(const Ns3Frame& frame, const FrameFate& fate) { dropped({*frame.payload, &frame}, fate, *this, {}); }
  // At level packets: the event that sent the frame that arrives next, and is taken off the list.
  trace::EventId take_sent();

  // Faults. The link is in trouble from now on; `trouble` is looked at for each frame.
  void afflict(const LinkTrouble& trouble);
  const LinkTrouble* trouble() const { return trouble_; }
  bool has_fates() const { return trouble_ != nullptr || world_.cuts > 0; }
  // What becomes of a frame that comes over the link from here.
  FrameFate fate(const Ns3Frame& frame) { return fate({*frame.payload, &frame}, fates_out_.get()); }

  static ns3::Mac48Address mac_of(trace::HostId host, trace::LinkId link);

 private:
  // A frame as it passes here.
  struct Sight {
    const ns3::Packet& packet;        // on a LAN all of it, Ethernet header first
    const Ns3Frame* frame = nullptr;  // on a link; then the packet is its payload
    std::uint32_t size() const { return frame != nullptr ? frame->size() : packet.GetSize(); }
  };
  struct Frame;  // what is read of a frame

  void on_sent(const Sight& sight);
  void on_arrived(const Sight& sight, trace::EventId sent);
  void on_lan_sent(ns3::Ptr<const ns3::Packet> packet) { on_sent({*packet}); }
  void on_lan_arrived(ns3::Ptr<const ns3::Packet> packet) { on_arrived({*packet}, lan_->sender->take_sent()); }
  void on_lan_queue_drop(ns3::Ptr<const ns3::Packet> packet) { dropped({*packet}, {.lost = "queue"}, *this, {}); }
  void on_lan_lost(ns3::Ptr<const ns3::Packet> packet) {
    dropped({*packet}, lan_fate_, *lan_->sender, lan_->sender->take_sent());
  }
  bool receive(ns3::Ptr<ns3::NetDevice> device, ns3::Ptr<const ns3::Packet> packet, std::uint16_t protocol,
               const ns3::Address& from);

  bool is_unwatched(const Sight& sight) const;
  Frame read(const Sight& sight) const;
  void record_octets(trace::EventId sent, const Sight& sight, std::uint32_t ip_size) const;
  FrameFate fate(const Sight& sight, FrameFates* fates) const;
  void dropped(const Sight& sight, const FrameFate& fate, const Ns3Port& sender, trace::EventId sent);
  trace::EventId record(trace::Kind kind, const Sight& sight, const Frame& frame, int direction,
                        const FrameFate& fate, trace::EventId cause) const;
  FlightLog::Leg leg_to(trace::HostId receiver) const;
  trace::HostId next_of(const Sight& sight) const;

  Ns3World& world_;
  Place place_;
  Ns3Lan* lan_;
  Ns3Port* peer_ = nullptr;
  std::uint32_t ip_at_;        // where the IP header is in a frame on the wire
  Random loss_out_, loss_in_;  // a LAN attachment's two ways; of a link, loss_out_ is the way out of here
  std::deque<trace::EventId> under_way_;  // frame.sent of what has left and not arrived, at level packets
  ns3::Ptr<ns3::Ipv4L3Protocol> ipv4_;
  const LinkTrouble* trouble_ = nullptr;
  std::unique_ptr<FrameFates> fates_out_, fates_in_;  // in: of a LAN attachment
  FrameFate lan_fate_;  // why loses() said so
};

// Draws the losses of a LAN's attachments from our own streams.
class Ns3Loss : public ns3::ErrorModel {
 public:
  static ns3::TypeId GetTypeId();
  void set_port(Ns3Port& port) { port_ = &port; }

 private:
  bool DoCorrupt(ns3::Ptr<ns3::Packet> packet) override { return port_->loses(*packet); }
  void DoReset() override {}
  Ns3Port* port_ = nullptr;
};

}  // namespace mailroom::net
