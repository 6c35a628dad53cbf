// SPDX-License-Identifier: GPL-2.0-only
// Receivers that look up the domain of a reverse-path before they take mail from it (RFC 7505 §4.2).
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Check = scenario::Receiving::CheckSender;

scenario::Host checking(Check check) {
  scenario::Host host = mail_host("b", "b.test", {"bob"});
  host.smtp.receiving.check_sender = check;
  return host;
}

// What the DNS says of some domains.
struct Checked : Sending {
  explicit Checked(Check check, std::int64_t delay_ns = 0) : Sending(checking(check)) {
    locator.delay_ns = delay_ns;
    locator.exchangers["good.test"] = {{"a", {a.address(), 25}}};
    locator.unlocated["null.test"] = {true, 556, "5.1.10", "null.test takes no mail (null MX)"};
    locator.unlocated["none.test"] = {true, 550, "5.1.2", "there is no domain none.test"};
    locator.unlocated["mute.test"] = {false, 0, "4.4.3", "the exchangers of mute.test could not be looked up: silence"};
    locator.unlocated["loop.test"] = {true, 554, "5.4.6", "mail for loop.test loops back to myself"};
  }
  // The reply to MAIL from there.
  std::string reply_to(const std::string& from) {
    RawClient client(outside, {b.address(), 25});
    clock.run_until(clock.now_ns() + kSecond);
    client.say("EHLO x\r\nMAIL FROM:<" + from + ">\r\nNOOP\r\nQUIT\r\n");
    clock.run_until(clock.now_ns() + 10 * kSecond);
    const std::size_t begin = client.heard.find("HELP\r\n") + 6;
    client.finish();
    return client.heard.substr(begin);
  }
  FakeHost outside{fabric, {9}, "outside", 1'000'000};
};

TEST(CheckSender, RefusesWhomNobodyCanAnswer) {
  Checked world(Check::domain);
  EXPECT_THAT(world.reply_to("x@good.test"), HasSubstr("250 2.1.0"));
  EXPECT_THAT(world.of(Kind::policy_decided), IsEmpty());
  EXPECT_THAT(world.reply_to("x@NULL.test"), HasSubstr("550 5.7.27 NULL.test takes no mail (null MX)"));
  EXPECT_THAT(world.reply_to("x@none.test"), HasSubstr("550 5.1.8 There is no way back to none.test"));
  EXPECT_THAT(world.reply_to("x@mute.test"), HasSubstr("450 4.1.8 mute.test could not be looked up"));
  EXPECT_THAT(world.reply_to("x@loop.test"), HasSubstr("250 2.1.0")) << "ours, somehow";
  EXPECT_THAT(world.reply_to("bob@b.test"), HasSubstr("250 2.1.0"));
  EXPECT_THAT(world.reply_to(""), HasSubstr("250 2.1.0"));
  const auto decided = world.of(Kind::policy_decided);
  ASSERT_THAT(decided, SizeIs(3));
  EXPECT_EQ(decided[0].text, "check-sender: null.test takes no mail (null MX)");
  EXPECT_EQ(decided[0].code, 550);
}

TEST(CheckSender, MayLookForTheNullMxOnlyOrForNothing) {
  Checked one(Check::null_mx);
  EXPECT_THAT(one.reply_to("x@null.test"), HasSubstr("550 5.7.27"));
  EXPECT_THAT(one.reply_to("x@none.test"), HasSubstr("250 2.1.0"));
  EXPECT_THAT(one.reply_to("x@mute.test"), HasSubstr("250 2.1.0"));
  Checked none(Check::none);
  EXPECT_THAT(none.reply_to("x@null.test"), HasSubstr("250 2.1.0"));
}

TEST(CheckSender, KeepsWhatIsPipelinedWaitingUntilTheAnswerIsThere) {
  Checked world(Check::domain, 3 * kSecond);
  EXPECT_THAT(world.reply_to("x@none.test"), testing::StartsWith("550 5.1.8"));
  EXPECT_EQ(world.of(Kind::policy_decided).at(0).time_ns / kSecond, 4);
  EXPECT_THAT(world.reply_to("x@good.test"), HasSubstr("250 2.1.0 OK\r\n250 2.0.0 OK\r\n221"));
}

TEST(CheckSender, LeavesEachCopyItsOwnParentHoweverLongItTakes) {
  for (const bool pipelining : {true, false}) {
    Checked world(Check::domain, 3 * kSecond);
    world.a.config.smtp.pipelining = pipelining;
    ASSERT_TRUE(world.MailWorld::send(world.a, "ann@good.test", {"bob@b.test", "nobody@b.test", "postmaster@b.test"}));
    world.clock.run();
    EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
    EXPECT_THAT(world.mailbox("postmaster@b.test"), SizeIs(1));
    world.expect_conserved();
  }
}

TEST(CheckSender, OutlivesAClientThatGoesMeanwhileAndACrash) {
  for (const bool crashes : {false, true}) {
    Checked world(Check::domain, 3 * kSecond);
    RawClient client(world.outside, {world.b.address(), 25});
    world.clock.run_until(kSecond);
    client.say("EHLO x\r\nMAIL FROM:<x@none.test>\r\n");
    world.clock.run_until(2 * kSecond);
    if (crashes) world.b.mta->crash("for the test");
    else client.abort();
    world.clock.run();
    EXPECT_THAT(world.of(Kind::policy_decided), IsEmpty());
  }
}

TEST(CheckSender, DoesNotAskOfItsOwnClients) {
  Checked world(Check::domain);
  world.b.mta->relay().add_client(static_cast<net::Host&>(world.outside).network().address());
  EXPECT_THAT(world.reply_to("x@none.test"), HasSubstr("250 2.1.0"));
}

TEST(CheckSender, BringsTheMailBackToItsSender) {
  Checked world(Check::domain);
  world.a.config.smtp.pipelining = false;  // else the last reply of several is what decides
  ASSERT_TRUE(world.MailWorld::send(world.a, "ann@none.test", {"bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  ASSERT_THAT(world.of(Kind::copy_bounced), testing::Not(IsEmpty()));
  EXPECT_THAT(world.of(Kind::copy_bounced)[0].text, HasSubstr("5.1.8"));
  EXPECT_THAT(world.chain(world.of(Kind::copy_bounced)[0]), Contains(Kind::policy_decided));
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
