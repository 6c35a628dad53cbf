// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_link.hpp"

#include <ns3/simulator.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/net/ns3_ip.hpp"
#include "sim/net/ns3_port.hpp"

namespace mailroom::net {

NS_OBJECT_ENSURE_REGISTERED(Ns3Link);

template <void (Ns3Link::*kWhat)()>
class Ns3Link::Event final : public ns3::EventImpl {
 public:
  explicit Event(Ns3Link& link) : link_(link) {}

 private:
  void Notify() override { (link_.*kWhat)(); }
  Ns3Link& link_;
};

ns3::TypeId Ns3Link::GetTypeId() {
  static ns3::TypeId id =
      ns3::TypeId("mailroom::Ns3Link").SetParent<ns3::PointToPointNetDevice>().AddConstructor<Ns3Link>();
  return id;
}

Ns3Link::Ns3Link()
    : transmitted_(ns3::Create<Event<&Ns3Link::transmitted>>(*this)),
      arrived_(ns3::Create<Event<&Ns3Link::arrived>>(*this)) {}

Ns3Link::~Ns3Link() = default;

void Ns3Link::connect(Ns3Link& peer, const Way& way, Ns3Port& port, Ns3Ip& ip) {
  peer_ = &peer;
  port_ = &port;
  ip_ = &ip;
  rate_ = ns3::DataRate(static_cast<std::uint64_t>(way.rate_bps));
  delay_ = ns3::NanoSeconds(static_cast<std::uint64_t>(way.delay_ns));
  queue_limit_ = static_cast<std::size_t>(way.queue_packets);
}

bool Ns3Link::Send(ns3::Ptr<ns3::Packet> packet, const ns3::Address&, std::uint16_t) {
  send(Ns3Frame::of(packet));
  return true;
}

void Ns3Link::send(Ns3Frame frame) {
  assert(frame.size() <= Ns3Frame::kPppHeader + GetMtu());
  if (const LinkTrouble* const trouble = port_->trouble(); trouble != nullptr && trouble->is_down()) [[unlikely]] {
    port_->not_sent(frame, {.lost = trouble->why_down(), .blame = trouble->down_by()});
    if (trouble->silent.empty()) ip_->cannot_send(frame);
    return;
  }
  if (!is_sending_) return transmit(std::move(frame));
  if (queue_.size() == queue_limit_) return port_->not_sent(frame, {.lost = "queue"});
  queue_.push_back(std::move(frame));
}

void Ns3Link::transmit(Ns3Frame frame) {
  is_sending_ = true;
  port_->sent(frame);
  ns3::Time lasts = rate_.CalculateBytesTxTime(frame.size());
  ns3::Time arrives = lasts + delay_;
  if (const LinkTrouble* const trouble = port_->trouble()) [[unlikely]] {
    if (trouble->rate)
      lasts = std::max(lasts, ns3::DataRate(static_cast<std::uint64_t>(trouble->rate->what.bps))
                                  .CalculateBytesTxTime(frame.size()));  // slower, never faster than its own
    arrives = lasts + delay_;
    if (trouble->delay) arrives += ns3::TimeStep(static_cast<std::uint64_t>(trouble->delay->what.ns));
    arrives = std::max(arrives, last_arrival_ - ns3::Simulator::Now());
    last_arrival_ = ns3::Simulator::Now() + arrives;
  }
  under_way_.push_back(std::move(frame));
  ns3::Simulator::Schedule(lasts, transmitted_);
  ns3::Simulator::ScheduleWithContext(peer_->GetNode()->GetId(), arrives, ns3::GetPointer(arrived_));
}

void Ns3Link::trouble_changed() {
  const LinkTrouble& trouble = *port_->trouble();
  if (!trouble.is_down()) return;
  doomed_ = under_way_.size();
  doom_ = {.lost = trouble.why_down(), .blame = trouble.down_by()};
  for (; !queue_.empty(); queue_.pop_front())
    port_->not_sent(queue_.front(), doom_);
}

void Ns3Link::transmitted() {
  is_sending_ = false;
  if (queue_.empty()) return;
  Ns3Frame next = std::move(queue_.front());
  queue_.pop_front();
  transmit(std::move(next));
}

void Ns3Link::arrived() {
  Ns3Frame frame = std::move(under_way_.front());
  under_way_.pop_front();
  const trace::EventId sent = port_->take_sent();
  if (port_->has_fates()) [[unlikely]] return arrive_in_trouble(std::move(frame), sent);
  if (peer_->port_->loses()) return peer_->port_->lost(frame, sent, {.lost = "loss"});
  peer_->port_->arrived(frame, sent);
  peer_->ip_->receive(*peer_, std::move(frame));
}

void Ns3Link::arrive_in_trouble(Ns3Frame frame, trace::EventId sent) {
  if (doomed_ > 0) {
    --doomed_;
    return peer_->port_->lost(frame, sent, doom_);
  }
  if (peer_->port_->loses()) return peer_->port_->lost(frame, sent, {.lost = "loss"});
  const FrameFate fate = port_->fate(frame);
  if (!fate.lost.empty()) return peer_->port_->lost(frame, sent, fate);
  if (fate.twice) hand_over({frame.payload->Copy(), frame.ip}, sent);
  if (fate.late_ns == 0) return hand_over(frame, sent);
  ns3::Simulator::Schedule(ns3::TimeStep(static_cast<std::uint64_t>(fate.late_ns)),
                           [this, frame = std::move(frame), sent] { hand_over(frame, sent); });
}

void Ns3Link::hand_over(const Ns3Frame& frame, trace::EventId sent) {
  peer_->port_->arrived(frame, sent);
  peer_->ip_->receive(*peer_, frame);
}

}  // namespace mailroom::net
