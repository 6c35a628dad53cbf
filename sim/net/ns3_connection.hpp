// SPDX-License-Identifier: GPL-2.0-only
// One end of a connection: an ns-3 socket, and the half of a conversation.
#pragma once

#include <memory>
#include <string>

#include "sim/net/conversation.hpp"
#include "sim/net/ns3_socket.hpp"
#include "sim/net/ns3_world.hpp"

namespace mailroom::net {

class Ns3Connection final : public Connection, private Ns3SocketUser {
 public:
  // The connecting end. start() begins.
  Ns3Connection(Ns3World& world, trace::HostId host, Address own, Endpoint remote, ConnectionUser& user);
  // The accepting end of a conversation that is known.
  Ns3Connection(Ns3World& world, trace::HostId host, std::shared_ptr<Conversation> conversation,
                ns3::Ptr<Ns3Socket> socket);
  ~Ns3Connection() override;

  void start(const ns3::Ptr<ns3::Node>& node);
  // What happened last, for the accept callback to run under.
  const trace::Context& established() const { return established_; }

  trace::ConnectionId id() const override { return conversation_->id; }
  trace::SessionId session() const override { return conversation_->session; }
  Endpoint local() const override { return conversation_->ends[side_]; }
  Endpoint remote() const override { return conversation_->ends[Conversation::other(side_)]; }
  trace::EventId disturbance() const override { return conversation_->disturbance; }
  void disturb(trace::Blame blame, std::string_view what) override;
  std::size_t send(std::string_view octets) override;
  void finish() override;
  void abort() override;
  void hold(bool on) override;
  void set_user(ConnectionUser& user) override;

 private:
  void on_tcp_established() override;
  void on_tcp_progress() override;
  void unhold();
  bool deliver();
  bool tell_room();
  bool tell_peer_finished();
  void end(End end);
  trace::EventId record_end(End end);
  void record_reset();
  void begin(const ns3::Ptr<ns3::Node>& node);
  void attach();
  trace::Event event(trace::Kind kind) const;

  Ns3World& world_;
  trace::HostId host_;
  Conversation::Side side_;
  std::shared_ptr<Conversation> conversation_;
  ns3::Ptr<Ns3Socket> socket_;
  ConnectionUser* user_ = nullptr;
  trace::Context established_;
  ns3::EventId starting_;  // start(), or the end of what has no way
  ns3::EventId unholding_;
  bool is_open_ = true;
  bool is_held_ = false;
  bool wants_room_ = false;
  bool has_finished_ = false;
  bool told_peer_finished_ = false;
};

}  // namespace mailroom::net
