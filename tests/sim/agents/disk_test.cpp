// SPDX-License-Identifier: GPL-2.0-only
// Lack of disk space, wherever it can be: nothing is lost, and mail flows when there is room again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/trace/discard_rules.hpp"
#include "tests/sim/agents/support/mail_world.hpp"
#include "tests/sim/agents/support/peers.hpp"

namespace mailroom::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

scenario::Host with_disk(scenario::Host host, std::int64_t bytes) {
  host.disk_bytes = bytes;
  return host;
}

TEST(DiskFull, IsTheReplyToMailThatDeclaresItsSize) {
  MailWorld world;
  auto& b = world.add(with_disk(mail_host("b", "b.test", {"bob"}), 10'000));
  auto& a = world.add(mail_host("a", "a.test", {"ann"}));
  const std::int64_t ballast = 8'000;
  ASSERT_TRUE(b.host->disk().take(ballast));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}, {.size_bytes = 3'000}));
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].code, 452);
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].text,
            "4.3.1 Requested action not taken: insufficient system storage");
  EXPECT_EQ(world.count(Kind::content_received), 0u);
  world.expect_conserved();
  b.host->disk().give(ballast);
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(DiskFull, SaysOfEach452HowMuchWasToBeStored) {
  MailWorld world;
  auto& b = world.add(with_disk(mail_host("b", "b.test", {"bob"}), 10'000));
  ASSERT_TRUE(b.host->disk().take(9'500));
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient client(outside, {b.address(), 25});
  const auto say = [&](const std::string& what) {
    client.say(what);
    world.clock.run_until(world.clock.now_ns() + kSecond);
  };
  world.clock.run_until(kSecond);
  say("EHLO x\r\nMAIL FROM:<a@x.test> SIZE=3000\r\n");
  say("MAIL FROM:<a@x.test>\r\nRCPT TO:<bob@b.test>\r\n");
  ASSERT_TRUE(b.host->disk().take(500));
  say("DATA\r\n");
  b.host->disk().give(500);
  say("DATA\r\n" + std::string(1000, 'x') + "\r\n.\r\n");
  const auto decided = world.of(Kind::policy_decided);
  ASSERT_THAT(decided, SizeIs(3));
  EXPECT_EQ(decided[0].text, "disk: 3000 octets are to be stored, and 500 are free");
  EXPECT_EQ(decided[1].text, "disk: 1 octets are to be stored, and 0 are free");
  EXPECT_EQ(decided[2].text, "disk: 1002 octets are to be stored, and 500 are free");
  for (const StoredEvent& one : decided) EXPECT_EQ(one.code, 452);
  ASSERT_THAT(world.of(Kind::disk_filled), SizeIs(1));
  EXPECT_EQ(decided[2].because, world.of(Kind::disk_filled)[0].id);
  EXPECT_EQ(world.of(Kind::reply_sent).back().code, 452);
  EXPECT_EQ(world.of(Kind::reply_sent).back().cause, decided[2].id);
  client.abort();
}

TEST(DiskFull, DuringTheFirstOfSomeChunksTakesNoneOfThem) {
  MailWorld world;
  auto& b = world.add(with_disk(mail_host("b", "b.test", {"bob"}), 10'000'000));
  scenario::Host sender = mail_host("a", "a.test", {"ann"});
  sender.smtp.receiving.chunks_sent = true;
  auto& a = world.add(sender);
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}, {.size_bytes = 1'500'000}));
  const auto has_heard = [&](const std::string& command) {
    for (const StoredEvent& heard : world.of(Kind::command_received))
      if (heard.text.starts_with(command)) return true;
    return false;
  };
  while (!has_heard("RCPT") && world.clock.now_ns() < kMinute) world.clock.run_until(world.clock.now_ns() + kMs);
  ASSERT_FALSE(has_heard("BDAT"));
  const std::int64_t ballast = b.host->disk().free_bytes();
  ASSERT_TRUE(b.host->disk().take(ballast));
  while (!has_heard("BDAT") && world.clock.now_ns() < kMinute) world.clock.run_until(world.clock.now_ns() + kMs);
  b.host->disk().give(ballast);
  world.clock.run_until(kMinute);
  ASSERT_TRUE(has_heard("BDAT 451")) << "the rest was on its way, to a disk that has room again";
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty()) << "what is left of a message is none";
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].code, 452);
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_GE(world.mailbox("bob@b.test")[0].size(), 1'500'000u);
  world.expect_all_done();
}

TEST(DiskFull, IsTheReplyToTheTextWhereNoSizeWasDeclared) {
  MailWorld world;
  auto& b = world.add(with_disk(as_rfc821(mail_host("b", "b.test", {"bob"})), 10'000));
  auto& a = world.add(as_rfc821(mail_host("a", "a.test", {"ann"})));
  const std::int64_t ballast = 8'000;
  ASSERT_TRUE(b.host->disk().take(ballast));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}, {.size_bytes = 3'000}));
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].code, 452);
  EXPECT_EQ(world.count(Kind::content_received), 1u);
  ASSERT_THAT(world.of(Kind::disk_filled), SizeIs(1));
  EXPECT_EQ(world.of(Kind::disk_filled)[0].text, "spool");
  EXPECT_THAT(world.of(Kind::copy_created), SizeIs(1)) << "the receiver took no responsibility";
  EXPECT_EQ(b.host->disk().used_bytes(), ballast);
  b.host->disk().give(ballast);
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(DiskFull, AtDeliveryKeepsTheMessageInTheQueue) {
  MailWorld world;
  // Room for the spool, but not for the mailbox beside it.
  auto& b = world.add(with_disk(mail_host("b", "b.test", {"bob"}), 10'000));
  auto& a = world.add(mail_host("a", "a.test", {"ann"}));
  const std::int64_t ballast = 5'000;
  ASSERT_TRUE(b.host->disk().take(ballast));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}, {.size_bytes = 3'000}));
  world.clock.run_until(kMinute);
  EXPECT_THAT(world.of(Kind::copy_relayed), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  const StoredEvent deferred = world.of(Kind::copy_deferred)[0];
  EXPECT_EQ(deferred.host, b.host->id());
  EXPECT_EQ(world.event(deferred.because)->kind, Kind::disk_filled);
  EXPECT_EQ(b.queued(), 1);
  world.expect_conserved();
  b.host->disk().give(ballast);
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(DiskFull, AtTheUserAgentSubmitsNothing) {
  MailWorld world;
  world.add(mail_host("b", "b.test", {"bob"}));
  auto& a = world.add(with_disk(mail_host("a", "a.test", {"ann"}), 1'000));
  EXPECT_FALSE(world.send(a, "ann@a.test", {"bob@b.test"}, {.size_bytes = 3'000}));
  ASSERT_THAT(world.of(Kind::disk_filled), SizeIs(1));
  EXPECT_THAT(world.chain(world.of(Kind::disk_filled)[0]),
              testing::ElementsAre(Kind::disk_filled, Kind::message_composed));
  EXPECT_THAT(world.of(Kind::copy_created), IsEmpty());
  EXPECT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"})) << "a small one has room";
  world.clock.run();
  world.expect_all_done();
}

TEST(DiskFull, ForANotificationKeepsWhatItIsAbout) {
  MailWorld world;
  world.add(mail_host("b", "b.test", {"bob"}));
  auto& home = world.add(mail_host("home", "home.test", {"ann"}));
  auto& a = world.add(with_disk(mail_host("a", "a.test"), 1'000'000));
  ASSERT_TRUE(world.send(a, "ann@home.test", {"nobody@b.test"}, {.size_bytes = 3'000}));
  const std::int64_t ballast = a.host->disk().free_bytes() - 100;
  ASSERT_TRUE(a.host->disk().take(ballast));
  world.clock.run_until(kHour);
  EXPECT_THAT(world.of(Kind::copy_bounced), IsEmpty());
  const auto deferred = world.of(Kind::copy_deferred);
  ASSERT_THAT(deferred, SizeIs(4)) << "at 0, 15, 30 and 45 minutes";
  EXPECT_THAT(deferred[0].text, testing::StartsWith("no room for the notification that 5.1.1 "));
  EXPECT_EQ(world.event(deferred[0].because)->kind, Kind::disk_filled);
  EXPECT_THAT(world.of(Kind::message_composed), SizeIs(1)) << "a notification without room was never made";
  EXPECT_EQ(a.queued(), 1);
  world.expect_conserved();
  a.host->disk().give(ballast);
  world.clock.run();
  EXPECT_THAT(world.of(Kind::message_composed), SizeIs(2));
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_THAT(world.mailbox("ann@home.test"), SizeIs(1));
  EXPECT_EQ(home.queued(), 0);
  world.expect_all_done();
}

TEST(DiskFull, ForANotificationForDaysEndsByRule) {
  MailWorld world;
  world.add(mail_host("b", "b.test", {"bob"}));
  world.add(mail_host("home", "home.test", {"ann"}));
  auto& a = world.add(with_disk(mail_host("a", "a.test"), 1'000'000));
  ASSERT_TRUE(world.send(a, "ann@home.test", {"nobody@b.test"}, {.size_bytes = 3'000}));
  ASSERT_TRUE(a.host->disk().take(a.host->disk().free_bytes() - 100));
  world.clock.run();
  EXPECT_GE(world.clock.now_ns(), 5 * 24 * kHour) << "four days of tries, and one more";
  EXPECT_LT(world.clock.now_ns(), 5 * 24 * kHour + kHour);
  ASSERT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, trace::kNoRoomRule);
  EXPECT_EQ(a.queued(), 0);
  world.expect_conserved();
}

}  // namespace
}  // namespace mailroom::test
