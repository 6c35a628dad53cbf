// SPDX-License-Identifier: GPL-2.0-only
// How connections begin and end. One simulation a TEST: each runs in a process of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

using testing::ElementsAre;
using trace::Kind;

TEST(Ns3Ends, EchoesAndClosesBothWays) {
  World world(line(2));
  Diarist client(world["h0"]), server(world["h1"]);
  server.listen(25);
  server.when_octets = [&](std::string_view octets) { server.connection->send(octets); };
  server.when_peer_finished = [&] { server.connection->finish(); };
  client.when_established = [&] { client.connection->send("hello"); };
  client.when_octets = [&](std::string_view) { client.connection->finish(); };
  client.connect(world.at("h1", 25));
  EXPECT_FALSE(world.network.idle());
  EXPECT_EQ(client.diary.size(), 0u);

  EXPECT_EQ(world.network.run(), Ns3Network::Stopped::idle);

  EXPECT_EQ(client.received, "hello");
  EXPECT_THAT(client.words(), ElementsAre("established", "octets", "peer finished", "closed"));
  EXPECT_THAT(server.words(), ElementsAre("accepted", "octets", "peer finished", "closed"));
  EXPECT_EQ(client.connection->id(), server.connection->id());
  EXPECT_EQ(client.connection->session(), server.connection->session());
  EXPECT_EQ(client.connection->local(), server.connection->remote());
  EXPECT_EQ(client.connection->remote(), server.connection->local());
  EXPECT_EQ(world.sink.of(Kind::connection_opened).size(), 1u);
  EXPECT_EQ(world.sink.of(Kind::connection_opened)[0].text, "h1");
  EXPECT_EQ(world.sink.of(Kind::connection_opened)[0].value, 25);
  EXPECT_EQ(world.sink.of(Kind::connection_established).size(), 2u);
  EXPECT_EQ(world.sink.of(Kind::connection_closed).size(), 2u);
  EXPECT_EQ(world.sink.of(Kind::connection_disturbed).size(), 0u);
  EXPECT_TRUE(world.network.idle());
}

TEST(Ns3Ends, ReportsRefusalAfterOneRoundTrip) {
  World world(line(2));
  Diarist client(world["h0"]);
  client.connect(world.at("h1", 25));
  world.network.run();
  ASSERT_TRUE(client.ended);
  EXPECT_EQ(client.end, End::refused);
  EXPECT_GE(client.ended_ns, 20 * kMs);
  EXPECT_LT(client.ended_ns, 21 * kMs);
  ASSERT_EQ(world.sink.of(Kind::connection_refused).size(), 1u);
  EXPECT_EQ(world.sink.of(Kind::connection_refused)[0].cause, world.sink.of(Kind::connection_opened)[0].id);
}

TEST(Ns3Ends, ReportsWhereNoWayLeads) {
  topology::Graph graph = line(2);
  add_node(graph, "island");
  World world(graph);
  Diarist client(world["h0"]), other(world["h0"]);
  client.connect(world.at("island", 25));
  other.connect({Address{0xc0000201}, 25});
  EXPECT_FALSE(client.ended);
  world.network.run();
  EXPECT_EQ(client.end, End::unreachable);
  EXPECT_EQ(other.end, End::unreachable);
  EXPECT_EQ(client.ended_ns, 0);
  EXPECT_EQ(world.sink.of(Kind::connection_unreachable).size(), 2u);
}

// SYN is sent at 0, 3, 9, 21, 45 and 93 s; after the sixth, 96 s pass.
TEST(Ns3Ends, TimesOutWhenSynIsNeverAnswered) {
  World world(line(2, {.loss_per_billion = 1'000'000'000}), trace::Level::packets);
  Diarist client(world["h0"]);
  client.connect(world.at("h1", 25));
  world.network.run();
  ASSERT_TRUE(client.ended);
  EXPECT_EQ(client.end, End::timed_out);
  EXPECT_EQ(client.ended_ns, 189 * kSecond);
  std::vector<std::int64_t> sent_s;
  for (const Row& row : world.sink.of(Kind::frame_sent)) sent_s.push_back(row.time_ns / kSecond);
  EXPECT_THAT(sent_s, ElementsAre(0, 3, 9, 21, 45, 93));
  const auto disturbed = world.sink.of(Kind::connection_disturbed);
  ASSERT_EQ(disturbed.size(), 1u);
  EXPECT_EQ(disturbed[0].text, "loss");
  EXPECT_EQ(disturbed[0].link.value, 1);
  const auto timed_out = world.sink.of(Kind::connection_timed_out);
  ASSERT_EQ(timed_out.size(), 1u);
  EXPECT_EQ(timed_out[0].because, disturbed[0].id);
  EXPECT_EQ(client.connection->disturbance(), disturbed[0].id);
}

TEST(Ns3Ends, TellsThePeerOfAnAbort) {
  World world(line(2));
  Diarist client(world["h0"]), server(world["h1"]);
  server.listen(25);
  server.when_octets = [&](std::string_view) { server.connection.reset(); };
  client.when_established = [&] { client.connection->send("x"); };
  client.connect(world.at("h1", 25));
  world.network.run();
  EXPECT_FALSE(server.ended);
  EXPECT_EQ(server.connection, nullptr);
  ASSERT_TRUE(client.ended);
  EXPECT_EQ(client.end, End::reset);
  EXPECT_GE(client.ended_ns, 40 * kMs);
  EXPECT_LT(client.ended_ns, 41 * kMs);
  EXPECT_EQ(world.sink.of(Kind::connection_reset).size(), 2u);
  ASSERT_EQ(world.sink.of(Kind::connection_disturbed).size(), 1u);
  EXPECT_EQ(world.sink.of(Kind::connection_disturbed)[0].text, "reset");
  EXPECT_EQ(world.sink.of(Kind::connection_reset)[1].because,
            world.sink.of(Kind::connection_disturbed)[0].id);
}

TEST(Ns3Ends, ReceivesAfterItFinished) {
  World world(line(2));
  Diarist client(world["h0"]), server(world["h1"]);
  const std::string answer = pattern(300'000);
  server.listen(110);
  server.finish_after = true;
  server.when_peer_finished = [&] { server.send_all(answer); };
  client.when_established = [&] {
    client.connection->send("all");
    client.connection->finish();
  };
  client.connect(world.at("h1", 110));
  world.network.run();
  EXPECT_EQ(server.received, "all");
  EXPECT_EQ(client.received, answer);
  EXPECT_EQ(client.end, End::closed);
  EXPECT_EQ(server.end, End::closed);
  EXPECT_LT(server.when("peer finished"), client.when("peer finished"));
}

TEST(Ns3Ends, SendsAfterThePeerFinishedOverALossyLink) {
  World world(line(2, {.loss_per_billion = 50'000'000}));
  Diarist client(world["h0"]), server(world["h1"]);
  const std::string answer = pattern(300'000);
  server.listen(110);
  server.finish_after = true;
  server.when_peer_finished = [&] { server.send_all(answer); };
  client.when_established = [&] {
    client.connection->send("all");
    client.connection->finish();
  };
  client.connect(world.at("h1", 110));
  world.network.run();
  EXPECT_EQ(client.received, answer);
  EXPECT_TRUE(client.ended);
  EXPECT_TRUE(server.ended);
  EXPECT_EQ(client.end, End::closed);
  EXPECT_EQ(server.end, End::closed);
}

TEST(Ns3Ends, ClosesWhenBothFinishAtOnce) {
  World world(line(2));
  Diarist client(world["h0"]), server(world["h1"]);
  server.listen(25);
  server.when_established = [&] {
    server.connection->send("one");
    world["h1"].after(100 * kMs, [&] { server.connection->finish(); });
  };
  client.connect(world.at("h1", 25));
  client.when_established = [&] {
    client.connection->send("two");
    world["h0"].after(110 * kMs, [&] { client.connection->finish(); });
  };
  world.network.run();
  EXPECT_EQ(client.received, "one");
  EXPECT_EQ(server.received, "two");
  EXPECT_EQ(client.end, End::closed);
  EXPECT_EQ(server.end, End::closed);
}

TEST(Ns3Ends, ReachesTheHostItself) {
  World world(line(2));
  Diarist client(world["h0"]), server(world["h0"]);
  const std::string text = pattern(100'000);
  server.listen(25);
  server.when_peer_finished = [&] { server.connection->finish(); };
  client.finish_after = true;
  client.when_established = [&] { client.send_all(text); };
  client.connect(world.at("h0", 25));
  world.network.run();
  EXPECT_EQ(server.received, text);
  EXPECT_EQ(client.end, End::closed);
  EXPECT_EQ(server.end, End::closed);
}

TEST(Ns3Ends, RefusesWhenTheListenerIsGoneAndTakesThePortAgain) {
  World world(line(2));
  Diarist first(world["h0"]), second(world["h0"]), server(world["h1"]);
  server.listen(25);
  EXPECT_EQ(world["h1"].network().listen(25, [](auto) {}), nullptr);
  server.listener.reset();
  first.connect(world.at("h1", 25));
  world["h0"].after(kSecond, [&] {
    server.listen(25);
    ASSERT_NE(server.listener, nullptr);
    second.connect(world.at("h1", 25));
  });
  second.when_established = [&] { second.connection.reset(); };
  world.network.run();
  EXPECT_EQ(first.end, End::refused);
  EXPECT_THAT(second.words(), ElementsAre("established"));
}

TEST(Ns3Ends, LetsEveryCallbackDestroyTheConnection) {
  World world(line(2));
  int accepted = 0;
  const auto listener = world["h1"].network().listen(25, [&](std::unique_ptr<Connection>) { ++accepted; });
  std::vector<std::unique_ptr<Diarist>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(std::make_unique<Diarist>(world["h0"]));
    Diarist& client = *clients.back();
    const auto destroy = [&client] { client.connection.reset(); };
    if (i == 0) client.when_established = destroy;
    if (i == 1) client.when_ended = destroy;
    client.connect(world.at("h1", 25));
    if (i == 2) destroy();
  }
  world.network.run();
  EXPECT_EQ(accepted, 2);  // the third was gone before anything was sent
  EXPECT_TRUE(clients[1]->ended);
  EXPECT_EQ(clients[1]->end, End::reset);
  EXPECT_FALSE(clients[2]->ended);
  EXPECT_TRUE(world.network.idle());
}

}  // namespace
}  // namespace mailroom::net::test
