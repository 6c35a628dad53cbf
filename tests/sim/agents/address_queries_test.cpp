// SPDX-License-Identifier: GPL-2.0-only
// VRFY and EXPN (RFC 5321 §3.5), asked over a connection.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/agents/support/mail_world.hpp"
#include "tests/sim/agents/support/peers.hpp"

namespace mailroom::test {
namespace {

using testing::HasSubstr;

struct Queries : MailWorld {
  explicit Queries(scenario::Host to) : b(add(std::move(to))) {}
  Site& b;
  // The reply to one command.
  std::string ask(const std::string& command) {
    FakeHost client(fabric, {50}, "client", 1000);
    RawClient raw(client, {b.address(), 25});
    clock.run_until(clock.now_ns() + kSecond);
    raw.say("EHLO c.test\r\n");
    clock.run_until(clock.now_ns() + kSecond);
    const std::size_t before = raw.heard.size();
    raw.say(command + "\r\n");
    clock.run_until(clock.now_ns() + kSecond);
    std::string reply = raw.heard.substr(before);
    raw.finish();
    clock.run();
    return reply;
  }
};

scenario::Host talkative() {
  scenario::Host host = mail_host("b", "b.test", {"bob", "joan", "john", "Smith", "smith"});
  host.users.push_back({.local_part = "max", .moved_to = "max@c.test"});
  host.users.push_back({.local_part = "moe", .moved_to = "moe@c.test", .moved = scenario::Moved::forward});
  host.aliases = {{"info", {"bob@b.test", "x@c.test"}}};
  scenario::MailingList staff;
  staff.name = "staff";
  staff.members = {"bob@b.test", "joan@b.test", "x@c.test"};
  staff.owner = "bob@b.test";
  host.lists = {staff};
  host.smtp.expn = true;
  return host;
}

TEST(Vrfy, NamesNoMailboxWithoutADomain) {
  Queries world(mail_host("b", ""));
  EXPECT_EQ(world.ask("VRFY postmaster"), "250 2.1.5 <postmaster@b.test>\r\n");
  EXPECT_THAT(world.ask("VRFY bob"), testing::StartsWith("550 "));
}

TEST(Vrfy, SaysWhoIsMeant) {
  Queries world(talkative());
  EXPECT_EQ(world.ask("VRFY bob"), "250 2.1.5 <bob@b.test>\r\n");
  EXPECT_EQ(world.ask("VRFY bob@B.test"), "250 2.1.5 <bob@b.test>\r\n");
  EXPECT_EQ(world.ask("VRFY Bob <BOB@b.test>"), "250 2.1.5 <bob@b.test>\r\n");
  EXPECT_EQ(world.ask("VRFY POSTMASTER"), "250 2.1.5 <postmaster@b.test>\r\n");
  EXPECT_EQ(world.ask("VRFY info"), "250 2.1.5 <info@b.test>\r\n");
  EXPECT_EQ(world.ask("VRFY staff"), "250 2.1.5 Mailing list <staff@b.test>\r\n");
  EXPECT_THAT(world.ask("VRFY max"), HasSubstr("551 5.1.6 User not local; please try <max@c.test>"));
  EXPECT_THAT(world.ask("VRFY moe"), HasSubstr("251 2.1.5 User not local; will forward to <moe@c.test>"));
  EXPECT_THAT(world.ask("VRFY nobody"), HasSubstr("550 5.1.1 "));
  EXPECT_THAT(world.ask("VRFY x@c.test"), HasSubstr("252 "));
}

TEST(Vrfy, NamesThePossibilitiesIfSeveralAreMeant) {
  Queries world(talkative());
  EXPECT_EQ(world.ask("VRFY jo"),
            "553-5.1.4 User ambiguous; possibilities are\r\n553-5.1.4 <joan@b.test>\r\n553 5.1.4 <john@b.test>\r\n");
  EXPECT_EQ(world.ask("VRFY SMITH"), "553-5.1.4 User ambiguous; possibilities are\r\n553-5.1.4 <Smith@b.test>\r\n"
                                     "553 5.1.4 <smith@b.test>\r\n");
  EXPECT_EQ(world.ask("VRFY Smith"), "250 2.1.5 <Smith@b.test>\r\n");
  EXPECT_EQ(world.ask("VRFY joa"), "250 2.1.5 <joan@b.test>\r\n");
  EXPECT_THAT(world.ask("VRFY jo@b.test"), HasSubstr("550 ")) << "part of a name is no address";
}

TEST(Vrfy, SaysNothingOfWhatTheCatchAllTakes) {
  scenario::Host host = talkative();
  host.catch_all = {"bob@b.test"};
  Queries world(host);
  EXPECT_THAT(world.ask("VRFY nobody"), HasSubstr("252 "));
}

TEST(Vrfy, IsDeclinedOrSwitchedOffByPolicy) {
  scenario::Host host = talkative();
  host.smtp.vrfy = scenario::SmtpPolicy::Vrfy::decline;
  EXPECT_THAT(Queries(host).ask("VRFY nobody"), HasSubstr("252 "));
  host.smtp.vrfy = scenario::SmtpPolicy::Vrfy::off;
  EXPECT_THAT(Queries(host).ask("VRFY bob"), HasSubstr("502 5.5.1 "));
}

TEST(Expn, TellsTheMembersOfListsAndAliases) {
  Queries world(talkative());
  EXPECT_EQ(world.ask("EXPN staff"),
            "250-2.1.5 <bob@b.test>\r\n250-2.1.5 <joan@b.test>\r\n250 2.1.5 <x@c.test>\r\n");
  EXPECT_EQ(world.ask("EXPN info@b.test"), "250-2.1.5 <bob@b.test>\r\n250 2.1.5 <x@c.test>\r\n");
  EXPECT_THAT(world.ask("EXPN bob"), HasSubstr("550 5.1.0 That is a user name, not a mailing list"));
  EXPECT_THAT(world.ask("EXPN nothing"), HasSubstr("550 5.1.1 "));
  EXPECT_THAT(world.ask("EXPN staff@c.test"), HasSubstr("550 "));
}

TEST(Expn, DoesNotTellWhoTakesTheRest) {
  scenario::Host host = talkative();
  host.catch_all = {"bob@b.test"};
  Queries world(host);
  const std::string reply = world.ask("EXPN nothing");
  EXPECT_THAT(reply, HasSubstr("550 5.1.1 "));
  EXPECT_THAT(reply, testing::Not(HasSubstr("bob")));
}

TEST(Expn, OfAVeryLongListIsDeclined) {
  scenario::Host host = talkative();
  for (int i = 0; i < 20'000; ++i) host.lists[0].members.push_back(fmt::format("m{}@c.test", i));
  Queries world(host);
  EXPECT_THAT(world.ask("EXPN staff"), HasSubstr("252 "));
}

TEST(Expn, IsSwitchedOffByDefault) {
  scenario::Host host = talkative();
  host.smtp.expn = scenario::SmtpPolicy().expn;
  EXPECT_THAT(Queries(host).ask("EXPN staff"), HasSubstr("502 5.5.1 "));
}

}  // namespace
}  // namespace mailroom::test
