// SPDX-License-Identifier: GPL-2.0-only
// How octets, ends and faults move in the network of fake_network.hpp, which includes this.
#pragma once

#include "tests/sim/agents/support/fake_network.hpp"

namespace mailroom::test {

inline void FakeFabric::silence(net::Address address) {
  silent.insert(address);
  for (const auto& known : pipes) {
    const auto pipe = known.lock();
    if (!pipe || pipe->is_dead || (pipe->ends[0].address != address && pipe->ends[1].address != address))
      continue;
    pipe->is_silent = true;
    for (const int side : {0, 1}) FakeConnection::give_up_if_waiting(pipe, *this, side);
  }
}

inline std::unique_ptr<net::Connection> FakeHost::connect(net::Endpoint remote, net::ConnectionUser& user) {
  trace::Recorder& recorder = fabric_.recorder;
  auto pipe = std::make_shared<Pipe>();
  pipe->id = recorder.next_connection();
  pipe->session = recorder.next_session();
  pipe->ends[0] = {address_, ++last_port_};
  pipe->ends[1] = remote;
  pipe->hosts[0] = id_;
  pipe->hosts[1] = {static_cast<std::int64_t>(remote.address.value - 0x0a000000)};
  pipe->opened = recorder.context;
  pipe->opened.is_content = false;
  pipe->opened.event = recorder.record({.kind = trace::Kind::connection_opened,
                                        .host = id_,
                                        .connection = pipe->id,
                                        .session = pipe->session,
                                        .value = remote.port,
                                        .text = fabric_.names[remote.address]});
  pipe->last_finish = pipe->opened;
  for (Pipe::Way& way : pipe->ways) way.last = way.finish = pipe->opened;
  fabric_.pipes.push_back(pipe);
  int& open = ++fabric_.open_now[remote.address];
  fabric_.open_at_most[remote.address] = std::max(fabric_.open_at_most[remote.address], open);
  auto connection = std::make_unique<FakeConnection>(fabric_, pipe, 0, &user);
  FakeConnection::connect(pipe, fabric_);
  return connection;
}

inline void FakeConnection::connect(const Shared& pipe, FakeFabric& fabric) {
  const net::Address from = pipe->ends[0].address;
  const net::Address to = pipe->ends[1].address;
  if (fabric.unreachable.contains(to)) {
    fabric.clock.after(0, [pipe, &fabric] { end(pipe, fabric, 0, net::End::unreachable); });
    return;
  }
  fabric.clock.after(fabric.settings.latency_ns, [pipe, &fabric, from, to] {
    if (pipe->at[0] == nullptr || !pipe->at[0]->is_open_) return;
    if (fabric.silent.contains(from) || fabric.silent.contains(to)) {
      fabric.clock.after(fabric.settings.syn_time_out_ns - fabric.settings.latency_ns,
                         [pipe, &fabric] { end(pipe, fabric, 0, net::End::timed_out); });
    } else if (fabric.listeners.contains(pipe->ends[1])) {
      fabric.clock.after(fabric.settings.latency_ns, [pipe, &fabric] { establish(pipe, fabric); });
    } else {
      fabric.clock.after(fabric.settings.latency_ns,
                         [pipe, &fabric] { end(pipe, fabric, 0, net::End::refused); });
    }
  });
}

inline void FakeConnection::establish(const Shared& pipe, FakeFabric& fabric) {
  if (pipe->at[0] == nullptr || !pipe->at[0]->is_open_ || pipe->is_dead || pipe->is_silent) return;
  // The last segment of the handshake is on its way before anything that the user sends.
  fabric.clock.after(fabric.settings.latency_ns, [pipe, &fabric] {
    if (pipe->is_dead || pipe->is_silent) return;
    const auto listener = fabric.listeners.find(pipe->ends[1]);
    if (listener == fabric.listeners.end()) return end(pipe, fabric, 0, net::End::reset);
    trace::ContextScope scope(fabric.recorder, pipe->opened);
    fabric.recorder.context.event =
        fabric.recorder.record(event_of(*pipe, 1, trace::Kind::connection_established));
    auto connection = std::make_unique<FakeConnection>(fabric, pipe, 1, nullptr);
    (*listener->second)(std::move(connection));
    EXPECT_TRUE(pipe->at[1] == nullptr || pipe->at[1]->has_user())
        << "the user is set before control returns";
  });
  trace::ContextScope scope(fabric.recorder, pipe->opened);
  fabric.recorder.context.event =
      fabric.recorder.record(event_of(*pipe, 0, trace::Kind::connection_established));
  pipe->at[0]->user_->on_established();
  apply_cut(pipe, fabric);
}

inline std::size_t FakeConnection::send(std::string_view octets) {
  EXPECT_TRUE(is_open_) << "send() on a connection that ended";
  Pipe::Way& way = pipe_->ways[side_];
  EXPECT_FALSE(way.finished) << "send() after finish()";
  if (!is_open_ || octets.empty()) return 0;
  const std::size_t room = fabric_.settings.window_octets - way.unacknowledged;
  const std::size_t taken = std::min(room, octets.size());
  wants_room_ = taken < octets.size();
  if (taken == 0) return 0;
  const trace::Context context = fabric_.recorder.context;
  way.last = context;
  way.unacknowledged += taken;
  fabric_.sent.push_back({pipe_->id, side_, taken, context});
  for (std::size_t at = 0; at < taken; at += fabric_.settings.segment_octets) {
    std::string segment(octets.substr(at, std::min(taken - at, fabric_.settings.segment_octets)));
    fabric_.clock.after(fabric_.settings.latency_ns,
                        [pipe = pipe_, &fabric = fabric_, to = 1 - side_, segment = std::move(segment),
                         context] { arrive(pipe, fabric, to, segment, context); });
  }
  if (pipe_->is_silent) give_up_if_waiting(pipe_, fabric_, side_);
  return taken;
}

inline void FakeConnection::arrive(const Shared& pipe, FakeFabric& fabric, int to, const std::string& octets,
                                   const trace::Context& context) {
  if (pipe->is_dead || pipe->is_silent || pipe->is_stalled || pipe->at[to] == nullptr) return;
  if (!pipe->at[to]->is_open_) return;
  std::size_t readable = octets.size();
  for (const Cut& cut : fabric.cuts) {
    if (cut.connection == pipe->id && cut.after_octets >= pipe->read_octets) {
      readable = std::min<std::size_t>(readable, cut.after_octets - pipe->read_octets);
    }
  }
  pipe->read_octets += readable;
  if (readable > 0) {
    const trace::ContextScope scope(fabric.recorder, context);
    pipe->at[to]->user_->on_octets(std::string_view(octets).substr(0, readable));
  }
  if (apply_cut(pipe, fabric)) return;
  fabric.clock.after(fabric.settings.latency_ns, [pipe, &fabric, from = 1 - to, readable] {
    if (pipe->is_dead || pipe->is_silent || pipe->is_stalled) return;
    Pipe::Way& way = pipe->ways[from];
    way.unacknowledged -= readable;
    FakeConnection* sender = pipe->at[from];
    if (sender == nullptr || !sender->is_open_ || !std::exchange(sender->wants_room_, false)) return;
    const trace::ContextScope scope(fabric.recorder, way.last);
    sender->user_->on_room();
  });
}

// True: the connection was cut.
inline bool FakeConnection::apply_cut(const Shared& pipe, FakeFabric& fabric) {
  for (const Cut& cut : fabric.cuts) {
    if (cut.connection != pipe->id || cut.after_octets != pipe->read_octets) continue;
    if (pipe->is_dead || pipe->is_silent || pipe->is_stalled) continue;
    switch (cut.how) {
      case Cut::How::reset:
        pipe->is_dead = true;
        for (const int side : {1, 0}) {
          fabric.clock.after(0, [pipe, &fabric, side] { end(pipe, fabric, side, net::End::reset); });
        }
        return true;
      case Cut::How::silence:
        pipe->is_silent = true;
        for (const int side : {1, 0}) give_up_if_waiting(pipe, fabric, side);
        return true;
      case Cut::How::stall:
        pipe->is_stalled = true;
        return true;
    }
  }
  return false;
}

inline void FakeConnection::give_up_if_waiting(const Shared& pipe, FakeFabric& fabric, int side) {
  Pipe::Way& way = pipe->ways[side];
  const bool waits = way.unacknowledged > 0 || (way.finished && !way.finish_acknowledged);
  if (!waits || std::exchange(way.giving_up, true)) return;
  fabric.clock.after(fabric.settings.ack_time_out_ns,
                     [pipe, &fabric, side] { end(pipe, fabric, side, net::End::timed_out); });
}

inline void FakeConnection::finish() {
  EXPECT_TRUE(is_open_) << "finish() on a connection that ended";
  Pipe::Way& way = pipe_->ways[side_];
  EXPECT_FALSE(way.finished) << "finish() twice";
  if (!is_open_ || std::exchange(way.finished, true)) return;
  wants_room_ = false;
  way.finish = pipe_->last_finish = fabric_.recorder.context;
  fabric_.clock.after(fabric_.settings.latency_ns, [pipe = pipe_, &fabric = fabric_, to = 1 - side_] {
    finish_arrives(pipe, fabric, to);
  });
  if (pipe_->is_silent) give_up_if_waiting(pipe_, fabric_, side_);
}

inline void FakeConnection::finish_arrives(const Shared& pipe, FakeFabric& fabric, int to) {
  if (pipe->is_dead || pipe->is_silent || pipe->is_stalled) return;
  Pipe::Way& way = pipe->ways[1 - to];
  way.finish_arrived = true;
  fabric.clock.after(fabric.settings.latency_ns, [pipe, &fabric, to] {
    if (pipe->is_dead || pipe->is_silent || pipe->is_stalled) return;
    pipe->ways[1 - to].finish_acknowledged = true;
    close_if_complete(pipe, fabric, 1 - to);
  });
  if (pipe->at[to] == nullptr || !pipe->at[to]->is_open_) return;
  {
    const trace::ContextScope scope(fabric.recorder, way.finish);
    pipe->at[to]->user_->on_peer_finished();
  }
  close_if_complete(pipe, fabric, to);
}

inline void FakeConnection::close_if_complete(const Shared& pipe, FakeFabric& fabric, int side) {
  const Pipe::Way& own = pipe->ways[side];
  if (own.finish_acknowledged && pipe->ways[1 - side].finish_arrived)
    end(pipe, fabric, side, net::End::closed);
}

inline void FakeConnection::abort() {
  if (!is_open_) return;
  closed();
  pipe_->ways[side_].finish = pipe_->last_finish = fabric_.recorder.context;
  trace::Event aborted = event_of(*pipe_, side_, trace::Kind::connection_reset);
  aborted.text = "aborted here";
  fabric_.recorder.record(aborted);
  if (pipe_->is_silent || pipe_->is_stalled || pipe_->is_dead) return;
  fabric_.clock.after(fabric_.settings.latency_ns, [pipe = pipe_, &fabric = fabric_, to = 1 - side_] {
    if (!pipe->is_dead && !pipe->is_silent) end(pipe, fabric, to, net::End::reset);
    pipe->is_dead = true;
  });
}

inline void FakeConnection::end(const Shared& pipe, FakeFabric& fabric, int side, net::End how) {
  FakeConnection* connection = pipe->at[side];
  if (connection == nullptr || !connection->is_open_) return;
  connection->closed();
  const bool in_vain = how == net::End::timed_out || how == net::End::unreachable || how == net::End::refused;
  trace::Context context = in_vain ? pipe->ways[side].last : pipe->last_finish;
  context.is_content = false;
  const trace::ContextScope scope(fabric.recorder, context);
  trace::Event event = event_of(*pipe, side, trace::Kind::connection_closed);
  if (how == net::End::refused) event.kind = trace::Kind::connection_refused;
  if (how == net::End::unreachable) event.kind = trace::Kind::connection_unreachable;
  if (how == net::End::timed_out) event.kind = trace::Kind::connection_timed_out;
  if (how == net::End::reset) {
    if (!pipe->disturbance) {
      trace::Event hit = event_of(*pipe, side, trace::Kind::connection_disturbed);
      hit.text = "reset";
      pipe->disturbance = fabric.recorder.record(hit);
    }
    event.kind = trace::Kind::connection_reset;
  }
  if (how == net::End::reset || how == net::End::timed_out) event.because = pipe->disturbance;
  fabric.recorder.context.event = fabric.recorder.record(event);
  connection->user_->on_ended(how);
}

inline void FakeDatagramSocket::send(net::Endpoint to, std::string_view octets) {
  EXPECT_LE(octets.size(), kMostOctets);
  const trace::Context context = fabric_.recorder.context;
  trace::Context under_way = context;
  under_way.event =
      fabric_.recorder.record(event(trace::Kind::datagram_sent, net::to_string(to), octets.size()));
  const trace::ContextScope scope(fabric_.recorder, under_way);
  if (fabric_.unreachable.contains(to.address)) return lose(to, octets, "unreachable");
  if (fabric_.silent.contains(local_.address) || fabric_.silent.contains(to.address) ||
      (fabric_.loses_datagram && fabric_.loses_datagram(local_, to, octets)))
    return lose(to, octets, "loss");
  fabric_.clock.after(fabric_.settings.latency_ns, [&fabric = fabric_, from = local_, to, context,
                                                    octets = std::string(octets)] {
    const auto found = fabric.datagram_sockets.find(to);
    if (found == fabric.datagram_sockets.end()) {
      fabric.clock.after(fabric.settings.latency_ns, [&fabric, from, to, context] {
        const auto sender = fabric.datagram_sockets.find(from);
        if (sender == fabric.datagram_sockets.end()) return;
        trace::ContextScope refused(fabric.recorder, context);
        fabric.recorder.context.event = fabric.recorder.record({.kind = trace::Kind::datagram_refused,
                                                                .host = sender->second->host_,
                                                                .text = net::to_string(to.address)});
        sender->second->user_.on_port_unreachable(to.address);
      });
      return;
    }
    FakeDatagramSocket& socket = *found->second;
    fabric.recorder.record(socket.event(trace::Kind::datagram_received, net::to_string(from), octets.size()));
    const trace::ContextScope arrival(fabric.recorder, context);
    socket.user_.on_datagram(from, octets);
  });
}

inline void FakeDatagramSocket::lose(net::Endpoint to, std::string_view octets, std::string_view why) {
  const std::string detail =
      R"({"from":")" + net::to_string(local_) + R"(","to":")" + net::to_string(to) + "\"}";
  trace::Event lost = event(trace::Kind::datagram_dropped, why, octets.size());
  lost.value.reset();
  lost.detail = detail;
  const trace::EventId dropped = fabric_.recorder.record(lost);
  last_lost_[to] = dropped;
  const auto receiver = fabric_.datagram_sockets.find(to);
  if (receiver != fabric_.datagram_sockets.end()) receiver->second->last_lost_[local_] = dropped;
}

}  // namespace mailroom::test
