// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/serve_bridge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/main/cli_words.hpp"

namespace mailroom::cli {
namespace {

// What waits for room in a simulated connection, beside its own buffer; then the socket is not read.
constexpr std::size_t kMostWaiting = 65'536;
constexpr std::size_t kSocketBuffer = 65'536;
// Datagrams that came and are not typed yet; others are dropped, as datagrams are.
constexpr std::size_t kMostDatagrams = 64;
// Real ports that ask by datagrams at a time, and how long an answer may take.
constexpr std::size_t kMostFlows = 1'000;
constexpr std::chrono::seconds kFlowLife{60};

std::string trouble(std::uint16_t local, const std::error_code& error) {
  if (error == std::errc::address_in_use)
    return fmt::format("port {} of 127.0.0.1 is taken by another program", local);
  if (error == std::errc::permission_denied)
    return fmt::format(
        "port {} is below 1024, for which one must be root; take another, or none for a free one", local);
  return fmt::format("port {} of 127.0.0.1: {}", local, error.message());
}

}  // namespace

// A place of the simulated network that can be reached from outside.
class Bridge::Door final : private net::LoopbackUdpUser {
 public:
  Door(Bridge& bridge, control::Place place, std::string seat)
      : bridge_(bridge), place_(std::move(place)), seat_(std::move(seat)) {}

  std::expected<std::uint16_t, std::error_code> open(std::uint16_t local, bool with_datagrams) {
    auto listener = net::LoopbackListener::open(bridge_.loop_, local, bridge_.gate_, bridge_.sockets_);
    if (!listener) return std::unexpected(listener.error());
    const std::uint16_t port = (*listener)->port();
    if (with_datagrams) {
      auto udp = net::LoopbackUdp::open(bridge_.loop_, port);
      if (!udp) return std::unexpected(udp.error());
      udp_ = std::move(*udp);
      udp_->start(*this);
    }
    listener_ = std::move(*listener);
    listener_->start([this](std::unique_ptr<net::LoopbackSocket> socket) {
      const auto end = std::make_shared<RealEnd>(static_cast<RealEndUser&>(bridge_));
      end->seat = seat_;
      end->place = place_;
      end->take(std::move(socket));
    });
    return port;
  }

  void send(std::uint16_t port, std::string_view octets) { static_cast<void>(udp_->send(port, octets)); }

  const control::Place& place() const { return place_; }
  const std::string& seat() const { return seat_; }
  std::map<std::uint16_t, Flow> flows;  // by real port

 private:
  void on_datagram(std::uint16_t from_port, std::string_view octets) override {
    if (bridge_.datagrams_.size() >= kMostDatagrams || octets.size() > control::kMostDatagramOctets) return;
    bridge_.datagrams_.push_back({this, from_port, std::string(octets)});
    bridge_.loop_.stop();
  }
  void on_refused(std::uint16_t) override {}

  Bridge& bridge_;
  control::Place place_;
  std::string seat_;
  std::unique_ptr<net::LoopbackListener> listener_;
  std::unique_ptr<net::LoopbackUdp> udp_;
};

Bridge::Bridge(control::Controller& controller, const Limits& limits)
    : controller_(controller),
      limits_(limits),
      sockets_{.idle_ns = limits.idle_ns, .send_buffer_bytes = kSocketBuffer},
      gate_(net::LoopbackGate::make({.at_a_time = limits.connections})) {
  controller_.set_watcher(this);
}

Bridge::~Bridge() {
  controller_.set_watcher(nullptr);
}

std::expected<std::uint16_t, std::string> Bridge::open(const control::Place& place, const std::string& seat,
                                                       std::uint16_t local, bool with_datagrams) {
  // A port that is free for TCP may be taken for UDP: then another one is tried.
  constexpr int kTries = 20;
  for (int tries = 1;; ++tries) {
    auto door = std::make_unique<Door>(*this, place, seat);
    const auto port = door->open(local, with_datagrams);
    if (port) {
      doors_.push_back(std::move(door));
      return *port;
    }
    if (local != 0 || tries == kTries) return std::unexpected(trouble(local, port.error()));
  }
}

std::optional<std::string> Bridge::lead_out(const control::Place& place, std::uint16_t local) {
  const control::Name name = controller_.next_name();
  if (const auto done = controller_.apply(control::Listen{name, place}); !done) return done.error();
  ways_out_.emplace(name.number, local);
  return std::nullopt;
}

std::shared_ptr<RealEnd> Bridge::end_named(control::Name name) const {
  const auto found = ends_.find(name);
  return found == ends_.end() ? nullptr : found->second;
}

// --- what simulated hosts say

void Bridge::on_taken(control::Name name) {
  const auto way = ways_out_.find(name.number);
  if (way == ways_out_.end()) return;  // somebody else's listener
  const auto end = std::make_shared<RealEnd>(static_cast<RealEndUser&>(*this));
  end->name = name;
  ends_.emplace(name, end);
  end->connect(loop_, way->second, sockets_);
}

void Bridge::on_octets(control::Name name, std::string_view octets) {
  if (const auto end = end_named(name)) end->receive(octets);
}

void Bridge::on_room(control::Name name) {
  if (const auto end = end_named(name)) end->go_on(true);
}

void Bridge::on_peer_finished(control::Name name) {
  if (const auto end = end_named(name)) end->finish();
}

void Bridge::on_ended(control::Name name, net::End how) {
  if (const auto end = end_named(name)) end->end(how);
}

void Bridge::on_datagram(control::Name name, std::string_view octets) {
  const auto flow = flows_.find(name);
  if (flow != flows_.end()) flow->second.first->send(flow->second.second, octets);
}

// --- what real ends say

void Bridge::on_input(RealInput input) {
  inputs_.push_back(std::move(input));
  loop_.stop();
}

void Bridge::on_done(RealEnd& end) {
  ends_.erase(end.name);
}

void Bridge::type() {
  // What is typed may bring new inputs; they have their turn.
  for (std::deque<RealInput> inputs = std::exchange(inputs_, {}); !inputs.empty(); inputs.pop_front())
    type(inputs.front());
  for (std::deque<DatagramInput> inputs = std::exchange(datagrams_, {}); !inputs.empty(); inputs.pop_front())
    type(inputs.front());
  forget_old_flows();
}

// A connection may have ended in the simulation since: then there is nothing to tell it.
void Bridge::type(RealInput& input) {
  RealEnd& end = *input.end;
  if (input.kind == RealInput::Kind::began) {
    end.name = controller_.next_name();
    ends_.emplace(end.name, input.end);
    static_cast<void>(controller_.apply(control::Connect{end.name, end.seat, end.place}));
    return;
  }
  if (!controller_.is_open(end.name)) return;
  switch (input.kind) {
    case RealInput::Kind::began:
      break;
    case RealInput::Kind::octets:
      type_octets(end, input.octets);
      break;
    case RealInput::Kind::finished:
      static_cast<void>(controller_.apply(control::Finish{end.name}));
      break;
    case RealInput::Kind::ended:
      static_cast<void>(controller_.apply(control::Reset{end.name, input.why}));
      break;
    case RealInput::Kind::held:
    case RealInput::Kind::unheld:
      static_cast<void>(controller_.apply(control::Hold{end.name, input.kind == RealInput::Kind::held}));
      break;
  }
}

void Bridge::type_octets(RealEnd& end, std::string_view octets) {
  end.typed_octets += static_cast<std::int64_t>(octets.size());
  if (end.typed_octets > limits_.octets_per_connection)
    return cut(end, fmt::format("more than {} octets", grouped(limits_.octets_per_connection)));
  for (std::size_t at = 0; at < octets.size(); at += control::kMostOctets)
    static_cast<void>(
        controller_.apply(control::Type{end.name, std::string(octets.substr(at, control::kMostOctets))}));
  end.go_on(controller_.waiting(end.name) <= kMostWaiting);
}

void Bridge::cut(RealEnd& end, const std::string& why) {
  end.abort();
  static_cast<void>(controller_.apply(control::Reset{end.name, why}));
}

void Bridge::type(const DatagramInput& input) {
  Door& door = *input.door;
  auto flow = door.flows.find(input.from_port);
  if (flow == door.flows.end()) {
    if (flows_.size() >= kMostFlows) return;  // lost, as datagrams are
    const control::Name name = controller_.next_name();
    flow = door.flows.emplace(input.from_port, Flow{name, {}}).first;
    flows_.emplace(name, std::pair(&door, input.from_port));
  }
  flow->second.used = Wall::now();
  static_cast<void>(
      controller_.apply(control::Datagram{flow->second.name, door.seat(), door.place(), input.octets}));
}

void Bridge::forget_old_flows() {
  if (flows_.empty()) return;
  const Wall::time_point now = Wall::now();
  for (const auto& door : doors_)
    std::erase_if(door->flows, [&](const auto& entry) {
      const Flow& flow = entry.second;
      if (now - flow.used < kFlowLife) return false;
      static_cast<void>(controller_.apply(control::Finish{flow.name}));
      flows_.erase(flow.name);
      return true;
    });
}

}  // namespace mailroom::cli
