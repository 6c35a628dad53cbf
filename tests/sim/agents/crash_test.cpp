// SPDX-License-Identifier: GPL-2.0-only
// A slow disk, and hosts that crash: what was acknowledged survives, and what was not vanishes untold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/dsn/parse_report.hpp"
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kWrite = 2 * kMs;
constexpr std::int64_t kSync = 5 * kMs;

scenario::Host with_slow_disk(scenario::Host host) {
  host.disk_write_ns = kWrite;
  host.disk_sync_ns = kSync;
  host.retry.intervals_ns = {10 * kMinute};
  return host;
}

// ann at `a` writes to bob at `b` through `relay`; all three have slow disks.
struct TwoHops : MailWorld {
  explicit TwoHops(bool has_slow_disks = true) {
    const auto made = [&](scenario::Host host) { return has_slow_disks ? with_slow_disk(std::move(host)) : host; };
    b = &add(made(mail_host("b", "b.test", {"bob"})));
    scenario::Host middle = mail_host("relay", "r.test");
    middle.forward["b.test"] = "b";
    relay = &add(made(middle));
    scenario::Host first = mail_host("a", "a.test", {"ann"});
    first.forward["b.test"] = "relay";
    a = &add(made(first));
  }
  bool send(const std::vector<std::string>& to = {"bob@b.test"}) { return MailWorld::send(*a, "ann@a.test", to); }
  // Pulls the plug, and puts it in again.
  void crash(Site& site) {
    fabric.silence(site.address());
    site.mta->crash("the plug was pulled");
  }
  void restart(Site& site) {
    fabric.heal(site.address());
    site.mta->restart();
  }
  Site* a = nullptr;
  Site* relay = nullptr;
  Site* b = nullptr;
};

TEST(SlowDisk, TellsOfAllLocalRecipientsOfAMessageInOneNotification) {
  MailWorld world;
  scenario::Host host = with_slow_disk(mail_host("b", "b.test", {"ann", "bob", "carol"}));
  auto& b = world.add(host);
  const std::vector<std::string> to = {"n1@b.test", "bob@b.test", "n2@b.test", "nobody@nowhere.test", "carol@b.test"};
  ASSERT_TRUE(world.send(b, "ann@b.test", to, {.notify = smtp::Notify{.success = true, .failure = true}}));
  ASSERT_THAT(world.of(Kind::copy_delivered), IsEmpty());
  world.clock.run();
  const auto delivered = world.of(Kind::copy_delivered);
  ASSERT_THAT(delivered, SizeIs(4)) << "two mails, two notifications";
  EXPECT_NE(delivered[0].time_ns, delivered[1].time_ns) << "the disk does one thing at a time";
  const auto told = world.mailbox("ann@b.test");
  ASSERT_THAT(told, SizeIs(2)) << "one of who has it, one of who has not";
  const auto done = dsn::parse_report(told[0]), failed = dsn::parse_report(told[1]);
  ASSERT_TRUE(done && failed);
  EXPECT_THAT(done->report.recipients, SizeIs(2));
  EXPECT_THAT(failed->report.recipients, SizeIs(3)) << "also who had nowhere to go";
  world.expect_all_done();
}

TEST(SlowDisk, LetsTheReplyToTheTextWaitForTheSync) {
  TwoHops world;
  ASSERT_TRUE(world.send());
  EXPECT_THAT(world.of(Kind::message_queued), IsEmpty()) << "the author's host writes it, too";
  world.clock.run();
  const auto read = world.of(Kind::content_received);
  ASSERT_THAT(read, SizeIs(2));
  for (const StoredEvent& content : read) {
    std::int64_t queued_ns = 0, reply_ns = 0;
    for (const StoredEvent& event : world.sink.events) {
      if (event.host != content.host || event.id < content.id) continue;
      if (event.kind == Kind::message_queued && queued_ns == 0) queued_ns = event.time_ns;
      if (event.kind == Kind::reply_sent && reply_ns == 0) reply_ns = event.time_ns;
    }
    EXPECT_EQ(queued_ns, content.time_ns + kWrite + kSync);
    EXPECT_EQ(reply_ns, queued_ns);
  }
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(SlowDisk, DoesOneThingAtATime) {
  net::Disk disk(1000);
  EXPECT_EQ(disk.write_and_sync_ns(5), 0) << "one that takes no time";
  EXPECT_FALSE(disk.is_slow());
  disk.set_latency(2, 3);
  EXPECT_TRUE(disk.is_slow());
  EXPECT_EQ(disk.write_and_sync_ns(100), 5);
  EXPECT_EQ(disk.write_and_sync_ns(101), 9);
  EXPECT_EQ(disk.write_and_sync_ns(200), 5);
  disk.crash();
  EXPECT_EQ(disk.write_and_sync_ns(201), 5);
}

TEST(SlowDisk, LetsAMailboxHaveAMessageWhenTheDiskHasIt) {
  TwoHops world;
  ASSERT_TRUE(world.MailWorld::send(*world.b, "bob@b.test", {"bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.times(Kind::message_queued), ElementsAre(kWrite + kSync));
  EXPECT_THAT(world.times(Kind::mailbox_appended), ElementsAre(2 * (kWrite + kSync)));
  EXPECT_THAT(world.times(Kind::message_removed), ElementsAre(3 * (kWrite + kSync))) << "its done mark";
  world.expect_all_done();
}

TEST(SlowDisk, ChangesNoLineOfADialogue) {
  TwoHops quick(false), slow(true);
  for (TwoHops* world : {&quick, &slow}) {
    ASSERT_TRUE(world->send());
    world->clock.run();
  }
  EXPECT_THAT(quick.dialogue(1), testing::Not(IsEmpty()));
  EXPECT_EQ(quick.dialogue(1), slow.dialogue(1));
}

TEST(SlowDisk, TakesTheMessageOfAClientThatIsGoneBeforeTheReply) {
  TwoHops world;
  ASSERT_TRUE(world.send());
  // a's connection ends while the relay writes.
  while (world.count(Kind::content_received) == 0) world.clock.run_until(world.clock.now_ns() + kMs);
  ASSERT_EQ(world.count(Kind::message_queued), 1u);
  world.fabric.cuts = {{.connection = {1}, .after_octets = world.fabric.pipes[0].lock()->read_octets}};
  world.a->host->after(0, [&] { world.crash(*world.a); });
  world.clock.run_until(world.clock.now_ns() + kMinute);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << "it was committed, though nobody could be told";
}

// Crashes one host at one time, and starts it again a while later.
struct Drill {
  std::int64_t crash_ns = 0;
  int host = 0;  // in the order of the way
  std::int64_t down_ns = 20 * kSecond;
};

// What a run with a crash left behind; false: the host had nothing left to do at that time.
bool survives(const Drill& drill, const std::vector<std::string>& to) {
  TwoHops world;
  MailWorld::Site* const sites[] = {world.a, world.relay, world.b};
  MailWorld::Site& site = *sites[drill.host];
  EXPECT_TRUE(world.send(to));
  world.clock.run_until(drill.crash_ns);
  const bool had_work = world.clock.pending() > 0;
  world.crash(site);
  // Toward whom had somebody taken responsibility when it crashed?
  std::set<trace::RecipientId> owed;
  for (const StoredEvent& created : world.of(Kind::copy_created)) owed.insert(created.recipient);
  world.expect_conserved();
  world.clock.run_until(drill.crash_ns + drill.down_ns);
  world.restart(site);
  world.expect_conserved();
  world.clock.run();
  world.expect_all_done();
  std::map<trace::RecipientId, int> delivered;
  for (const StoredEvent& event : world.of(Kind::copy_delivered)) ++delivered[event.recipient];
  for (const trace::RecipientId recipient : owed)
    EXPECT_GE(delivered[recipient], 1) << "lost by a crash of host " << drill.host << " at " << drill.crash_ns;
  // Who got it twice was sent it again for one of two reasons: the end of a copy was not on the disk, which made a
  // copy with that one as its parent at the same host; or the 250 was never read.
  for (const auto& [recipient, times] : delivered) {
    if (times == 1) continue;
    bool has_reason = false;
    for (const StoredEvent& ended : world.of(Kind::attempt_ended)) has_reason |= ended.text.starts_with("in doubt");
    std::map<trace::CopyId, trace::HostId> at;
    for (const StoredEvent& created : world.of(Kind::copy_created)) {
      has_reason |= created.parent && at[created.parent] == created.host;
      at[created.copy] = created.host;
    }
    // The one that crashed with a transaction under way never says how that ended.
    has_reason |= world.count(Kind::attempt_began) > world.count(Kind::attempt_ended);
    EXPECT_TRUE(has_reason) << "doubled by a crash of host " << drill.host << " at " << drill.crash_ns;
  }
  return had_work;
}

void crash_everywhere(const std::vector<std::string>& to, std::int64_t step_ns) {
  for (const int host : {0, 1, 2}) {
    std::int64_t at_ns = 1;
    while (survives({.crash_ns = at_ns, .host = host}, to)) {
      at_ns += step_ns;
      ASSERT_LT(at_ns, 5 * kSecond) << "it never comes to rest";
      if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(at_ns, 200 * kMs) << "the dialogue was long";
  }
}

TEST(Crash, AtAnyTimeLosesNothingThatWasAcknowledged) { crash_everywhere({"bob@b.test"}, kMs); }

TEST(Crash, AtAnyTimeLosesNothingOfAMessageThatIsPartlyLocal) {
  crash_everywhere({"ann@a.test", "bob@b.test"}, 3 * kMs);
}

TEST(Crash, BeforeTheSyncLetsAMessageVanishWhose250WasNotSent) {
  TwoHops world;
  ASSERT_TRUE(world.send());
  while (world.count(Kind::content_received) == 0) world.clock.run_until(world.clock.now_ns() + kMs);
  world.crash(*world.relay);
  const auto crashed = world.of(Kind::host_crashed);
  ASSERT_THAT(crashed, SizeIs(1));
  EXPECT_EQ(crashed[0].value, 1) << "one message was being written";
  EXPECT_EQ(crashed[0].text, "the plug was pulled");
  EXPECT_EQ(world.relay->host->disk().used_bytes(), 0);
  world.clock.run_until(world.clock.now_ns() + kMinute);
  EXPECT_EQ(world.count(Kind::message_queued), 1u) << "only a has it";
  world.restart(*world.relay);
  EXPECT_EQ(world.of(Kind::host_restarted)[0].value, 0);
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Crash, AfterTheMarkSendsNothingAgain) {
  TwoHops world;
  ASSERT_TRUE(world.send());
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  for (MailWorld::Site* site : {world.a, world.relay, world.b}) {
    world.crash(*site);
    world.restart(*site);
  }
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Crash, BeforeTheMarkSendsAgainAndTheCopyHasTheOldOneAsItsParent) {
  TwoHops world;
  ASSERT_TRUE(world.send());
  while (world.count(Kind::copy_relayed) == 0) world.clock.run_until(world.clock.now_ns() + kMs);
  world.crash(*world.a);
  world.restart(*world.a);
  const StoredEvent again = world.of(Kind::copy_created).back();
  EXPECT_EQ(again.parent, world.of(Kind::copy_relayed)[0].copy);
  EXPECT_EQ(again.host, world.a->host->id());
  EXPECT_EQ(world.event(again.cause)->kind, Kind::host_restarted);
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(2));
  world.expect_all_done();
}

TEST(Crash, KeepsTheTimesOfDeferredMail) {
  TwoHops world;
  world.fabric.unreachable.insert(world.relay->address());
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  ASSERT_EQ(world.count(Kind::copy_deferred), 1u);
  const std::int64_t next_ns = world.of(Kind::copy_deferred)[0].value.value();
  world.crash(*world.a);
  world.clock.run_until(2 * kMinute);
  world.restart(*world.a);
  world.fabric.unreachable.clear();
  world.clock.run();
  EXPECT_THAT(world.times(Kind::attempt_began), Contains(next_ns));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Crash, OfAHostTakesNoMailUntilItRunsAgain) {
  TwoHops world;
  world.crash(*world.a);
  ASSERT_FALSE(world.a->mta->is_running());
  EXPECT_TRUE(world.send()) << "the person waits";
  EXPECT_EQ(world.a->mta->queue().size(), 0u);
  EXPECT_THAT(world.of(Kind::message_composed), IsEmpty());
  world.restart(*world.a);
  world.a->user_agent->resume();
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
}

}  // namespace
}  // namespace mailroom::test
