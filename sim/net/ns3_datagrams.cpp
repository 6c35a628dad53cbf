// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_datagrams.hpp"

#include <fmt/format.h>
#include <ns3/ipv4-end-point.h>
#include <ns3/simulator.h>
#include <ns3/udp-l4-protocol.h>

#include <cassert>
#include <utility>

namespace mailroom::net {

using trace::Context;
using trace::ContextScope;
using trace::Kind;

namespace {
constexpr std::uint8_t kIcmpUnreachable = 3, kIcmpPort = 3;  // RFC 792: type, and code
}  // namespace

NS_OBJECT_ENSURE_REGISTERED(Ns3DatagramTag);

ns3::TypeId Ns3DatagramTag::GetTypeId() {
  static ns3::TypeId id =
      ns3::TypeId("mailroom::Ns3DatagramTag").SetParent<ns3::Tag>().AddConstructor<Ns3DatagramTag>();
  return id;
}

std::uint32_t Ns3DatagramTag::GetSerializedSize() const {
  return 4 * 8 + 1 + 2 * (4 + 2) + 4;
}

void Ns3DatagramTag::Serialize(ns3::TagBuffer buffer) const {
  for (const std::int64_t id : {context.event.value, context.message.value, context.copy.value, sent.value})
    buffer.WriteU64(static_cast<std::uint64_t>(id));
  buffer.WriteU8(context.is_content ? 1 : 0);
  for (const Endpoint& end : {source, destination}) {
    buffer.WriteU32(end.address.value);
    buffer.WriteU16(end.port);
  }
  buffer.WriteU32(size);
}

void Ns3DatagramTag::Deserialize(ns3::TagBuffer buffer) {
  for (std::int64_t* id : {&context.event.value, &context.message.value, &context.copy.value, &sent.value})
    *id = static_cast<std::int64_t>(buffer.ReadU64());
  context.is_content = buffer.ReadU8() != 0;
  for (Endpoint* end : {&source, &destination}) {
    end->address.value = buffer.ReadU32();
    end->port = buffer.ReadU16();
  }
  size = buffer.ReadU32();
}

void Ns3DatagramTag::Print(std::ostream& out) const {
  out << to_string(source) << " to " << to_string(destination);
}

std::unique_ptr<Ns3DatagramSocket> Ns3DatagramSocket::open(Ns3World& world, const ns3::Ptr<ns3::Node>& node,
                                                           trace::HostId host, Endpoint local,
                                                           DatagramUser& user) {
  auto udp = node->GetObject<ns3::UdpL4Protocol>();
  const ns3::Ipv4Address address(local.address.value);
  ns3::Ipv4EndPoint* const end =
      local.port == 0 ? udp->Allocate(address) : udp->Allocate(nullptr, address, local.port);
  if (end == nullptr) return nullptr;
  local.port = end->GetLocalPort();
  return std::make_unique<Ns3DatagramSocket>(world, std::move(udp), end, host, local, user);
}

Ns3DatagramSocket::Ns3DatagramSocket(Ns3World& world, ns3::Ptr<ns3::UdpL4Protocol> udp,
                                     ns3::Ipv4EndPoint* end, trace::HostId host, Endpoint local,
                                     DatagramUser& user)
    : world_(world), udp_(std::move(udp)), end_(end), host_(host), local_(local), user_(user) {
  end_->SetRxCallback(ns3::MakeCallback(&Ns3DatagramSocket::receive, this));
  end_->SetIcmpCallback(ns3::MakeCallback(&Ns3DatagramSocket::receive_icmp, this));
  world_.datagrams_lost.try_emplace(local_);
}

Ns3DatagramSocket::~Ns3DatagramSocket() {
  world_.datagrams_lost.erase(local_);
  // ns-3 calls us through the end point, which must not go meanwhile; the port is free at once all the same.
  end_->SetRxEnabled(false);
  end_->SetLocalAddress(ns3::Ipv4Address());
  if (world_.is_closed) {
    udp_->DeAllocate(end_);
  } else {
    ns3::Simulator::ScheduleNow([udp = udp_, end = end_] { udp->DeAllocate(end); });
  }
}

trace::EventId Ns3DatagramSocket::disturbance(Endpoint remote) const {
  const auto& lost = world_.datagrams_lost.at(local_);
  const auto found = lost.find(remote);
  return found == lost.end() ? trace::EventId{} : found->second;
}

trace::Event Ns3DatagramSocket::event(Kind kind, std::string_view text) const {
  trace::Event event{};
  event.kind = kind;
  event.host = host_;
  event.text = text;
  return event;
}

trace::EventId Ns3DatagramSocket::record(Kind kind, Endpoint remote, std::uint32_t size) {
  trace::Recorder& recorder = world_.recorder;
  if (!recorder.keeps(kind)) {
    recorder.skip();
    return recorder.context.event;
  }
  const std::string where = to_string(remote);
  trace::Event moved = event(kind, where);
  moved.value = local_.port;
  moved.size = size;
  return recorder.record(moved);
}

void Ns3DatagramSocket::ignore(Endpoint remote, trace::Blame blame, std::string_view what) {
  const std::string detail = fmt::format(R"({{"from":"{}","to":"{}"}})", to_string(remote), to_string(local_));
  trace::Event ignored = event(Kind::datagram_dropped, what);
  ignored.detail = detail;
  ignored.fault = blame.fault;
  ignored.because = blame.began;
  const trace::EventId said = world_.recorder.record(ignored);
  const auto socket = world_.datagrams_lost.find(remote);
  if (socket != world_.datagrams_lost.end()) socket->second[local_] = said;
}

void Ns3DatagramSocket::send(Endpoint to, std::string_view octets) {
  assert(octets.size() <= kMostOctets);
  trace::Recorder& recorder = world_.recorder;
  last_sent_[to.address] = {recorder.context, to.port};
  Ns3DatagramTag tag;
  tag.context = recorder.context;
  tag.source = local_;
  tag.destination = to;
  tag.size = static_cast<std::uint32_t>(octets.size());
  tag.sent = record(Kind::datagram_sent, to, tag.size);
  const auto there = world_.routes.node_with(to.address);
  if (!there || !world_.routes.connected(static_cast<Routes::Node>(host_.value - 1), *there)) {
    return ns3_datagram_lost(world_, tag, tag.sent, host_, {}, {.lost = "unreachable"});
  }
  const auto packet =
      ns3::Create<ns3::Packet>(reinterpret_cast<const std::uint8_t*>(octets.data()), tag.size);
  packet->AddPacketTag(tag);
  const auto go = [udp = udp_, packet, from = local_, to] {
    udp->Send(packet, ns3::Ipv4Address(from.address.value), ns3::Ipv4Address(to.address.value), from.port,
              to.port);
  };
  // ns-3's nodes are ready for packets only when the simulation runs.
  if (world_.is_running) {
    go();
  } else {
    ns3::Simulator::ScheduleNow(go);
  }
}

void Ns3DatagramSocket::receive(ns3::Ptr<ns3::Packet> packet, ns3::Ipv4Header header,
                                std::uint16_t source_port, ns3::Ptr<ns3::Ipv4Interface>) {
  world_.enter();
  Ns3DatagramTag tag;
  packet->PeekPacketTag(tag);
  const Endpoint from{{header.GetSource().Get()}, source_port};
  std::string octets(packet->GetSize(), '\0');
  packet->CopyData(reinterpret_cast<std::uint8_t*>(octets.data()), packet->GetSize());
  Context arrival = tag.context;
  arrival.event = tag.sent;
  {
    const ContextScope scope(world_.recorder, arrival);
    record(Kind::datagram_received, from, packet->GetSize());
  }
  const ContextScope scope(world_.recorder, tag.context);
  user_.on_datagram(from, octets);  // the last word: it may destroy this
}

void Ns3DatagramSocket::receive_icmp(ns3::Ipv4Address from, std::uint8_t, std::uint8_t type,
                                     std::uint8_t code, std::uint32_t) {
  world_.enter();
  const Address remote{from.Get()};
  const auto last = last_sent_.find(remote);
  if (type != kIcmpUnreachable || code != kIcmpPort || last == last_sent_.end()) return;
  const ContextScope scope(world_.recorder, last->second.context);
  const std::string where = to_string(remote);
  trace::Event refused = event(Kind::datagram_refused, where);
  if (const auto silent = world_.silent_ports.find({remote, last->second.port}); silent != world_.silent_ports.end()) {
    refused.fault = silent->second.fault;
    refused.because = silent->second.began;
  }
  world_.recorder.context.event = world_.recorder.record(refused);
  user_.on_port_unreachable(remote);  // the last word: it may destroy this
}

void ns3_datagram_lost(Ns3World& world, const Ns3DatagramTag& datagram, trace::EventId frame,
                       trace::HostId host, trace::LinkId link, const FrameFate& fate) {
  const std::string detail = fmt::format(R"({{"from":"{}","to":"{}"}})", to_string(datagram.source),
                                         to_string(datagram.destination));
  trace::Event dropped{};
  dropped.kind = Kind::datagram_dropped;
  dropped.host = host;
  dropped.link = link;
  dropped.size = datagram.size;
  dropped.text = fate.lost;
  dropped.fault = fate.blame.fault;
  dropped.because = fate.blame.began;
  dropped.detail = detail;
  Context context = datagram.context;
  context.event = frame;
  const ContextScope scope(world.recorder, context);
  const trace::EventId event = world.recorder.record(dropped);
  const auto note = [&](Endpoint here, Endpoint there) {
    const auto socket = world.datagrams_lost.find(here);
    if (socket != world.datagrams_lost.end()) socket->second[there] = event;
  };
  note(datagram.source, datagram.destination);
  note(datagram.destination, datagram.source);
}

}  // namespace mailroom::net
