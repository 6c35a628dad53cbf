// SPDX-License-Identifier: GPL-2.0-only
// What a run records: flights, frames, and that it is the same however it is run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

using trace::Context;
using trace::ContextScope;
using trace::Kind;

// One message of `size` octets, framed by a command and a dot, from the first to the last host.
void send_message(World& world, std::string_view to, std::int64_t message, std::size_t size, Diarist& client,
                  Diarist& server) {
  server.listen(25);
  server.when_peer_finished = [&] { server.connection->finish(); };
  client.when_established = [&world, &client, message, size] {
    client.connection->send("DATA\r\n");
    Context content = world.recorder.context;
    content.message.value = message;
    content.is_content = true;
    {
      const ContextScope scope(world.recorder, content);
      ASSERT_EQ(client.connection->send(pattern(size)), size);
    }
    client.connection->send(".\r\n");
    client.connection->finish();
  };
  client.connect(world.at(to, 25));
}

TEST(Ns3Records, TimesAFlightOnEachLinkOfAPath) {
  const Wire wire = {.rate_bps = 8'000'000, .delay_ns = 10 * kMs};
  World world(line(4, wire));
  Diarist client(world["h0"]), server(world["h3"]);
  send_message(world, "h3", 42, 2000, client, server);
  EXPECT_TRUE(world.sink.flights.empty());
  world.network.run();
  ASSERT_EQ(world.sink.flights.size(), 3u);
  // DATA, text and dot are sent at once: two segments of 1448 and 561 octets, each with 40 of IP and TCP
  // headers and 2 of PPP; at 8 Mbit/s an octet takes a microsecond. The dot's three octets are behind the
  // message's last.
  const std::int64_t established_ns = client.when("established");
  const std::int64_t first = (1448 + 42) * 1000, second = (6 + 2000 + 3 - 1448 + 42) * 1000;
  for (int hop = 0; hop < 3; ++hop) {
    const trace::Flight& flight = world.sink.flights[static_cast<std::size_t>(hop)];
    EXPECT_EQ(flight.message.value, 42);
    EXPECT_EQ(flight.connection, client.connection->id());
    EXPECT_EQ(flight.link.value, hop + 1);
    EXPECT_EQ(flight.from.value, hop + 1);
    EXPECT_EQ(flight.to.value, hop + 2);
    EXPECT_EQ(flight.bytes, 2000);
    EXPECT_EQ(flight.drops, 0);
    // On the first link they wait for the 42 octets that acknowledge the SYN. The second frame, the shorter
    // one, has arrived at a router before the first has left it, so it follows at once on each link.
    const std::int64_t out_ns = established_ns + 42'000 + hop * (first + wire.delay_ns);
    EXPECT_EQ(flight.first_bit_out_ns, out_ns) << hop;
    EXPECT_EQ(flight.last_bit_in_ns, out_ns + first + second + wire.delay_ns) << hop;
  }
}

TEST(Ns3Records, CountsAFlightsOctetsOnceAndItsDropsEach) {
  World world(line(3, {.loss_per_billion = 50'000'000}), trace::Level::packets);
  Diarist client(world["h0"]), server(world["h2"]);
  send_message(world, "h2", 7, 200'000, client, server);
  world.network.run();
  world.network.close();
  ASSERT_EQ(server.received.size(), 200'009u);
  ASSERT_EQ(world.sink.flights.size(), 2u);
  for (const trace::Flight& flight : world.sink.flights) {
    EXPECT_EQ(flight.bytes, 200'000);
    EXPECT_GT(flight.drops, 0);
    std::int64_t dropped = 0;
    for (const Row& row : world.sink.of(Kind::frame_dropped)) {
      const bool has_text = row.size > 100 && row.value == 0;
      dropped += row.link == flight.link && has_text ? 1 : 0;
    }
    EXPECT_EQ(flight.drops, dropped);
    EXPECT_GT(flight.last_bit_in_ns, flight.first_bit_out_ns);
  }
}

TEST(Ns3Records, WritesAnUnfinishedFlightWhenTheRunIsClosed) {
  World world(line(2, {.rate_bps = 100'000}));
  Diarist client(world["h0"]), server(world["h1"]);
  send_message(world, "h1", 7, 100'000, client, server);
  EXPECT_EQ(world.network.run_until(2 * kSecond), Ns3Network::Stopped::time);
  EXPECT_TRUE(world.sink.flights.empty());
  world.network.close();
  ASSERT_EQ(world.sink.flights.size(), 1u);
  EXPECT_EQ(world.sink.flights[0].last_bit_in_ns, -1);
  EXPECT_GT(world.sink.flights[0].bytes, 10'000);
  EXPECT_LT(world.sink.flights[0].bytes, 30'000);
}

TEST(Ns3Records, KeepsFramesFromTheIpHeaderOnWithTrueChecksums) {
  topology::Graph graph;
  const auto lan = add_node(graph, "lan", true);
  const auto h0 = add_node(graph, "h0"), h1 = add_node(graph, "h1"), h2 = add_node(graph, "h2");
  join(graph, h0, lan);
  join(graph, lan, h1);
  join(graph, h1, h2);
  World world(graph, trace::Level::packets);
  Diarist client(world["h0"]), server(world["h2"]);
  send_message(world, "h2", 7, 5000, client, server);
  world.network.run();
  const auto sent = world.sink.of(Kind::frame_sent), received = world.sink.of(Kind::frame_received);
  ASSERT_GT(sent.size(), 10u);
  EXPECT_EQ(sent.size(), received.size());
  EXPECT_EQ(world.sink.frames.size(), sent.size());
  for (const Row& row : sent) {
    const std::string& octets = world.sink.frames.at(row.id);
    const auto at = [&](std::size_t i) {
      return static_cast<unsigned>(static_cast<unsigned char>(octets.at(i)));
    };
    EXPECT_EQ(at(0), 0x45u);
    EXPECT_EQ(at(2) * 256 + at(3), octets.size());
    unsigned sum = 0;
    for (std::size_t i = 0; i < 20; i += 2) sum += at(i) * 256 + at(i + 1);
    EXPECT_EQ((sum & 0xffff) + (sum >> 16), 0xffffu) << "IP checksum";
    unsigned tcp = 6 + static_cast<unsigned>(octets.size() - 20);
    for (std::size_t i = 12; i < octets.size(); ++i) tcp += i % 2 == 0 ? at(i) * 256 : at(i);
    while (tcp >> 16 != 0) tcp = (tcp & 0xffff) + (tcp >> 16);
    EXPECT_EQ(tcp, 0xffffu) << "TCP checksum";
  }
  for (const Row& row : received) {
    const Row* const cause = world.sink.by_id(row.cause);
    ASSERT_NE(cause, nullptr);
    EXPECT_EQ(cause->kind, Kind::frame_sent);
    EXPECT_EQ(cause->size, row.size);
    EXPECT_LT(cause->time_ns, row.time_ns);
  }
  // Over the segment: out over h0's attachment (edge from h0 to the segment), in over h1's.
  EXPECT_EQ(sent[0].link.value, 1);
  EXPECT_EQ(sent[0].value, 0);
  EXPECT_EQ(received[0].link.value, 2);
  EXPECT_EQ(received[0].value, 0);
}

// --- the same, however it is run: each run is a process of its own that writes what it recorded to a pipe
// -----------

enum class Slices { none, many };

void print(const World& world, std::ostream& out) {
  for (const Row& row : world.sink.rows) {
    out << row.id.value << ' ' << row.time_ns << ' ' << trace::info(row.kind).name << ' ' << row.host.value
        << ' ' << row.link.value << ' ' << row.connection.value << ' ' << row.size << ' ' << row.value << ' '
        << row.text << ' ' << row.cause.value << ' ' << row.because.value << '\n';
  }
  for (const trace::Flight& f : world.sink.flights) {
    out << "flight " << f.message.value << ' ' << f.link.value << ' ' << f.from.value << ' '
        << f.first_bit_out_ns << ' ' << f.last_bit_in_ns << ' ' << f.bytes << ' ' << f.drops << '\n';
  }
}

std::string busy_run(trace::Level level, std::uint64_t seed, Slices slices) {
  topology::Graph graph =
      line(4, {.rate_bps = 2'000'000, .queue_packets = 10, .loss_per_billion = 20'000'000});
  const auto lan = add_node(graph, "lan", true);
  join(graph, 3, lan);
  for (const char* name : {"a", "b", "c"})
    join(graph, lan, add_node(graph, name), {.rate_bps = 10'000'000, .delay_ns = 1000});
  World world(graph, level, seed);
  std::vector<std::unique_ptr<Diarist>> ends;
  std::int64_t message = 0;
  for (const auto& [from, to] : {std::pair{"a", "h0"}, {"h0", "b"}, {"c", "h1"}, {"h2", "c"}}) {
    ends.push_back(std::make_unique<Diarist>(world[from]));
    Diarist& client = *ends.back();
    ends.push_back(std::make_unique<Diarist>(world[to]));
    send_message(world, to, ++message, 60'000, client, *ends.back());
  }
  if (slices == Slices::none) {
    world.network.run();
  } else {
    Random random(9, "slices", "test");
    std::int64_t until_ns = 0;
    for (;;) {
      until_ns += static_cast<std::int64_t>(random.below(30 * kMs));
      const auto stopped = world.network.run_until(until_ns);
      if (stopped == Ns3Network::Stopped::idle) break;
      EXPECT_EQ(stopped, Ns3Network::Stopped::time);
      EXPECT_EQ(world.network.now_ns(), std::max<std::int64_t>(until_ns - 1, 0));
    }
  }
  world.network.close();
  std::ostringstream out;
  print(world, out);
  return out.str();
}

TEST(Ns3Records, IsTheSameAtEverySliceAndEveryRepetition) {
  const auto run = [](std::uint64_t seed, Slices slices) {
    return in_own_process([=] { return busy_run(trace::Level::packets, seed, slices); });
  };
  const std::string first = run(1, Slices::none);
  EXPECT_GT(first.size(), 10'000u);
  EXPECT_EQ(run(1, Slices::none), first);
  EXPECT_EQ(run(1, Slices::many), first);
  EXPECT_NE(run(2, Slices::none), first);
}

TEST(Ns3Records, DiffersBetweenLevelsOnlyInTheRowsLeftOut) {
  const auto run = [](trace::Level level) {
    return in_own_process([=] { return busy_run(level, 1, Slices::none); });
  };
  const std::string packets = run(trace::Level::packets), full = run(trace::Level::full);
  EXPECT_LT(full.size() * 5, packets.size());
  // Leaving out frames, and naming as cause the nearest ancestor that is left, makes the one the other.
  std::map<std::string, std::string> cause_of_frame;
  std::istringstream in(packets);
  std::string expected;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("flight")) {
      expected += line + '\n';
      continue;
    }
    const std::size_t because_at = line.rfind(' '), cause_at = line.rfind(' ', because_at - 1);
    std::string cause = line.substr(cause_at + 1, because_at - cause_at - 1);
    while (cause_of_frame.contains(cause)) cause = cause_of_frame[cause];
    if (line.find(" frame.") != std::string::npos) {
      cause_of_frame[line.substr(0, line.find(' '))] = cause;
    } else {
      expected += line.substr(0, cause_at + 1) + cause + line.substr(because_at) + '\n';
    }
  }
  EXPECT_GT(cause_of_frame.size(), 1000u);
  EXPECT_EQ(full, expected);
}

TEST(Ns3Records, StandsJustBeforeTheTimeAskedFor) {
  World world(line(2));
  std::vector<int> ran;
  Host& host = world["h0"];
  host.after(10, [&] {
    ran.push_back(10);
    host.after(0, [&] { host.after(0, [&] { ran.push_back(11); }); });
  });
  host.after(11, [&] { ran.push_back(12); });
  const Timer never = host.after(12, [&] { ran.push_back(99); });
  host.after(13, [&] {});
  host.cancel(never);
  host.cancel(never);
  EXPECT_EQ(world.network.run_until(11), Ns3Network::Stopped::time);
  EXPECT_EQ(world.network.now_ns(), 10);
  EXPECT_THAT(ran, testing::ElementsAre(10, 11));
  EXPECT_EQ(world.network.run_until(5), Ns3Network::Stopped::time);
  EXPECT_EQ(world.network.now_ns(), 10);
  EXPECT_EQ(world.network.run_until(1000), Ns3Network::Stopped::idle);
  EXPECT_EQ(world.network.now_ns(), 13);
  EXPECT_THAT(ran, testing::ElementsAre(10, 11, 12));
}

}  // namespace
}  // namespace mailroom::net::test
