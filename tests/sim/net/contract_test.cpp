// SPDX-License-Identifier: GPL-2.0-only
// What every network promises (network.hpp, host.hpp), asked of each of them: ns-3's packets, and real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "sim/net/loopback_network.hpp"
#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::Context;
using trace::ContextScope;
using trace::Kind;

constexpr Endpoint kNowhere{{0xc0000201}, 25};  // 192.0.2.1

// Two hosts on packets.
struct Packets {
  World world{line(2)};
  trace::Recorder& recorder = world.recorder;
  RowSink& sink = world.sink;
  Host& operator[](std::string_view name) { return world[name]; }
  template <class Reached>
  void run_until(Reached reached) {
    world.network.run();
    EXPECT_TRUE(reached());
  }
};

// Two hosts on sockets.
struct Sockets {
  RowSink sink;
  trace::Recorder recorder{sink, trace::Level::full};
  LoopbackNetwork network{recorder,
                          {.opens_all = true,
                           .hosts = {{.name = "h0", .id = {1}, .address = {0x0a000001}},
                                     {.name = "h1", .id = {2}, .address = {0x0a000002}}}}};
  Host& operator[](std::string_view name) { return network.host(name); }
  template <class Reached>
  void run_until(Reached reached) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!reached() && std::chrono::steady_clock::now() < patience) network.run_for(kMs);
    EXPECT_TRUE(reached());
    network.run_for(5 * kMs);  // nothing more comes
  }
};

template <class World>
class NetworkContract : public testing::Test {
 protected:
  World world;
  Host& h0 = world["h0"];
  Host& h1 = world["h1"];
  static Endpoint at(Host& host, std::uint16_t port) { return {host.network().address(), port}; }
};
struct Names {
  template <class World>
  static std::string GetName(int) {
    return std::is_same_v<World, Packets> ? "Ns3" : "Loopback";
  }
};
using Networks = testing::Types<Packets, Sockets>;
TYPED_TEST_SUITE(NetworkContract, Networks, Names);

TYPED_TEST(NetworkContract, EchoesAndClosesBothWays) {
  Diarist client(this->h0), server(this->h1);
  server.listen(25);
  server.when_octets = [&](std::string_view octets) { server.connection->send(octets); };
  server.when_peer_finished = [&] { server.connection->finish(); };
  client.when_established = [&] { client.connection->send("hello"); };
  client.when_octets = [&](std::string_view) { client.connection->finish(); };
  client.connect(this->at(this->h1, 25));
  EXPECT_THAT(client.diary, IsEmpty()) << "nothing happens at once";
  this->world.run_until([&] { return client.ended && server.ended; });
  EXPECT_EQ(client.received, "hello");
  EXPECT_THAT(client.words(), ElementsAre("established", "octets", "peer finished", "closed"));
  EXPECT_THAT(server.words(), ElementsAre("accepted", "octets", "peer finished", "closed"));
  EXPECT_EQ(client.connection->remote(), this->at(this->h1, 25));
  EXPECT_EQ(server.connection->local(), this->at(this->h1, 25));
  EXPECT_NE(client.connection->local().port, 0);
  EXPECT_EQ(client.connection->local().port, server.connection->remote().port);
  EXPECT_EQ(this->world.sink.of(Kind::connection_established).size(), 2u);
  EXPECT_EQ(this->world.sink.of(Kind::connection_closed).size(), 2u);
  EXPECT_EQ(this->world.sink.of(Kind::connection_disturbed).size(), 0u);
}

TYPED_TEST(NetworkContract, ReportsRefusalLater) {
  Diarist client(this->h0), server(this->h1);
  server.listen(25);
  server.listener.reset();  // the port is known, and no one is there
  client.connect(this->at(this->h1, 25));
  EXPECT_FALSE(client.ended);
  this->world.run_until([&] { return client.ended; });
  EXPECT_THAT(client.words(), ElementsAre("refused"));
  const auto refused = this->world.sink.of(Kind::connection_refused);
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].cause, this->world.sink.of(Kind::connection_opened)[0].id);
}

TYPED_TEST(NetworkContract, ReportsWhereNoWayLeadsLater) {
  Diarist client(this->h0);
  client.connect(kNowhere);
  EXPECT_FALSE(client.ended);
  this->world.run_until([&] { return client.ended; });
  EXPECT_THAT(client.words(), ElementsAre("unreachable"));
  EXPECT_EQ(this->world.sink.of(Kind::connection_unreachable).size(), 1u);
}

TYPED_TEST(NetworkContract, TellsThePeerOfAnAbort) {
  Diarist client(this->h0), server(this->h1);
  server.listen(25);
  server.when_octets = [&](std::string_view) { server.connection.reset(); };
  client.when_established = [&] { client.connection->send("x"); };
  client.connect(this->at(this->h1, 25));
  this->world.run_until([&] { return client.ended; });
  EXPECT_EQ(client.end, End::reset);
  EXPECT_FALSE(server.ended) << "who aborts is told nothing";
  EXPECT_EQ(this->world.sink.of(Kind::connection_reset).size(), 2u);
  const auto hit = this->world.sink.of(Kind::connection_disturbed);
  ASSERT_EQ(hit.size(), 1u);
  EXPECT_EQ(client.connection->disturbance(), hit[0].id);
}

TYPED_TEST(NetworkContract, TakesWhatThereIsRoomForAndTellsOfMore) {
  const std::string all = pattern(3'000'000);
  Diarist client(this->h0), server(this->h1);
  server.listen(25);
  server.when_peer_finished = [&] { server.connection->finish(); };
  std::size_t at_first = 0;
  client.finish_after = true;
  client.when_established = [&] {
    at_first = client.connection->send(all);
    EXPECT_GT(at_first, 0u);
    EXPECT_LT(at_first, all.size());
    client.rest = all.substr(at_first);
  };
  client.connect(this->at(this->h1, 25));
  this->world.run_until([&] { return client.ended && server.ended; });
  EXPECT_TRUE(server.received == all);
  EXPECT_GT(std::ranges::count(client.diary, std::string("room"), &Diarist::Entry::what), 2);
  EXPECT_EQ(client.end, End::closed);
  EXPECT_EQ(server.end, End::closed);
}

TYPED_TEST(NetworkContract, ReceivesAfterItFinished) {
  Diarist client(this->h0), server(this->h1);
  const std::string answer = pattern(600'000);
  server.listen(110);
  server.finish_after = true;
  server.when_peer_finished = [&] { server.send_all(answer); };
  client.when_established = [&] {
    client.connection->send("all");
    client.connection->finish();
  };
  client.connect(this->at(this->h1, 110));
  this->world.run_until([&] { return client.ended && server.ended; });
  EXPECT_EQ(server.received, "all");
  EXPECT_TRUE(client.received == answer);
  EXPECT_EQ(client.end, End::closed);
  EXPECT_EQ(server.end, End::closed);
}

TYPED_TEST(NetworkContract, ClosesWhenBothFinishAtOnce) {
  Diarist client(this->h0), server(this->h1);
  server.listen(25);
  server.when_established = [&] {
    server.connection->send("one");
    server.connection->finish();
  };
  client.when_established = [&] {
    client.connection->send("two");
    client.connection->finish();
  };
  client.connect(this->at(this->h1, 25));
  this->world.run_until([&] { return client.ended && server.ended; });
  EXPECT_EQ(client.received, "one");
  EXPECT_EQ(server.received, "two");
  EXPECT_EQ(client.end, End::closed);
  EXPECT_EQ(server.end, End::closed);
}

TYPED_TEST(NetworkContract, FinishesWhatWasNotEstablishedYet) {
  Diarist client(this->h0), server(this->h1);
  server.listen(25);
  server.when_peer_finished = [&] { server.connection->finish(); };
  client.connect(this->at(this->h1, 25));
  client.connection->finish();
  this->world.run_until([&] { return client.ended && server.ended; });
  EXPECT_THAT(client.words(), ElementsAre("established", "peer finished", "closed"));
  EXPECT_THAT(server.words(), ElementsAre("accepted", "peer finished", "closed"));
}

TYPED_TEST(NetworkContract, ReachesTheHostItself) {
  Diarist client(this->h0), server(this->h0);
  server.listen(25);
  server.when_peer_finished = [&] { server.connection->finish(); };
  client.finish_after = true;
  client.when_established = [&] { client.send_all(pattern(100'000)); };
  client.connect(this->at(this->h0, 25));
  this->world.run_until([&] { return client.ended && server.ended; });
  EXPECT_TRUE(server.received == pattern(100'000));
  EXPECT_EQ(client.end, End::closed);
}

TYPED_TEST(NetworkContract, LetsOneListenAtATime) {
  Diarist client(this->h0), server(this->h1);
  server.listen(25);
  ASSERT_NE(server.listener, nullptr);
  EXPECT_EQ(this->h1.network().listen(25, [](auto) {}), nullptr);
  server.listener.reset();
  server.listen(25);
  ASSERT_NE(server.listener, nullptr);
  server.when_octets = [&](std::string_view) { server.connection.reset(); };
  client.when_established = [&] { client.connection->send("anyone?"); };
  client.connect(this->at(this->h1, 25));
  this->world.run_until([&] { return client.ended; });
  EXPECT_THAT(client.words(), ElementsAre("established", "reset"));
}

TYPED_TEST(NetworkContract, LetsEveryCallbackDestroyTheConnection) {
  int accepted = 0;
  const auto listener = this->h1.network().listen(25, [&](std::unique_ptr<Connection>) { ++accepted; });
  const auto echo = [&](std::unique_ptr<Diarist>& server, std::uint16_t port) {
    server = std::make_unique<Diarist>(this->h1);
    server->when_octets = [&server](std::string_view octets) { server->connection->send(octets); };
    server->when_peer_finished = [&server] { server->connection->finish(); };
    server->listen(port);
  };
  std::unique_ptr<Diarist> servers[4];
  for (std::uint16_t i = 0; i < 4; ++i) echo(servers[i], static_cast<std::uint16_t>(1000 + i));
  std::vector<std::unique_ptr<Diarist>> clients;
  int destroyed = 0;
  for (std::uint16_t i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<Diarist>(this->h0));
    Diarist& client = *clients.back();
    const auto destroy = [&client, &destroyed] {
      client.connection.reset();
      ++destroyed;
    };
    client.when_established = [&client] { client.connection->send(pattern(1000)); };
    client.when_octets = [&client](std::string_view) { client.connection->finish(); };
    if (i == 0) client.when_established = destroy;
    if (i == 1) client.when_octets = [destroy](std::string_view) { destroy(); };
    if (i == 2) client.when_peer_finished = destroy;
    if (i == 3) client.when_ended = destroy;
    if (i == 4) client.when_ended = destroy;
    client.connect(this->at(this->h1, i < 4 ? static_cast<std::uint16_t>(1000 + i) : std::uint16_t{25}));
    if (i == 5) destroy();
  }
  const auto over = [](const std::unique_ptr<Diarist>& server) { return server->ended; };
  this->world.run_until([&] { return destroyed == 6 && std::ranges::all_of(servers, over); });
  EXPECT_GE(accepted, 1);
  EXPECT_EQ(clients[3]->end, End::closed);
  EXPECT_EQ(clients[4]->end, End::reset);
  EXPECT_FALSE(clients[2]->ended);
}

TYPED_TEST(NetworkContract, NamesWhatLedToEachCallback) {
  trace::Recorder& recorder = this->world.recorder;
  Diarist client(this->h0), server(this->h1);
  server.listen(25);
  server.when_octets = [&](std::string_view) { server.connection->send("220 "); };
  server.when_peer_finished = [&] { server.connection->finish(); };
  std::vector<std::int64_t> seen;
  const auto note = [&] { seen.push_back(recorder.context.message.value); };
  client.when_established = [&] {
    note();
    Context asking = recorder.context;
    asking.message.value = 7;
    const ContextScope scope(recorder, asking);
    client.connection->send("a command");
  };
  client.when_octets = [&](std::string_view) {
    note();
    client.connection->finish();
  };
  client.when_ended = note;
  Context connecting;
  connecting.message.value = 5;
  {
    const ContextScope scope(recorder, connecting);
    client.connect(this->at(this->h1, 25));
  }
  this->world.run_until([&] { return client.ended; });
  EXPECT_THAT(seen, ElementsAre(5, 7, 7));
  EXPECT_EQ(recorder.context, Context{});
}

TYPED_TEST(NetworkContract, KeepsTheOrderAndTheContextOfTimers) {
  trace::Recorder& recorder = this->world.recorder;
  std::vector<std::int64_t> order;
  bool done = false;
  const auto set = [&](std::int64_t delay_ns, std::int64_t message) {
    Context context;
    context.message.value = message;
    const ContextScope scope(recorder, context);
    return this->h0.after(delay_ns, [&] { order.push_back(recorder.context.message.value); });
  };
  set(20 * kMs, 4);
  const Timer cancelled = set(5 * kMs, 99);
  set(10 * kMs, 2);
  set(10 * kMs, 3);
  set(-5, 1);
  const std::int64_t began_ns = this->h0.now_ns();
  this->h0.after(30 * kMs, [&] {
    EXPECT_GE(this->h0.now_ns() - began_ns, 30 * kMs);
    const Timer later = this->h0.after(kSecond, [] { FAIL() << "it was cancelled"; });
    this->h0.after(0, [&, later] {
      this->h0.cancel(later);
      this->h0.cancel(later);
      done = true;
    });
  });
  this->h0.cancel(cancelled);
  this->h0.cancel({});
  EXPECT_THAT(order, IsEmpty());
  this->world.run_until([&] { return done; });
  EXPECT_THAT(order, ElementsAre(1, 2, 3, 4));
}

// --- datagrams

struct Postbox : DatagramUser {
  Postbox(Host& host, std::uint16_t port) : socket(host.network().open_datagrams(port, *this)) {}
  void on_datagram(Endpoint from, std::string_view octets) override {
    letters.emplace_back(from, octets);
    if (when_letter) when_letter();
  }
  void on_port_unreachable(Address remote) override { refusals.push_back(remote); }
  std::unique_ptr<DatagramSocket> socket;
  std::vector<std::pair<Endpoint, std::string>> letters;
  std::vector<Address> refusals;
  std::function<void()> when_letter;
};

TYPED_TEST(NetworkContract, CarriesDatagramsWholeAndBack) {
  Postbox client(this->h0, 0), server(this->h1, 53);
  const std::string big = pattern(DatagramSocket::kMostOctets);
  std::size_t answers = 0;
  server.when_letter = [&] { server.socket->send(server.letters.back().first, server.letters.back().second); };
  client.when_letter = [&] { ++answers; };
  this->h0.after(kSecond, [] {});  // datagrams keep no run going
  client.socket->send(server.socket->local(), "a question");
  client.socket->send(server.socket->local(), "");
  client.socket->send(server.socket->local(), big);
  EXPECT_THAT(server.letters, IsEmpty());
  this->world.run_until([&] { return answers == 3; });
  ASSERT_EQ(client.letters.size(), 3u);
  EXPECT_EQ(server.letters[0].first, client.socket->local());
  EXPECT_EQ(client.letters[0], std::pair(server.socket->local(), std::string("a question")));
  EXPECT_EQ(client.letters[1].second, "");
  EXPECT_TRUE(client.letters[2].second == big);
}

TYPED_TEST(NetworkContract, TellsWhereNoOneTakesDatagrams) {
  Postbox client(this->h0, 0);
  const Endpoint nobody = Postbox(this->h1, 53).socket->local();
  this->h0.after(kSecond, [] {});
  client.socket->send(nobody, "is anyone there?");
  client.socket->send(kNowhere, "and there?");
  EXPECT_THAT(client.refusals, IsEmpty());
  this->world.run_until([&] { return !client.refusals.empty(); });
  EXPECT_THAT(client.refusals, ElementsAre(nobody.address));
  const auto lost = this->world.sink.of(Kind::datagram_dropped);
  ASSERT_EQ(lost.size(), 1u);
  EXPECT_EQ(lost[0].text, "unreachable");
  EXPECT_EQ(client.socket->disturbance(kNowhere), lost[0].id);
  EXPECT_FALSE(client.socket->disturbance(nobody));
}

TYPED_TEST(NetworkContract, GivesEachDatagramSocketAPort) {
  Postbox first(this->h0, 0), second(this->h0, 0), named(this->h0, 53), taken(this->h0, 53);
  ASSERT_NE(named.socket, nullptr);
  EXPECT_EQ(named.socket->local().port, 53);
  EXPECT_EQ(taken.socket, nullptr);
  EXPECT_NE(first.socket->local(), second.socket->local());
  named.socket.reset();
  Postbox again(this->h0, 53);
  EXPECT_NE(again.socket, nullptr) << "a port is free as soon as its socket is gone";
}

TYPED_TEST(NetworkContract, LetsADatagramEndItsSocket) {
  Postbox client(this->h0, 0), server(this->h1, 53);
  const Endpoint there = server.socket->local();
  server.when_letter = [&] { server.socket.reset(); };
  this->h0.after(kSecond, [] {});
  client.socket->send(there, "first");
  client.socket->send(there, "second");
  this->world.run_until([&] { return server.letters.size() == 1; });
  EXPECT_EQ(server.socket, nullptr);
}

}  // namespace
}  // namespace mailroom::net::test
