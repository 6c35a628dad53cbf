// SPDX-License-Identifier: GPL-2.0-only
// What only the real network has: ports of 127.0.0.1, strangers, and peers that know nothing of us.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>

#include "sim/net/loopback_network.hpp"
#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::Context;
using trace::ContextScope;
using trace::Kind;

constexpr Address kOurs{0x0a000001}, kOther{0x0a000002};

struct LoopbackNetworks : testing::Test {
  RowSink sink;
  trace::Recorder recorder{sink, trace::Level::packets};
  LoopbackNetwork network{recorder,
                          {.hosts = {{.name = "mx", .id = {1}, .address = kOurs}}, .names = {{kOther, "other"}}}};
  Host& host = network.host("mx");
  std::vector<int> descriptors;

  ~LoopbackNetworks() override {
    for (const int descriptor : descriptors) ::close(descriptor);
  }
  // A peer that knows nothing of us, connected or for datagrams; it never blocks.
  int stranger(int type, std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, type, 0);
    sockaddr_in there{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(0x7f000001)}};
    EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&there), sizeof there), 0);
    descriptors.push_back(descriptor);
    return descriptor;
  }
  static std::string read_now(int descriptor) {
    char octets[65'536];
    const ssize_t size = ::recv(descriptor, octets, sizeof octets, MSG_DONTWAIT);
    return size > 0 ? std::string(octets, static_cast<std::size_t>(size)) : "";
  }
  template <class Reached>
  void run_until(Reached reached) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!reached() && std::chrono::steady_clock::now() < patience) network.run_for(kMs);
    EXPECT_TRUE(reached());
  }
};

TEST_F(LoopbackNetworks, LetStrangersInWhereAPortIsOpen) {
  const auto port = network.open("mx", 25, 0, false);
  ASSERT_TRUE(port);
  EXPECT_EQ(network.ports().port_of({kOurs, 25}), *port);
  Diarist server(host);
  std::vector<std::int64_t> causes;
  server.when_established = [&] { causes.push_back(server.connection->remote().address.value); };
  server.when_octets = [&](std::string_view) { causes.push_back(recorder.context.message.value); };
  {
    Context listening;
    listening.message.value = 3;
    const ContextScope scope(recorder, listening);
    server.listen(25);
  }
  const int peer = stranger(SOCK_STREAM, *port);
  EXPECT_THAT(server.diary, IsEmpty());
  ASSERT_EQ(::send(peer, "hello", 5, 0), 5);
  run_until([&] { return server.received == "hello"; });
  EXPECT_THAT(causes, ElementsAre(0x7f000001, 3)) << "what a stranger says is caused by who listens";
  EXPECT_EQ(server.connection->local(), (Endpoint{kOurs, 25}));
  EXPECT_EQ(network.gate().total(), 1);
}

TEST_F(LoopbackNetworks, KeepClosedWhatIsNotOpened) {
  Diarist server(host), client(host);
  server.listen(25);
  ASSERT_NE(server.listener, nullptr) << "the agent need not know";
  EXPECT_EQ(host.network().listen(25, [](auto) {}), nullptr);
  client.connect({kOurs, 25});
  run_until([&] { return client.ended; });
  EXPECT_EQ(client.end, End::unreachable);
}

TEST_F(LoopbackNetworks, ReachOthersWhereTheyArePlaced) {
  const int other = ::socket(AF_INET, SOCK_STREAM, 0);
  descriptors.push_back(other);
  sockaddr_in there{.sin_family = AF_INET, .sin_addr = {htonl(0x7f000001)}};
  socklen_t size = sizeof there;
  ASSERT_EQ(::bind(other, reinterpret_cast<sockaddr*>(&there), size), 0);
  ASSERT_EQ(::listen(other, 5), 0);
  ASSERT_EQ(::getsockname(other, reinterpret_cast<sockaddr*>(&there), &size), 0);
  Diarist before(host), after(host);
  before.connect({kOther, 25});
  run_until([&] { return before.ended; });
  EXPECT_EQ(before.end, End::unreachable);
  network.place({kOther, 25}, ntohs(there.sin_port));
  after.connect({kOther, 25});
  run_until([&] { return !after.diary.empty(); });
  EXPECT_THAT(after.words(), ElementsAre("established"));
  EXPECT_EQ(sink.of(Kind::connection_opened)[1].text, "other");
  EXPECT_EQ(after.connection->remote(), (Endpoint{kOther, 25}));
}

TEST_F(LoopbackNetworks, AnswerStrangersWhoAskAndNobodyElse) {
  const auto port = network.open("mx", 53, 0, true);
  ASSERT_TRUE(port);
  struct Server : DatagramUser {
    std::unique_ptr<DatagramSocket> socket;
    std::vector<Endpoint> from;
    void on_datagram(Endpoint who, std::string_view octets) override {
      from.push_back(who);
      socket->send(who, octets);
    }
  } server;
  server.socket = host.network().open_datagrams(53, server);
  const int asks = stranger(SOCK_DGRAM, *port), silent = stranger(SOCK_DGRAM, *port);
  ASSERT_EQ(::send(asks, "who?", 4, 0), 4);
  run_until([&] { return !server.from.empty(); });
  EXPECT_EQ(server.from[0].address, kLoopbackAddress);
  EXPECT_EQ(read_now(asks), "who?");
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ASSERT_EQ(::getsockname(silent, reinterpret_cast<sockaddr*>(&own), &size), 0);
  server.socket->send({kLoopbackAddress, ntohs(own.sin_port)}, "unasked");
  network.run_for(5 * kMs);
  EXPECT_EQ(read_now(silent), "");
  ASSERT_EQ(sink.of(Kind::datagram_dropped).size(), 1u);
  EXPECT_EQ(sink.of(Kind::datagram_dropped)[0].text, "unreachable");
}

TEST_F(LoopbackNetworks, HearOfEachDatagramThatNoOneTakes) {
  struct Asker : DatagramUser {
    std::vector<Address> refused;
    void on_datagram(Endpoint, std::string_view) override {}
    void on_port_unreachable(Address remote) override { refused.push_back(remote); }
  } asker;
  const auto port = network.open("mx", 53, 0, true);
  ASSERT_TRUE(port);
  network.place({kOther, 53}, *port);
  host.network().open_datagrams(53, asker).reset();  // now nobody is there
  const auto socket = host.network().open_datagrams(0, asker);
  for (const char* text : {"one", "two", "three"}) socket->send({kOther, 53}, text);
  EXPECT_THAT(asker.refused, IsEmpty());
  run_until([&] { return asker.refused.size() == 3; });
  EXPECT_THAT(asker.refused, testing::Each(kOther));
  socket->send({kOther, 53}, "four");
  run_until([&] { return asker.refused.size() == 4; });
}

// Otherwise a client that asks and never reads would fill our memory with answers.
TEST_F(LoopbackNetworks, AskNothingMoreOfWhoTakesNoAnswers) {
  const auto port = network.open("mx", 25, 0, false);
  ASSERT_TRUE(port);
  Diarist server(host);
  server.listen(25);
  std::size_t most = 0;
  server.when_octets = [&](std::string_view octets) {
    server.send_all(std::string(octets));
    most = std::max(most, server.rest.size());
  };
  const int peer = stranger(SOCK_STREAM, *port);
  std::size_t sent = 0, idle = 0;
  const std::string piece(65'536, 'x');
  while (idle < 200 && sent < 100'000'000) {
    const ssize_t size = ::send(peer, piece.data(), piece.size(), MSG_DONTWAIT);
    if (size > 0) sent += static_cast<std::size_t>(size);
    idle = size > 0 ? 0 : idle + 1;
    network.run_for(kMs);
  }
  EXPECT_LT(sent, 100'000'000u);
  EXPECT_LE(most, 65'536u) << "what has no room waits at our side";
  std::size_t echoed = 0;
  run_until([&] {
    echoed += read_now(peer).size();
    return echoed == sent;
  });
  ASSERT_GT(::send(peer, "more", 4, MSG_DONTWAIT), 0);
  std::string more;
  run_until([&] {
    more += read_now(peer);
    return more == "more";
  });
}

TEST_F(LoopbackNetworks, SayWhyAPortCannotBeHad) {
  const auto port = network.open("mx", 25, 0, false);
  ASSERT_TRUE(port);
  const auto again = network.open("mx", 587, *port, false);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), std::errc::address_in_use);
}

TEST_F(LoopbackNetworks, KeepRealTime) {
  const auto began = std::chrono::steady_clock::now();
  std::int64_t fired_ns = -1;
  host.after(50 * kMs, [&] { fired_ns = host.now_ns(); });
  run_until([&] { return fired_ns >= 0; });
  const auto passed = std::chrono::steady_clock::now() - began;
  EXPECT_GE(fired_ns, 50 * kMs);
  EXPECT_GE(passed, std::chrono::milliseconds(50));
  EXPECT_LT(fired_ns, 5 * kSecond);
}

}  // namespace
}  // namespace mailroom::net::test
