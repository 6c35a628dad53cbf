// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_host.hpp"

#include <utility>

#include "sim/net/ns3_connection.hpp"
#include "sim/net/ns3_datagrams.hpp"

namespace mailroom::net {
namespace {

class Ns3Listener final : public Listener {
 public:
  Ns3Listener(ns3::Ptr<Ns3Socket> socket, std::shared_ptr<Ns3AcceptPoint> point)
      : socket_(std::move(socket)), point_(std::move(point)) {}
  ~Ns3Listener() override {
    point_->accept = nullptr;
    socket_->abort();
  }

 private:
  ns3::Ptr<Ns3Socket> socket_;
  std::shared_ptr<Ns3AcceptPoint> point_;
};

}  // namespace

Ns3Host::Ns3Host(Ns3World& world, Ns3Timers& timers, ns3::Ptr<ns3::Node> node, trace::HostId id,
                 std::int64_t disk_bytes)
    : world_(world),
      timers_(timers),
      node_(std::move(node)),
      id_(id),
      address_(world.routes.address(static_cast<Routes::Node>(id.value - 1))),
      disk_(disk_bytes) {}

Random& Ns3Host::random(std::string_view purpose) {
  const auto known = random_.find(purpose);
  if (known != random_.end()) return known->second;
  return random_.emplace(purpose, Random(world_.seed, name(), purpose)).first->second;
}

std::unique_ptr<Connection> Ns3Host::connect(Endpoint remote, ConnectionUser& user) {
  auto connection = std::make_unique<Ns3Connection>(world_, id_, address_, remote, user);
  connection->start(node_);
  return connection;
}

std::unique_ptr<Listener> Ns3Host::listen(std::uint16_t port, Accept accept) {
  const ns3::Ptr<Ns3Socket> socket = Ns3Socket::make(node_);
  if (!socket->listen(address_, port)) {
    socket->abort();
    return nullptr;
  }
  world_.silent_ports.erase({address_, port});
  auto point = std::make_shared<Ns3AcceptPoint>();
  point->accept = [this, accept = std::move(accept)](const ns3::Ptr<Ns3Socket>& fork) {
    const Accept keep = accept;  // the listener may go while it accepts
    take(fork, keep);
  };
  socket->set_accept_point(point);
  return std::make_unique<Ns3Listener>(socket, point);
}

std::unique_ptr<DatagramSocket> Ns3Host::open_datagrams(std::uint16_t port, DatagramUser& user) {
  world_.silent_ports.erase({address_, port});
  return Ns3DatagramSocket::open(world_, node_, id_, {address_, port}, user);
}

void Ns3Host::take(const ns3::Ptr<Ns3Socket>& socket, const Accept& accept) {
  world_.enter();
  auto conversation = world_.conversations.shared(socket->remote(), socket->local());
  // The connecting end is gone already, and its reset is on the way; or an old SYN has come once more.
  if (!conversation || conversation->was_accepted) {
    socket->abort();
    return;
  }
  conversation->was_accepted = true;
  auto connection = std::make_unique<Ns3Connection>(world_, id_, std::move(conversation), socket);
  const trace::ContextScope scope(world_.recorder, connection->established());
  accept(std::move(connection));
}

}  // namespace mailroom::net
