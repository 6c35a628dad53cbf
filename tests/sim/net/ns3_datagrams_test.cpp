// SPDX-License-Identifier: GPL-2.0-only
// Datagrams over ns-3: whole or not at all, under their sender's context, with losses that can be named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using trace::Context;
using trace::ContextScope;
using trace::Kind;

struct Letter {
  std::int64_t time_ns;
  Endpoint from;
  std::string octets;
  Context context;
};

// A socket that keeps what comes.
class Postbox : public DatagramUser {
 public:
  Postbox(Host& host, std::uint16_t port) : host_(host), socket(host.network().open_datagrams(port, *this)) {}
  void on_datagram(Endpoint from, std::string_view octets) override {
    letters.push_back({host_.now_ns(), from, std::string(octets), host_.recorder().context});
    if (when_letter) when_letter();
  }
  void on_port_unreachable(Address remote) override {
    refusals.push_back(remote);
    if (when_refused) when_refused();
  }
  std::vector<std::string> octets() const {
    std::vector<std::string> all;
    for (const Letter& letter : letters) all.push_back(letter.octets);
    return all;
  }

 private:
  Host& host_;

 public:
  std::unique_ptr<DatagramSocket> socket;
  std::vector<Letter> letters;
  std::vector<Address> refusals;
  std::function<void()> when_letter, when_refused;
};

// A datagram keeps no run going, so a timer does.
void run_for(World& world, std::int64_t delay_ns) {
  world["h0"].after(delay_ns, [] {});
  world.network.run();
}

Context about(std::int64_t event, std::int64_t message) {
  Context context;
  context.event.value = event;
  context.message.value = message;
  return context;
}

TEST(Ns3Datagrams, ArriveWholeUnderTheContextOfTheirSender) {
  World world(line(3, {.rate_bps = 8'000'000, .delay_ns = 10 * kMs}), trace::Level::packets);
  Postbox client(world["h0"], 0), server(world["h2"], 53);
  {
    const ContextScope scope(world.recorder, about(0, 7));
    client.socket->send(server.socket->local(), "a question");
    client.socket->send(server.socket->local(), "");
  }
  EXPECT_THAT(server.letters, IsEmpty());
  server.when_letter = [&] {
    if (server.letters.size() == 1) server.socket->send(server.letters[0].from, "an answer");
  };
  run_for(world, kSecond);
  ASSERT_THAT(server.octets(), ElementsAre("a question", ""));
  EXPECT_EQ(server.letters[0].from, client.socket->local());
  EXPECT_EQ(server.letters[0].context, about(0, 7));
  // Two links of 10 ms; 10 octets with 8 of UDP, 20 of IP and 2 of PPP take 40 µs on each.
  EXPECT_EQ(server.letters[0].time_ns, 20 * kMs + 2 * 40'000);
  ASSERT_THAT(client.octets(), ElementsAre("an answer"));
  EXPECT_EQ(client.letters[0].context, about(0, 7)) << "the answer was sent under what the question brought";
  const auto sent = world.sink.of(Kind::datagram_sent), received = world.sink.of(Kind::datagram_received);
  ASSERT_EQ(sent.size(), 3u);
  ASSERT_EQ(received.size(), 3u);
  EXPECT_EQ(sent[0].text, to_string(server.socket->local()));
  EXPECT_EQ(sent[0].value, client.socket->local().port);
  EXPECT_EQ(sent[0].size, 10);
  EXPECT_EQ(received[0].cause, sent[0].id);
  EXPECT_EQ(received[0].text, to_string(client.socket->local()));
  EXPECT_EQ(received[0].value, 53);
}

TEST(Ns3Datagrams, HaveAPortEach) {
  World world(line(2));
  Postbox first(world["h0"], 0), second(world["h0"], 0), named(world["h0"], 53), taken(world["h0"], 53);
  ASSERT_NE(named.socket, nullptr);
  EXPECT_EQ(named.socket->local().port, 53);
  EXPECT_EQ(taken.socket, nullptr);
  EXPECT_GE(first.socket->local().port, 49152);
  EXPECT_NE(first.socket->local(), second.socket->local());
  named.socket.reset();
  Postbox again(world["h0"], 53);
  EXPECT_NE(again.socket, nullptr) << "a port is free as soon as its socket is gone";
}

TEST(Ns3Datagrams, ReachTheHostItself) {
  World world(line(2));
  Postbox client(world["h0"], 0), server(world["h0"], 53);
  client.socket->send(server.socket->local(), "to myself");
  run_for(world, kSecond);
  EXPECT_THAT(server.octets(), ElementsAre("to myself"));
}

TEST(Ns3Datagrams, KeepTheirContextThroughFragments) {
  World world(line(3), trace::Level::packets);
  Postbox client(world["h0"], 0), server(world["h2"], 53);
  const std::string big = pattern(DatagramSocket::kMostOctets), small = pattern(4000, 1);
  {
    const ContextScope scope(world.recorder, about(0, 7));
    client.socket->send(server.socket->local(), big);
  }
  {
    const ContextScope scope(world.recorder, about(0, 8));
    client.socket->send(server.socket->local(), small);
  }
  run_for(world, 10 * kSecond);
  ASSERT_EQ(server.letters.size(), 2u);
  EXPECT_EQ(server.letters[0].octets, big);
  EXPECT_EQ(server.letters[0].context.message.value, 7);
  EXPECT_EQ(server.letters[1].octets, small);
  EXPECT_EQ(server.letters[1].context.message.value, 8);
  // 45 and 3 fragments of at most 1480 octets, each on two links; every frame knows its datagram.
  const auto sent = world.sink.of(Kind::datagram_sent);
  const auto frames = world.sink.of(Kind::frame_sent);
  ASSERT_EQ(frames.size(), 2 * (45u + 3u));
  std::size_t of_first = 0;
  for (const Row& frame : frames) of_first += frame.cause == sent[0].id ? 1 : 0;
  EXPECT_EQ(of_first, 90u);
  EXPECT_EQ(frames.back().cause, sent[1].id);
}

TEST(Ns3Datagrams, NameTheLossOfOneAtBothItsEnds) {
  World world(line(3, {.loss_per_billion = 200'000'000}), trace::Level::packets);
  Postbox client(world["h0"], 0), server(world["h2"], 53), other(world["h0"], 0);
  EXPECT_FALSE(client.socket->disturbance(server.socket->local()));
  for (int i = 0; i < 50; ++i) client.socket->send(server.socket->local(), std::to_string(i));
  run_for(world, kSecond);
  const auto lost = world.sink.of(Kind::datagram_dropped), sent = world.sink.of(Kind::datagram_sent);
  ASSERT_GT(lost.size(), 5u);
  EXPECT_EQ(server.letters.size() + lost.size(), 50u);
  for (const Row& row : lost) {
    EXPECT_EQ(row.text, "loss");
    const Row* cause = world.sink.by_id(row.cause);
    while (cause != nullptr && (cause->kind == Kind::frame_sent || cause->kind == Kind::frame_dropped))
      cause = world.sink.by_id(cause->cause);
    ASSERT_NE(cause, nullptr);
    EXPECT_EQ(cause->kind, Kind::datagram_sent);
    EXPECT_EQ(cause->size, row.size);
  }
  EXPECT_EQ(client.socket->disturbance(server.socket->local()), lost.back().id);
  EXPECT_EQ(server.socket->disturbance(client.socket->local()), lost.back().id);
  EXPECT_FALSE(server.socket->disturbance(other.socket->local()));
  EXPECT_FALSE(other.socket->disturbance(server.socket->local()));
}

TEST(Ns3Datagrams, AreLostWhereAQueueIsFull) {
  World world(line(2, {.rate_bps = 100'000, .queue_packets = 3}), trace::Level::mail);
  Postbox client(world["h0"], 0), server(world["h1"], 53);
  for (int i = 0; i < 10; ++i) client.socket->send(server.socket->local(), std::string(500, 'x'));
  run_for(world, 10 * kSecond);
  const auto lost = world.sink.of(Kind::datagram_dropped);
  EXPECT_EQ(server.letters.size(), 4u) << "one on the wire, three in the queue";
  ASSERT_EQ(lost.size(), 6u);
  EXPECT_EQ(lost[0].text, "queue");
  EXPECT_EQ(lost[0].link.value, 1);
}

TEST(Ns3Datagrams, AreRefusedWhereNoOneListens) {
  World world(line(3), trace::Level::packets);
  std::optional<Postbox> client(std::in_place, world["h0"], std::uint16_t{0});
  const Endpoint nobody = world.at("h2", 53);
  std::vector<std::int64_t> messages;
  client->when_refused = [&] {
    messages.push_back(world.recorder.context.message.value);
    client.reset();
  };
  {
    const ContextScope scope(world.recorder, about(0, 7));
    client->socket->send(nobody, "is anyone there?");
  }
  EXPECT_THAT(messages, IsEmpty());
  run_for(world, kSecond);
  EXPECT_THAT(messages, ElementsAre(7)) << "told once, under the sender's context";
  EXPECT_FALSE(client.has_value());
  ASSERT_EQ(world.sink.of(Kind::datagram_refused).size(), 1u);
  EXPECT_EQ(world.sink.of(Kind::datagram_refused)[0].text, to_string(nobody.address));
}

TEST(Ns3Datagrams, FindNoWayToAnotherPartOfTheNetwork) {
  topology::Graph graph = line(2);
  const auto a = add_node(graph, "island0"), b = add_node(graph, "island1");
  join(graph, a, b);
  World world(graph);
  Postbox client(world["h0"], 0), server(world["island1"], 53);
  client.socket->send(server.socket->local(), "hello");
  client.socket->send({{0xc0000201}, 53}, "to nobody's address");
  run_for(world, kSecond);
  EXPECT_THAT(server.letters, IsEmpty());
  const auto lost = world.sink.of(Kind::datagram_dropped);
  ASSERT_EQ(lost.size(), 2u);
  EXPECT_EQ(lost[0].text, "unreachable");
  EXPECT_EQ(client.socket->disturbance(server.socket->local()), lost[0].id);
}

TEST(Ns3Datagrams, MayEndTheirSocketInACallback) {
  World world(line(2));
  Postbox client(world["h0"], 0), server(world["h1"], 53);
  const Endpoint there = server.socket->local();
  server.when_letter = [&] {
    server.socket.reset();
    if (server.letters.size() == 1) server.socket = world["h1"].network().open_datagrams(53, server);
  };
  for (const char* text : {"first", "second", "third"}) client.socket->send(there, text);
  run_for(world, kSecond);
  EXPECT_THAT(server.octets(), ElementsAre("first", "second"));
  EXPECT_THAT(client.refusals, ElementsAre(there.address));
}

TEST(Ns3Datagrams, CrossALan) {
  topology::Graph graph;
  const auto lan = add_node(graph, "lan", true);
  for (const char* name : {"h0", "h1", "h2"})
    join(graph, add_node(graph, name), lan, {.loss_per_billion = 200'000'000});
  World world(graph);
  Postbox client(world["h0"], 0), server(world["h2"], 53), bystander(world["h1"], 53);
  for (int i = 0; i < 50; ++i) client.socket->send(server.socket->local(), std::to_string(i));
  run_for(world, kSecond);
  const std::size_t lost = world.sink.of(Kind::datagram_dropped).size();
  EXPECT_GT(lost, 5u);
  EXPECT_EQ(server.letters.size() + lost, 50u);
  EXPECT_THAT(bystander.letters, IsEmpty());
}

}  // namespace
}  // namespace mailroom::net::test
