// SPDX-License-Identifier: GPL-2.0-only
// The retry profiles at work in a queue: at whose times it tries, what the events say of it, and the warning that a
// message is late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/dsn/parse_report.hpp"
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using scenario::Retry;
using scenario::RetryProfile;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A sender whose destination refuses at the same instant (no latency), until b listens.
struct Refused : MailWorld {
  explicit Refused(const Retry& retry, std::int64_t latency_ns = 0) {
    fabric.settings.latency_ns = latency_ns;
    b = &add([] {
      scenario::Host host = mail_host("b", "b.test", {"bob"});
      host.receiver = false;
      return host;
    }());
    directory.add_domain("b.test", "b");
    a = &add([&] {
      scenario::Host host = mail_host("a", "a.test", {"ann"});
      host.retry = retry;
      return host;
    }());
  }
  bool send(const std::string& from = "ann@a.test") { return MailWorld::send(*a, from, {"bob@b.test"}); }
  // From that time on, b listens.
  void heal_at(std::int64_t time_ns) {
    clock.run_until(time_ns - 1);
    b->config.receiver = true;
    b->mta->start();
  }
  Site* a = nullptr;
  Site* b = nullptr;
};

std::int64_t delay_s(const Retry& retry, std::int64_t outage_s) {
  Refused world(retry);
  EXPECT_TRUE(world.send());
  world.heal_at(outage_s * kSecond);
  EXPECT_THAT(world.of(Kind::copy_delivered), IsEmpty());
  world.clock.run();
  const auto delivered = world.times(Kind::copy_delivered);
  EXPECT_THAT(delivered, SizeIs(1));
  world.expect_all_done();
  return delivered.empty() ? -1 : delivered[0] / kSecond;
}

TEST(RetryInTheQueue, DelaysAMessageByAnOutageAsTheRealSendersDo) {
  const Retry postfix = Retry::of(RetryProfile::postfix);
  EXPECT_EQ(delay_s(postfix, 600), 600);
  EXPECT_EQ(delay_s(postfix, 3600), 4800);
  EXPECT_EQ(delay_s(postfix, 14'400), 17'400);
  EXPECT_EQ(delay_s(postfix, 86'400), 88'800);
  const Retry qmail = Retry::of(RetryProfile::qmail);
  EXPECT_EQ(delay_s(qmail, 600), 1600);
  EXPECT_EQ(delay_s(qmail, 3600), 3600);
  EXPECT_EQ(delay_s(qmail, 14'400), 14'400);
  EXPECT_EQ(delay_s(qmail, 86'400), 90'000);
}

TEST(RetryInTheQueue, ShiftsPostfixToTheNextScanWhereAFailureTakesAFractionOfASecond) {
  Refused world(Retry::of(RetryProfile::postfix), 10 * kMs);
  ASSERT_TRUE(world.send());
  world.heal_at(kHour);
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_delivered), SizeIs(1));
  EXPECT_EQ(world.times(Kind::attempt_began).back(), 6900 * kSecond);
}

TEST(RetryInTheQueue, TellsTheRuleOfEachDeferral) {
  Refused world(Retry::of(RetryProfile::postfix), 10 * kMs);
  ASSERT_TRUE(world.send());
  world.clock.run_until(kSecond);
  const auto deferred = world.of(Kind::copy_deferred);
  ASSERT_THAT(deferred, SizeIs(1));
  EXPECT_EQ(deferred[0].value, 600 * kSecond) << "the scan, not the time that the rule says";
  EXPECT_THAT(deferred[0].detail, HasSubstr("postfix: 300 s later"));
  EXPECT_THAT(deferred[0].detail, HasSubstr("scanned every 300 s"));
  Refused plain({.intervals_ns = {kMinute}});
  ASSERT_TRUE(plain.send());
  plain.clock.run_until(kSecond);
  EXPECT_EQ(plain.of(Kind::copy_deferred)[0].detail, "");
}

TEST(RetryInTheQueue, EndsAtItsTimeWithoutATryWhereTheProfileSaysSo) {
  Refused world(Retry::of(RetryProfile::opensmtpd));
  ASSERT_TRUE(world.send());
  world.clock.run();
  EXPECT_THAT(world.of(Kind::attempt_began), SizeIs(30));
  const auto bounced = world.of(Kind::copy_bounced);
  ASSERT_THAT(bounced, SizeIs(1));
  EXPECT_EQ(bounced[0].time_ns, 96 * kHour);
  EXPECT_THAT(bounced[0].text, HasSubstr("4.4.7 delivery time expired: 30 tries"));
  EXPECT_EQ(world.event(bounced[0].because)->kind, Kind::copy_deferred);
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(2)) << "told after 4 h that it is late, and at the end";
  world.expect_all_done();
}

TEST(RetryInTheQueue, OfEximIsOneHistoryForAllThatGoesToAHost) {
  Refused world(Retry::of(RetryProfile::exim));
  ASSERT_TRUE(world.send());
  world.clock.run_until(5 * kMinute);
  ASSERT_TRUE(world.send());
  ASSERT_EQ(world.count(Kind::copy_deferred), 2u);
  EXPECT_EQ(world.count(Kind::connection_opened), 1u) << "the host's time has not come";
  const StoredEvent second = world.of(Kind::copy_deferred)[1];
  EXPECT_THAT(second.text, HasSubstr("not tried"));
  EXPECT_EQ(second.value, 30 * kMinute);
  EXPECT_EQ(world.event(second.because)->kind, Kind::connection_refused);
  world.clock.run_until(31 * kMinute);
  EXPECT_EQ(world.count(Kind::attempt_began), 3u) << "both are due";
  EXPECT_EQ(world.of(Kind::copy_deferred)[2].value, world.of(Kind::copy_deferred)[3].value);
  world.heal_at(kHour);
  world.clock.run_until(2 * kHour);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(2));
  ASSERT_TRUE(world.send());
  world.clock.run_until(2 * kHour + kMinute);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(3));
  EXPECT_EQ(world.times(Kind::copy_delivered).back(), 2 * kHour);
  world.fabric.unreachable.insert(world.b->address());
  ASSERT_TRUE(world.send());
  world.clock.run_until(2 * kHour + 2 * kMinute);
  EXPECT_EQ(world.of(Kind::copy_deferred).back().value, 2 * kHour + 30 * kMinute)
      << "the success has cleared the record: 15 minutes from now, at the next scan";
  world.fabric.unreachable.clear();
  world.clock.run();
  world.expect_all_done();
}

TEST(RetryInTheQueue, OfEximBouncesAtOnceForAHostThatHasFailedForDays) {
  Refused world(Retry::of(RetryProfile::exim));
  ASSERT_TRUE(world.send());
  world.clock.run_until(102 * kHour);
  ASSERT_EQ(world.count(Kind::copy_bounced), 1u);
  const std::size_t before = world.count(Kind::attempt_began);
  ASSERT_TRUE(world.send());
  world.clock.run_until(102 * kHour + kMinute);
  EXPECT_EQ(world.count(Kind::copy_bounced), 2u);
  EXPECT_EQ(world.count(Kind::attempt_began), before) << "before its next try, nobody is bothered";
  world.clock.run();
  world.expect_all_done();
}

TEST(RetryInTheQueue, OfEximForgivesAHostThatWasNotHeardOfForAWeek) {
  Refused world(Retry::of(RetryProfile::exim));
  ASSERT_TRUE(world.send());
  world.clock.run_until(102 * kHour);
  ASSERT_EQ(world.count(Kind::copy_bounced), 1u);
  world.clock.run_until(60 * 24 * kHour);
  ASSERT_TRUE(world.send());
  world.clock.run_until(60 * 24 * kHour + kMinute);
  EXPECT_EQ(world.count(Kind::copy_bounced), 1u);
  EXPECT_EQ(world.a->queued(), 1) << "its first failure of these days";
  world.clock.run();
  EXPECT_EQ(world.count(Kind::copy_bounced), 2u);
  world.expect_all_done();
}

TEST(RetryInTheQueue, OfEximKnowsARecipientApartFromTheHost) {
  Scripted world(instead_of("RCPT TO:<bob", "451 4.7.1 greylisted"));
  MailWorld::Site& exim = world.add([] {
    scenario::Host host = mail_host("e", "e.test", {"eve"});
    host.retry = Retry::of(RetryProfile::exim);
    return host;
  }());
  ASSERT_TRUE(world.MailWorld::send(exim, "eve@e.test", {"bob@b.test"}));
  world.clock.run_until(kMinute);
  ASSERT_EQ(world.count(Kind::copy_deferred), 1u);
  ASSERT_TRUE(world.MailWorld::send(exim, "eve@e.test", {"carol@b.test"}));
  ASSERT_TRUE(world.MailWorld::send(exim, "eve@e.test", {"bob@b.test"}));
  ASSERT_TRUE(world.MailWorld::send(exim, "other@e.test", {"bob@b.test"}));
  world.clock.run_until(2 * kMinute);
  EXPECT_THAT(world.peer.messages, SizeIs(1)) << "carol's";
  EXPECT_EQ(world.count(Kind::attempt_began), 3u) << "bob is not tried again for the same sender";
}

TEST(RetryInTheQueue, LooksAtTheQueueByTheTimeSinceTheHostWasStartedAgain) {
  Refused world(Retry::of(RetryProfile::postfix));
  world.a->mta->crash("the plug was pulled");
  world.clock.run_until(100 * kSecond);
  world.a->mta->restart();
  ASSERT_TRUE(world.send());
  world.clock.run_until(101 * kSecond);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].time_ns, 100 * kSecond);
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].value, 400 * kSecond);
}

TEST(RetryInTheQueue, OfQmailCountsFromTheBeginningOfATryHoweverLongItTook) {
  Refused world(Retry::of(RetryProfile::qmail));
  world.fabric.silence(world.b->address());
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].time_ns, 30 * kSecond);
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].value, 400 * kSecond);
}

TEST(RetryInTheQueue, OfALocalDeliveryIsByTheLocalFiguresOfTheProfile) {
  for (const auto& [profile, seconds] : {std::pair(RetryProfile::opensmtpd, 10), std::pair(RetryProfile::qmail, 100)}) {
    MailWorld world;
    scenario::Host host = mail_host("b", "b.test", {"bob"});
    host.disk_bytes = 10'000;
    host.retry = Retry::of(profile);
    auto& b = world.add(host);
    const std::int64_t ballast = 5'000;  // room for the spool, but not for the mailbox beside it
    ASSERT_TRUE(b.host->disk().take(ballast));
    ASSERT_TRUE(world.send(b, "bob@b.test", {"bob@b.test"}, {.size_bytes = 3'000}));
    ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
    const StoredEvent deferred = world.of(Kind::copy_deferred)[0];
    EXPECT_EQ(deferred.code, 452);
    EXPECT_EQ(deferred.value, seconds * kSecond);
    b.host->disk().give(ballast);
    world.clock.run();
    EXPECT_EQ(world.times(Kind::copy_delivered), std::vector{seconds * kSecond});
    world.expect_all_done();
  }
}

// ---- The delay warning
Retry hourly(std::int64_t warning_ns) {
  return {.intervals_ns = {kHour}, .give_up_ns = 12 * kHour, .delay_warning_ns = warning_ns};
}

TEST(DelayWarning, IsGivenOnceByTheFirstFailureAfterItsTime) {
  Refused world(hourly(4 * kHour - kMinute));
  ASSERT_TRUE(world.send());
  world.clock.run_until(11 * kHour + kMinute);
  const auto warning = world.mailbox("ann@a.test");
  ASSERT_THAT(warning, SizeIs(1));
  EXPECT_THAT(warning[0], HasSubstr("Action: delayed"));
  EXPECT_EQ(world.times(Kind::mailbox_appended).front(), 4 * kHour);
  EXPECT_EQ(world.a->queued(), 1) << "and it goes on";
  world.expect_conserved();
  world.clock.run();
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(2)) << "given up in the end";
  world.expect_all_done();
}

// bob's host refuses at once, carol's never answers.
struct Late : MailWorld {
  explicit Late(const Retry& retry) {
    fabric.settings.latency_ns = 0;
    for (const char* name : {"b", "c"}) {
      scenario::Host host = mail_host(name, std::string(name) + ".test");
      host.receiver = false;
      sink_hosts.push_back(&add(host));
      directory.add_domain(std::string(name) + ".test", name);
    }
    fabric.silence(sink_hosts[1]->address());
    a = &add([&] {
      scenario::Host host = mail_host("a", "a.test", {"ann"});
      host.retry = retry;
      return host;
    }());
  }
  std::vector<Site*> sink_hosts;
  Site* a = nullptr;
};

TEST(DelayWarning, TellsOfAllThatAreLateInOneReport) {
  Retry retry = hourly(4 * kHour - kMinute);
  retry.scan_ns = kHour;  // both are tried at 2 and 4 hours
  Late world(retry);
  ASSERT_TRUE(world.send(*world.a, "ann@a.test", {"bob@b.test", "carol@c.test"}));
  world.clock.run_until(4 * kHour);
  ASSERT_EQ(world.count(Kind::connection_timed_out), 2u) << "carol's third try is under way";
  world.clock.run_until(11 * kHour + 30 * kMinute);
  ASSERT_EQ(world.a->queued(), 2);
  const auto warnings = world.mailbox("ann@a.test");
  ASSERT_THAT(warnings, SizeIs(1));
  const auto report = dsn::parse_report(warnings[0]);
  ASSERT_TRUE(report);
  ASSERT_THAT(report->report.recipients, SizeIs(2));
  EXPECT_EQ(report->report.recipients[0].final_recipient.value, "bob@b.test");
  EXPECT_THAT(report->report.recipients[0].diagnostic_code.value, HasSubstr("refused"));
  EXPECT_EQ(report->report.recipients[1].final_recipient.value, "carol@c.test");
  EXPECT_THAT(report->report.recipients[1].diagnostic_code.value, HasSubstr("timed out")) << "by her own failure";
  world.clock.run();
  world.expect_all_done();
}

TEST(DelayWarning, ThatFoundNoRoomIsGivenLater) {
  Late world(hourly(4 * kHour - kMinute));
  ASSERT_TRUE(world.send(*world.a, "ann@a.test", {"bob@b.test"}));
  world.clock.run_until(3 * kHour + kMinute);
  const std::int64_t ballast = world.a->host->disk().free_bytes() - 100;
  ASSERT_TRUE(world.a->host->disk().take(ballast));
  world.clock.run_until(5 * kHour + kMinute);
  ASSERT_THAT(world.mailbox("ann@a.test"), IsEmpty());
  world.a->host->disk().give(ballast);
  world.clock.run_until(11 * kHour + kMinute);
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1));
  EXPECT_EQ(world.times(Kind::mailbox_appended).front(), 6 * kHour);
}

TEST(DelayWarning, IsNotGivenWhereItIsOffOrNobodyIsThereToBeTold) {
  Refused off(hourly(0));
  ASSERT_TRUE(off.send());
  off.clock.run_until(11 * kHour + kMinute);
  EXPECT_THAT(off.mailbox("ann@a.test"), IsEmpty());
  Refused null(hourly(4 * kHour));
  ASSERT_TRUE(null.send(""));
  null.clock.run_until(11 * kHour + kMinute);
  EXPECT_EQ(null.count(Kind::message_composed), 1u);
}

}  // namespace
}  // namespace mailroom::test
