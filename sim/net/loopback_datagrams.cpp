// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_datagrams.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

namespace mailroom::net {

using trace::Context;
using trace::ContextScope;
using trace::Kind;

LoopbackDatagramSocket::LoopbackDatagramSocket(LoopbackWorld& world, trace::HostId host, Endpoint local,
                                               std::unique_ptr<LoopbackUdp> udp, DatagramUser& user,
                                               std::function<void()> on_gone)
    : world_(world),
      host_(host),
      local_(local),
      udp_(std::move(udp)),
      user_(user),
      on_gone_(std::move(on_gone)),
      opened_(world.recorder.context) {
  if (udp_) udp_->start(*this);
}

LoopbackDatagramSocket::~LoopbackDatagramSocket() {
  udp_.reset();
  on_gone_();
}

trace::EventId LoopbackDatagramSocket::disturbance(Endpoint remote) const {
  const auto found = lost_.find(remote);
  return found == lost_.end() ? trace::EventId{} : found->second;
}

trace::Event LoopbackDatagramSocket::event(Kind kind, std::string_view text, std::size_t size) const {
  trace::Event event{};
  event.kind = kind;
  event.host = host_;
  event.text = text;
  event.size = static_cast<std::int64_t>(size);
  return event;
}

trace::EventId LoopbackDatagramSocket::record(Kind kind, Endpoint remote, std::size_t size) {
  trace::Recorder& recorder = world_.recorder;
  if (!recorder.keeps(kind)) {
    recorder.skip();
    return recorder.context.event;
  }
  const std::string where = to_string(remote);
  trace::Event moved = event(kind, where, size);
  moved.value = local_.port;
  return recorder.record(moved);
}

// Strangers are answered where they asked from, and never called.
std::optional<std::uint16_t> LoopbackDatagramSocket::way_to(Endpoint to) const {
  if (const auto known = world_.ports.port_of(to)) return known;
  if (to.address == world_.outside && to.port < strangers_.size() && strangers_[to.port]) return to.port;
  return std::nullopt;
}

void LoopbackDatagramSocket::send(Endpoint to, std::string_view octets) {
  assert(octets.size() <= kMostOctets);
  last_sent_[to.address] = world_.recorder.context;
  const trace::EventId sent = record(Kind::datagram_sent, to, octets.size());
  const auto port = way_to(to);
  if (!port || !udp_) return lose(to, octets.size(), sent, "unreachable");
  if (!udp_->send(*port, octets)) lose(to, octets.size(), sent, "queue");
}

void LoopbackDatagramSocket::lose(Endpoint to, std::size_t size, trace::EventId sent, std::string_view why) {
  const std::string detail =
      fmt::format(R"({{"from":"{}","to":"{}"}})", to_string(local_), to_string(to));
  trace::Event dropped = event(Kind::datagram_dropped, why, size);
  dropped.detail = detail;
  ContextScope scope(world_.recorder, world_.recorder.context);
  world_.recorder.context.event = sent;
  lost_[to] = world_.recorder.record(dropped);
}

void LoopbackDatagramSocket::on_datagram(std::uint16_t from_port, std::string_view octets) {
  world_.enter();
  Context context = opened_;
  Endpoint from{world_.outside, from_port};
  if (const auto known = world_.ports.at(from_port)) {
    from = *known;
    if (const auto last = last_sent_.find(from.address); last != last_sent_.end()) context = last->second;
  } else {
    strangers_.resize(65'536);
    strangers_[from_port] = true;
  }
  const ContextScope scope(world_.recorder, context);
  record(Kind::datagram_received, from, octets.size());
  user_.on_datagram(from, octets);  // the last word: it may destroy this
}

void LoopbackDatagramSocket::on_refused(std::uint16_t port) {
  world_.enter();
  const auto known = world_.ports.at(port);
  const Address remote = known ? known->address : world_.outside;
  const auto last = last_sent_.find(remote);
  if (last == last_sent_.end()) return;
  const ContextScope scope(world_.recorder, last->second);
  const std::string where = to_string(remote);
  trace::Event refused = event(Kind::datagram_refused, where, 0);
  refused.size.reset();
  world_.recorder.context.event = world_.recorder.record(refused);
  user_.on_port_unreachable(remote);  // the last word: it may destroy this
}

}  // namespace mailroom::net
