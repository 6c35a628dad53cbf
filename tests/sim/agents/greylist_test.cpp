// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/greylist.hpp"

#include <gtest/gtest.h>

namespace mailroom::agents {
namespace {

using Rule = Greylist::Rule;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr net::Address kClient{0x0A000001};
constexpr net::Address kNeighbour{0x0A000002};
constexpr net::Address kStranger{0x0A000101};

struct Bench {
  scenario::Greylist policy;
  Greylist greylist{policy};
  Rule ask(std::int64_t now_ns, net::Address client = kClient, std::string_view to = "bob@b.test") {
    return greylist.decide(client, "ann@a.test", to, now_ns).rule;
  }
};

TEST(Greylist, HasTheNumbersOfPostgrey) {
  const scenario::Greylist policy;
  EXPECT_EQ(policy.delay_ns, 300 * kSecond);
  EXPECT_EQ(policy.window_ns, 2 * kDay);
  EXPECT_EQ(policy.memory_ns, 35 * kDay);
  EXPECT_EQ(policy.auto_whitelist, 5);
}

TEST(Greylist, RefusesUntilTheDelayHasPassed) {
  Bench bench;
  EXPECT_EQ(bench.ask(0), Rule::first_seen);
  const auto early = bench.greylist.decide(kClient, "ANN@a.test", "Bob@B.test", 300 * kSecond - 1);
  EXPECT_EQ(early.rule, Rule::too_early);
  EXPECT_EQ(early.wait_ns, 1);
  EXPECT_EQ(bench.ask(300 * kSecond), Rule::waited);
  EXPECT_EQ(bench.ask(34 * kDay), Rule::waited);
}

TEST(Greylist, WhoComesAfterTheWindowBeginsAnew) {
  Bench bench;
  EXPECT_EQ(bench.ask(0), Rule::first_seen);
  EXPECT_EQ(bench.ask(2 * kDay + 1), Rule::window_missed);
  EXPECT_EQ(bench.ask(2 * kDay + kMinute), Rule::too_early);
  EXPECT_EQ(bench.ask(2 * kDay + 1 + 300 * kSecond), Rule::waited);
  Bench in_time;
  EXPECT_EQ(in_time.ask(0), Rule::first_seen);
  EXPECT_EQ(in_time.ask(2 * kDay), Rule::waited);
}

TEST(Greylist, WhoIsSilentTooLongIsForgotten) {
  Bench bench;
  EXPECT_EQ(bench.ask(0), Rule::first_seen);
  EXPECT_EQ(bench.ask(kHour), Rule::waited);
  EXPECT_EQ(bench.ask(kHour + 35 * kDay), Rule::waited);
  EXPECT_EQ(bench.ask(kHour + 70 * kDay + 1), Rule::first_seen);
}

TEST(Greylist, TheKeySaysWhatMustComeAgain) {
  for (const auto key : {scenario::Greylist::Key::triplet, scenario::Greylist::Key::network,
                         scenario::Greylist::Key::anyone}) {
    Bench bench;
    bench.policy.key = key;
    EXPECT_EQ(bench.ask(0), Rule::first_seen);
    EXPECT_EQ(bench.ask(kHour, kClient, "carol@b.test"), Rule::first_seen) << "another recipient";
    EXPECT_EQ(bench.ask(kHour, kNeighbour),
              key == scenario::Greylist::Key::triplet ? Rule::first_seen : Rule::waited);
    EXPECT_EQ(bench.ask(kHour, kStranger),
              key == scenario::Greylist::Key::anyone ? Rule::waited : Rule::first_seen);
  }
}

TEST(Greylist, AClientThatPassedOftenIsAskedNoMore) {
  Bench bench;
  for (int i = 0; i < 5; ++i) {
    const std::string to = "user" + std::to_string(i) + "@b.test";
    EXPECT_EQ(bench.ask(i * kDay, kClient, to), Rule::first_seen);
    EXPECT_EQ(bench.ask(i * kDay + kHour, kClient, to), Rule::waited);
    EXPECT_EQ(bench.ask(i * kDay + kHour + 1, kClient, to), i < 4 ? Rule::waited : Rule::auto_whitelisted)
        << "counted once an hour";
  }
  EXPECT_EQ(bench.ask(5 * kDay, kClient, "new@b.test"), Rule::auto_whitelisted);
  EXPECT_EQ(bench.ask(5 * kDay, kNeighbour, "new@b.test"), Rule::first_seen);
  Bench always;
  always.policy.auto_whitelist = 0;
  EXPECT_EQ(always.ask(0), Rule::first_seen);
  for (int i = 1; i < 20; ++i) EXPECT_EQ(always.ask(i * kDay), Rule::waited);
}

TEST(Greylist, AClientOfTheAutomaticWhitelistStaysThereWhileItComes) {
  Bench bench;
  bench.policy.auto_whitelist = 1;
  Greylist greylist(bench.policy);
  const auto ask = [&](std::int64_t now_ns, std::string_view to) {
    return greylist.decide(kClient, "ann@a.test", to, now_ns).rule;
  };
  ASSERT_EQ(ask(0, "bob@b.test"), Rule::first_seen);
  ASSERT_EQ(ask(kHour, "bob@b.test"), Rule::waited);
  for (int visit = 1; visit < 10; ++visit)
    EXPECT_EQ(ask(visit * 30 * kDay, "u" + std::to_string(visit) + "@b.test"), Rule::auto_whitelisted) << visit;
  EXPECT_EQ(ask(9 * 30 * kDay + 36 * kDay, "last@b.test"), Rule::first_seen) << "35 days without a visit";
}

TEST(Greylist, MemoryEndsAtItsTimeNotWithTheNextCleaning) {
  Bench bench;
  bench.policy.memory_ns = kHour;
  Greylist greylist(bench.policy);
  const auto ask = [&](std::int64_t now_ns) { return greylist.decide(kClient, "a@a.test", "b@b.test", now_ns).rule; };
  ASSERT_EQ(ask(0), Rule::first_seen);
  ASSERT_EQ(ask(10 * kMinute), Rule::waited);
  EXPECT_EQ(ask(70 * kMinute), Rule::waited);
  EXPECT_EQ(ask(130 * kMinute + 1), Rule::first_seen);
}

TEST(Greylist, TheWindowCountsFromTheLastTry) {
  Bench bench;
  bench.policy.window_ns = 10 * kMinute;
  Greylist greylist(bench.policy);
  const auto ask = [&](std::int64_t now_ns) { return greylist.decide(kClient, "a@a.test", "b@b.test", now_ns).rule; };
  ASSERT_EQ(ask(0), Rule::first_seen);
  ASSERT_EQ(ask(4 * kMinute), Rule::too_early);
  EXPECT_EQ(ask(13 * kMinute), Rule::waited);
}

TEST(Greylist, TheWhitelistHasClientsNetworksMailboxesAndDomains) {
  const auto is_listed = [](const std::string& entry, net::Address client, std::string_view from,
                            std::string_view to) {
    scenario::Greylist policy;
    policy.whitelist = {entry};
    Greylist greylist(policy);
    return greylist.decide(client, from, to, 0).rule == Rule::whitelisted;
  };
  EXPECT_TRUE(is_listed("10.0.0.1", kClient, "", "b@b.test"));
  EXPECT_FALSE(is_listed("10.0.0.1", kNeighbour, "", "b@b.test"));
  EXPECT_TRUE(is_listed("10.0.0.0/24", kNeighbour, "", "b@b.test"));
  EXPECT_FALSE(is_listed("10.0.0.0/24", kStranger, "", "b@b.test"));
  EXPECT_TRUE(is_listed("0.0.0.0/0", kStranger, "", "b@b.test"));
  EXPECT_TRUE(is_listed("A.test", kClient, "x@sub.a.TEST", "b@b.test"));
  EXPECT_FALSE(is_listed("a.test", kClient, "x@ba.test", "b@b.test"));
  EXPECT_TRUE(is_listed("b@b.test", kClient, "", "b@b.test"));
  EXPECT_TRUE(is_listed("x@a.test", kClient, "x@a.test", "b@b.test"));
  EXPECT_FALSE(is_listed("x@a.test", kClient, "y@a.test", "b@b.test"));
  EXPECT_TRUE(is_listed("nobody.test", kClient, "y@a.test", "postmaster@b.test"));
}

TEST(Greylist, ARefusalIsBecauseOfTheFirstOne) {
  Bench bench;
  EXPECT_FALSE(bench.greylist.decide(kClient, "", "b@b.test", 0).because);
  bench.greylist.set_event({7});
  EXPECT_EQ(bench.greylist.decide(kClient, "", "b@b.test", 1).because.value, 7);
  bench.greylist.set_event({8});
  EXPECT_EQ(bench.greylist.decide(kClient, "", "b@b.test", kHour).because.value, 7);
}

// Pagani et al. 2016, as in our facts: when Gmail's retries (min:s, from seven addresses) meet a threshold of
// six hours.
TEST(Greylist, GmailGetsInAtItsFirstTryAfterSixHoursIfTheKeyIsNotTheClient) {
  const std::vector<std::int64_t> tries_s = {0,
                                             6 * 60 + 2,
                                             29 * 60 + 2,
                                             56 * 60 + 36,
                                             98 * 60 + 44,
                                             162 * 60 + 3,
                                             229 * 60 + 44,
                                             309 * 60 + 5,
                                             434 * 60 + 46};
  for (const auto key : {scenario::Greylist::Key::anyone, scenario::Greylist::Key::triplet}) {
    Bench bench;
    bench.policy.key = key;
    bench.policy.delay_ns = 6 * kHour;
    std::int64_t got_in_s = -1;
    for (std::size_t i = 0; i < tries_s.size(); ++i) {
      const net::Address client{0x0A000001 + static_cast<std::uint32_t>(i * 256)};
      if (got_in_s < 0 && bench.ask(tries_s[i] * kSecond, client) == Rule::waited) got_in_s = tries_s[i];
    }
    EXPECT_EQ(got_in_s, key == scenario::Greylist::Key::anyone ? 434 * 60 + 46 : -1);
  }
}

}  // namespace
}  // namespace mailroom::agents
