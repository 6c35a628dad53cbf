// SPDX-License-Identifier: GPL-2.0-only
// Many small simulations with random paths, losses and ways of closing: whatever is lost, connections end as
// closed, and with every octet, or not as closed.
#include <gtest/gtest.h>

#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

enum class Who { client_first, server_first, both };

struct Talk {
  std::unique_ptr<Diarist> client, server;
  std::string up, down;
};

// Six connections at once over one path; what they became, one word each.
std::string storm(std::uint64_t seed, std::uint64_t most_loss_per_billion) {
  Random random(seed, "storm", "test");
  const auto draw = [&random](std::uint64_t low, std::uint64_t bound) {
    return static_cast<std::int64_t>(low + random.below(bound));
  };
  const int nodes = static_cast<int>(draw(2, 3));
  Wire wire;
  wire.rate_bps = draw(1'000'000, 100'000'000);
  wire.delay_ns = draw(0, 60) * kMs;
  wire.queue_packets = draw(3, 50);
  wire.loss_per_billion = draw(0, most_loss_per_billion + 1);
  World world(line(nodes, wire), trace::Level::full, seed);
  const std::string last = "h" + std::to_string(nodes - 1);
  std::vector<Talk> talks(6);
  for (std::size_t i = 0; i < talks.size(); ++i) {
    Talk& talk = talks[i];
    talk = {std::make_unique<Diarist>(world["h0"]), std::make_unique<Diarist>(world[last]),
            pattern(random.below(60'000), 1), pattern(random.below(60'000), 2)};
    Diarist& client = *talk.client;
    Diarist& server = *talk.server;
    client.finish_after = server.finish_after = true;
    const auto up = [&client, octets = talk.up] { client.send_all(octets); };
    const auto down = [&server, octets = talk.down] { server.send_all(octets); };
    const Who who = static_cast<Who>(i % 3);
    (who == Who::server_first ? client.when_peer_finished : client.when_established) = up;
    (who == Who::client_first ? server.when_peer_finished : server.when_established) = down;
    const auto port = static_cast<std::uint16_t>(100 + i);
    server.listen(port);
    client.connect(world.at(last, port));
  }
  EXPECT_EQ(world.network.run(), Ns3Network::Stopped::idle);
  std::string result;
  for (const Talk& talk : talks) {
    const auto closed = [](const Diarist& d) { return d.ended && d.end == End::closed; };
    if (closed(*talk.client)) {
      EXPECT_EQ(talk.client->received, talk.down);
    }
    if (closed(*talk.server)) {
      EXPECT_EQ(talk.server->received, talk.up);
    }
    EXPECT_TRUE(talk.down.starts_with(talk.client->received));
    EXPECT_TRUE(talk.up.starts_with(talk.server->received));
    result += closed(*talk.client) && closed(*talk.server) ? "closed " : "failed ";
  }
  return result;
}

TEST(Ns3Storm, ClosesEveryConnectionWhenALittleIsLost) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    const std::string result = in_own_process([seed] { return storm(seed, 50'000'000); });
    EXPECT_EQ(result, "closed closed closed closed closed closed ") << seed;
  }
}

TEST(Ns3Storm, NeverCallsClosedWhatIsNotWhenMuchIsLost) {
  std::string all;
  for (std::uint64_t seed = 101; seed <= 110; ++seed) {
    all += in_own_process([seed] { return storm(seed, 400'000'000); });
  }
  EXPECT_NE(all.find("failed"), std::string::npos);
  EXPECT_NE(all.find("closed"), std::string::npos);
}

}  // namespace
}  // namespace mailroom::net::test
