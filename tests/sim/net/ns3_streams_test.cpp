// SPDX-License-Identifier: GPL-2.0-only
// Octets: that they arrive, under which context, and what hit them on the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

using testing::ElementsAre;
using trace::Context;
using trace::ContextScope;
using trace::Kind;

// Client at h0 sends `text` to the last host of `graph`, which answers nothing and closes after it.
void carry(World& world, std::string_view to, const std::string& text, Diarist& client, Diarist& server) {
  server.listen(25);
  server.when_peer_finished = [&] { server.connection->finish(); };
  client.finish_after = true;
  client.when_established = [&client, text] { client.send_all(text); };
  client.connect(world.at(to, 25));
  world.network.run();
}

TEST(Ns3Streams, CarryAMegabyteOverALossyPath) {
  World world(line(4, {.rate_bps = 100'000'000, .delay_ns = 2 * kMs, .loss_per_billion = 10'000'000}));
  Diarist client(world["h0"]), server(world["h3"]);
  const std::string text = pattern(1'000'000);
  carry(world, "h3", text, client, server);
  EXPECT_EQ(server.received.size(), text.size());
  EXPECT_EQ(server.received, text);
  EXPECT_EQ(client.end, End::closed);
  EXPECT_EQ(server.end, End::closed);
  ASSERT_EQ(world.sink.of(Kind::connection_disturbed).size(), 1u);
  EXPECT_EQ(world.sink.of(Kind::connection_disturbed)[0].text, "loss");
  EXPECT_EQ(client.connection->disturbance(), server.connection->disturbance());
}

TEST(Ns3Streams, CarryAMegabyteThroughAShortQueue) {
  topology::Graph graph;
  const auto h0 = add_node(graph, "h0"), router = add_node(graph, "router"), h1 = add_node(graph, "h1");
  join(graph, h0, router, {.rate_bps = 100'000'000, .delay_ns = 2 * kMs});
  join(graph, router, h1, {.rate_bps = 2'000'000, .delay_ns = 20 * kMs, .queue_packets = 8});
  World world(graph);
  Diarist client(world["h0"]), server(world["h1"]);
  const std::string text = pattern(1'000'000);
  carry(world, "h1", text, client, server);
  EXPECT_EQ(server.received, text);
  ASSERT_EQ(world.sink.of(Kind::connection_disturbed).size(), 1u);
  EXPECT_EQ(world.sink.of(Kind::connection_disturbed)[0].text, "queue");
  EXPECT_EQ(world.sink.of(Kind::connection_disturbed)[0].host.value, static_cast<std::int64_t>(router) + 1);
  EXPECT_EQ(world.sink.of(Kind::connection_disturbed)[0].link.value, 2);
}

// The sender fills the receiver's window to its last octet while the thin line loses segments.
TEST(Ns3Streams, FillTheReceiversWindowOverAThinLine) {
  topology::Graph graph;
  const auto h0 = add_node(graph, "h0"), router = add_node(graph, "router"), h1 = add_node(graph, "h1");
  join(graph, h0, router, {.rate_bps = 1'000'000, .delay_ns = 10 * kMs});
  join(graph, router, h1, {.rate_bps = 64'000, .delay_ns = 20 * kMs});
  World world(graph);
  Diarist client(world["h0"]), server(world["h1"]);
  const std::string text = pattern(1'000'000);
  carry(world, "h1", text, client, server);
  EXPECT_EQ(server.received, text);
  EXPECT_EQ(client.end, End::closed);
}

// The last octet of n segments arrives at RTT (k - 0.5) after the first is sent, smallest k with 10 (2^k - 1)
// >= n. One acknowledgement for two segments makes no difference, since slow start counts octets.
TEST(Ns3Streams, GrowTheWindowAsSlowStartSays) {
  World world(line(2, {.rate_bps = 10'000'000'000, .delay_ns = 50 * kMs, .queue_packets = 1000}));
  Diarist client(world["h0"]), server(world["h1"]);
  const std::string text = pattern(60 * 1448);
  carry(world, "h1", text, client, server);
  ASSERT_EQ(server.received, text);
  std::int64_t last_ns = 0;
  for (const auto& entry : server.diary) {
    if (entry.what == "octets") last_ns = entry.time_ns;
  }
  // Established at 100 ms; 60 segments need k = 3 rounds (10, 20, 30).
  const std::int64_t begun_ns = client.when("established");
  EXPECT_NEAR(static_cast<double>(last_ns - begun_ns), 250.0 * kMs, 2.0 * kMs);
}

TEST(Ns3Streams, BringEachPieceUnderItsContext) {
  World world(line(3, {.rate_bps = 5'000'000, .loss_per_billion = 30'000'000}));
  Diarist client(world["h0"]), server(world["h2"]);
  trace::Recorder& recorder = world.recorder;
  std::vector<std::pair<Context, std::string>> sent;
  Random random(3, "pieces", "test");
  for (int i = 1; i <= 200; ++i) {
    Context context;
    context.event.value = 1000 + i;
    context.message.value = i % 7;
    context.copy.value = i;
    sent.emplace_back(context, pattern(1 + random.below(4000), static_cast<std::uint64_t>(i)));
  }
  std::size_t next = 0, done = 0;  // piece, octets of it
  const auto push = [&] {
    while (next < sent.size()) {
      const ContextScope scope(recorder, sent[next].first);
      done += client.connection->send(std::string_view(sent[next].second).substr(done));
      if (done < sent[next].second.size()) return;
      ++next;
      done = 0;
    }
    client.connection->finish();
  };
  struct Pusher : ConnectionUser {
    std::function<void()> push;
    void on_established() override { push(); }
    void on_octets(std::string_view) override {}
    void on_room() override { push(); }
    void on_peer_finished() override {}
    void on_ended(End) override {}
  } pusher;
  pusher.push = push;
  server.listen(25);
  server.when_peer_finished = [&] { server.connection->finish(); };
  client.connection = world["h0"].network().connect(world.at("h2", 25), pusher);
  world.network.run();

  // What came, with neighbours of one context joined, is what was sent.
  std::vector<std::pair<Context, std::string>> came;
  for (const auto& [context, octets] : server.pieces) {
    if (!came.empty() && came.back().first == context) {
      came.back().second += octets;
    } else {
      came.emplace_back(context, octets);
    }
  }
  ASSERT_EQ(came.size(), sent.size());
  EXPECT_EQ(came, sent);
  EXPECT_EQ(recorder.context, Context{});
}

TEST(Ns3Streams, NameWhatLedToEachCallback) {
  World world(line(2));
  Diarist client(world["h0"]), server(world["h1"]);
  trace::Recorder& recorder = world.recorder;
  Context connecting, finishing;
  connecting.message.value = 5;
  finishing.message.value = 6;
  std::vector<std::int64_t> seen;
  const auto note = [&] { seen.push_back(recorder.context.message.value); };
  server.when_established = note;  // accepted
  client.when_established = [&] {
    note();
    world["h0"].after(kSecond, [&] {
      note();
      const ContextScope scope(recorder, finishing);
      client.connection->finish();
    });
  };
  server.when_peer_finished = [&] {
    note();
    server.connection->finish();
  };
  server.listen(25);
  {
    const ContextScope scope(recorder, connecting);
    client.connect(world.at("h1", 25));
  }
  world.network.run();
  EXPECT_THAT(seen, ElementsAre(5, 5, 5, 6));
  const auto established = world.sink.of(Kind::connection_established);
  ASSERT_EQ(established.size(), 2u);
  EXPECT_EQ(established[0].cause, world.sink.of(Kind::connection_opened)[0].id);
}

TEST(Ns3Streams, CrossALan) {
  topology::Graph graph;
  const auto lan = add_node(graph, "lan", true);
  const auto router = add_node(graph, "router");
  join(graph, lan, router, {.rate_bps = 10'000'000, .delay_ns = 5'000});
  for (int i = 0; i < 3; ++i) {
    join(graph, add_node(graph, "h" + std::to_string(i)), lan,
         {.rate_bps = 10'000'000, .delay_ns = 5'000, .loss_per_billion = i == 2 ? 20'000'000 : 0});
  }
  const auto far = add_node(graph, "far");
  join(graph, router, far);
  World world(graph);
  EXPECT_EQ(world.network.address_of({1}), Address{});
  std::vector<std::unique_ptr<Diarist>> ends;
  const auto pair = [&](const char* from, const char* to, std::uint16_t port) {
    ends.push_back(std::make_unique<Diarist>(world[from]));
    Diarist& client = *ends.back();
    ends.push_back(std::make_unique<Diarist>(world[to]));
    Diarist& server = *ends.back();
    server.listen(port);
    server.when_peer_finished = [&] { server.connection->finish(); };
    client.finish_after = true;
    client.when_established = [&client, port] { client.send_all(pattern(200'000, port)); };
    client.connect(world.at(to, port));
  };
  pair("h0", "h1", 1);
  pair("h1", "h0", 2);
  pair("h2", "far", 3);
  pair("far", "h2", 4);
  world.network.run();
  for (std::size_t i = 0; i < ends.size(); i += 2) {
    EXPECT_EQ(ends[i + 1]->received, pattern(200'000, i / 2 + 1)) << i;
    EXPECT_EQ(ends[i]->end, End::closed);
    EXPECT_EQ(ends[i + 1]->end, End::closed);
  }
  EXPECT_FALSE(ends[0]->connection->disturbance());
  EXPECT_TRUE(ends[4]->connection->disturbance());
}

TEST(Ns3Streams, UseParallelLinksAndStaySmallOverManyConnections) {
  topology::Graph graph = line(2, {.rate_bps = 100'000'000, .delay_ns = kMs});
  join(graph, 0, 1, {.rate_bps = 100'000'000, .delay_ns = kMs / 2});
  World world(graph, trace::Level::summary);
  Diarist server(world["h1"]);
  std::unique_ptr<Connection> serving;
  struct Greeter : ConnectionUser {
    std::unique_ptr<Connection> connection;
    void on_octets(std::string_view octets) override { connection->send(octets); }
    void on_peer_finished() override { connection->finish(); }
    void on_ended(End) override { connection.reset(); }
  };
  std::vector<std::unique_ptr<Greeter>> greeters;
  const auto listener = world["h1"].network().listen(25, [&](std::unique_ptr<Connection> connection) {
    std::erase_if(greeters, [](const auto& greeter) { return !greeter->connection; });
    greeters.push_back(std::make_unique<Greeter>());
    connection->set_user(*greeters.back());
    greeters.back()->connection = std::move(connection);
  });
  int done = 0;
  std::vector<std::uint64_t> events;
  std::unique_ptr<Diarist> client;
  std::function<void()> go = [&] {
    client = std::make_unique<Diarist>(world["h0"]);
    client->when_established = [&] { client->connection->send("ping"); };
    client->when_octets = [&](std::string_view) { client->connection->finish(); };
    client->when_ended = [&] {
      ASSERT_EQ(client->end, End::closed);
      ASSERT_EQ(client->received, "ping");
      if (++done % 500 == 0) events.push_back(world.network.event_count());
      if (done < 17'000) world["h0"].after(0, go);  // more than there are ephemeral ports
    };
    client->connect(world.at("h1", 25));
  };
  world["h0"].after(0, go);
  world.network.run();
  EXPECT_EQ(done, 17'000);
  ASSERT_EQ(events.size(), 34u);
  EXPECT_EQ(events[33] - events[32], events[5] - events[4]);
  EXPECT_LE(greeters.size(), 3u);
}

}  // namespace
}  // namespace mailroom::net::test
