// SPDX-License-Identifier: GPL-2.0-only
// Incoming, active, deferred, hold; and how destinations share what the queue can do: concurrency with feedback, dead
// destinations, open connections, turns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using queue::Place;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The sender's delivery is as a test says; b takes the mail.
struct Delivering : MailWorld {
  explicit Delivering(const scenario::Delivery& delivery, scenario::Host to = mail_host("b", "b.test", {"bob", "carol"}))
      : b(add(std::move(to))), a(add([&] {
          scenario::Host host = mail_host("a", "a.test", {"ann"});
          host.delivery = delivery;
          host.retry = scenario::Retry::of(scenario::RetryProfile::postfix);
          return host;
        }())) {}
  bool send(const std::vector<std::string>& to = {"bob@b.test"}) {
    return MailWorld::send(a, "ann@a.test", to);
  }
  Site& b;
  Site& a;
};

std::size_t in(const MailWorld::Site& site, Place place) {
  return site.mta->queue().count(place);
}

TEST(QueueState, OfAMessageIsActiveThenDeferredThenActiveAgain) {
  Delivering world({});
  world.fabric.silence(world.b.address());
  ASSERT_TRUE(world.send());
  EXPECT_EQ(in(world.a, Place::active), 1u);
  world.clock.run_until(kMinute);
  EXPECT_EQ(in(world.a, Place::active), 0u);
  EXPECT_EQ(in(world.a, Place::deferred), 1u);
  world.clock.run_until(10 * kMinute + kSecond);
  EXPECT_EQ(in(world.a, Place::active), 1u);
  world.fabric.heal(world.b.address());
  world.clock.run();
  for (const Place place : {Place::incoming, Place::active, Place::deferred, Place::held})
    EXPECT_EQ(in(world.a, place), 0u);
  world.expect_all_done();
}

TEST(QueueState, OfAMessageIsActiveWhileOneOfItsRecipientsIs) {
  scenario::Delivery delivery;
  Delivering world(delivery);
  MailWorld::Site& c = world.add(mail_host("c", "c.test", {"carl"}));
  world.fabric.unreachable.insert(c.address());
  world.fabric.silence(world.b.address());
  ASSERT_TRUE(world.send({"bob@b.test", "carl@c.test"}));
  world.clock.run_until(kSecond);
  ASSERT_EQ(world.count(Kind::copy_deferred), 1u) << "carl's";
  EXPECT_EQ(in(world.a, Place::active), 1u);
  world.clock.run_until(kMinute);
  EXPECT_EQ(in(world.a, Place::deferred), 1u);
}

TEST(QueueState, OfMoreMessagesThanTheActiveQueueHoldsIsIncoming) {
  scenario::Delivery delivery;
  delivery.active_limit = 3;
  Delivering world(delivery);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(world.send());
  EXPECT_EQ(in(world.a, Place::active), 3u);
  EXPECT_EQ(in(world.a, Place::incoming), 7u);
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(10));
  const auto activated = world.of(Kind::message_activated);
  ASSERT_THAT(activated, SizeIs(7)) << "those that had to wait";
  EXPECT_EQ(world.event(activated[0].cause)->kind, Kind::message_kept_waiting);
  world.expect_all_done();
}

TEST(QueueState, IncomingAndDeferredMailTakeTurnsForTheRoomOfTheActiveQueue) {
  scenario::Delivery delivery;
  delivery.active_limit = 1;
  Delivering world(delivery);
  world.fabric.unreachable.insert(world.b.address());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  ASSERT_EQ(in(world.a, Place::deferred), 4u);
  world.fabric.unreachable.clear();
  world.fabric.settings.latency_ns = 10 * kSecond;  // what is taken first blocks the rest for a while
  world.clock.run_until(5 * kMinute);
  ASSERT_EQ(in(world.a, Place::active), 1u) << "the first deferred one";
  ASSERT_EQ(in(world.a, Place::deferred), 3u);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.send());
  world.clock.run();
  std::vector<std::int64_t> order;
  for (const StoredEvent& event : world.of(Kind::mailbox_appended)) order.push_back(event.message.value);
  EXPECT_THAT(order, ElementsAre(1, 5, 2, 6, 3, 7, 4));
  world.expect_all_done();
}

TEST(QueueState, OfAThousandLocalMessagesThroughAnActiveQueueOfOneTakesNoStack) {
  scenario::Delivery delivery;
  delivery.active_limit = 1;
  Delivering world(delivery);
  world.fabric.silence(world.b.address());
  ASSERT_TRUE(world.send());
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(world.MailWorld::send(world.a, "ann@a.test", {"ann@a.test"}));
  ASSERT_EQ(in(world.a, Place::incoming), 5000u);
  world.clock.run_until(kMinute);
  EXPECT_EQ(world.count(Kind::copy_delivered), 5000u);
  EXPECT_EQ(in(world.a, Place::incoming), 0u);
}

TEST(Hold, KeepsAMessageByItsSenderOrByARecipient) {
  scenario::Host config = mail_host("a", "a.test", {"ann"});
  config.hold = {{.from = "*@spam.test", .to = ""}, {.from = "", .to = "carol@*"}, {.from = "x@a.test", .to = "bob@*"}};
  MailWorld world;
  world.add(mail_host("b", "b.test", {"bob", "carol"}));
  MailWorld::Site& a = world.add(config);
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
  ASSERT_TRUE(world.send(a, "eve@spam.test", {"bob@b.test"}));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test", "carol@b.test"}));
  ASSERT_TRUE(world.send(a, "x@a.test", {"bob@b.test"}));
  ASSERT_TRUE(world.send(a, "y@a.test", {"bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(2));
  const auto held = world.of(Kind::message_held);
  ASSERT_THAT(held, SizeIs(3));
  EXPECT_EQ(held[0].text, "hold: from *@spam.test, to anyone");
  EXPECT_EQ(world.event(held[0].cause)->kind, Kind::message_queued);
  EXPECT_EQ(in(a, Place::held), 3u);
  EXPECT_EQ(a.queued(), 4) << "recipients that are still owned";
  EXPECT_EQ(world.count(Kind::copy_deferred), 0u);
  world.expect_conserved();
}

scenario::Host with_hold(std::vector<scenario::Hold> hold) {
  scenario::Host config = mail_host("a", "a.test", {"ann"});
  config.hold = std::move(hold);
  return config;
}

TEST(Hold, LetsAMessageGoAtItsTimeAndHoldsNothingMore) {
  MailWorld world;
  world.add(mail_host("b", "b.test", {"bob"}));
  MailWorld::Site& a = world.add(with_hold({{.from = "ann@*", .to = "", .until_ns = 2 * kHour}}));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
  world.clock.run_until(2 * kHour - 1);
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  EXPECT_EQ(in(a, Place::held), 1u);
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  const auto released = world.of(Kind::message_released);
  ASSERT_THAT(released, SizeIs(1));
  EXPECT_EQ(released[0].time_ns, 2 * kHour);
  EXPECT_EQ(world.event(released[0].cause)->kind, Kind::message_held);
  EXPECT_EQ(world.event(released[0].cause)->text, "hold: from ann@*, to anyone, until 7200 s");
  EXPECT_EQ(world.of(Kind::attempt_began).at(0).cause, released[0].id);
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(2));
  EXPECT_EQ(world.count(Kind::message_held), 1u);
  world.expect_all_done();
}

TEST(Hold, OfSeveralRulesTheLongestCounts) {
  for (const bool for_good : {false, true}) {
    std::vector<scenario::Hold> rules = {{.from = "ann@*", .until_ns = kHour}, {.to = "bob@*", .until_ns = 3 * kHour}};
    if (for_good) rules.insert(rules.begin(), scenario::Hold{.from = "*@a.test"});
    MailWorld world;
    world.add(mail_host("b", "b.test", {"bob"}));
    MailWorld::Site& a = world.add(with_hold(rules));
    ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
    world.clock.run();
    EXPECT_EQ(world.count(Kind::message_released), for_good ? 0u : 1u);
    if (!for_good) {
      EXPECT_EQ(world.times(Kind::message_released).at(0), 3 * kHour);
    }
    EXPECT_EQ(in(a, Place::held), for_good ? 1u : 0u);
    world.expect_conserved();
  }
}

TEST(Hold, SurvivesACrash) {
  for (const std::int64_t back_ns : {kHour, 5 * kHour}) {
    MailWorld world;
    world.add(mail_host("b", "b.test", {"bob"}));
    MailWorld::Site& a = world.add(with_hold({{.from = "ann@*", .until_ns = 2 * kHour}}));
    ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
    world.clock.run_until(kMinute);
    a.mta->crash("for the test");
    world.clock.run_until(back_ns);
    a.mta->restart();
    world.clock.run();
    EXPECT_EQ(world.times(Kind::message_released), std::vector{std::max(2 * kHour, back_ns)});
    EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
    world.expect_all_done();
  }
}

TEST(DestinationConcurrency, GrowsFromFiveToTwentyWithEachSuccess) {
  Delivering world(scenario::Delivery::postfix());
  world.a.config.smtp.messages_per_connection = 1;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(world.send());
  EXPECT_EQ(world.fabric.open_now[world.b.address()], 5);
  world.clock.run();
  EXPECT_EQ(world.fabric.open_at_most[world.b.address()], 20);
  const auto changes = world.of(Kind::destination_limit_changed);
  ASSERT_THAT(changes, SizeIs(15));
  EXPECT_EQ(changes.front().value, 6);
  EXPECT_EQ(changes.back().value, 20);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(200));
  world.expect_all_done();
}

TEST(DestinationConcurrency, OfFourIsFixedWhereNothingIsSaid) {
  Delivering world({});
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_EQ(world.fabric.open_at_most[world.b.address()], 4);
  EXPECT_THAT(world.of(Kind::destination_limit_changed), IsEmpty());
}

TEST(DestinationConcurrency, TriesAllThatWaitsWhereASessionShowsThatTheHostIsThere) {
  scenario::Host one_at_a_time = mail_host("b", "b.test", {"bob"});
  one_at_a_time.smtp.connection_limit = 1;
  one_at_a_time.smtp.receiving.service_time_ns = kSecond;
  Delivering world({}, one_at_a_time);
  ASSERT_TRUE(world.send());
  world.clock.run_until(kSecond / 2);
  for (int i = 0; i < 29; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_EQ(world.count(Kind::connection_opened), 30u) << "one in session, and each of the others turned away by itself";
  EXPECT_EQ(world.count(Kind::copy_deferred), 29u);
}

TEST(DeadDestination, IsOneWhoseCohortFailed) {
  Delivering world(scenario::Delivery::postfix());
  world.fabric.silence(world.b.address());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  const auto dead = world.of(Kind::destination_declared_dead);
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].time_ns, 30 * kSecond);
  EXPECT_EQ(dead[0].value, 330 * kSecond);
  EXPECT_EQ(dead[0].text, "b: 4.4.1 no connection: timed out");
  EXPECT_EQ(world.event(dead[0].cause)->kind, Kind::connection_timed_out);
  EXPECT_THAT(world.of(Kind::copy_deferred), SizeIs(30));
  EXPECT_EQ(world.count(Kind::connection_opened), 5u) << "the first cohort, and nobody after it";
}

TEST(DeadDestination, IsNotTriedForFiveMinutesAndThenAgain) {
  Delivering world(scenario::Delivery::postfix());
  world.fabric.silence(world.b.address());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(2 * kMinute);
  ASSERT_EQ(world.count(Kind::destination_declared_dead), 1u);
  const std::size_t before = world.count(Kind::connection_opened);
  ASSERT_TRUE(world.send());
  world.clock.run_until(5 * kMinute);
  EXPECT_EQ(world.count(Kind::connection_opened), before) << "not even tried";
  const StoredEvent last = world.of(Kind::copy_deferred).back();
  EXPECT_EQ(last.time_ns, 2 * kMinute);
  EXPECT_THAT(last.text, HasSubstr("not tried, the destination is dead: no connection: timed out"));
  EXPECT_EQ(world.event(last.because)->kind, Kind::destination_declared_dead);
  world.fabric.heal(world.b.address());
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(6));
  const auto bounds = world.times(Kind::copy_delivered);
  EXPECT_THAT(bounds, Each(Ge(330 * kSecond)));
  world.expect_all_done();
}

TEST(DeadDestination, KeepsMailForAsLongAsItIsDeadHoweverSoonItsNextTryWere) {
  Delivering world(scenario::Delivery::postfix());
  MailWorld::Site& d = world.add([] {
    scenario::Host host = mail_host("d", "d.test", {"dan"});
    host.delivery = scenario::Delivery::postfix();
    host.retry.intervals_ns = {kMinute};
    return host;
  }());
  world.fabric.silence(world.b.address());
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(world.MailWorld::send(d, "dan@d.test", {"bob@b.test"}));
  world.clock.run_until(kMinute);
  ASSERT_EQ(world.count(Kind::destination_declared_dead), 1u);
  const auto waits = world.of(Kind::copy_deferred);
  ASSERT_THAT(waits, SizeIs(6));
  EXPECT_EQ(std::ranges::max(waits, {}, &StoredEvent::value).value, 330 * kSecond) << "the one that was not tried";
}

TEST(DeadDestination, IsNoneWhereItIsNotAskedFor) {
  Delivering world({});
  world.fabric.silence(world.b.address());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.of(Kind::destination_declared_dead), IsEmpty());
}

TEST(DeadDestination, StaysDeadWhenAnotherOneDies) {
  Delivering world(scenario::Delivery::postfix());
  MailWorld::Site& c = world.add(mail_host("c", "c.test", {"carl"}));
  world.fabric.silence(world.b.address());
  world.fabric.silence(c.address());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.send({"carl@c.test"}));
  world.clock.run_until(2 * kMinute);
  ASSERT_EQ(world.count(Kind::destination_declared_dead), 2u);
  const std::size_t before = world.count(Kind::connection_opened);
  ASSERT_TRUE(world.send());
  world.clock.run_until(3 * kMinute);
  EXPECT_EQ(world.count(Kind::connection_opened), before);
}

TEST(DeadDestination, TakesNobodyWithItBeforeItsCohortHasFailed) {
  scenario::Delivery delivery = scenario::Delivery::postfix();
  delivery.failed_cohorts = 3;  // the first one of five makes 1/5 + 1/4 + 1/3 + 1/2 + 1
  Delivering world(delivery);
  world.fabric.silence(world.b.address());
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(31 * kSecond);
  ASSERT_EQ(world.count(Kind::destination_declared_dead), 0u);
  EXPECT_THAT(world.of(Kind::copy_deferred), SizeIs(5)) << "those that were tried";
}

TEST(DestinationConcurrency, BeginsWithNoMoreThanItsLimit) {
  scenario::Delivery delivery = scenario::Delivery::postfix();
  delivery.concurrency_limit = 2;
  ASSERT_EQ(delivery.initial_concurrency, 5);
  Delivering world(delivery);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_EQ(world.fabric.open_at_most[world.b.address()], 2);
}

TEST(ConnectionCache, KeepsAConnectionForTheNextMessage) {
  Delivering world(scenario::Delivery::postfix());
  ASSERT_TRUE(world.send());
  world.clock.run_until(kSecond);
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  ASSERT_EQ(world.fabric.open_now[world.b.address()], 1);
  ASSERT_TRUE(world.send());
  world.clock.run_until(2 * kSecond);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(2));
  EXPECT_EQ(world.count(Kind::connection_opened), 1u);
  const auto began = world.of(Kind::attempt_began);
  ASSERT_THAT(began, SizeIs(2));
  EXPECT_EQ(began[1].connection.value, 1) << "over the open one";
  EXPECT_EQ(world.event(began[1].cause)->kind, Kind::message_queued);
  world.clock.run();
  EXPECT_EQ(world.count(Kind::connection_opened), 1u);
  world.expect_all_done();
}

TEST(ConnectionCache, SaysQuitAfterTwoIdleSeconds) {
  Delivering world(scenario::Delivery::postfix());
  ASSERT_TRUE(world.send());
  world.clock.run();
  const std::int64_t delivered_ns = world.times(Kind::attempt_ended).front();
  std::int64_t quit_ns = 0;
  for (const StoredEvent& sent : world.of(Kind::command_sent))
    if (sent.text == "QUIT") quit_ns = sent.time_ns;
  EXPECT_EQ(quit_ns, delivered_ns + 2 * kSecond);
  EXPECT_EQ(world.a.mta->scheduler().destinations(), 0u);
}

TEST(ConnectionCache, UsesNoConnectionForLongerThanItsLifetime) {
  scenario::Delivery delivery = scenario::Delivery::postfix();
  delivery.lifetime_ns = 5 * kSecond;
  delivery.idle_ns = kMinute;
  Delivering world(delivery);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(world.send());
    world.clock.run_until((i + 1) * kSecond);
  }
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(10));
  EXPECT_EQ(world.count(Kind::connection_opened), 2u);
  world.expect_all_done();
}

TEST(ConnectionCache, CallsAgainWhereThePeerClosedTheIdleConnectionUnnoticed) {
  scenario::Delivery delivery = scenario::Delivery::postfix();
  delivery.idle_ns = kHour;
  delivery.lifetime_ns = 0;
  Delivering world(delivery);
  ASSERT_TRUE(world.send());
  world.clock.run_until(kSecond);
  ASSERT_EQ(world.fabric.open_now[world.b.address()], 1);
  // The octets of the next message are the first that run into it.
  world.fabric.cuts = {{.connection = {1}, .after_octets = world.fabric.pipes[0].lock()->read_octets + 5}};
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(2));
  EXPECT_THAT(world.of(Kind::copy_deferred), IsEmpty()) << "that was no failure of the destination";
  const auto passed = world.of(Kind::exchanger_passed_over);
  ASSERT_THAT(passed, SizeIs(1));
  EXPECT_THAT(passed[0].text, HasSubstr("the open connection to b is gone"));
  world.clock.run();
  world.expect_all_done();
}

TEST(Turns, OfASmallMessageComeSoonBehindABigOne) {
  scenario::Delivery delivery = scenario::Delivery::postfix();
  delivery.concurrency_limit = delivery.initial_concurrency = 1;
  std::vector<std::string> users;
  for (int i = 0; i < 2000; ++i) users.push_back("u" + std::to_string(i));
  Delivering world(delivery, mail_host("b", "b.test", users));
  std::vector<std::string> all;
  for (const std::string& user : users) all.push_back(user + "@b.test");
  ASSERT_TRUE(world.send(all));
  ASSERT_TRUE(world.send({"u7@b.test"}));
  world.clock.run();
  std::vector<std::int64_t> attempts;
  for (const StoredEvent& began : world.of(Kind::attempt_began)) {
    attempts.push_back(began.message.value);
    EXPECT_LE(began.value, 50) << "recipients of one transaction";
  }
  ASSERT_THAT(attempts, SizeIs(41));
  EXPECT_THAT(std::vector(attempts.begin(), attempts.begin() + 4), ElementsAre(1, 1, 2, 1))
      << "the first began before the small message came; of those that waited, it has its turn second";
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
