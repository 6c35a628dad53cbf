// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_connection.hpp"

#include <cassert>

namespace mailroom::net {

using trace::Context;
using trace::ContextScope;
using trace::Kind;

LoopbackConnection::LoopbackConnection(LoopbackWorld& world, LoopbackTimers& timers, trace::HostId host,
                                       Address own, Endpoint remote, ConnectionUser& user)
    : world_(world),
      timers_(timers),
      host_(host),
      id_(world.recorder.next_connection()),
      session_(world.recorder.next_session()),
      local_{own, 0},
      remote_(remote),
      user_(&user),
      is_ours_(true) {
  established_ = world_.recorder.context;
  established_.is_content = false;
  established_.event = record(Kind::connection_opened, world_.name_of(remote.address), {}, remote.port);
  last_ = finish_ = established_;
  const ContextScope scope(world_.recorder, established_);
  if (const auto port = world_.ports.port_of(remote)) {
    socket_ = LoopbackSocket::connect(world_.loop, *port, world_.sockets, *this);
  } else {
    no_way_ = timers_.after(0, [this] { on_ended(End::unreachable); });
  }
}

LoopbackConnection::LoopbackConnection(LoopbackWorld& world, LoopbackTimers& timers, trace::HostId host,
                                       Endpoint local, std::unique_ptr<LoopbackSocket> socket)
    : world_(world),
      timers_(timers),
      host_(host),
      id_(world.recorder.next_connection()),
      session_(world.recorder.next_session()),
      local_(local),
      remote_{world.outside, socket->remote_port()},
      socket_(std::move(socket)),
      is_ours_(false),
      is_established_(true) {
  established_ = world_.recorder.context;
  established_.event = record(Kind::connection_established);
  last_ = finish_ = established_;
  socket_->set_user(*this);
}

LoopbackConnection::~LoopbackConnection() {
  abort();
}

Endpoint LoopbackConnection::local() const {
  return is_ours_ && socket_ ? Endpoint{local_.address, socket_->local_port()} : local_;
}

trace::EventId LoopbackConnection::record(Kind kind, std::string_view text, trace::EventId because,
                                          std::optional<std::int64_t> value) {
  trace::Event event{};
  event.kind = kind;
  event.host = host_;
  event.connection = id_;
  event.session = session_;
  event.text = text;
  event.because = because;
  event.value = value;
  return world_.recorder.record(event);
}

void LoopbackConnection::set_user(ConnectionUser& user) {
  assert(user_ == nullptr);
  user_ = &user;
}

std::size_t LoopbackConnection::send(std::string_view octets) {
  if (!is_open_ || !socket_ || octets.empty()) return 0;
  const std::size_t taken = socket_->send(octets);
  // Whoever does not take our answers is asked for no more questions: what waits at our side stays bounded.
  if (taken < octets.size() && !is_ours_) socket_->set_reading(false);
  if (taken == 0) return 0;
  has_sent_ = true;
  last_ = world_.recorder.context;
  last_.is_content = false;
  return taken;
}

void LoopbackConnection::finish() {
  if (!is_open_) return;
  finish_ = world_.recorder.context;
  if (socket_) socket_->finish();
}

void LoopbackConnection::abort() {
  timers_.cancel(no_way_);
  if (is_open_) {
    is_open_ = false;
    if (!world_.is_closed) record(Kind::connection_reset, "aborted here");
  }
  if (socket_) socket_->abort();
}

void LoopbackConnection::hold(bool on) {
  if (socket_) socket_->set_reading(!on);
}

void LoopbackConnection::on_established() {
  world_.enter();
  const ContextScope scope(world_.recorder, established_);
  is_established_ = true;
  established_.event = record(Kind::connection_established);
  world_.recorder.context = established_;
  user_->on_established();
}

void LoopbackConnection::on_octets(std::string_view octets) {
  assert(user_ != nullptr && "who accepts a connection sets its user");
  world_.enter();
  const ContextScope scope(world_.recorder, heard_under());
  user_->on_octets(octets);
}

void LoopbackConnection::on_room() {
  world_.enter();
  const ContextScope scope(world_.recorder, last_);
  socket_->set_reading(true);
  user_->on_room();
}

void LoopbackConnection::on_peer_finished() {
  world_.enter();
  const ContextScope scope(world_.recorder, heard_under());
  user_->on_peer_finished();
}

void LoopbackConnection::on_ended(End end) {
  world_.enter();
  is_open_ = false;
  const bool waited_in_vain = end == End::timed_out || end == End::unreachable || end == End::refused;
  Context context = waited_in_vain ? last_ : finish_;
  context.is_content = false;
  const ContextScope scope(world_.recorder, context);
  world_.recorder.context.event = record_end(end);
  user_->on_ended(end);
}

trace::EventId LoopbackConnection::record_end(End end) {
  switch (end) {
    case End::closed:
      return record(Kind::connection_closed);
    case End::refused:
      return record(Kind::connection_refused);
    case End::unreachable:
      return record(Kind::connection_unreachable);
    case End::timed_out:
      return record(Kind::connection_timed_out, is_established_ ? "any octet" : "an answer to SYN");
    case End::reset:
      // The reset is itself what hit the connection.
      disturbance_ = record(Kind::connection_disturbed, "reset");
      return record(Kind::connection_reset, {}, disturbance_);
  }
  std::unreachable();
}

}  // namespace mailroom::net
