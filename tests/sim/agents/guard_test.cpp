// SPDX-License-Identifier: GPL-2.0-only
// A receiver that guards itself, and a sender that meets it.
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

scenario::Host guarded(const std::function<void(scenario::Receiving&)>& change) {
  scenario::Host host = mail_host("b", "b.test", {"bob", "carol"});
  change(host.smtp.receiving);
  return host;
}

std::vector<std::string> texts(const std::vector<StoredEvent>& events) {
  std::vector<std::string> found;
  for (const StoredEvent& event : events) found.push_back(event.text);
  return found;
}

TEST(Guard, AGreylistedMessageArrivesWithTheNextTryAndTheLogSaysWhy) {
  Sending world(guarded([](scenario::Receiving& r) { r.greylist.emplace(); }));
  ASSERT_TRUE(world.send());
  world.clock.run();
  ASSERT_EQ(world.mailbox("bob@b.test").size(), 1U);
  EXPECT_THAT(world.times(Kind::copy_delivered).at(0), testing::Ge(10 * kMinute));
  EXPECT_THAT(world.times(Kind::copy_delivered).at(0), testing::Lt(11 * kMinute));
  EXPECT_THAT(world.dialogue(1), Contains("S: 450 4.2.0 Greylisted, try again in 300 seconds"));
  const auto decided = world.of(Kind::policy_decided);
  ASSERT_EQ(decided.size(), 2U);
  EXPECT_EQ(decided[0].text, "greylist: never seen before; try again in 300 s");
  EXPECT_EQ(decided[0].code, 450);
  EXPECT_THAT(decided[1].text, HasSubstr("greylist: came again in time"));
  EXPECT_EQ(decided[1].because, decided[0].id);
  const auto chain = world.chain(world.of(Kind::copy_deferred).at(0));
  EXPECT_THAT(chain, Contains(Kind::policy_decided));
  world.expect_all_done();
}

TEST(Guard, TheReplyOfTheGreylistNamesASecondAtWhichItIsOver) {
  Sending world(guarded([](scenario::Receiving& r) {
    r.greylist.emplace();
    r.greylist->delay_ns = 10 * kSecond + 1;
  }));
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.dialogue(1), Contains("S: 450 4.2.0 Greylisted, try again in 11 seconds"));
  const auto decided = world.of(Kind::policy_decided);
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_THAT(decided[0].detail, HasSubstr(R"("wait_ns":10000000001)"));
}

TEST(Guard, ACrashDoesNotMakeTheGreylistForget) {
  Sending world(guarded([](scenario::Receiving& r) { r.greylist.emplace(); }));
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.dialogue(1), Contains("S: 450 4.2.0 Greylisted, try again in 300 seconds"));
  world.b.mta->crash("for the test");
  world.clock.run_until(2 * kMinute);
  world.b.mta->restart();
  world.clock.run();
  ASSERT_EQ(world.mailbox("bob@b.test").size(), 1U);
  EXPECT_THAT(world.times(Kind::copy_delivered).at(0), testing::Lt(11 * kMinute)) << "by the first retry";
  EXPECT_THAT(world.of(Kind::policy_decided).back().text, HasSubstr("came again in time"));
  world.expect_all_done();
}

TEST(Guard, AtLevelMailTheRuleIsStillBetweenTheDeferralAndItsAttempt) {
  struct AtMail : MailWorld {
    AtMail() : MailWorld(trace::Level::mail) {}
  } world;
  world.add(guarded([](scenario::Receiving& r) { r.greylist.emplace(); }));
  auto& a = world.add(mail_host("a", "a.test", {"ann"}));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.chain(world.of(Kind::copy_deferred).at(0)), Contains(Kind::policy_decided));
}

TEST(Guard, HostsThatItRelaysForAreNotGreylisted) {
  Sending world(guarded([](scenario::Receiving& r) { r.greylist.emplace(); }));
  MailWorld::permit(world.b, world.a);
  ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_EQ(world.mailbox("bob@b.test").size(), 1U);
  EXPECT_EQ(world.count(Kind::copy_deferred), 0U);
}

TEST(Guard, UnknownUsersAreToldSoAtOnce) {
  Sending world(guarded([](scenario::Receiving& r) { r.greylist.emplace(); }));
  ASSERT_TRUE(world.send({"nobody@b.test"}));
  world.clock.run();
  EXPECT_EQ(world.count(Kind::copy_bounced), 1U);
  EXPECT_EQ(world.count(Kind::copy_deferred), 0U);
}

TEST(Guard, ATarpitHoldsRepliesBackWithoutLosingAny) {
  Sending world(guarded(
      [](scenario::Receiving& r) { r.tarpit = scenario::Tarpit{.after = 1, .delay_ns = 20 * kSecond}; }));
  ASSERT_TRUE(world.send({"bob@b.test", "carol@b.test"}));
  world.clock.run();
  EXPECT_EQ(world.mailbox("bob@b.test").size(), 1U);
  EXPECT_EQ(world.mailbox("carol@b.test").size(), 1U);
  EXPECT_THAT(world.times(Kind::copy_delivered).at(0), testing::Ge(20 * kSecond));
  EXPECT_THAT(world.times(Kind::copy_delivered).at(0), testing::Lt(21 * kSecond));
  EXPECT_THAT(texts(world.of(Kind::policy_decided)),
              testing::ElementsAre("tarpit: recipient 2 of the message, and from 2 on each waits 20 s"));
  world.expect_all_done();
}

// What a client says after EHLO and MAIL, and how long the replies take.
struct Dictionary : MailWorld {
  explicit Dictionary(const std::function<void(scenario::Receiving&)>& change) : b(add(guarded(change))) {
    clock.run_until(kSecond);
    client.say("EHLO x\r\nMAIL FROM:<a@x.test>\r\n");
    clock.run_until(2 * kSecond);
    EXPECT_THAT(client.heard, HasSubstr("250 2.1.0"));
  }
  ~Dictionary() { client.abort(); }
  Site& b;
  FakeHost outside{fabric, {9}, "outside", 1'000'000};
  RawClient client{outside, {b.address(), 25}};
};

TEST(Guard, ATarpitSlowsDownWhoGuessesNames) {
  Dictionary world([](scenario::Receiving& r) { r.tarpit = scenario::Tarpit{.after = 1, .delay_ns = 20 * kSecond}; });
  for (const char* name : {"n1", "n2", "n3"}) world.client.say(std::string("RCPT TO:<") + name + "@b.test>\r\n");
  world.clock.run_until(2 * kMinute);
  const auto replies = world.of(Kind::reply_sent);
  ASSERT_GE(replies.size(), 3U);
  const auto* last = &replies[replies.size() - 3];
  for (int i = 0; i < 3; ++i) EXPECT_EQ(last[i].code, 550);
  EXPECT_EQ(last[1].time_ns - last[0].time_ns, 20 * kSecond);
  EXPECT_EQ(last[2].time_ns - last[1].time_ns, 20 * kSecond);
  EXPECT_THAT(texts(world.of(Kind::policy_decided)),
              testing::ElementsAre("tarpit: recipient 2 of the message, and from 2 on each waits 20 s",
                                   "tarpit: recipient 3 of the message, and from 2 on each waits 20 s"));
}

TEST(Guard, RefusedRecipientsCountForTheRateToo) {
  Dictionary world([](scenario::Receiving& r) { r.client.recipient_rate = 2; });
  world.client.say("RCPT TO:<n1@b.test>\r\nRCPT TO:<n2@b.test>\r\nRCPT TO:<bob@b.test>\r\n");
  world.clock.run_until(3 * kSecond);
  EXPECT_THAT(world.client.heard, testing::EndsWith("550 5.1.1 Requested action not taken: mailbox unavailable\r\n"
                                                    "450 4.7.1 too many recipients from 10.0.0.9\r\n"));
  EXPECT_THAT(texts(world.of(Kind::policy_decided)),
              testing::ElementsAre("client limit: too many recipients from 10.0.0.9: 3 of 2 in 60 s"));
}

TEST(Guard, TarpitAndGreylistBothSayWhatTheyDo) {
  Dictionary world([](scenario::Receiving& r) {
    r.tarpit = scenario::Tarpit{.after = 0, .delay_ns = 20 * kSecond};
    r.greylist.emplace();
  });
  world.client.say("RCPT TO:<bob@b.test>\r\n");
  world.clock.run_until(kMinute);
  EXPECT_THAT(texts(world.of(Kind::policy_decided)),
              testing::ElementsAre(HasSubstr("tarpit: recipient 1"), HasSubstr("greylist: never seen before")));
  EXPECT_EQ(world.of(Kind::reply_sent).back().code, 450);
  EXPECT_EQ(world.of(Kind::reply_sent).back().time_ns - world.of(Kind::policy_decided)[1].time_ns, 20 * kSecond);
}

TEST(Guard, TheErrorLimitSaysWhyASessionEnds) {
  Dictionary world([](scenario::Receiving& r) { r.errors.hard = 3, r.errors.soft = 0; });
  world.client.say("X\r\nX\r\nX\r\n");
  world.clock.run_until(3 * kSecond);
  EXPECT_THAT(world.client.heard, HasSubstr("421 4.7.0"));
  const auto decided = world.of(Kind::policy_decided);
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_EQ(decided[0].text, "error limit: 3 errors since the last message, and 3 end the session");
  EXPECT_EQ(decided[0].code, 421);
  EXPECT_THAT(decided[0].detail, HasSubstr(R"("rule":"errors")"));
  EXPECT_THAT(world.chain(world.of(Kind::reply_sent).back()), Contains(Kind::policy_decided));
}

TEST(Guard, TheConnectionLimitSaysWhyAClientIsTurnedAway) {
  scenario::Host config = guarded([](scenario::Receiving&) {});
  config.smtp.connection_limit = 1;
  MailWorld world;
  auto& b = world.add(config);
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient first(outside, {b.address(), 25});
  RawClient second(outside, {b.address(), 25});
  world.clock.run_until(kSecond);
  ASSERT_THAT(first.heard, testing::StartsWith("220 "));
  EXPECT_EQ(second.heard, "421 b.test Too many connections, try again later\r\n");
  const auto decided = world.of(Kind::policy_decided);
  ASSERT_EQ(decided.size(), 1U);
  EXPECT_EQ(decided[0].text, "connection limit: 1 sessions are open, and from 1 on nobody is let in");
  EXPECT_EQ(decided[0].code, 421);
  EXPECT_THAT(decided[0].detail, HasSubstr(R"("count":1)"));
  first.abort();
  second.abort();
}

TEST(Guard, WhoIsTurnedAwayForTheirOwnLimitTakesNobodysPlace) {
  scenario::Host config = guarded([](scenario::Receiving& r) { r.client.connections = 1; });
  config.smtp.connection_limit = 2;
  MailWorld world;
  auto& b = world.add(config);
  FakeHost greedy(world.fabric, {9}, "greedy", 1'000'000);
  FakeHost modest(world.fabric, {10}, "modest", 1'000'000);
  RawClient one(greedy, {b.address(), 25}), two(greedy, {b.address(), 25}), three(greedy, {b.address(), 25});
  world.clock.run_until(kSecond);
  ASSERT_THAT(one.heard, testing::StartsWith("220 "));
  ASSERT_THAT(two.heard, testing::StartsWith("421 "));
  ASSERT_THAT(three.heard, testing::StartsWith("421 "));
  RawClient other(modest, {b.address(), 25});
  world.clock.run_until(2 * kSecond);
  EXPECT_THAT(other.heard, testing::StartsWith("220 ")) << "those who were told 421 have not left yet";
  for (RawClient* client : {&one, &two, &three, &other}) client->abort();
}

TEST(Guard, DeliveryBeginsWhenThe250IsOnItsWay) {
  Sending world(guarded([](scenario::Receiving& r) { r.service_time_ns = 5 * kSecond; }));
  ASSERT_TRUE(world.send());
  world.clock.run();
  ASSERT_EQ(world.mailbox("bob@b.test").size(), 1U);
  const std::int64_t committed_ns = world.of(Kind::message_queued).back().time_ns;
  const auto replies = world.of(Kind::reply_sent);
  const auto accepted = std::ranges::find_if(
      replies, [](const StoredEvent& reply) { return reply.text.find("queued as") != std::string::npos; });
  ASSERT_NE(accepted, replies.end());
  EXPECT_EQ(accepted->time_ns, committed_ns + 5 * kSecond);
  const StoredEvent delivered = world.of(Kind::copy_delivered).at(0);
  EXPECT_GT(delivered.id, accepted->id);
  EXPECT_EQ(delivered.time_ns, accepted->time_ns);
  world.expect_all_done();
}

TEST(Guard, DeliveryBeginsAllTheSameIfThereIsNobodyLeftToTell) {
  Sending world(guarded([](scenario::Receiving& r) { r.service_time_ns = kHour; }));
  ASSERT_TRUE(world.send());
  world.clock.run_until(2 * kSecond);
  ASSERT_EQ(world.count(Kind::content_received), 1U);
  ASSERT_EQ(world.count(Kind::copy_delivered), 0U);
  world.clock.run_until(30 * kMinute);
  EXPECT_GE(world.count(Kind::copy_delivered), 1U) << "the sender has given up waiting, and hung up";
  world.clock.run();
  world.expect_conserved();
}

TEST(Guard, TheGreetingMayComeLateAndTheSenderWaits) {
  Sending world(guarded([](scenario::Receiving& r) { r.greeting_delay_ns = 30 * kSecond; }));
  ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_THAT(world.times(Kind::copy_delivered).at(0), testing::Ge(30 * kSecond));
  EXPECT_THAT(texts(world.of(Kind::policy_decided)),
              testing::ElementsAre("greeting delay: the reply waits 30000 ms"));
  world.expect_all_done();
}

TEST(Guard, ErrorsEndASessionAndTheRestIsTriedLater) {
  Sending world(guarded([](scenario::Receiving& r) { r.errors.hard = 3, r.errors.soft = 2; }));
  ASSERT_TRUE(world.send({"n1@b.test", "n2@b.test", "n3@b.test", "bob@b.test"}));
  world.clock.run();
  EXPECT_EQ(world.count(Kind::copy_bounced), 3U);
  EXPECT_EQ(world.mailbox("bob@b.test").size(), 1U);
  EXPECT_THAT(texts(world.of(Kind::policy_decided)), Contains("error sleep: the reply waits 1000 ms"));
  world.expect_all_done();
}

TEST(Guard, AClientMayHaveSoManyConnectionsAndRequests) {
  MailWorld world;
  auto& b = world.add(guarded([](scenario::Receiving& r) {
    r.client.connections = 1;
    r.client.message_rate = 1;
  }));
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient first(outside, {b.address(), 25});
  RawClient second(outside, {b.address(), 25});
  world.clock.run_until(kSecond);
  EXPECT_THAT(first.heard, HasSubstr("220 "));
  EXPECT_EQ(second.heard, "421 b.test too many connections at the same time from " +
                              to_string(net::Address{static_cast<net::Host&>(outside).network().address()}) +
                              "\r\n");
  first.say("EHLO x\r\nMAIL FROM:<a@x.test>\r\nRSET\r\nMAIL FROM:<a@x.test>\r\nQUIT\r\n");
  world.clock.run_until(2 * kSecond);
  EXPECT_THAT(first.heard, HasSubstr("450 4.7.1 too many messages from"));
  EXPECT_THAT(world.of(Kind::policy_decided).at(0).text, HasSubstr("client limit: "));
  first.finish();
  second.finish();
  world.clock.run_until(3 * kSecond);
  RawClient third(outside, {b.address(), 25});
  world.clock.run_until(4 * kSecond);
  EXPECT_THAT(third.heard, HasSubstr("220 "));
  third.abort();
}

TEST(Guard, UnderLoadNobodyIsLetIn) {
  MailWorld world;
  scenario::Host config = guarded([](scenario::Receiving& r) { r.load.queue = 1; });
  config.forward["elsewhere.test"] = "nowhere";
  auto& gone = world.add(mail_host("gone", "gone.test"));
  world.directory.add_host("nowhere", {gone.address(), 26});
  auto& b = world.add(config);
  ASSERT_TRUE(world.send(b, "bob@b.test", {"x@elsewhere.test"}));
  world.clock.run_until(kSecond);
  ASSERT_EQ(b.mta->queue().size(), 1U);
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient client(outside, {b.address(), 25});
  world.clock.run_until(2 * kSecond);
  EXPECT_EQ(client.heard, "421 b.test Too much to do already, try again later\r\n");
  client.finish();
}

TEST(Guard, AFullDiskIsNoPlaceForMail) {
  scenario::Host config = guarded([](scenario::Receiving& r) { r.load.disk_free_per_billion = 500'000'000; });
  config.disk_bytes = 10'000;
  Sending world(config);
  ASSERT_TRUE(static_cast<net::Host&>(*world.b.host).disk().take(6'000));
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient client(outside, {world.b.address(), 25});
  world.clock.run_until(kSecond);
  client.say("EHLO x\r\nMAIL FROM:<a@x.test>\r\n");
  world.clock.run_until(2 * kSecond);
  EXPECT_THAT(client.heard, HasSubstr("452 4.3.1 Insufficient system storage"));
  client.abort();
}

TEST(Guard, AnIdleClientIsToldAfterTheConfiguredTime) {
  MailWorld world;
  auto& b = world.add(guarded([](scenario::Receiving& r) { r.idle_time_out_ns = 7 * kSecond; }));
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient client(outside, {b.address(), 25});
  world.clock.run_until(6 * kSecond);
  EXPECT_FALSE(client.peer_finished);
  world.clock.run_until(8 * kSecond);
  EXPECT_THAT(client.heard, HasSubstr("421 "));
  EXPECT_TRUE(client.peer_finished);
  client.finish();
}

TEST(Guard, EachRecipientOfATarpitHasItsOwnParent) {
  Sending world(guarded(
      [](scenario::Receiving& r) { r.tarpit = scenario::Tarpit{.after = 1, .delay_ns = 20 * kSecond}; }));
  ASSERT_TRUE(world.send({"bob@b.test", "carol@b.test", "postmaster@b.test", "bob@b.test"}));
  world.clock.run();
  std::map<std::int64_t, trace::RecipientId> at_a;
  int handed = 0;
  for (const StoredEvent& created : world.of(Kind::copy_created)) {
    if (!created.parent) {
      at_a[created.copy.value] = created.recipient;
      continue;
    }
    ++handed;
    EXPECT_EQ(at_a[created.parent.value], created.recipient);
  }
  EXPECT_GE(handed, 3);
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
