// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_port.hpp"

#include <ns3/mac48-address.h>
#include <ns3/pointer.h>
#include <ns3/queue.h>

#include <algorithm>

#include "sim/net/ns3_datagrams.hpp"

namespace mailroom::net {

using trace::Kind;

namespace {
constexpr std::uint32_t kEthernetHeader = 14, kIpHeader = Ns3Frame::kIpHeader, kTcpHeader = 20;
constexpr std::uint8_t kTcpProtocol = 6, kUdpProtocol = 17;
}  // namespace

NS_OBJECT_ENSURE_REGISTERED(Ns3Loss);

ns3::TypeId Ns3Loss::GetTypeId() {
  static ns3::TypeId id =
      ns3::TypeId("mailroom::Ns3Loss").SetParent<ns3::ErrorModel>().AddConstructor<Ns3Loss>();
  return id;
}

// What a frame says of its connection, or of the datagram that it is or is a fragment of.
struct Ns3Port::Frame {
  std::uint32_t ip_size = 0;
  Ns3DatagramTag datagram;
  Conversation* conversation = nullptr;
  Conversation::Side sender = Conversation::connecting;
  FlightLog::Octets octets;  // of the sender's stream; none: begin == end

  // What it was sent for.
  trace::EventId origin() const {
    if (conversation == nullptr) return datagram.sent;
    if (octets.begin == octets.end) return conversation->opened.event;
    return conversation->context_at(sender, octets.begin).event;
  }
};

Ns3Port::Ns3Port(Ns3World& world, const Place& place, Ns3Lan* lan)
    : world_(world),
      place_(place),
      lan_(lan),
      ip_at_(lan != nullptr ? kEthernetHeader : Ns3Frame::kPppHeader),
      loss_out_(world.seed, place.link_name, place.direction == 0 ? "loss forth" : "loss back"),
      loss_in_(world.seed, place.link_name, place.direction == 0 ? "loss back" : "loss forth") {}

ns3::Mac48Address Ns3Port::mac_of(trace::HostId host, trace::LinkId link) {
  const auto h = static_cast<std::uint32_t>(host.value), l = static_cast<std::uint32_t>(link.value);
  // Locally administered: 24 bits of host (there are fewer than 2^24), 16 of link, for hosts with several
  // attachments.
  const std::uint8_t octets[6] = {2,
                                  static_cast<std::uint8_t>(h >> 16),
                                  static_cast<std::uint8_t>(h >> 8),
                                  static_cast<std::uint8_t>(h),
                                  static_cast<std::uint8_t>(l >> 8),
                                  static_cast<std::uint8_t>(l)};
  ns3::Mac48Address address;
  address.CopyFrom(octets);
  return address;
}

void Ns3Port::watch(const ns3::Ptr<ns3::NetDevice>& device, const ns3::Ptr<ns3::Ipv4L3Protocol>& ipv4) {
  ipv4_ = ipv4;
  device->SetReceiveCallback(ns3::MakeCallback(&Ns3Port::receive, this));
  bool ok = device->TraceConnectWithoutContext("PhyTxBegin", ns3::MakeCallback(&Ns3Port::on_lan_sent, this));
  // A station of a segment sees every frame on it; MacRx has those that are for it.
  ok = device->TraceConnectWithoutContext("MacRx", ns3::MakeCallback(&Ns3Port::on_lan_arrived, this)) && ok;
  ok = device->TraceConnectWithoutContext("PhyRxDrop", ns3::MakeCallback(&Ns3Port::on_lan_lost, this)) && ok;
  ns3::PointerValue queue;
  device->GetAttribute("TxQueue", queue);
  ok = queue.Get<ns3::QueueBase>()->TraceConnectWithoutContext(
           "Drop", ns3::MakeCallback(&Ns3Port::on_lan_queue_drop, this)) &&
       ok;
  NS_ABORT_MSG_UNLESS(ok, "a trace source that we rely on is not there");
}

bool Ns3Port::receive(ns3::Ptr<ns3::NetDevice> device, ns3::Ptr<const ns3::Packet> packet,
                      std::uint16_t protocol, const ns3::Address& from) {
  ipv4_->Receive(device, packet, protocol, from, device->GetAddress(), ns3::NetDevice::PACKET_HOST);
  return true;
}

Ns3Port::Frame Ns3Port::read(const Sight& sight) const {
  constexpr std::uint32_t kRead = 14;  // of the TCP header
  std::uint8_t b[kEthernetHeader + kIpHeader + kRead] = {};
  const std::uint32_t tcp = sight.frame != nullptr ? 0 : kEthernetHeader + kIpHeader;
  sight.packet.CopyData(b, tcp + kRead);
  const auto two = [&b](std::uint32_t at) { return static_cast<std::uint32_t>(b[at] << 8 | b[at + 1]); };
  const auto four = [&two](std::uint32_t at) { return two(at) << 16 | two(at + 2); };
  Frame frame;
  Endpoint source, destination;
  std::uint8_t protocol = 0;
  if (sight.frame != nullptr) {
    const ns3::Ipv4Header& ip = sight.frame->ip;
    frame.ip_size = kIpHeader + sight.packet.GetSize();
    protocol = ip.GetProtocol();
    source.address.value = ip.GetSource().Get();
    destination.address.value = ip.GetDestination().Get();
  } else {
    frame.ip_size = two(kEthernetHeader + 2);
    protocol = b[kEthernetHeader + 9];
    source.address.value = four(kEthernetHeader + 12);
    destination.address.value = four(kEthernetHeader + 16);
  }
  if (protocol == kUdpProtocol) sight.packet.PeekPacketTag(frame.datagram);
  if (protocol != kTcpProtocol) return frame;
  source.port = static_cast<std::uint16_t>(two(tcp));
  destination.port = static_cast<std::uint16_t>(two(tcp + 2));
  const auto found = world_.conversations.find(source, destination);
  frame.conversation = found.conversation;
  frame.sender = found.sender;
  const std::uint32_t header = kIpHeader + static_cast<std::uint32_t>(b[tcp + 12] >> 4) * 4;
  if (found.conversation == nullptr || frame.ip_size <= header) return frame;
  frame.octets.begin = found.conversation->offset_of(found.sender, four(tcp + 4));
  frame.octets.end = frame.octets.begin + frame.ip_size - header;
  return frame;
}

void Ns3Port::record_octets(trace::EventId sent, const Sight& sight, std::uint32_t ip_size) const {
  std::vector<std::uint8_t> octets(sight.size());
  const auto size = static_cast<std::uint32_t>(octets.size());
  if (sight.frame != nullptr) {
    sight.frame->packet()->CopyData(octets.data() + ip_at_, size - ip_at_);
  } else {
    sight.packet.CopyData(octets.data(), size);
  }
  const std::string_view all(reinterpret_cast<const char*>(octets.data()), octets.size());
  world_.recorder.record_frame(sent, all.substr(ip_at_, ip_size));
}

// On a segment the receiver is known by the frame's destination.
trace::HostId Ns3Port::next_of(const Sight& sight) const {
  if (lan_ == nullptr) return place_.peer;
  std::uint8_t b[6] = {};
  sight.packet.CopyData(b, sizeof b);
  return {std::int64_t{b[1]} << 16 | std::int64_t{b[2]} << 8 | b[3]};
}

FlightLog::Leg Ns3Port::leg_to(trace::HostId receiver) const {
  return {place_.link, place_.self, receiver};
}

// Nobody wants to know what is in the frame: frames are not recorded, and no message is under way or no
// octets fit.
bool Ns3Port::is_unwatched(const Sight& sight) const {
  if (world_.with_frames()) return false;
  return world_.flights_under_way == 0 || sight.size() <= ip_at_ + kIpHeader + kTcpHeader;
}

void Ns3Port::on_sent(const Sight& sight) {
  world_.enter();
  if (lan_ != nullptr) lan_->sender = this;
  if (is_unwatched(sight)) {
    world_.recorder.skip();
    return;
  }
  const Frame frame = read(sight);
  if (world_.with_frames()) {
    const trace::EventId sent = record(Kind::frame_sent, sight, frame, place_.direction, {}, {});
    under_way_.push_back(sent);
    record_octets(sent, sight, frame.ip_size);
  } else {
    world_.recorder.skip();
  }
  if (frame.conversation == nullptr || frame.octets.begin == frame.octets.end) return;
  FlightLog& flights = frame.conversation->ways[frame.sender].flights;
  if (flights.is_watching()) flights.frame_sent(leg_to(next_of(sight)), frame.octets, Ns3World::now_ns());
}

trace::EventId Ns3Port::take_sent() {
  if (under_way_.empty()) return {};
  const trace::EventId sent = under_way_.front();
  under_way_.pop_front();
  return sent;
}

void Ns3Port::on_arrived(const Sight& sight, trace::EventId sent) {
  world_.enter();
  if (is_unwatched(sight)) {
    world_.recorder.skip();
    return;
  }
  Ns3Port& sender = lan_ != nullptr ? *lan_->sender : *peer_;
  const Frame frame = read(sight);
  if (world_.with_frames()) {
    // Up the sender's attachment to a segment, down the receiver's; or along the one link.
    const int direction = lan_ != nullptr ? 1 - place_.direction : sender.place_.direction;
    record(Kind::frame_received, sight, frame, direction, {}, sent);
  } else {
    world_.recorder.skip();
  }
  if (frame.conversation == nullptr || frame.octets.begin == frame.octets.end) return;
  FlightLog& flights = frame.conversation->ways[frame.sender].flights;
  if (flights.is_watching())
    flights.frame_arrived(sender.leg_to(place_.self), frame.octets, Ns3World::now_ns());
}

void Ns3Port::lost(const Ns3Frame& frame, trace::EventId sent, const FrameFate& fate) {
  dropped({*frame.payload, &frame}, fate, *peer_, sent);
}

void Ns3Port::afflict(const LinkTrouble& trouble) {
  trouble_ = &trouble;
  if (fates_out_) return;
  fates_out_ = std::make_unique<FrameFates>(world_.seed, place_.link_name, place_.direction);
  if (lan_ != nullptr) fates_in_ = std::make_unique<FrameFates>(world_.seed, place_.link_name, 1 - place_.direction);
}

FrameFate Ns3Port::fate(const Sight& sight, FrameFates* fates) const {
  if (world_.cuts > 0) {
    const Conversation* const conversation = read(sight).conversation;
    if (conversation != nullptr && conversation->cut) return {.lost = "connection cut", .blame = *conversation->cut};
  }
  return trouble_ != nullptr ? fates->next(*trouble_) : FrameFate{};
}

void Ns3Port::dropped(const Sight& sight, const FrameFate& fate, const Ns3Port& sender, trace::EventId sent) {
  world_.enter();
  const Frame frame = read(sight);
  Conversation* const conversation = frame.conversation;
  trace::EventId drop{};
  if (world_.with_frames()) {
    drop = record(Kind::frame_dropped, sight, frame, sender.place_.direction, fate, sent);
  } else {
    world_.recorder.skip();
    drop = frame.origin();
  }
  if (frame.datagram) ns3_datagram_lost(world_, frame.datagram, drop, place_.self, sender.place_.link, fate);
  if (conversation == nullptr) return;
  if (!conversation->disturbance) {
    trace::Event hit{};
    hit.kind = Kind::connection_disturbed;
    hit.host = place_.self;
    hit.link = sender.place_.link;
    hit.connection = conversation->id;
    hit.session = conversation->session;
    hit.text = fate.lost;
    hit.fault = fate.blame.fault;
    hit.because = fate.blame.began;
    trace::Context context;
    context.event = drop;
    const trace::ContextScope scope(world_.recorder, context);
    conversation->disturbance = world_.recorder.record(hit);
  }
  if (frame.octets.begin == frame.octets.end) return;
  conversation->ways[frame.sender].flights.frame_dropped(sender.leg_to(sender.next_of(sight)), frame.octets);
}

trace::EventId Ns3Port::record(Kind kind, const Sight& sight, const Frame& frame, int direction,
                               const FrameFate& fate, trace::EventId cause) const {
  trace::Event event{};
  event.kind = kind;
  event.host = place_.self;
  event.link = place_.link;
  event.size = sight.size();
  event.value = direction;
  event.text = fate.lost;
  event.fault = fate.blame.fault;
  event.because = fate.blame.began;
  trace::Context context;
  if (const Conversation* const conversation = frame.conversation; conversation != nullptr) {
    event.connection = conversation->id;
    event.session = conversation->session;
  }
  context.event = frame.origin();
  if (cause) context.event = cause;
  const trace::ContextScope scope(world_.recorder, context);
  return world_.recorder.record(event);
}

bool Ns3Port::loses() {
  return peer_->place_.loss_per_billion > 0 && peer_->loss_out_.chance(peer_->place_.loss_per_billion);
}

bool Ns3Port::loses(const ns3::Packet& frame) {
  std::uint8_t destination[6] = {};
  frame.CopyData(destination, sizeof destination);
  std::uint8_t own[6] = {};
  mac_of(place_.self, place_.link).CopyTo(own);
  if (!std::equal(own, own + 6, destination)) return false;
  Ns3Port& sender = *lan_->sender;
  const bool lost_up = sender.loss_out_.chance(sender.place_.loss_per_billion);
  lan_fate_ = {.lost = "loss"};
  if (loss_in_.chance(place_.loss_per_billion) || lost_up) return true;
  lan_fate_ = sender.fate({frame}, sender.fates_out_.get());
  if (lan_fate_.lost.empty()) lan_fate_ = fate({frame}, fates_in_.get());
  return !lan_fate_.lost.empty();
}

}  // namespace mailroom::net
