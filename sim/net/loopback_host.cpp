// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_host.hpp"

#include <utility>

#include "sim/net/loopback_connection.hpp"
#include "sim/net/loopback_datagrams.hpp"

namespace mailroom::net {
namespace {

// A port that an agent listens on; without a socket, nobody outside can reach it.
class AgentsListener final : public Listener {
 public:
  AgentsListener(std::set<std::uint16_t>& taken, std::uint16_t port, std::unique_ptr<LoopbackListener> socket)
      : taken_(taken), port_(port), socket_(std::move(socket)) {
    taken_.insert(port);
  }
  ~AgentsListener() override { taken_.erase(port_); }

 private:
  std::set<std::uint16_t>& taken_;
  std::uint16_t port_;
  std::unique_ptr<LoopbackListener> socket_;
};

}  // namespace

LoopbackHost::LoopbackHost(LoopbackWorld& world, LoopbackTimers& timers, trace::HostId id, std::string name,
                           Address address, std::int64_t disk_bytes, bool opens_all)
    : world_(world),
      timers_(timers),
      id_(id),
      name_(std::move(name)),
      address_(address),
      disk_(disk_bytes),
      opens_all_(opens_all) {}

Random& LoopbackHost::random(std::string_view purpose) {
  const auto known = random_.find(purpose);
  if (known != random_.end()) return known->second;
  return random_.emplace(purpose, Random(world_.seed, name(), purpose)).first->second;
}

std::expected<LoopbackHost::Opened, std::error_code> LoopbackHost::open_once(std::uint16_t real_port,
                                                                             bool with_datagrams) {
  Opened opened;
  auto listener = LoopbackListener::open(world_.loop, real_port, world_.gate, world_.sockets);
  if (!listener) return std::unexpected(listener.error());
  opened.listener = std::move(*listener);
  opened.port = opened.listener->port();
  if (!with_datagrams) return opened;
  auto udp = LoopbackUdp::open(world_.loop, opened.port);
  if (!udp) return std::unexpected(udp.error());
  opened.udp = std::move(*udp);
  return opened;
}

std::expected<std::uint16_t, std::error_code> LoopbackHost::open(std::uint16_t port, std::uint16_t real_port,
                                                                 bool with_datagrams) {
  // A port that is free for TCP may be taken for UDP: then another one is tried.
  constexpr int kTries = 20;
  auto done = open_once(real_port, with_datagrams);
  for (int tries = 1; !done && real_port == 0 && tries < kTries; ++tries) done = open_once(0, with_datagrams);
  if (!done) return std::unexpected(done.error());
  const std::uint16_t real = done->port;
  world_.ports.add({address_, port}, real);
  opened_.insert_or_assign(port, std::move(*done));
  return real;
}

LoopbackHost::Opened* LoopbackHost::opened(std::uint16_t port) {
  if (opens_all_ && !opened_.contains(port)) static_cast<void>(open(port, 0, true));
  const auto found = opened_.find(port);
  return found == opened_.end() ? nullptr : &found->second;
}

std::unique_ptr<Connection> LoopbackHost::connect(Endpoint remote, ConnectionUser& user) {
  return std::make_unique<LoopbackConnection>(world_, timers_, id_, address_, remote, user);
}

std::unique_ptr<Listener> LoopbackHost::listen(std::uint16_t port, Accept accept) {
  if (listening_.contains(port)) return nullptr;
  Opened* const real = opened(port);
  if (real == nullptr) return std::make_unique<AgentsListener>(listening_, port, nullptr);
  std::unique_ptr<LoopbackListener> socket = std::move(real->listener);
  if (socket == nullptr) {  // an agent had it before
    auto again = LoopbackListener::open(world_.loop, real->port, world_.gate, world_.sockets);
    if (!again) return nullptr;
    socket = std::move(*again);
  }
  socket->start([this, port, accept = std::move(accept), listens = world_.recorder.context](
                    std::unique_ptr<LoopbackSocket> taken) {
    world_.enter();
    trace::ContextScope scope(world_.recorder, listens);
    auto connection =
        std::make_unique<LoopbackConnection>(world_, timers_, id_, Endpoint{address_, port}, std::move(taken));
    world_.recorder.context = connection->established();
    accept(std::move(connection));
  });
  return std::make_unique<AgentsListener>(listening_, port, std::move(socket));
}

std::unique_ptr<DatagramSocket> LoopbackHost::open_datagrams(std::uint16_t port, DatagramUser& user) {
  if (port == 0) {
    auto udp = LoopbackUdp::open(world_.loop, 0);
    if (!udp) return nullptr;
    const Endpoint local{address_, (*udp)->port()};
    world_.ports.add(local, local.port);
    return std::make_unique<LoopbackDatagramSocket>(world_, id_, local, std::move(*udp), user,
                                                    [this, local] { world_.ports.remove(local); });
  }
  if (datagrams_.contains(port)) return nullptr;
  Opened* const real = opened(port);
  std::unique_ptr<LoopbackUdp> udp = real != nullptr ? std::move(real->udp) : nullptr;
  if (real != nullptr && udp == nullptr) {  // an agent had it before
    auto again = LoopbackUdp::open(world_.loop, real->port);
    if (!again) return nullptr;
    udp = std::move(*again);
  }
  datagrams_.insert(port);
  return std::make_unique<LoopbackDatagramSocket>(world_, id_, Endpoint{address_, port}, std::move(udp), user,
                                                  [this, port] { datagrams_.erase(port); });
}

}  // namespace mailroom::net
