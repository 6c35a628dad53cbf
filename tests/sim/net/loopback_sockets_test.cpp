// SPDX-License-Identifier: GPL-2.0-only
// Real sockets on 127.0.0.1 by themselves: what bounds them, and how they end.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <deque>

#include "sim/net/loopback_listener.hpp"
#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A socket's end that keeps what happens.
struct Party : ConnectionUser {
  std::unique_ptr<LoopbackSocket> socket;
  std::string received;
  std::vector<std::string> words;
  std::function<void(std::string_view)> when_octets;
  void on_established() override { words.emplace_back("established"); }
  void on_octets(std::string_view octets) override {
    received += octets;
    if (when_octets) when_octets(octets);
  }
  void on_room() override { words.emplace_back("room"); }
  void on_peer_finished() override { words.emplace_back("finished"); }
  void on_ended(End end) override { words.emplace_back(name(end)); }
};

struct Sockets : testing::Test {
  LoopbackLoop loop;
  std::shared_ptr<LoopbackGate> gate = LoopbackGate::make({});
  LoopbackSocket::Options options;
  std::deque<Party> accepted, clients;
  std::unique_ptr<LoopbackListener> listener;

  void listen() {
    auto opened = LoopbackListener::open(loop, 0, gate, options);
    ASSERT_TRUE(opened);
    listener = std::move(*opened);
    listener->start([this](std::unique_ptr<LoopbackSocket> socket) {
      Party& party = accepted.emplace_back();
      socket->set_user(party);
      party.socket = std::move(socket);
    });
  }
  Party& connect() {
    Party& party = clients.emplace_back();
    party.socket = LoopbackSocket::connect(loop, listener->port(), options, party);
    return party;
  }
  // A socket that knows nothing of ours, connected to the listener's port of an address; -1: refused.
  int raw(std::uint32_t address) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in there{.sin_family = AF_INET, .sin_port = htons(listener->port()), .sin_addr = {htonl(address)}};
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&there), sizeof there) == 0) return descriptor;
    EXPECT_EQ(errno, ECONNREFUSED);
    ::close(descriptor);
    return -1;
  }
  template <class Reached>
  void run_until(Reached reached) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!reached() && std::chrono::steady_clock::now() < patience) loop.run_for(kMs);
    EXPECT_TRUE(reached());
  }
};
using LoopbackSockets = Sockets;

TEST_F(LoopbackSockets, TakeOneAfterTheOtherWhereTheGateIsFull) {
  gate = LoopbackGate::make({.at_a_time = 2});
  listen();
  for (int i = 0; i < 5; ++i) connect();
  const auto is_connected = [](const Party& party) { return !party.words.empty(); };
  run_until([&] { return std::ranges::all_of(clients, is_connected); });  // by the kernel
  loop.run_for(20 * kMs);
  EXPECT_EQ(accepted.size(), 2u);
  EXPECT_EQ(gate->open(), 2);
  accepted[0].socket.reset();
  run_until([&] { return accepted.size() == 3; });
  loop.run_for(20 * kMs);
  EXPECT_EQ(accepted.size(), 3u);
  clients[1].socket.reset();  // the other side sees it
  accepted[2].socket.reset();
  run_until([&] { return accepted.size() == 5; });
  EXPECT_EQ(gate->total(), 5);
}

TEST_F(LoopbackSockets, RefuseWhenTheGateHasLetInAllThatItWill) {
  gate = LoopbackGate::make({.at_a_time = 10, .in_all = 2});
  listen();
  for (int i = 0; i < 2; ++i) connect();
  run_until([&] { return accepted.size() == 2; });
  loop.run_for(5 * kMs);
  connect();
  run_until([&] { return !clients[2].words.empty(); });
  EXPECT_THAT(clients[2].words, ElementsAre("refused"));
  EXPECT_EQ(accepted.size(), 2u);
}

TEST_F(LoopbackSockets, EndWhereNothingMoves) {
  options.idle_ns = 60 * kMs;
  listen();
  connect();
  Party& busy = connect();
  const auto began = std::chrono::steady_clock::now();
  run_until([&] {
    if (busy.words == std::vector<std::string>{"established"} && busy.socket->send("x") == 0) return true;
    loop.run_for(10 * kMs);
    return std::chrono::steady_clock::now() - began > std::chrono::milliseconds(200);
  });
  ASSERT_EQ(accepted.size(), 2u);
  EXPECT_THAT(busy.words, ElementsAre("established"));
  EXPECT_THAT(accepted[1].words, IsEmpty());
  EXPECT_TRUE(accepted[0].words == std::vector<std::string>{"timed_out"} ||
              accepted[0].words == std::vector<std::string>{"reset"})
      << "whichever side looked first";
  EXPECT_EQ(gate->open(), 1);
}

TEST_F(LoopbackSockets, ReadNoMoreThanTheirUserWants) {
  listen();
  Party& client = connect();
  run_until([&] { return !accepted.empty(); });
  accepted[0].socket->set_reading(false);
  const std::string all = pattern(30'000'000);
  std::size_t sent = 0;
  for (int i = 0; i < 100; ++i) {
    sent += client.socket->send(std::string_view(all).substr(sent, 1'000'000));
    loop.run_for(kMs);
  }
  EXPECT_LT(sent, 20'000'000u) << "what is not read keeps the sender waiting";
  EXPECT_LE(accepted[0].received.size(), 65'536u);
  std::size_t most = 0;
  accepted[0].when_octets = [&](std::string_view octets) { most = std::max(most, octets.size()); };
  accepted[0].socket->set_reading(true);
  run_until([&] {
    if (sent < all.size()) sent += client.socket->send(std::string_view(all).substr(sent, 1'000'000));
    return accepted[0].received.size() == all.size();
  });
  EXPECT_TRUE(accepted[0].received == all);
  EXPECT_LE(most, 65'536u);
}

TEST_F(LoopbackSockets, SeeAResetThoughNothingIsRead) {
  listen();
  Party& client = connect();
  run_until([&] { return !accepted.empty(); });
  accepted[0].socket->set_reading(false);
  loop.run_for(5 * kMs);
  client.socket.reset();
  run_until([&] { return !accepted[0].words.empty(); });
  EXPECT_THAT(accepted[0].words, ElementsAre("reset"));
}

TEST_F(LoopbackSockets, HearWhatWasSaidBeforeAReset) {
  listen();
  const int peer = raw(0x7f000001);
  ASSERT_EQ(::send(peer, "QUIT\r\n", 6, MSG_NOSIGNAL), 6);
  const linger at_once{1, 0};
  ASSERT_EQ(setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
  ::close(peer);
  run_until([&] {
    if (!accepted.empty() && accepted[0].words.empty()) accepted[0].socket->send("220 what the other side does not want");
    return !accepted.empty() && !accepted[0].words.empty();
  });
  EXPECT_EQ(accepted[0].received, "QUIT\r\n");
  EXPECT_THAT(accepted[0].words, ElementsAre("reset"));
  EXPECT_EQ(accepted[0].socket->send("more"), 0u);
}

TEST_F(LoopbackSockets, SendInOneWriteWhatIsSaidAtOnce) {
  listen();
  const int peer = raw(0x7f000001);
  run_until([&] { return !accepted.empty(); });
  accepted[0].when_octets = [&](std::string_view) {
    for (const char* reply : {"250 one\r\n", "250 two\r\n", "354 three\r\n"}) accepted[0].socket->send(reply);
  };
  const auto segments = [peer] {
    tcp_info info{};
    socklen_t size = sizeof info;
    EXPECT_EQ(getsockopt(peer, IPPROTO_TCP, TCP_INFO, &info, &size), 0);
    return info.tcpi_data_segs_in;
  };
  EXPECT_EQ(segments(), 0u);
  ASSERT_EQ(::send(peer, "MAIL", 4, 0), 4);
  run_until([&] { return segments() > 0; });
  loop.run_for(5 * kMs);
  EXPECT_EQ(segments(), 1u);
  accepted[0].socket->send("250 four\r\n");  // and outside of a callback
  accepted[0].socket->send("250 five\r\n");
  loop.run_for(5 * kMs);
  EXPECT_EQ(segments(), 2u);
  char octets[200];
  EXPECT_EQ(::recv(peer, octets, sizeof octets, MSG_DONTWAIT), 49);
  ::close(peer);
}

TEST_F(LoopbackSockets, SayWhyAPortCannotBeHad) {
  listen();
  const auto taken = LoopbackListener::open(loop, listener->port(), gate, options);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error(), std::errc::address_in_use);
}

TEST_F(LoopbackSockets, ListenOnTheLoopbackAddressAlone) {
  listen();
  ASSERT_GE(raw(0x7f000001), 0);
  run_until([&] { return accepted.size() == 1; });
  EXPECT_EQ(raw(0x7f000002), -1) << "127.0.0.2 is heard by who listens everywhere";
  loop.run_for(10 * kMs);
  EXPECT_EQ(accepted.size(), 1u);
}

}  // namespace
}  // namespace mailroom::net::test
