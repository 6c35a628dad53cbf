// SPDX-License-Identifier: GPL-2.0-only
// What an incoming segment does to a socket: ns-3's processing, with what it gets wrong done before or after.
#include <ns3/inet-socket-address.h>
#include <ns3/packet.h>
#include <ns3/simulator.h>
#include <ns3/tcp-header.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/tcp-rx-buffer.h>
#include <ns3/tcp-tx-buffer.h>

#include <algorithm>

#include "sim/net/ns3_socket.hpp"

namespace mailroom::net {

using ns3::SequenceNumber32;
using ns3::TcpHeader;

namespace {

struct Fixed {  // the part of a TCP header that is always there
  std::uint16_t source_port, destination_port;
  std::uint32_t sequence, acknowledgement;
  std::uint8_t header_size, flags;
};

Fixed fixed_part(const ns3::Packet& packet) {
  std::uint8_t b[14] = {};
  packet.CopyData(b, sizeof b);
  const auto port = [&b](int at) { return static_cast<std::uint16_t>(b[at] << 8 | b[at + 1]); };
  const auto number = [&b](int at) {
    return std::uint32_t{b[at]} << 24 | std::uint32_t{b[at + 1]} << 16 | std::uint32_t{b[at + 2]} << 8 |
           b[at + 3];
  };
  return {port(0), port(2), number(4), number(8), static_cast<std::uint8_t>((b[12] >> 4) * 4), b[13]};
}

}  // namespace

void Ns3Socket::hear(const ns3::Ptr<ns3::Packet>& segment, ns3::Ipv4Address from, ns3::Ipv4Address to) {
  const Fixed header = fixed_part(*segment);
  const std::uint32_t octets = segment->GetSize() - header.header_size;
  if (!IsValidTcpSegment(SequenceNumber32(header.sequence), header.header_size, octets)) return;
  DoForwardUp(segment, ns3::InetSocketAddress(from, header.source_port),
              ns3::InetSocketAddress(to, header.destination_port));
}

void Ns3Socket::DoForwardUp(ns3::Ptr<ns3::Packet> packet, const ns3::Address& from, const ns3::Address& to) {
  const ns3::Ptr<Ns3Socket> keep(this);  // its endpoint, which holds it, may go
  const TcpStates_t before = m_state;
  window_is_full_ = false;
  take(packet, from, to);
  if (before != LISTEN) tell(before);
}

void Ns3Socket::take(const ns3::Ptr<ns3::Packet>& packet, const ns3::Address& from, const ns3::Address& to) {
  const Fixed segment = fixed_part(*packet);
  const TcpStates_t before = m_state;
  if (before == LISTEN) {
    take_listening(packet, from, to, segment.flags);
    return;
  }
  if (segment.flags & TcpHeader::RST) {
    take_reset(SequenceNumber32(segment.acknowledgement));
    return;
  }
  // FIN takes a sequence number that ns-3's marks do not count.
  const bool acks_our_fin = fin_is_out() && (segment.flags & TcpHeader::ACK) &&
                            SequenceNumber32(segment.acknowledgement) > m_tcb->m_highTxMark.Get();
  if (answered_here(segment.flags, acks_our_fin)) return;
  const bool has_fin_and_octets = (segment.flags & TcpHeader::FIN) && packet->GetSize() > segment.header_size;
  const bool is_old = SequenceNumber32(segment.sequence) < m_tcb->m_rxBuffer->NextRxSequence();
  if (has_fin_and_octets &&
      (before == FIN_WAIT_1 || before == FIN_WAIT_2 || (before == ESTABLISHED && is_old))) {
    if (split(packet, from, to)) return;
  }
  // ns-3 takes any ACK in these two states for that of our FIN. CLOSE-WAIT does with it what is right.
  const bool hide = (before == LAST_ACK || before == CLOSING) && !acks_our_fin;
  if (hide) m_state = CLOSE_WAIT;
  ns3::TcpSocketBase::DoForwardUp(packet, from, to);
  if (hide && m_state == CLOSE_WAIT) m_state = before;
  repair(before, acks_our_fin);
  if ((segment.flags & TcpHeader::FIN) && before == CLOSE_WAIT)
    ns3::TcpSocketBase::SendEmptyPacket(TcpHeader::ACK);
}

// RFC 9293 §3.10.7.2: an acknowledgement of what a listener never said is of a connection that is no more,
// and is answered by a reset. ns-3 would ignore it.
void Ns3Socket::take_listening(const ns3::Ptr<ns3::Packet>& packet, const ns3::Address& from,
                               const ns3::Address& to, std::uint8_t flags) {
  if (!(flags & TcpHeader::ACK) || (flags & (TcpHeader::RST | TcpHeader::SYN))) {
    ns3::TcpSocketBase::DoForwardUp(packet, from, to);
    return;
  }
  TcpHeader came, reset;
  packet->PeekHeader(came);
  reset.SetFlags(TcpHeader::RST);
  reset.SetSequenceNumber(came.GetAckNumber());
  reset.SetSourcePort(came.GetDestinationPort());
  reset.SetDestinationPort(came.GetSourcePort());
  m_tcp->SendPacket(ns3::Create<ns3::Packet>(), reset, to, from);
}

// Segments that repeat what we have answered before, our answer having been lost. True: nothing else is to be
// done.
bool Ns3Socket::answered_here(std::uint8_t flags, bool acks_our_fin) {
  if ((flags & TcpHeader::SYN) && m_state != SYN_SENT && m_state != SYN_RCVD) {
    if (m_state != CLOSED) SendEmptyPacket(TcpHeader::ACK);
    return true;
  }
  // ns-3 would look at the segment's own sequence number, which is an old one while its sender retransmits.
  if (acks_our_fin && m_state == LAST_ACK) {
    close_with(End::closed);
    return true;
  }
  if (acks_our_fin && m_state == CLOSING) {
    if (flags & TcpHeader::FIN) SendEmptyPacket(TcpHeader::ACK);
    TimeWait();
    return true;
  }
  if (!(flags & TcpHeader::FIN)) return false;
  if (m_state != TIME_WAIT && m_state != LAST_ACK && m_state != CLOSING) return false;
  ns3::TcpSocketBase::SendEmptyPacket(TcpHeader::ACK);
  return true;
}

// Takes a FIN that comes with octets as two segments. In the FIN-WAIT states ns-3 would miss the octets'
// length, and in ESTABLISHED it would drop a FIN whose octets are partly known already.
bool Ns3Socket::split(const ns3::Ptr<ns3::Packet>& packet, const ns3::Address& from, const ns3::Address& to) {
  TcpHeader header;
  const ns3::Ptr<ns3::Packet> octets = packet->Copy();
  octets->RemoveHeader(header);
  const auto flags = static_cast<std::uint8_t>(header.GetFlags() & ~TcpHeader::FIN);
  TcpHeader fin = header;
  fin.SetSequenceNumber(header.GetSequenceNumber() + octets->GetSize());
  header.SetFlags(flags);
  octets->AddHeader(header);
  take(octets, from, to);
  if (m_endPoint == nullptr) return true;
  const auto alone = ns3::Create<ns3::Packet>();
  alone->AddHeader(fin);
  take(alone, from, to);
  return true;
}

void Ns3Socket::take_reset(SequenceNumber32 acknowledged) {
  switch (m_state) {
    case SYN_SENT:  // RFC 9293 §3.10.7.3: acceptable only if it acknowledges our SYN
      if (acknowledged == m_tcb->m_nextTxSequence + SequenceNumber32(1)) close_with(End::refused);
      break;
    case LAST_ACK:  // the peer's FIN has come; if it has all our octets too, it has only forgotten to hear
                    // our FIN
      close_with(m_txBuffer->Size() == 0 ? End::closed : End::reset);
      break;
    case TIME_WAIT:
    case CLOSED:
      break;
    default:
      close_with(End::reset);
  }
}

void Ns3Socket::repair(TcpStates_t before, bool acks_our_fin) {
  // A filled gap before the peer's FIN leads ns-3 to CLOSE-WAIT even when we have sent our own.
  if ((before == FIN_WAIT_1 || before == FIN_WAIT_2) && m_state == CLOSE_WAIT) {
    m_state = CLOSING;
    if (before == FIN_WAIT_2 || acks_our_fin) TimeWait();
  }
  if (m_state == CLOSED && before != CLOSED) {
    const bool was_last = acks_our_fin && (before == LAST_ACK || before == CLOSING);
    close_with(was_last ? End::closed : End::reset);
  }
  if (m_endPoint == nullptr) return;
  if (finishing_ && is_established() && !m_closeOnEmpty) send_pending_fin();
  if (finishing_ && is_established() &&
      m_txBuffer->Size() == 0) {  // FIN was to go with the last octets, but they are out
    m_closeOnEmpty = false;
    send_pending_fin();
  }
  const bool fin_is_lost = (m_state == LAST_ACK || m_state == CLOSING || m_state == FIN_WAIT_1) &&
                           m_txBuffer->Size() == 0 && m_retxEvent.IsExpired();
  if (fin_is_lost) {
    m_retxEvent = ns3::Simulator::Schedule(m_rto, &Ns3Socket::SendEmptyPacket, this,
                                           static_cast<std::uint8_t>(TcpHeader::FIN | TcpHeader::ACK));
  }
}

void Ns3Socket::tell(TcpStates_t before) {
  if (m_state == TIME_WAIT) close_with(End::closed);
  if (before == SYN_RCVD && m_connected && user_ == nullptr) {
    if (accept_point_ && accept_point_->accept) {
      accept_point_->accept(ns3::Ptr<Ns3Socket>(this));
    } else {
      abort();
    }
  }
  if (user_ == nullptr) return;
  if (before == SYN_SENT && m_connected) user_->on_tcp_established();
  if (user_ != nullptr) user_->on_tcp_progress();
}

}  // namespace mailroom::net
