// SPDX-License-Identifier: GPL-2.0-only
// What a receiver offers and how it guards itself, as scenarios say it.
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {
namespace {

using ::testing::HasSubstr;

const std::string kHosts = R"yaml(mailroom: 1
topology: {links: [a -- b]}
hosts:
)yaml";

TEST(ScenarioReceiving, DefaultsAreThoseOfRealPrograms) {
  const Scenario read = scenario_of(kHosts + "  a: {domains: a.example}\n");
  const Receiving& receiving = read.hosts.at(0).smtp.receiving;
  EXPECT_TRUE(receiving.chunking);
  EXPECT_FALSE(receiving.chunks_sent);
  EXPECT_EQ(receiving.idle_time_out_ns, 300 * kSecond);
  EXPECT_EQ(receiving.errors.hard, 20);
  EXPECT_EQ(receiving.client.connections, 50);
  EXPECT_FALSE(receiving.greylist.has_value());
  EXPECT_FALSE(receiving.tarpit.has_value());
  EXPECT_EQ(receiving.auth.size(), 3U);
}

TEST(ScenarioReceiving, ReadsEveryGuard) {
  const Scenario read = scenario_of(kHosts + R"yaml(  a:
    domains: a.example
    users: {u: {password: secret}}
    submission: 587
    smtp:
      chunking: false
      send-chunks: true
      auth: login
      greeting-delay: 6s
      early-talker: refuse
      idle-time-out: 1m
      errors: {soft: 1, sleep: 2s, hard: 3, junk: 4}
      clients: {connections: 0, message-rate: 3, period: 5m}
      tarpit: {after: 5}
      load: {queue: 9, disk-free: 5%}
      greylist: {key: network, delay: 6h, whitelist: [10.0.0.0/8, b.example]}
  b: {submit-to: a, submit-as: {user: u}}
)yaml");
  const Host& a = read.hosts.at(0);
  const Receiving& receiving = a.smtp.receiving;
  EXPECT_EQ(a.users[0].password, "secret");
  EXPECT_EQ(a.submission_port, 587);
  EXPECT_FALSE(receiving.chunking);
  EXPECT_TRUE(receiving.chunks_sent);
  EXPECT_EQ(receiving.auth, std::vector<std::string>{"login"});
  EXPECT_EQ(receiving.greeting_delay_ns, 6 * kSecond);
  EXPECT_TRUE(receiving.refuses_early_talkers);
  EXPECT_EQ(receiving.errors.sleep_ns, 2 * kSecond);
  EXPECT_EQ(receiving.client.connections, 0);
  EXPECT_EQ(receiving.client.period_ns, 300 * kSecond);
  ASSERT_TRUE(receiving.tarpit.has_value());
  EXPECT_EQ(receiving.tarpit->after, 5);
  EXPECT_EQ(receiving.tarpit->delay_ns, kSecond);
  EXPECT_EQ(receiving.load.disk_free_per_billion, 50'000'000);
  ASSERT_TRUE(receiving.greylist.has_value());
  EXPECT_EQ(receiving.greylist->key, Greylist::Key::network);
  EXPECT_EQ(receiving.greylist->delay_ns, 6 * 3600 * kSecond);
  EXPECT_EQ(receiving.greylist->whitelist.size(), 2U);
  const Host& b = read.hosts.at(1);
  ASSERT_TRUE(b.submit_as.has_value());
  EXPECT_EQ(b.submit_as->user, "u");
  EXPECT_EQ(b.submit_as->password, "secret");
  EXPECT_EQ(b.submit_as->port, 587);
}

TEST(ScenarioReceiving, EmptyMapsSwitchGuardsOn) {
  const Scenario read = scenario_of(kHosts + "  a: {domains: a.example, smtp: {greylist: {}, tarpit: {}}}\n");
  EXPECT_TRUE(read.hosts.at(0).smtp.receiving.greylist.has_value());
  EXPECT_TRUE(read.hosts.at(0).smtp.receiving.tarpit.has_value());
}

TEST(ScenarioReceiving, MistakesAreTold) {
  const auto told = [](const std::string& host) { return mistakes_of(kHosts + host); };
  ASSERT_EQ(told("  a: {domains: a.example}\n"), "");
  EXPECT_THAT(told("  a: {domains: a.example, smtp: {auth: [plain, kerberos]}}\n"),
              HasSubstr("'kerberos' is no mechanism of AUTH here"));
  EXPECT_THAT(told("  a: {domains: a.example, smtp: {errors: {soft: 5, hard: 3}}}\n"),
              HasSubstr("'hard' (3) below 'soft' (5)"));
  EXPECT_THAT(told("  a: {domains: a.example, smtp: {greylist: {window: 1m}}}\n"),
              HasSubstr("'window' is not after 'delay'"));
  EXPECT_THAT(told("  a: {domains: a.example, users: {u: {password: \"\"}}}\n"),
              HasSubstr("an empty password"));
  EXPECT_THAT(told("  a: {domains: a.example, submission: 25}\n"), HasSubstr("is 'port' too"));
  EXPECT_THAT(told("  a: {domains: a.example}\n  b: {submit-as: {user: u}}\n"),
              HasSubstr("'submit-as' without 'submit-to'"));
  const std::string a = "  a: {domains: a.example, submission: 587, users: {u: {password: x}, v: {}}}\n";
  EXPECT_THAT(told(a + "  b: {submit-to: a, submit-as: {user: w}}\n"), HasSubstr("'w' is no user of 'a'"));
  EXPECT_THAT(told(a + "  b: {submit-to: a, submit-as: {user: v}}\n"),
              HasSubstr("the user 'v' has no password"));
  EXPECT_THAT(told("  a: {domains: a.example, users: {u: {password: x}}}\n  b: {submit-to: a, submit-as: "
                   "{user: u}}\n"),
              HasSubstr("'a' has no port for submission"));
}

}  // namespace
}  // namespace mailroom::scenario
