// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_socket.hpp"

#include <ns3/boolean.h>
#include <ns3/icmpv4.h>
#include <ns3/inet-socket-address.h>
#include <ns3/node.h>
#include <ns3/object-factory.h>
#include <ns3/packet.h>
#include <ns3/rtt-estimator.h>
#include <ns3/simulator.h>
#include <ns3/tcp-congestion-ops.h>
#include <ns3/tcp-header.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-recovery-ops.h>
#include <ns3/tcp-rx-buffer.h>
#include <ns3/tcp-tx-buffer.h>

#include <algorithm>
#include <cassert>

#include "sim/net/ns3_settings.hpp"

namespace mailroom::net {

using ns3::SequenceNumber32;
using ns3::TcpHeader;

NS_OBJECT_ENSURE_REGISTERED(Ns3Socket);

ns3::TypeId Ns3Socket::GetTypeId() {
  static ns3::TypeId id =
      ns3::TypeId("mailroom::Ns3Socket").SetParent<ns3::TcpSocketBase>().AddConstructor<Ns3Socket>();
  return id;
}

// A socket that no one uses, from which all others are copied: ns-3 takes long to set up the attributes of a
// new object, by their names and from texts.
const Ns3Socket& Ns3Socket::model() {
  static const ns3::Ptr<Ns3Socket> kModel = make_model();
  return *kModel;
}

ns3::Ptr<Ns3Socket> Ns3Socket::make(const ns3::Ptr<ns3::Node>& node) {
  const auto socket = ns3::CopyObject<Ns3Socket>(&model());
  socket->SetNode(node);
  socket->SetTcp(node->GetObject<ns3::TcpL4Protocol>());
  return socket;
}

ns3::Ptr<Ns3Socket> Ns3Socket::make_model() {
  const ns3::ObjectFactory congestion_control(kTcp.congestion_control), recovery(kTcp.recovery);
  const auto socket = ns3::CreateObject<Ns3Socket>();
  socket->SetRtt(ns3::CreateObject<ns3::RttMeanDeviation>());
  socket->SetMinRto(ns3::NanoSeconds(kTcp.min_rto_ns));
  socket->SetCongestionControlAlgorithm(congestion_control.Create<ns3::TcpCongestionOps>());
  socket->SetRecoveryAlgorithm(recovery.Create<ns3::TcpRecoveryOps>());
  socket->SetSndBufSize(kTcp.send_buffer_bytes);
  socket->SetRcvBufSize(kTcp.receive_buffer_bytes);
  socket->SetSegSize(kTcp.segment_size);
  socket->SetInitialCwnd(kTcp.initial_window_segments);
  socket->SetConnTimeout(ns3::NanoSeconds(kTcp.connect_timeout_ns));
  socket->SetSynRetries(kTcp.syn_tries);
  socket->SetDataRetries(kTcp.data_retries);
  socket->SetDelAckTimeout(ns3::NanoSeconds(kTcp.delayed_ack_timeout_ns));
  socket->SetDelAckMaxCount(kTcp.delayed_ack_segments);
  socket->SetTcpNoDelay(!kTcp.nagle);
  socket->m_msl = static_cast<double>(kTcp.max_segment_lifetime_ns) / 1e9;
  socket->m_sackEnabled = kTcp.selective_ack;
  socket->m_winScalingEnabled = kTcp.window_scaling;
  socket->m_timestampEnabled = kTcp.timestamps;
  return socket;
}

// A fork has its listener's accept point, and a life of its own otherwise.
Ns3Socket::Ns3Socket(const Ns3Socket& other)
    : ns3::TcpSocketBase(other), accept_point_(other.accept_point_) {}

Ns3Socket::~Ns3Socket() {
  if (on_gone_) on_gone_();
}

ns3::Ptr<ns3::TcpSocketBase> Ns3Socket::Fork() {
  return ns3::CopyObject<Ns3Socket>(this);
}

// Connections of an earlier listener may be there yet, in TIME-WAIT at the latest. As with SO_REUSEADDR they do not
// stand in the way; ns-3's Bind() takes the port for taken.
bool Ns3Socket::listen(Address address, std::uint16_t port) {
  m_endPoint = m_tcp->Allocate(nullptr, ns3::Ipv4Address(address.value), port, ns3::Ipv4Address::GetAny(), 0);
  if (m_endPoint == nullptr) return false;
  return SetupCallback() == 0 && Listen() == 0;
}

std::uint16_t Ns3Socket::bind() {
  return Bind() == 0 ? local().port : std::uint16_t{0};
}

bool Ns3Socket::connect(Endpoint remote) {
  m_icmpCallback = ns3::MakeCallback(&Ns3Socket::take_icmp, this);
  return Connect(ns3::InetSocketAddress(ns3::Ipv4Address(remote.address.value), remote.port)) == 0;
}

// RFC 1122 §4.2.3.9: a hint only, for a connection that was once established; but who has heard nothing yet gives up.
void Ns3Socket::take_icmp(ns3::Ipv4Address, std::uint8_t, std::uint8_t type, std::uint8_t code, std::uint32_t) {
  const bool is_unreachable = type == ns3::Icmpv4Header::ICMPV4_DEST_UNREACH &&
                              (code == ns3::Icmpv4DestinationUnreachable::ICMPV4_NET_UNREACHABLE ||
                               code == ns3::Icmpv4DestinationUnreachable::ICMPV4_HOST_UNREACHABLE);
  if (!is_unreachable || m_state != SYN_SENT) return;
  const ns3::Ptr<Ns3Socket> keep(this);
  m_retxEvent.Cancel();
  close_with(End::unreachable);
  if (user_ != nullptr) user_->on_tcp_progress();
}

Endpoint Ns3Socket::local() const {
  ns3::Address name;
  GetSockName(name);
  const auto at = ns3::InetSocketAddress::ConvertFrom(name);
  return {{at.GetIpv4().Get()}, at.GetPort()};
}

Endpoint Ns3Socket::remote() const {
  ns3::Address name;
  if (GetPeerName(name) != 0) return {};
  const auto at = ns3::InetSocketAddress::ConvertFrom(name);
  return {{at.GetIpv4().Get()}, at.GetPort()};
}

bool Ns3Socket::is_established() const {
  return m_state == ESTABLISHED || m_state == CLOSE_WAIT;
}

bool Ns3Socket::peer_finished() const {
  return m_connected && m_tcb->m_rxBuffer->Finished();
}

std::size_t Ns3Socket::room() const {
  return is_established() && !finishing_ ? GetTxAvailable() : 0;
}

std::size_t Ns3Socket::send(std::string_view octets) {
  const std::size_t taken = std::min(octets.size(), room());
  if (taken == 0) return 0;
  const auto* data = reinterpret_cast<const std::uint8_t*>(octets.data());
  const int sent = Send(ns3::Create<ns3::Packet>(data, static_cast<std::uint32_t>(taken)), 0);
  assert(sent == static_cast<int>(taken));
  return taken;
}

void Ns3Socket::read(std::string& octets) {
  const std::uint32_t size = m_tcb->m_rxBuffer->Available();
  if (size == 0) return;
  const ns3::Ptr<ns3::Packet> packet = m_tcb->m_rxBuffer->Extract(size);
  const std::size_t before = octets.size();
  octets.resize(before + packet->GetSize());
  packet->CopyData(reinterpret_cast<std::uint8_t*>(octets.data() + before), packet->GetSize());
}

void Ns3Socket::tell_window() {
  if (m_connected && m_endPoint != nullptr && !ended_) SendEmptyPacket(TcpHeader::ACK);
}

void Ns3Socket::finish() {
  finishing_ = true;
  if (is_established()) send_pending_fin();
}

// With octets that were never sent, FIN goes with the last of them. With all of them out, it goes alone; but
// not while a retransmission has moved the next sequence number back, from which ns-3 would number it: then
// after the next ACK.
void Ns3Socket::send_pending_fin() {
  if (m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) > 0) {
    m_closeOnEmpty = true;
  } else if (m_tcb->m_nextTxSequence == m_tcb->m_highTxMark.Get()) {
    m_sendPendingDataEvent.Cancel();
    DoClose();
  }
}

void Ns3Socket::abort() {
  if (ended_) return;
  if (m_connected && m_endPoint != nullptr) SendRST();
  m_state = CLOSED;
  DeallocateEndPoint();
  ended_ = true;
  end_ = End::reset;
}

void Ns3Socket::be_reset() {
  const ns3::Ptr<Ns3Socket> keep(this);
  if (ended_ || m_state == TIME_WAIT) return;
  CancelAllTimers();
  close_with(End::reset);
  if (user_ != nullptr) user_->on_tcp_progress();
}

void Ns3Socket::close_with(End end) {
  if (m_state != TIME_WAIT) {
    m_state = CLOSED;
    DeallocateEndPoint();
  }
  if (ended_) return;
  ended_ = true;
  end_ = end;
}

bool Ns3Socket::fin_is_out() const {
  return m_state == FIN_WAIT_1 || m_state == FIN_WAIT_2 || m_state == CLOSING || m_state == LAST_ACK;
}

void Ns3Socket::ReTxTimeout() {
  const ns3::Ptr<Ns3Socket> keep(this);
  const bool had_endpoint = m_endPoint != nullptr;
  window_is_full_ = false;
  ns3::TcpSocketBase::ReTxTimeout();
  if (!had_endpoint || m_endPoint != nullptr) return;
  close_with(End::timed_out);  // ns-3 has let go of the connection without a word
  if (user_ != nullptr) user_->on_tcp_progress();
}

// The receiver's window is closed, and an octet is to probe it. If meanwhile all was acknowledged, ns-3 dies of the
// octet that is not there.
void Ns3Socket::PersistTimeout() {
  if (m_txBuffer->SizeFromSequence(m_tcb->m_nextTxSequence) > 0) ns3::TcpSocketBase::PersistTimeout();
}

std::uint32_t Ns3Socket::SendDataPacket(ns3::SequenceNumber32 first, std::uint32_t most, bool with_ack) {
  window_is_full_ = most == 0;
  return window_is_full_ ? 0 : ns3::TcpSocketBase::SendDataPacket(first, most, with_ack);
}

std::uint32_t Ns3Socket::AvailableWindow() const {
  return window_is_full_ ? 0 : ns3::TcpSocketBase::AvailableWindow();
}

void Ns3Socket::SendEmptyPacket(std::uint8_t flags) {
  const ns3::Ptr<Ns3Socket> keep(this);
  const bool is_syn = (flags & TcpHeader::SYN) != 0, is_fin = (flags & TcpHeader::FIN) != 0;
  if (is_fin && fins_sent_ > kTcp.data_retries) {
    close_with(End::timed_out);
    ns3::Simulator::ScheduleNow([keep] {
      if (keep->user_ != nullptr) keep->user_->on_tcp_progress();
    });
    return;
  }
  const TcpStates_t before = m_state;
  ns3::TcpSocketBase::SendEmptyPacket(flags);
  if (is_syn && before == SYN_SENT && m_state == CLOSED) {  // the last SYN was not answered either
    close_with(End::timed_out);
    if (user_ != nullptr) user_->on_tcp_progress();
  }
  if (is_fin && m_txBuffer->Size() == 0) {  // RFC 6298 §5.5: each retransmission doubles the time to the next
    const ns3::Time longest = ns3::Seconds(60);
    const ns3::Time pause = std::min(longest, ns3::Time(m_rto.Get() * (1 << std::min(fins_sent_, 6u))));
    ++fins_sent_;
    m_retxEvent.Cancel();
    m_retxEvent = ns3::Simulator::Schedule(pause, &Ns3Socket::SendEmptyPacket, this, flags);
  }
}

}  // namespace mailroom::net
