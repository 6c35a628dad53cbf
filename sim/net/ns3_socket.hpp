// SPDX-License-Identifier: GPL-2.0-only
// ns-3's TCP socket with the ends of connections put right, so that each is reported as what it was (RFC 9293
// §3.10.7):
//  - a reset that answers the SYN means refused, at once (ns-3 would wait 189 s);
//  - FIN is sent whatever is outstanding, retransmitted with back-off and given up like data;
//  - while our own FIN is not acknowledged, data may still be (ns-3 takes any ACK for the last one);
//  - a repeated FIN or SYN+ACK is acknowledged, and a FIN that comes with old data is seen.
// Its user hears of everything after ns-3 has finished with a segment, so that a user may do anything in a
// callback.
#pragma once

#include <ns3/tcp-socket-base.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/net/network.hpp"

namespace mailroom::net {

class Ns3Socket;

class Ns3SocketUser {
 public:
  virtual ~Ns3SocketUser() = default;
  virtual void on_tcp_established() = 0;
  // A segment came: there may be octets to read, room to send, the peer's FIN, or the end.
  virtual void on_tcp_progress() = 0;
};

// Where a listening socket takes new connections; shared by its forks, which may outlive the listener.
struct Ns3AcceptPoint {
  std::function<void(ns3::Ptr<Ns3Socket>)> accept;  // empty when the listener is gone
};

class Ns3Socket : public ns3::TcpSocketBase {
 public:
  static ns3::TypeId GetTypeId();
  // A socket of `node` with kTcp's settings.
  static ns3::Ptr<Ns3Socket> make(const ns3::Ptr<ns3::Node>& node);

  Ns3Socket() = default;
  Ns3Socket(const Ns3Socket& other);
  ~Ns3Socket() override;

  void set_user(Ns3SocketUser* user) { user_ = user; }
  Ns3SocketUser* user() const { return user_; }
  void set_accept_point(std::shared_ptr<Ns3AcceptPoint> point) { accept_point_ = std::move(point); }
  // Called when the last of it is gone; frames of its connection come no more.
  void set_on_gone(std::function<void()> on_gone) { on_gone_ = std::move(on_gone); }

  bool listen(Address address, std::uint16_t port);  // false: the port is taken
  std::uint16_t bind();                              // to a free port; 0: there is none
  bool connect(Endpoint remote);                     // false: no way there
  Endpoint local() const;
  Endpoint remote() const;

  bool is_established() const;  // octets can be sent
  bool peer_finished() const;   // and everything before it was received
  bool has_ended() const { return ended_; }
  End end() const { return end_; }
  std::size_t send(std::string_view octets);
  std::size_t room() const;
  // Appends what has come in order.
  void read(std::string& octets);
  // An acknowledgement with the window as it is now.
  void tell_window();
  void finish();
  void abort();
  // As if the other end had sent a reset: the user hears of it.
  void be_reset();

  bool has_endpoint() const { return m_endPoint != nullptr; }
  // A segment of its connection: what ns-3's TCP would find the socket for. has_endpoint() must hold.
  void hear(const ns3::Ptr<ns3::Packet>& segment, ns3::Ipv4Address from, ns3::Ipv4Address to);

 protected:
  ns3::Ptr<ns3::TcpSocketBase> Fork() override;
  void DoForwardUp(ns3::Ptr<ns3::Packet> packet, const ns3::Address& from, const ns3::Address& to) override;
  void ReTxTimeout() override;
  void PersistTimeout() override;
  void SendEmptyPacket(std::uint8_t flags) override;
  // Where the receiver's window ends just behind what was sent, ns-3 3.37 sends on with no octet, and dies of it.
  std::uint32_t SendDataPacket(ns3::SequenceNumber32 first, std::uint32_t most, bool with_ack) override;
  std::uint32_t AvailableWindow() const override;

 private:
  static const Ns3Socket& model();
  static ns3::Ptr<Ns3Socket> make_model();
  void take(const ns3::Ptr<ns3::Packet>& packet, const ns3::Address& from, const ns3::Address& to);
  void take_listening(const ns3::Ptr<ns3::Packet>& packet, const ns3::Address& from, const ns3::Address& to,
                      std::uint8_t flags);
  bool answered_here(std::uint8_t flags, bool acks_our_fin);
  bool split(const ns3::Ptr<ns3::Packet>& packet, const ns3::Address& from, const ns3::Address& to);
  void take_reset(ns3::SequenceNumber32 acknowledged);
  void take_icmp(ns3::Ipv4Address from, std::uint8_t ttl, std::uint8_t type, std::uint8_t code, std::uint32_t info);
  void repair(TcpStates_t before, bool acks_our_fin);
  void tell(TcpStates_t before);
  void send_pending_fin();
  void close_with(End end);
  bool fin_is_out() const;

  Ns3SocketUser* user_ = nullptr;
  std::shared_ptr<Ns3AcceptPoint> accept_point_;
  std::function<void()> on_gone_;
  bool finishing_ = false;
  std::uint32_t fins_sent_ = 0;
  bool ended_ = false;
  bool window_is_full_ = false;  // until the next segment comes or the timer expires
  End end_ = End::closed;
};

}  // namespace mailroom::net
