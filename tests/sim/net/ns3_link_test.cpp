// SPDX-License-Identifier: GPL-2.0-only
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

using trace::Kind;
using trace::Level;

// The client sends so many octets at once when the connection is there.
void send_at_once(World& world, const std::string& to, std::size_t octets, Diarist& client, Diarist& server) {
  server.listen(25);
  server.when_peer_finished = [&server] { server.connection->finish(); };
  client.when_established = [&client, octets] {
    ASSERT_EQ(client.connection->send(std::string(octets, 'x')), octets);
    client.connection->finish();
  };
  client.connect(world.at(to, 25));
}

TEST(Ns3Link, EveryHopTakesOneFromTheTimeToLiveAndLeavesTheRest) {
  World world(line(4), Level::packets);
  Diarist client(world["h0"]), server(world["h3"]);
  send_at_once(world, "h3", 5000, client, server);
  world.network.run();
  std::map<std::string, std::vector<int>> seen;  // by the datagram without what changes on the way
  for (const Row& row : world.sink.of(Kind::frame_sent)) {
    std::string octets = world.sink.frames.at(row.id);
    const int time_to_live = static_cast<unsigned char>(octets.at(8));
    octets[8] = octets[10] = octets[11] = 0;  // and the checksum
    seen[octets].push_back(time_to_live);
  }
  EXPECT_GT(seen.size(), 10u);
  for (const auto& [datagram, lives] : seen) EXPECT_THAT(lives, testing::ElementsAre(255, 254, 253));
}

TEST(Ns3Link, NumbersTheDatagramsOfAHostOneByOne) {
  World world(line(2), Level::packets);
  Diarist client(world["h0"]), server(world["h1"]);
  send_at_once(world, "h1", 20'000, client, server);
  world.network.run();
  std::map<int, int> next;
  for (const Row& row : world.sink.of(Kind::frame_sent)) {
    const std::string& octets = world.sink.frames.at(row.id);
    const auto at = [&octets](std::size_t i) {
      return static_cast<int>(static_cast<unsigned char>(octets.at(i)));
    };
    EXPECT_EQ(at(4) * 256 + at(5), next[static_cast<int>(row.host.value)]++);
  }
  EXPECT_GT(next[1], 10);
  EXPECT_GT(next[2], 5);
}

// The acknowledgement of the SYN is on the wire, two segments wait; the window that opens the connection has
// ten.
TEST(Ns3Link, DropsWhatItsQueueHasNoRoomFor) {
  Wire wire;
  wire.queue_packets = 2;
  World world(line(2, wire), Level::packets);
  Diarist client(world["h0"]), server(world["h1"]);
  send_at_once(world, "h1", 10 * 1448, client, server);
  EXPECT_TRUE(world.sink.of(Kind::frame_dropped).empty());
  world.network.run();
  const auto dropped = world.sink.of(Kind::frame_dropped);
  ASSERT_FALSE(dropped.empty());
  EXPECT_EQ(std::ranges::count(dropped, dropped[0].time_ns, &Row::time_ns), 8);
  for (const Row& row : dropped) EXPECT_EQ(row.text, "queue");
  EXPECT_EQ(dropped[0].size, 2 + 20 + 20 + 1448);
  EXPECT_EQ(server.received, std::string(10 * 1448, 'x'));
}

// Frames follow each other without a gap, and each arrives when its last bit has come.
TEST(Ns3Link, SendsFramesBackToBackAtItsRate) {
  Wire wire;
  World world(line(2, wire), Level::packets);
  Diarist client(world["h0"]), server(world["h1"]);
  send_at_once(world, "h1", 10 * 1448, client, server);
  world.network.run();
  std::vector<Row> full;
  for (const Row& row : world.sink.of(Kind::frame_sent)) {
    if (row.size == 2 + 20 + 20 + 1448) full.push_back(row);
  }
  ASSERT_EQ(full.size(), 10u);
  const std::int64_t lasts_ns = full[0].size * 8 * kSecond / wire.rate_bps;
  for (std::size_t i = 1; i < full.size(); ++i) EXPECT_EQ(full[i].time_ns - full[i - 1].time_ns, lasts_ns);
  for (const Row& row : world.sink.of(Kind::frame_received)) {
    const Row* const sent = world.sink.by_id(row.cause);
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(row.time_ns - sent->time_ns, sent->size * 8 * kSecond / wire.rate_bps + wire.delay_ns);
  }
}

}  // namespace
}  // namespace mailroom::net::test
