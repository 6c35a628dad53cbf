// SPDX-License-Identifier: GPL-2.0-only
// ETRN (RFC 1985): a host that was away asks for the mail that waits for it.
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// `keeper` has mail for b.test, which is away, and knows nobody else's.
struct Keeping : MailWorld {
  explicit Keeping(scenario::Retry retry = {.intervals_ns = {kHour}, .give_up_ns = 10 * kHour})
      : keeper(add([&retry] {
          scenario::Host host = mail_host("k", "k.test", {"ann"});
          host.retry = retry;
          host.relay.domains = std::vector<std::string>{"b.test", ".sub.test"};
          return host;
        }())) {
    for (Site* site : {&b, &sub, &other}) fabric.silence(site->address());
    for (const char* to : {"bob@b.test", "bob@a.sub.test", "bob@other.test"}) EXPECT_TRUE(send(keeper, "ann@k.test", {to}));
    clock.run_until(kMinute);
    EXPECT_THAT(of(Kind::copy_deferred), SizeIs(3));
    for (Site* site : {&b, &sub, &other}) fabric.heal(site->address());
  }
  std::string ask(const std::string& node) {
    RawClient client(outside, {keeper.address(), 25});
    clock.run_until(clock.now_ns() + kSecond);
    client.say("EHLO b.test\r\nETRN " + node + "\r\nQUIT\r\n");
    clock.run_until(clock.now_ns() + kSecond);
    EXPECT_THAT(client.heard, HasSubstr("250-ETRN\r\n"));
    client.finish();
    clock.run_until(clock.now_ns() + 5 * kSecond);
    return client.heard.substr(client.heard.find("HELP\r\n") + 6);
  }
  Site& b = add(mail_host("b", "b.test", {"bob"}));
  Site& sub = add(mail_host("s", "a.sub.test", {"bob"}));
  Site& other = add(mail_host("o", "other.test", {"bob"}));
  Site& keeper;
  FakeHost outside{fabric, {9}, "outside", 1'000'000};
};

TEST(Etrn, HasWhatWaitsForTheDomainTriedAtOnce) {
  Keeping world;
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  EXPECT_THAT(world.ask("B.test"), HasSubstr("253 2.0.0 OK, 1 pending messages for node B.test started\r\n"));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@a.sub.test"), IsEmpty()) << "nobody asked for it";
  const auto expedited = world.of(Kind::copy_expedited);
  ASSERT_THAT(expedited, SizeIs(1));
  EXPECT_THAT(expedited[0].text, HasSubstr("ETRN B.test from 10."));
  EXPECT_EQ(world.event(expedited[0].cause)->kind, Kind::command_received);
  EXPECT_EQ(world.event(expedited[0].because)->kind, Kind::copy_deferred);
  EXPECT_EQ(world.of(Kind::attempt_began).back().cause, expedited[0].id);
  EXPECT_THAT(world.chain(world.of(Kind::copy_relayed).back()), Contains(Kind::copy_expedited));
  EXPECT_THAT(world.ask("b.test"), HasSubstr("251 2.0.0 OK, no messages waiting for node b.test\r\n"));
  world.clock.run();
  world.expect_all_done();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << "once";
}

TEST(Etrn, WithAnAtMeansWhatIsBelowTheDomainToo) {
  Keeping world;
  EXPECT_THAT(world.ask("sub.test"), HasSubstr("459 4.7.1 Node sub.test not allowed"));
  EXPECT_THAT(world.ask("@sub.test"), HasSubstr("253 2.0.0 OK, 1 pending"));
  EXPECT_THAT(world.mailbox("bob@a.sub.test"), SizeIs(1));
}

TEST(Etrn, IsForDomainsOnlyThatTheHostStandsInFor) {
  Keeping world;
  EXPECT_THAT(world.ask("other.test"), HasSubstr("459 4.7.1 Node other.test not allowed"));
  EXPECT_THAT(world.ask("k.test"), HasSubstr("459 4.7.1"));
  EXPECT_THAT(world.ask("#queue"), HasSubstr("458 4.3.0"));
  EXPECT_THAT(world.mailbox("bob@other.test"), IsEmpty());
  ASSERT_THAT(world.of(Kind::policy_decided), SizeIs(3));
  EXPECT_EQ(world.of(Kind::policy_decided)[0].code, 459);
}

TEST(Etrn, SaysSoWhereAllIsInHandAlready) {
  Keeping world;
  world.fabric.silence(world.b.address());
  EXPECT_THAT(world.ask("b.test"), HasSubstr("253 2.0.0"));
  EXPECT_THAT(world.ask("b.test"), HasSubstr("250 2.0.0 OK, queuing for node b.test started"));
  world.fabric.heal(world.b.address());
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Etrn, ThatFindsNobodyLeavesTheScheduleAsItIs) {
  Keeping world;
  world.fabric.silence(world.b.address());
  EXPECT_THAT(world.ask("b.test"), HasSubstr("253 2.0.0"));
  world.clock.run_until(2 * kMinute);
  const StoredEvent again = world.of(Kind::copy_deferred).back();
  EXPECT_EQ(*again.value - again.time_ns, kHour);
  EXPECT_THAT(world.chain(again), Contains(Kind::copy_expedited));
  world.clock.run_until(10 * kHour + 5 * kMinute);
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  world.expect_all_done();
}

// Exim's history of the host and Postfix's dead destinations say "not now": who asks knows better.
TEST(Etrn, OverrulesWhatWasLearnedOfTheDestination) {
  Keeping exim(scenario::Retry::of(scenario::RetryProfile::exim));
  EXPECT_THAT(exim.ask("b.test"), HasSubstr("253 2.0.0"));
  EXPECT_THAT(exim.mailbox("bob@b.test"), SizeIs(1));
  Keeping world;
  world.keeper.config.delivery = scenario::Delivery::postfix();
  world.keeper.config.delivery.dead_ns = 5 * kHour;
  world.fabric.silence(world.b.address());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(world.send(world.keeper, "ann@k.test", {"bob@b.test"}));
  world.clock.run_until(5 * kMinute);
  ASSERT_EQ(world.count(Kind::destination_declared_dead), 1u);
  world.fabric.heal(world.b.address());
  EXPECT_THAT(world.ask("b.test"), HasSubstr("253 2.0.0 OK, 11 pending"));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(11));
}

// b asks by itself, as a host does that comes back on the line.
struct Asking : MailWorld {
  explicit Asking(std::vector<std::int64_t> at_ns, bool etrn = true)
      : keeper(add([etrn] {
          scenario::Host host = mail_host("k", "k.test", {"ann"});
          host.retry = {.intervals_ns = {kHour}, .give_up_ns = 10 * kHour};
          host.relay.domains = std::vector<std::string>{"b.test", "bb.test"};
          host.smtp.receiving.etrn = etrn;
          return host;
        }())),
        b(add([&at_ns] {
          scenario::Host host = mail_host("b", "b.test", {"bob"});
          host.domains.push_back("bb.test");
          host.turn = scenario::Turn{"k", std::move(at_ns)};
          return host;
        }())) {
    fabric.silence(b.address());
    for (const char* to : {"bob@b.test", "bob@bb.test"}) EXPECT_TRUE(send(keeper, "ann@k.test", {to}));
    clock.run_until(kMinute);
    EXPECT_THAT(of(Kind::copy_deferred), SizeIs(2));
    fabric.heal(b.address());
  }
  Site& keeper;
  Site& b;
};

TEST(TurnCaller, GetsTheMailOfAllItsDomainsAtItsTime) {
  Asking world({10 * kMinute});
  world.clock.run_until(10 * kMinute);
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  world.clock.run_until(11 * kMinute);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@bb.test"), SizeIs(1));
  const auto chain = world.chain(world.of(Kind::copy_delivered).back());
  EXPECT_THAT(chain, testing::IsSupersetOf({Kind::copy_expedited, Kind::command_received, Kind::command_sent}));
  world.clock.run();
  world.expect_all_done();
}

TEST(TurnCaller, CallsOnceForEachOfItsTimes) {
  Asking world({10 * kMinute, 20 * kMinute});
  world.clock.run();
  std::vector<std::string> said;
  for (const StoredEvent& sent : world.of(Kind::command_sent))
    if (sent.host == world.b.host->id()) said.push_back(sent.text);
  EXPECT_THAT(said, testing::ElementsAre("EHLO b.test", "ETRN b.test", "ETRN bb.test", "QUIT", "EHLO b.test",
                                         "ETRN b.test", "ETRN bb.test", "QUIT"));
  world.expect_all_done();
}

TEST(TurnCaller, SaysGoodbyeWhereItIsNotOffered) {
  Asking world({10 * kMinute}, false);
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_expedited), IsEmpty());
  EXPECT_THAT(world.times(Kind::copy_delivered), testing::Each(testing::Ge(kHour)));
  world.expect_all_done();
}

TEST(TurnCaller, BearsThatNobodyAnswersAndACrash) {
  for (const int what : {0, 1, 2, 3}) {
    Asking world({10 * kMinute, 20 * kMinute});
    world.clock.run_until(9 * kMinute);
    if (what == 0) world.fabric.silence(world.keeper.address());
    if (what == 1) world.keeper.mta->crash("for the test");
    if (what == 2) world.clock.run_until(10 * kMinute + 100 * kMs);
    if (what >= 2) world.b.mta->crash("for the test");
    world.clock.run_until(15 * kMinute);
    EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(0)) << what;
    if (what == 0) world.fabric.heal(world.keeper.address());
    if (what == 1) world.keeper.mta->restart();
    if (what >= 2) world.b.mta->restart();
    world.clock.run_until(21 * kMinute);
    EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << what;
    world.clock.run();
    world.expect_conserved();
  }
}

TEST(Etrn, IsNotOfferedWhereNothingIsKeptForOthersOrNobodyWantsIt) {
  for (const int kind : {0, 1, 2}) {
    MailWorld world;
    scenario::Host config = mail_host("b", "b.test", {"bob"});
    if (kind == 1) config.relay.domains = std::vector<std::string>{"c.test"};
    if (kind == 1) config.smtp.receiving.etrn = false;
    if (kind == 2) config.smtp.receiving.etrn = true;
    auto& b = world.add(config);
    FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
    RawClient client(outside, {b.address(), 25});
    world.clock.run_until(kSecond);
    client.say("EHLO x\r\nETRN c.test\r\nQUIT\r\n");
    world.clock.run_until(2 * kSecond);
    EXPECT_EQ(client.heard.contains("250-ETRN"), kind == 2);
    EXPECT_THAT(client.heard, HasSubstr(kind == 2 ? "459 4.7.1" : "500 5.5.2"));
    client.finish();
  }
}

}  // namespace
}  // namespace mailroom::test
