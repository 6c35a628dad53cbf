// SPDX-License-Identifier: GPL-2.0-only
// A next hop with several hosts behind it (RFC 5321 §5.1): which of them is tried, and when the next is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/agents/support/mail_world.hpp"
#include "tests/sim/agents/support/peers.hpp"
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A sender `a`, the domain's own MTA `b`, and hosts before it in the list that answer as a test says.
struct Exchangers : MailWorld {
  explicit Exchangers(int scripted, ScriptedReceiver::Answer answer = ScriptedReceiver::agree,
                      const std::string& greeting = "220 scripted.test ready") {
    b = &add(mail_host("b", "b.test", {"bob", "carol"}));
    scenario::Host config = mail_host("a", "a.test", {"ann"});
    config.retry = {.intervals_ns = {10 * kMinute}, .give_up_ns = kHour};
    a = &add(std::move(config));
    for (int i = 0; i < scripted; ++i) {
      const std::string name = "mx" + std::to_string(i + 1);
      hosts.push_back(std::make_unique<FakeHost>(fabric, trace::HostId{100 + i}, name, 1'000'000));
      peers.push_back(std::make_unique<ScriptedReceiver>(*hosts.back(), answer, greeting));
      list().push_back({name, {hosts.back()->address(), 25}});
    }
    list().push_back({"b", {b->address(), 25}});
  }
  std::vector<agents::Exchanger>& list() { return locator.exchangers["b"]; }
  bool send(const std::vector<std::string>& to = {"bob@b.test"}) {
    return MailWorld::send(*a, "ann@a.test", to);
  }
  std::vector<std::string> called() const {
    std::vector<std::string> names;
    for (const StoredEvent& opened : of(Kind::connection_opened)) names.push_back(opened.text);
    return names;
  }
  Site* a = nullptr;
  Site* b = nullptr;
  std::vector<std::unique_ptr<FakeHost>> hosts;
  std::vector<std::unique_ptr<ScriptedReceiver>> peers;
};

TEST(Exchangers, FirstOfTheListIsTheOnlyOneCalledWhereItTakesTheMail) {
  Exchangers world(1);
  ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_THAT(world.called(), ElementsAre("mx1"));
  EXPECT_THAT(world.peers[0]->messages, SizeIs(1));
  EXPECT_THAT(world.of(Kind::exchanger_passed_over), IsEmpty());
}

TEST(Exchangers, NextIsTriedAtOnceWhereTheConnectionIsRefused) {
  Exchangers world(1);
  world.peers.clear();  // the host is up, but nobody listens
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.called(), ElementsAre("mx1", "b"));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_deferred), IsEmpty());
  EXPECT_EQ(world.count(Kind::attempt_began), 1u) << "one attempt, at two hosts";
  const auto passed = world.of(Kind::exchanger_passed_over);
  ASSERT_THAT(passed, SizeIs(1));
  EXPECT_EQ(passed[0].text, "mx1 does not take it: 4.4.1 no connection: refused; next: b");
  EXPECT_THAT(world.chain(world.of(Kind::connection_opened)[1]),
              ElementsAre(Kind::connection_opened, Kind::exchanger_passed_over, Kind::connection_refused,
                          Kind::connection_opened, Kind::attempt_began, Kind::message_queued,
                          Kind::message_composed));
  world.clock.run();
  EXPECT_EQ(world.a->mta->scheduler().destinations(), 0u);
  world.expect_all_done();
}

TEST(Exchangers, NextIsTriedAfterASilenceOfThirtySeconds) {
  Exchangers world(1);
  world.fabric.silence(world.hosts[0]->address());
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.times(Kind::connection_opened), ElementsAre(0, 30 * kSecond));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.clock.run();
  world.expect_all_done();
}

TEST(Exchangers, NextIsTriedWhereNoGreetingComes) {
  Exchangers world(1, ScriptedReceiver::agree, "");
  ASSERT_TRUE(world.send());
  world.clock.run_until(4 * kMinute);
  ASSERT_THAT(world.called(), ElementsAre("mx1"));
  world.clock.run();
  EXPECT_THAT(world.called(), ElementsAre("mx1", "b"));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.of(Kind::exchanger_passed_over)[0].text, HasSubstr("greeting"));
  world.expect_all_done();
}

TEST(Exchangers, NextIsTriedAfterANegativeGreetingOrReplyToEhlo) {
  for (const std::string greeting : {"421 4.3.2 too busy", "554 5.3.2 no mail here"}) {
    Exchangers world(1, ScriptedReceiver::agree, greeting);
    ASSERT_TRUE(world.send());
    world.clock.run_until(kMinute);
    EXPECT_THAT(world.called(), ElementsAre("mx1", "b")) << greeting;
    EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << greeting;
    world.clock.run();
    world.expect_all_done();
  }
  Exchangers world(1, instead_of("EHLO", "451 4.3.0 not now"));
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.called(), ElementsAre("mx1", "b"));
  EXPECT_EQ(world.of(Kind::exchanger_passed_over)[0].code, 451);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
}

TEST(Exchangers, NextIsTriedForTheRecipientsThatAreRefusedForNowAndForNoOthers) {
  Exchangers world(1, instead_of("RCPT TO:<carol", "451 4.7.1 greylisted"));
  ASSERT_TRUE(world.send({"bob@b.test", "carol@b.test"}));
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.peers[0]->messages, SizeIs(1)) << "bob's went to the first";
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  EXPECT_THAT(world.mailbox("carol@b.test"), SizeIs(1));
  const auto passed = world.of(Kind::exchanger_passed_over);
  ASSERT_THAT(passed, SizeIs(1));
  EXPECT_EQ(passed[0].value, 1);
  EXPECT_EQ(passed[0].code, 451);
  const auto ended = world.of(Kind::attempt_ended);
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].value, 2) << "accepted by the two hosts together";
  EXPECT_THAT(world.peers[0]->lines, Contains("QUIT"));
  world.clock.run();
  EXPECT_EQ(world.a->queued(), 0);
}

TEST(Exchangers, NextIsNotTriedAfterAPermanentRefusalInTheSession) {
  Exchangers world(1, instead_of("RCPT", "550 5.1.1 no such user"));
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.called(), ElementsAre("mx1"));
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
}

TEST(Exchangers, TriedForOneJobAreAtMostTwoSessions) {
  Exchangers world(3, instead_of("MAIL", "451 4.3.0 not now"));
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.called(), ElementsAre("mx1", "mx2"));
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].code, 451);
  world.a->config.delivery.session_limit = 4;
  world.clock.run_until(11 * kMinute);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << "the fourth is let to be tried now";
}

TEST(Exchangers, TriedForOneJobAreAtMostFiveHosts) {
  Exchangers world(6);
  world.peers.clear();
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.called(), ElementsAre("mx1", "mx2", "mx3", "mx4", "mx5"));
  EXPECT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  world.a->config.delivery.address_limit = 7;
  world.clock.run_until(11 * kMinute);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.clock.run();
  world.expect_all_done();
}

TEST(Exchangers, ThatAllFailDeferWhatElseWaitsToo) {
  Exchangers world(1);
  world.peers.clear();
  world.fabric.silence(world.b->address());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(2 * kMinute);
  EXPECT_THAT(world.of(Kind::copy_deferred), SizeIs(20));
  EXPECT_EQ(world.count(Kind::connection_opened), 8u) << "four connections to each of the two";
  EXPECT_EQ(world.a->mta->scheduler().destinations(), 0u);
  world.fabric.heal(world.b->address());
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(20));
  world.expect_all_done();
}

TEST(Exchangers, ThatAreFoundLaterAreCalledThen) {
  Exchangers world(0);
  world.locator.delay_ns = 3 * kSecond;
  ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_THAT(world.times(Kind::connection_opened), ElementsAre(3 * kSecond));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Exchangers, ThatGreylistManyMessagesAreNotCalledByEverMoreSenders) {
  Exchangers world(1, instead_of("RCPT", "451 4.7.1 greylisted"));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(50));
  EXPECT_LE(world.fabric.open_at_most[world.b->address()], 5);
  EXPECT_LE(world.fabric.open_at_most[world.hosts[0]->address()], 5);
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
