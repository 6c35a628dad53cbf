// SPDX-License-Identifier: GPL-2.0-only
// Mail that does not get through at once: the lecture's "possible errors" of hosts and connections. Re-queue,
// try again by the schedule, give up after a period, tell the originator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/trace/discard_rules.hpp"
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Failure, IsTriedAgainAtTheTimesOfTheScheduleThenGivenUpAndReported) {
  Sending world;
  world.fabric.unreachable.insert(world.b.address());
  ASSERT_TRUE(world.send());
  world.clock.run();
  // Tries at 0, 10, 30, 60, 90 and 120 minutes; the last is the first that fails at or after two hours.
  EXPECT_THAT(world.times(Kind::attempt_began),
              ElementsAre(0, 10 * kMinute, 30 * kMinute, 60 * kMinute, 90 * kMinute, 120 * kMinute));
  const auto deferred = world.of(Kind::copy_deferred);
  ASSERT_THAT(deferred, SizeIs(5));
  EXPECT_EQ(deferred[0].value, 10 * kMinute);
  EXPECT_EQ(deferred[4].value, 120 * kMinute);
  EXPECT_EQ(deferred[0].text, "4.4.1 no connection: host unreachable");
  EXPECT_EQ(deferred[0].code, 0) << "no reply, so no code";
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  const auto bounce = world.mailbox("ann@a.test");
  ASSERT_THAT(bounce, SizeIs(1));
  EXPECT_THAT(bounce[0], HasSubstr("Return-Path: <>\r\n"));
  EXPECT_THAT(bounce[0], HasSubstr("<bob@b.test>"));
  EXPECT_THAT(bounce[0], HasSubstr("tried 6 times"));
  world.expect_all_done();
}

TEST(Failure, OfAConnectionIsTheCauseOfTheDeferral) {
  Sending refused(deaf("b", "b.test"));
  refused.directory.add_host("b", {refused.b.address(), 25});
  ASSERT_TRUE(refused.send());
  refused.clock.run_until(kSecond);
  ASSERT_THAT(refused.of(Kind::copy_deferred), SizeIs(1));
  const StoredEvent deferred = refused.of(Kind::copy_deferred)[0];
  EXPECT_EQ(deferred.time_ns, 2 * refused.fabric.settings.latency_ns);
  EXPECT_EQ(deferred.text, "4.4.1 no connection: refused");
  EXPECT_THAT(refused.chain(deferred),
              ElementsAre(Kind::copy_deferred, Kind::connection_refused, Kind::connection_opened,
                          Kind::attempt_began, Kind::message_queued, Kind::message_composed));
  refused.expect_conserved();
}

TEST(Failure, ToAnswerIsNoticedAfterThirtySeconds) {
  Sending world;
  world.fabric.silence(world.b.address());
  ASSERT_TRUE(world.send());
  world.clock.run_until(5 * kMinute);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  const StoredEvent deferred = world.of(Kind::copy_deferred)[0];
  EXPECT_EQ(deferred.time_ns, 30 * kSecond);
  EXPECT_EQ(deferred.text, "4.4.1 no connection: timed out");
  EXPECT_THAT(world.chain(deferred), Contains(Kind::connection_timed_out));
  EXPECT_THAT(world.of(Kind::connection_timed_out), SizeIs(1));
  world.fabric.heal(world.b.address());
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Failure, DefersAllThatWaitsForAnUnreachableDestination) {
  Sending world;
  world.fabric.silence(world.b.address());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.of(Kind::copy_deferred), SizeIs(30));
  EXPECT_THAT(world.times(Kind::copy_deferred), Each(30 * kSecond));
  EXPECT_EQ(world.count(Kind::connection_opened), 4u) << "those that wait are not tried one by one";
  std::set<trace::CopyId> copies;
  for (const auto& deferred : world.of(Kind::copy_deferred)) copies.insert(deferred.copy);
  EXPECT_THAT(copies, SizeIs(30));
  EXPECT_EQ(world.a.queued(), 30);
  world.fabric.heal(world.b.address());
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(30));
  world.expect_all_done();
}

TEST(Failure, OfTheConnectionInMidSessionDefersTheMessageInHand) {
  Sending world;
  world.fabric.cuts = {{.connection = {1}, .after_octets = 400}};
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  const StoredEvent deferred = world.of(Kind::copy_deferred)[0];
  EXPECT_EQ(deferred.text, "4.4.2 connection lost: reset");
  ASSERT_NE(world.event(deferred.cause), nullptr);
  EXPECT_EQ(world.event(deferred.cause)->kind, Kind::connection_reset);
  ASSERT_NE(world.event(deferred.because), nullptr);
  EXPECT_EQ(world.event(deferred.because)->kind, Kind::connection_disturbed);
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Failure, OfAReceiverThatFallsSilentIsNoticedAndTheRestGoesOn) {
  Sending world;
  world.fabric.cuts = {{.connection = {1}, .after_octets = 300, .how = Cut::How::silence}};
  ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_GE(world.count(Kind::copy_deferred), 1u);
  world.expect_all_done();
}

TEST(Failure, OfAReceiverThatNeverReadsAgainFreesItsConnection) {
  Sending world;
  world.a.config.smtp.connections_per_destination = 1;
  world.fabric.settings.window_octets = 2000;
  world.fabric.cuts = {{.connection = {1}, .after_octets = 3000, .how = Cut::How::stall}};
  ASSERT_TRUE(world.MailWorld::send(world.a, "ann@a.test", {"bob@b.test"}, {.size_bytes = 20'000}));
  world.clock.run_until(2 * kHour);
  EXPECT_THAT(world.of(Kind::timer_expired), Contains(testing::Field(&StoredEvent::text, "data block")));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << "tried again over another connection";
  world.clock.run();
  world.expect_all_done();
}

TEST(Failure, IsA421GreetingOfAReceiverAtItsLimit) {
  Sending world;
  world.b.config.smtp.connection_limit = 1;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(5 * kMinute);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  const auto deferred = world.of(Kind::copy_deferred);
  ASSERT_THAT(deferred, SizeIs(2));
  for (const StoredEvent& event : deferred) {
    EXPECT_EQ(event.code, 421);
    EXPECT_EQ(world.event(event.cause)->kind, Kind::reply_received);
    EXPECT_EQ(world.event(event.cause)->code, 421);
  }
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(3));
  world.expect_all_done();
}

TEST(Failure, TurnedAwayConnectionsDoNotCountAgainstTheLimit) {
  Sending world;
  world.b.config.smtp.connection_limit = 1;
  FakeHost client(world.fabric, {50}, "client", 1000);
  const net::Endpoint there{world.b.address(), 25};
  RawClient first(client, there);
  world.clock.run_until(kSecond);
  RawClient lingering(client, there);
  world.clock.run_until(2 * kSecond);
  ASSERT_TRUE(first.heard.starts_with("220")) << first.heard;
  ASSERT_TRUE(lingering.heard.starts_with("421")) << lingering.heard;
  first.say("QUIT\r\n");
  world.clock.run_until(3 * kSecond);
  first.finish();
  world.clock.run_until(4 * kSecond);
  ASSERT_TRUE(first.ended);
  ASSERT_FALSE(lingering.ended);
  RawClient next(client, there);
  world.clock.run_until(5 * kSecond);
  EXPECT_TRUE(next.heard.starts_with("220")) << next.heard;
  lingering.abort();
  next.abort();
  world.clock.run();
  EXPECT_EQ(world.clock.pending(), 0u);
}

TEST(Failure, Is421LaterInTheSession) {
  Scripted world(instead_of("DATA", "!421 4.3.2 shutting down"));
  ASSERT_TRUE(world.send());
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  const auto deferred = world.of(Kind::copy_deferred);
  ASSERT_THAT(deferred, SizeIs(2));
  EXPECT_EQ(deferred[0].code, 421);
  EXPECT_EQ(deferred[0].text, "4.3.2 shutting down");
  EXPECT_THAT(world.chain(deferred[0]),
              testing::AllOf(Contains(Kind::reply_received), Contains(Kind::command_sent)));
  world.expect_conserved();
}

TEST(Failure, IsA554GreetingForNow) {
  Scripted world(ScriptedReceiver::agree, "554 no mail here");
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].code, 554);
  EXPECT_THAT(world.peer.lines, ElementsAre("QUIT"));
  world.clock.run();
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1)) << "given up in the end";
  world.expect_all_done();
}

TEST(Failure, IsDecidedForEachRecipientByItsOwnReply) {
  Scripted world([](const std::string& line) -> std::string {
    if (line.starts_with("RCPT TO:<later@")) return "450 4.2.1 busy";
    if (line.starts_with("RCPT TO:<never@")) return "550 5.1.1 no such user";
    if (line.starts_with("RCPT TO:<many@")) return "552 5.5.3 too many recipients";
    if (line.starts_with("RCPT TO:<full@")) return "552 5.2.2 mailbox full";
    return ScriptedReceiver::agree(line);
  });
  ASSERT_TRUE(world.send({"ok@b.test", "later@b.test", "never@b.test", "many@b.test", "full@b.test"}));
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.of(Kind::copy_relayed), SizeIs(1));
  const auto deferred = world.of(Kind::copy_deferred);
  ASSERT_THAT(deferred, SizeIs(2));
  EXPECT_EQ(deferred[0].text, "4.2.1 busy");
  EXPECT_EQ(deferred[1].text, "5.5.3 too many recipients") << "RFC 5321 §4.5.3.1.10: 552 is read as 452";
  const auto bounced = world.of(Kind::copy_bounced);
  ASSERT_THAT(bounced, SizeIs(2));
  EXPECT_EQ(bounced[0].code, 550);
  EXPECT_EQ(bounced[1].text, "5.2.2 mailbox full");
  ASSERT_THAT(world.mailbox("ann@a.test"), SizeIs(1)) << "one notification of all that failed at once";
  EXPECT_THAT(world.mailbox("ann@a.test")[0],
              testing::AllOf(HasSubstr("<never@b.test>"), HasSubstr("<full@b.test>")));
  // Who was too many was tried once more at once; the next try is for the two that are left.
  world.clock.run_until(10 * kMinute + kSecond);
  const auto began = world.of(Kind::attempt_began);
  ASSERT_THAT(began, SizeIs(4));
  EXPECT_EQ(began[1].value, 1);
  EXPECT_EQ(world.event(began[1].cause)->code, 552);
  for (const std::size_t again : {2, 3}) {
    EXPECT_EQ(began[again].value, 1);
    EXPECT_EQ(began[again].cause, deferred[again - 2].id);
  }
}

TEST(Failure, OfAllRecipientsEndsTheTransactionWithoutText) {
  Scripted world(instead_of("RCPT", "550 5.1.1 no"));
  ASSERT_TRUE(world.send({"x@b.test", "y@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.peer.messages, IsEmpty());
  EXPECT_THAT(world.peer.lines,
              ElementsAre("EHLO a.test", testing::_, testing::_, testing::_, "RSET", "QUIT"));
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(2));
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Failure, OfMailOrDataOrTheTextHoldsForAllRecipients) {
  for (const std::string command : {"MAIL", "DATA", "."}) {
    Scripted later(instead_of(command, "451 4.3.0 not now"));
    ASSERT_TRUE(later.send({"x@b.test", "y@b.test"}));
    later.clock.run_until(kMinute);
    EXPECT_THAT(later.of(Kind::copy_deferred), SizeIs(2)) << command;
    Scripted never(instead_of(command, "554 5.7.0 never"));
    ASSERT_TRUE(never.send({"x@b.test", "y@b.test"}));
    never.clock.run();
    EXPECT_THAT(never.of(Kind::copy_bounced), SizeIs(2)) << command;
    never.expect_all_done();
  }
}

TEST(Failure, OfAPeerThatTalksNonsenseIsForNow) {
  Scripted world(instead_of("MAIL", "what?"));
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_deferred)[0].text, HasSubstr("protocol error"));
  world.clock.run();
  world.expect_all_done();
}

TEST(Failure, OfAPeerThatSaysNothingIsTimedOutStepByStep) {
  const std::vector<std::pair<std::string, std::int64_t>> steps = {{"EHLO", 5 * kMinute},
                                                                   {"MAIL", 5 * kMinute},
                                                                   {"RCPT", 5 * kMinute},
                                                                   {"DATA", 2 * kMinute},
                                                                   {".", 10 * kMinute}};
  for (const auto& [command, time_out_ns] : steps) {
    Scripted world(instead_of(command, ""));
    ASSERT_TRUE(world.send());
    world.clock.run_until(20 * kMinute);
    ASSERT_GE(world.of(Kind::copy_deferred).size(), 1u) << command;
    const StoredEvent deferred = world.of(Kind::copy_deferred)[0];
    EXPECT_NEAR(static_cast<double>(deferred.time_ns), static_cast<double>(time_out_ns), kSecond) << command;
    EXPECT_THAT(world.chain(deferred), Contains(Kind::timer_expired)) << command;
    const bool in_doubt = world.of(Kind::attempt_ended)[0].text.starts_with("in doubt");
    EXPECT_EQ(in_doubt, command == ".");
    world.clock.run();
    world.expect_all_done();
  }
}

TEST(Failure, ToTellTheOriginatorIsDiscardedByRule) {
  Sending world;
  world.a.config.bounces.double_bounce = scenario::Bounces::DoubleBounce::discard;
  ASSERT_TRUE(world.MailWorld::send(world.a, "", {"nobody@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), IsEmpty());
  const auto discarded = world.of(Kind::copy_discarded);
  ASSERT_THAT(discarded, SizeIs(1));
  EXPECT_EQ(discarded[0].text, trace::kNullReversePathRule);
  EXPECT_EQ(discarded[0].code, 550);
  EXPECT_EQ(world.count(Kind::message_composed), 1u) << "no notification of a notification";
  world.expect_all_done();
}

TEST(Failure, OfANotificationEndsThere) {
  Sending world;
  world.a.config.bounces.double_bounce = scenario::Bounces::DoubleBounce::discard;
  ASSERT_TRUE(world.MailWorld::send(world.a, "nobody@b.test", {"also-nobody@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  EXPECT_EQ(world.count(Kind::message_composed), 2u);
  world.expect_all_done();
}

TEST(Failure, OfADomainThatNobodyServesIsForGood) {
  Sending world;
  ASSERT_TRUE(world.send({"x@nowhere.test"}));
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.1.2 no host serves the domain nowhere.test");
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Failure, HereAndNowIsToldInOneNotification) {
  Sending world;
  ASSERT_TRUE(world.send({"x@nowhere.test", "nobody@a.test", "ann@a.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(2));
  const auto mailbox = world.mailbox("ann@a.test");
  ASSERT_THAT(mailbox, SizeIs(2)) << "her own copy, and one notification";
  EXPECT_THAT(mailbox[1], testing::AllOf(HasSubstr("<x@nowhere.test>"), HasSubstr("<nobody@a.test>")));
  world.expect_all_done();
}

TEST(Failure, OfEightBitTextToASevenBitHostIsForGood) {
  Scripted world;  // offers no 8BITMIME
  const Letter letter{.eml = "From: ann@a.test\nTo: bob@b.test\n\ncaf\xC3\xA9\n"};
  ASSERT_TRUE(world.MailWorld::send(*world.a, "ann@a.test", {"bob@b.test"}, letter));
  world.clock.run();
  EXPECT_THAT(world.peer.messages, IsEmpty());
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_bounced)[0].text, HasSubstr("5.6.3"));
  world.expect_all_done();
}

TEST(Failure, NeverWritesACommandIntoAPath) {
  Scripted world;
  ASSERT_TRUE(world.send({"bob@b.test>\r\nRSET\r\nMAIL FROM:<evil@b.test"}));
  world.clock.run();
  for (const std::string& line : world.peer.lines) EXPECT_THAT(line, testing::Not(HasSubstr("evil")));
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  Scripted from;
  ASSERT_TRUE(from.MailWorld::send(*from.a, "no path", {"bob@b.test"}));
  from.clock.run();
  EXPECT_THAT(from.peer.messages, IsEmpty()) << "a reverse-path that is none does not become the null one";
  from.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
