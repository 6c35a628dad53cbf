// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_connection.hpp"

#include <ns3/node.h>

#include <algorithm>
#include <cassert>

namespace mailroom::net {

using trace::Context;
using trace::ContextScope;
using trace::Kind;

Ns3Connection::Ns3Connection(Ns3World& world, trace::HostId host, Address own, Endpoint remote,
                             ConnectionUser& user)
    : world_(world), host_(host), side_(Conversation::connecting), user_(&user) {
  trace::Recorder& recorder = world.recorder;
  conversation_ = std::make_shared<Conversation>(recorder, recorder.next_connection(),
                                                 recorder.next_session(), world.flights_under_way);
  conversation_->ends[0] = {own, 0};
  conversation_->ends[1] = remote;
  conversation_->hosts[0] = host;
  const auto there = world.routes.node_with(remote.address);
  if (there) conversation_->hosts[1] = {static_cast<std::int64_t>(*there) + 1};
  const std::string who = there ? world.names[*there] : to_string(remote.address);
  trace::Event opened = event(Kind::connection_opened);
  opened.text = who;
  opened.value = remote.port;
  conversation_->opened = recorder.context;
  conversation_->opened.is_content = false;
  conversation_->opened.event = recorder.record(opened);
  conversation_->last_finish = conversation_->opened;
  for (auto& way : conversation_->ways) way.last = way.finish = conversation_->opened;
  world_.add_work();
}

Ns3Connection::Ns3Connection(Ns3World& world, trace::HostId host, std::shared_ptr<Conversation> conversation,
                             ns3::Ptr<Ns3Socket> socket)
    : world_(world),
      host_(host),
      side_(Conversation::accepting),
      conversation_(std::move(conversation)),
      socket_(std::move(socket)) {
  attach();
  established_ = conversation_->opened;
  ContextScope scope(world_.recorder, established_);
  established_.event = world_.recorder.record(event(Kind::connection_established));
  world_.add_work();
}

Ns3Connection::~Ns3Connection() {
  abort();
}

void Ns3Connection::attach() {
  ++conversation_->sockets;
  conversation_->receivers[side_] = ns3::PeekPointer(socket_);
  socket_->set_user(this);
  socket_->set_on_gone([&world = world_, conversation = conversation_, side = side_] {
    conversation->receivers[side] = nullptr;
    if (--conversation->sockets == 0 && !world.is_closed)
      world.conversations.retire(conversation, world.now_ns());
  });
}

// ns-3's nodes are ready for packets only when the simulation runs.
void Ns3Connection::start(const ns3::Ptr<ns3::Node>& node) {
  if (world_.is_running) {
    begin(node);
  } else {
    starting_ = ns3::Simulator::ScheduleNow(&Ns3Connection::begin, this, node);
  }
}

void Ns3Connection::begin(const ns3::Ptr<ns3::Node>& node) {
  world_.enter();
  ContextScope scope(world_.recorder, conversation_->opened);
  const auto here = static_cast<Routes::Node>(host_.value - 1);
  const auto there = static_cast<Routes::Node>(conversation_->hosts[1].value - 1);
  if (conversation_->hosts[1] && world_.routes.connected(here, there)) {
    socket_ = Ns3Socket::make(node);
    if (const std::uint16_t port = socket_->bind(); port != 0) {
      conversation_->ends[0].port = port;
      world_.conversations.add(conversation_, world_.now_ns());
      attach();
      if (socket_->connect(conversation_->ends[1])) return;
    }
  }
  starting_ = ns3::Simulator::ScheduleNow(&Ns3Connection::end, this, End::unreachable);
}

trace::Event Ns3Connection::event(Kind kind) const {
  trace::Event event{};
  event.kind = kind;
  event.host = host_;
  event.connection = conversation_->id;
  event.session = conversation_->session;
  return event;
}

void Ns3Connection::set_user(ConnectionUser& user) {
  assert(user_ == nullptr);
  user_ = &user;
}

void Ns3Connection::disturb(trace::Blame blame, std::string_view what) {
  if (!is_open_ || conversation_->disturbance) return;
  trace::Event hit = event(Kind::connection_disturbed);
  hit.fault = blame.fault;
  hit.text = what;
  hit.because = blame.began;
  conversation_->disturbance = world_.recorder.record(hit);
}

std::size_t Ns3Connection::send(std::string_view octets) {
  assert(!has_finished_);
  if (!is_open_ || octets.empty()) return 0;
  std::size_t taken = 0;
  if (const std::size_t room = socket_ ? socket_->room() : 0; room > 0) {
    taken = std::min(room, octets.size());
    conversation_->sends(side_, taken, world_.recorder.context, world_.with_flights());
    const std::size_t sent = socket_->send(octets.substr(0, taken));
    assert(sent == taken);
  }
  if (taken < octets.size()) wants_room_ = true;
  return taken;
}

void Ns3Connection::finish() {
  if (!is_open_ || has_finished_) return;
  has_finished_ = true;
  wants_room_ = false;
  conversation_->ways[side_].finish = conversation_->last_finish = world_.recorder.context;
  if (world_.with_flights()) conversation_->ways[side_].flights.sends_other();
  if (socket_) socket_->finish();
}

void Ns3Connection::abort() {
  starting_.Cancel();
  unholding_.Cancel();
  if (is_open_) {
    is_open_ = false;
    conversation_->ways[side_].finish = conversation_->last_finish = world_.recorder.context;
    if (!world_.is_closed) {
      trace::Event aborted = event(Kind::connection_reset);
      aborted.text = "aborted here";
      world_.recorder.record(aborted);
      conversation_->ways[side_].flights.end();
    }
    if (socket_ && !world_.is_closed) socket_->abort();  // after the end of the run, no RST is seen
    world_.remove_work();
  }
  if (!socket_) return;
  socket_->set_user(nullptr);
  // ns-3 has events under way that name the socket; they come before this one.
  ns3::Simulator::ScheduleNow([socket = std::move(socket_)] {});
  socket_ = nullptr;
}

void Ns3Connection::hold(bool on) {
  if (on == is_held_) return;
  is_held_ = on;
  unholding_.Cancel();
  if (on || !is_open_ || !socket_) return;
  unholding_ = ns3::Simulator::ScheduleNow(&Ns3Connection::unhold, this);
}

// Reads what has waited, and says that there is room again.
void Ns3Connection::unhold() {
  const ns3::Ptr<Ns3Socket> keep = socket_;
  const Ns3SocketUser* const self = this;
  on_tcp_progress();
  if (keep->user() == self && is_open_) keep->tell_window();
}

void Ns3Connection::on_tcp_established() {
  world_.enter();
  established_ = conversation_->opened;
  ContextScope scope(world_.recorder, established_);
  established_.event = world_.recorder.record(event(Kind::connection_established));
  world_.recorder.context = established_;
  const ns3::Ptr<Ns3Socket> keep = socket_;
  const Ns3SocketUser* const self = this;
  if (has_finished_) socket_->finish();
  user_->on_established();
  if (keep->user() == self) tell_room();
}

void Ns3Connection::on_tcp_progress() {
  world_.enter();
  const ns3::Ptr<Ns3Socket> keep = socket_;
  if (!is_open_) return;
  assert(user_ != nullptr && "who accepts a connection sets its user");
  if (socket_->has_ended()) is_held_ = false;
  if (!is_held_ && !deliver()) return;
  if (!tell_room()) return;
  if (!is_held_ && !tell_peer_finished()) return;
  if (!keep->has_ended()) return;
  // Whoever forgot the connection after its TIME-WAIT, which is short here, answers what it has long
  // acknowledged by a reset. That is the ACK that was lost.
  const bool is_late_ack =
      keep->end() == End::reset && conversation_->ways[Conversation::other(side_)].closed;
  end(is_late_ack ? End::closed : keep->end());
}

// These return false when a callback destroyed or ended the connection.
bool Ns3Connection::deliver() {
  const ns3::Ptr<Ns3Socket> keep = socket_;
  const Ns3SocketUser* const self = this;
  const std::shared_ptr<Conversation> conversation = conversation_;
  Conversation::Way& way = conversation->ways[Conversation::other(side_)];
  Ns3World& world = world_;
  std::string octets = std::move(world.scratch);
  octets.clear();
  socket_->read(octets);
  bool alive = true;
  for (std::size_t at = 0; alive && at < octets.size();) {
    assert(!way.pieces.empty());
    const Context context = way.pieces.front().context;
    const std::size_t size =
        std::min<std::uint64_t>(octets.size() - at, way.pieces.front().end - way.delivered);
    way.delivered += size;
    if (way.delivered == way.pieces.front().end) way.pieces.pop_front();
    if (way.flights.is_watching()) way.flights.delivered(way.delivered);
    const ContextScope scope(world.recorder, context);
    user_->on_octets(std::string_view(octets).substr(at, size));
    at += size;
    alive = keep->user() == self;
  }
  world.scratch = std::move(octets);
  return alive;
}

bool Ns3Connection::tell_room() {
  if (!wants_room_ || socket_->room() == 0) return true;
  wants_room_ = false;
  const ns3::Ptr<Ns3Socket> keep = socket_;
  const Ns3SocketUser* const self = this;
  const ContextScope scope(world_.recorder, conversation_->ways[side_].last);
  user_->on_room();
  return keep->user() == self;
}

bool Ns3Connection::tell_peer_finished() {
  if (told_peer_finished_ || !socket_->peer_finished()) return true;
  told_peer_finished_ = true;
  const ns3::Ptr<Ns3Socket> keep = socket_;
  const Ns3SocketUser* const self = this;
  const ContextScope scope(world_.recorder, conversation_->ways[Conversation::other(side_)].finish);
  user_->on_peer_finished();
  return keep->user() == self;
}

void Ns3Connection::end(End end) {
  world_.enter();
  is_open_ = false;
  conversation_->ways[side_].closed = end == End::closed;
  const bool waited_in_vain = end == End::timed_out || end == End::unreachable || end == End::refused;
  Context context = waited_in_vain ? conversation_->ways[side_].last : conversation_->last_finish;
  context.is_content = false;
  const ContextScope scope(world_.recorder, context);
  world_.recorder.context.event = record_end(end);
  for (auto& way : conversation_->ways) {
    if (end != End::closed) way.flights.end();
  }
  world_.remove_work();
  user_->on_ended(end);
}

trace::EventId Ns3Connection::record_end(End end) {
  trace::Event ended = event(Kind::connection_closed);
  switch (end) {
    case End::closed:
      break;
    case End::refused:
      ended.kind = Kind::connection_refused;
      if (const auto silent = world_.silent_ports.find(remote()); silent != world_.silent_ports.end()) {
        ended.fault = silent->second.fault;
        ended.because = silent->second.began;
      }
      break;
    case End::unreachable:
      ended.kind = Kind::connection_unreachable;
      ended.because = conversation_->disturbance;
      break;
    case End::timed_out:
      ended.kind = Kind::connection_timed_out;
      ended.text = established_.event ? "an acknowledgement" : "an answer to SYN";
      ended.because = conversation_->disturbance;
      break;
    case End::reset:
      record_reset();
      ended.kind = Kind::connection_reset;
      ended.because = conversation_->disturbance;
      break;
  }
  return world_.recorder.record(ended);
}

// A reset is itself what hit the connection, if nothing had before.
void Ns3Connection::record_reset() {
  if (conversation_->disturbance) return;
  trace::Event hit = event(Kind::connection_disturbed);
  hit.text = "reset";
  conversation_->disturbance = world_.recorder.record(hit);
}

}  // namespace mailroom::net
