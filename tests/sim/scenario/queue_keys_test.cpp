// SPDX-License-Identifier: GPL-2.0-only
// `delivery`, `hold` and `disk`.
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kHead = "mailroom: 1\ntopology: {links: [a -- b]}\n";

Host host_with(const std::string& keys, const std::string& top = "") {
  const Scenario scenario = scenario_of(kHead + top + "hosts: {a: {" + keys + "}, b: {}}\n");
  return scenario.hosts.empty() ? Host{} : scenario.hosts.front();
}
std::string mistakes(const std::string& keys) { return mistakes_of(kHead + "hosts: {a: {" + keys + "}, b: {}}\n"); }

}  // namespace

TEST(ScenarioDelivery, IsPlainWhereNothingIsSaid) {
  const Delivery delivery = host_with("").delivery;
  EXPECT_EQ(delivery.address_limit, 5);
  EXPECT_EQ(delivery.session_limit, 2);
  EXPECT_EQ(delivery.concurrency_limit, 0) << "as smtp's connections-per-destination";
  EXPECT_EQ(delivery.failed_cohorts, 0);
  EXPECT_EQ(delivery.idle_ns, 0);
  EXPECT_EQ(delivery.active_limit, 20'000);
}

TEST(ScenarioDelivery, OfPostfixHasItsFiguresThatKeysChange) {
  const Delivery postfix = host_with("delivery: {profile: postfix}").delivery;
  EXPECT_EQ(postfix.initial_concurrency, 5);
  EXPECT_EQ(postfix.concurrency_limit, 20);
  EXPECT_EQ(postfix.positive_feedback, 1);
  EXPECT_EQ(postfix.negative_feedback, 1);
  EXPECT_EQ(postfix.failed_cohorts, 1);
  EXPECT_EQ(postfix.dead_ns, 300 * kSecond);
  EXPECT_EQ(postfix.idle_ns, 2 * kSecond);
  EXPECT_EQ(postfix.lifetime_ns, 300 * kSecond);
  EXPECT_EQ(postfix.recipients, 50);
  const Delivery other =
      host_with("delivery: {idle: 1m, active-limit: 7, dead-for: 1h}", "delivery: {profile: postfix}\n").delivery;
  EXPECT_EQ(other.concurrency_limit, 20) << "from the top level";
  EXPECT_EQ(other.idle_ns, 60 * kSecond);
  EXPECT_EQ(other.active_limit, 7);
  EXPECT_EQ(other.dead_ns, 3600 * kSecond);
}

TEST(ScenarioHold, HasPatternsOfSenderAndRecipient) {
  EXPECT_THAT(host_with("").hold, IsEmpty());
  const auto hold = host_with("hold: [{from: \"*@spam.example\"}, {to: bob@a.example, from: x}]").hold;
  ASSERT_THAT(hold, SizeIs(2));
  EXPECT_EQ(hold[0].from, "*@spam.example");
  EXPECT_EQ(hold[0].to, "");
  EXPECT_EQ(hold[1].to, "bob@a.example");
  EXPECT_FALSE(hold[1].until_ns);
  EXPECT_EQ(host_with("hold: [{until: 2h}]").hold.at(0).until_ns, 7200 * kSecond);
  EXPECT_THAT(mistakes("hold: [{until: later}]"), HasSubstr("duration"));
}

TEST(ScenarioTurn, SaysWhoIsAskedAndWhen) {
  const std::string domain = "domains: a.example, ";
  EXPECT_FALSE(host_with(domain).turn);
  const auto turn = host_with(domain + "turn: {host: b, at: [1h, 2h]}").turn;
  ASSERT_TRUE(turn);
  EXPECT_EQ(turn->host, "b");
  EXPECT_EQ(turn->at_ns, (std::vector{3600 * kSecond, 7200 * kSecond}));
  EXPECT_EQ(host_with(domain + "turn: {host: b, at: 0}").turn->at_ns, std::vector<std::int64_t>{0});
  EXPECT_THAT(mistakes("turn: {host: b, at: 1h}"), HasSubstr("'turn' of 'a', which has no domain"));
  EXPECT_THAT(mistakes(domain + "turn: {host: a, at: 1h}"), HasSubstr("'turn' names the host itself"));
  EXPECT_THAT(mistakes(domain + "turn: {host: c, at: 1h}"), HasSubstr("'turn' names 'c'"));
  EXPECT_THAT(mistakes(domain + "turn: {host: b}"), HasSubstr("at"));
  EXPECT_THAT(mistakes(domain + "turn: {host: b, at: []}"), HasSubstr("no time"));
  EXPECT_THAT(mistakes(domain + "turn: {at: 1h}"), HasSubstr("host"));
}

TEST(ScenarioEtrn, IsOfferedWhereItIsSaidAndElseAsTheHostSeesFit) {
  EXPECT_FALSE(host_with("").smtp.receiving.etrn);
  EXPECT_EQ(host_with("smtp: {etrn: true}").smtp.receiving.etrn, true);
  EXPECT_EQ(host_with("", "smtp: {etrn: false}\n").smtp.receiving.etrn, false) << "from the top level";
}

TEST(ScenarioCheckSender, IsNoneUnlessItIsAskedFor) {
  using Check = Receiving::CheckSender;
  EXPECT_EQ(host_with("").smtp.receiving.check_sender, Check::none);
  EXPECT_EQ(host_with("smtp: {check-sender: null-mx}").smtp.receiving.check_sender, Check::null_mx);
  EXPECT_EQ(host_with("smtp: {check-sender: domain}").smtp.receiving.check_sender, Check::domain);
}

TEST(ScenarioDisk, IsASizeOrAMapWithLatencies) {
  EXPECT_EQ(host_with("disk: 5MB").disk_bytes, 5'000'000);
  EXPECT_EQ(host_with("disk: 5MB").disk_sync_ns, 0);
  const Host slow = host_with("disk: {size: 2MB, write: 1ms, sync: 5ms}");
  EXPECT_EQ(slow.disk_bytes, 2'000'000);
  EXPECT_EQ(slow.disk_write_ns, 1'000'000);
  EXPECT_EQ(slow.disk_sync_ns, 5'000'000);
  EXPECT_EQ(host_with("disk: {sync: 5ms}").disk_bytes, 1'000'000'000);
}

TEST(ScenarioQueueKeys, MistakesAreTold) {
  EXPECT_THAT(mistakes("delivery: {profile: qmail}"), HasSubstr("qmail"));
  EXPECT_THAT(mistakes("delivery: {concurrency-limit: 0}"), HasSubstr("a whole number from 1"));
  EXPECT_THAT(mistakes("delivery: {profile: postfix, initial-concurrency: 30}"),
              HasSubstr("30 connections at first, but at most 20"));
  EXPECT_THAT(mistakes("hold: \"*@spam.example\""), HasSubstr("for 'hold'"));
  EXPECT_THAT(mistakes("hold: [{sender: x}]"), HasSubstr("unknown key 'sender'"));
  EXPECT_THAT(mistakes("disk: [1MB]"), HasSubstr("a list for a size"));
  EXPECT_THAT(mistakes("disk: {sync: soon}"), HasSubstr("soon"));
}

}  // namespace mailroom::scenario
