// SPDX-License-Identifier: GPL-2.0-only
// Mailing lists (RFC 5321 §3.9.2): who gets what, who is told of failures, where a list is expanded, and how
// lists that contain each other come to an end.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/sim/agents/support/peers.hpp"
#include "tests/sim/agents/support/three_hosts.hpp"

namespace mailroom::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

using Expand = scenario::MailingList::Expand;

scenario::MailingList list_of(const std::string& name, std::vector<std::string> members,
                              const std::string& owner = "own@b.test") {
  scenario::MailingList list;
  list.name = name;
  list.members = std::move(members);
  list.owner = owner;
  return list;
}

scenario::Host with_lists(scenario::Host host, std::vector<scenario::MailingList> lists) {
  host.lists = std::move(lists);
  return host;
}

// b has the lists.
struct Lists : ThreeHosts {
  explicit Lists(std::vector<scenario::MailingList> lists)
      : ThreeHosts(with_lists(mail_host("b", "b.test", {"own", "bob", "bea"}), std::move(lists))) {}
};

TEST(MailingList, SendsToItsMembersUnderItsOwnersName) {
  Lists world({list_of("staff", {"bob@b.test", "cid@c.test", "ann@a.test"})});
  ASSERT_TRUE(world.send({"staff@b.test"}));
  world.clock.run();
  for (const char* box : {"bob@b.test", "cid@c.test", "ann@a.test"}) {
    ASSERT_THAT(world.mailbox(box), SizeIs(1)) << box;
    EXPECT_THAT(world.mailbox(box)[0], StartsWith("Return-Path: <own@b.test>\r\n"));
    EXPECT_THAT(world.mailbox(box)[0], HasSubstr("Delivered-To: staff@b.test\r\n"));
    EXPECT_THAT(world.mailbox(box)[0], HasSubstr("\r\nFrom: ann@a.test\r\n")) << "the author stays the author";
  }
  EXPECT_THAT(world.rules(), ElementsAre("list staff@b.test: 3 members"));
  EXPECT_THAT(world.sink.contents, SizeIs(1)) << "one text for all, octet for octet";
  world.expect_all_done();
}

TEST(MailingList, TellsItsOwnerOfDeadMembersAndTheAuthorOfNone) {
  Lists world({list_of("staff", {"bob@b.test", "nobody@b.test", "gone@c.test", "cid@c.test"})});
  ASSERT_TRUE(world.send({"staff@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(2));
  EXPECT_THAT(world.mailbox("own@b.test"), SizeIs(2)) << "one from local delivery, one of the refused";
  EXPECT_THAT(world.mailbox("ann@a.test"), IsEmpty());
  world.expect_all_done();
}

TEST(MailingList, WithoutAnOwnerTellsThePostmasterOfItsHost) {
  Lists world({list_of("staff", {"nobody@b.test"}, "staff-owner@b.test")});
  ASSERT_TRUE(world.send({"staff@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("postmaster@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("postmaster@b.test")[0], HasSubstr("Delivered-To: staff-owner@b.test\r\n"));
  world.expect_all_done();
}

TEST(MailingList, HasAddressesForWhoRunsIt) {
  Lists world({list_of("staff", {"bob@b.test"})});
  ASSERT_TRUE(world.send({"staff-request@b.test", "staff-owner@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("own@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  world.expect_all_done();
}

TEST(MailingList, InsideOfAnotherGivesEachMemberOneCopyUnderTheInnerOwner) {
  Lists world({list_of("all", {"bob@b.test", "some@b.test", "cid@c.test"}, "own@b.test"),
               list_of("some", {"bob@b.test", "bea@b.test", "all@b.test"}, "bea@b.test")});
  ASSERT_TRUE(world.send({"all@b.test"}));
  world.clock.run();
  for (const char* box : {"bob@b.test", "bea@b.test", "cid@c.test"})
    ASSERT_THAT(world.mailbox(box), SizeIs(1)) << box;
  EXPECT_THAT(world.mailbox("bob@b.test")[0], StartsWith("Return-Path: <own@b.test>"));
  EXPECT_THAT(world.mailbox("bea@b.test")[0], StartsWith("Return-Path: <bea@b.test>"));
  EXPECT_THAT(world.rules(), ElementsAre("list all@b.test: 3 members",
                                         "list some@b.test: 3 members, 2 of them reached already"));
  world.expect_all_done();
}

TEST(MailingList, OfOnlyItselfBouncesToTheAuthor) {
  Lists world({list_of("self", {"self@b.test"})});
  ASSERT_TRUE(world.send({"self@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.4.6 Mail forwarding loop");
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(MailingList, OfAnotherHostThatContainsItEndsByDeliveredTo) {
  Lists world({list_of("north", {"bob@b.test", "south@c.test"})});
  world.c.config.lists = {list_of("south", {"cid@c.test", "north@b.test"}, "cy@c.test")};
  // Read when an MTA is made.
  world.c.mta.reset();
  world.c.mta = std::make_unique<agents::Mta>(*world.c.host, world.c.config, world.directory, world.locator);
  world.c.mta->start();
  ASSERT_TRUE(world.send({"north@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.4.6 Mail forwarding loop");
  EXPECT_THAT(world.mailbox("cy@c.test"), SizeIs(1)) << "the owner of the list that sent it round is told";
  EXPECT_THAT(world.mailbox("ann@a.test"), IsEmpty());
  world.expect_all_done();
}

TEST(MailingList, OfANotificationStaysWithoutAReversePath) {
  Lists world({list_of("staff", {"bob@b.test", "nobody@b.test"})});
  world.b.config.bounces.double_bounce = scenario::Bounces::DoubleBounce::discard;
  ASSERT_TRUE(world.MailWorld::send(world.a, "", {"staff@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test")[0], StartsWith("Return-Path: <>\r\n"));
  EXPECT_THAT(world.rules(Kind::copy_discarded), ElementsAre("null reverse-path: nobody to tell"));
  EXPECT_THAT(world.mailbox("own@b.test"), IsEmpty());
  world.expect_all_done();
}

TEST(MailingList, PutsItsFieldsInFrontIfAsked) {
  auto outer = list_of("outer", {"inner@b.test", "bob@b.test"});
  auto inner = list_of("inner", {"bea@b.test"}, "bea@b.test");
  outer.header = inner.header = true;
  Lists world({outer, inner});
  ASSERT_TRUE(world.send({"outer@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test")[0],
              StartsWith("Return-Path: <own@b.test>\r\nDelivered-To: bob@b.test\r\nDelivered-To: outer@b.test\r\n"
                         "List-Id: <outer.b.test>\r\nList-Post: <mailto:outer@b.test>\r\n"
                         "List-Owner: <mailto:own@b.test>\r\nReceived: "));
  ASSERT_THAT(world.mailbox("bea@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bea@b.test")[0],
              StartsWith("Return-Path: <bea@b.test>\r\nDelivered-To: bea@b.test\r\nDelivered-To: inner@b.test\r\n"
                         "List-Id: <inner.b.test>\r\nDelivered-To: outer@b.test\r\nList-Id: <outer.b.test>\r\n"
                         "List-Post: <mailto:outer@b.test>\r\n"));
  world.expect_all_done();
}

TEST(MailingList, IsExpandedAtTheSenderIfItSaysSo) {
  auto staff = list_of("staff", {"bob@b.test", "cid@c.test", "ann@a.test"});
  staff.expand = Expand::at_sender;
  Lists world({staff});
  ASSERT_TRUE(world.send({"staff@b.test"}));
  world.clock.run();
  for (const char* box : {"bob@b.test", "cid@c.test", "ann@a.test"}) {
    ASSERT_THAT(world.mailbox(box), SizeIs(1)) << box;
    EXPECT_THAT(world.mailbox(box)[0], StartsWith("Return-Path: <own@b.test>\r\n"));
  }
  ASSERT_THAT(world.of(Kind::copy_expanded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_expanded)[0].host, world.a.host->id());
  for (const StoredEvent& event : world.of(Kind::command_received))
    EXPECT_THAT(event.text, Not(HasSubstr("RCPT TO:<staff@b.test>")));
  world.expect_all_done();
}

// RFC 3461 §5.2.7.3: what the author asked ends where the list begins.
TEST(MailingList, TellsNobodyOfTheDeliveriesThatTheAuthorAskedAbout) {
  Lists world({list_of("staff", {"bob@b.test", "cid@c.test"})});
  smtp::Notify success{.success = true};
  ASSERT_TRUE(world.MailWorld::send(world.a, "ann@a.test", {"staff@b.test"}, {.notify = success}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("own@b.test"), IsEmpty()) << "the owner has asked for nothing";
  for (const std::string& told : world.mailbox("ann@a.test")) EXPECT_THAT(told, Not(HasSubstr("bob@b.test")));
}

TEST(MailingList, ThatSendersExpandIsPassedOnUnexpandedByRelays) {
  auto staff = list_of("staff", {"bob@b.test"});
  staff.expand = Expand::at_sender;
  Lists world({staff});
  FakeHost client(world.fabric, {50}, "client", 1000);
  world.c.mta->relay().add_client(client.address());
  RawClient raw(client, {world.c.address(), 25});
  world.clock.run_until(kSecond);
  raw.say("HELO d.test\r\nMAIL FROM:<x@d.test>\r\nRCPT TO:<staff@b.test>\r\nDATA\r\nHello\r\n.\r\nQUIT\r\n");
  world.clock.run_until(2 * kSecond);
  raw.finish();
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_expanded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_expanded)[0].host, world.b.host->id());
}

TEST(MailingList, ThatSendersExpandIsExpandedAtItsHostForAllOthers) {
  auto staff = list_of("staff", {"bob@b.test"});
  staff.expand = Expand::at_sender;
  Lists world({staff});
  FakeHost client(world.fabric, {50}, "client", 1000);
  RawClient raw(client, {world.b.address(), 25});
  world.clock.run_until(kSecond);
  raw.say("HELO d.test\r\nMAIL FROM:<x@d.test>\r\nRCPT TO:<staff@b.test>\r\nDATA\r\nHello\r\n.\r\nQUIT\r\n");
  world.clock.run_until(2 * kSecond);
  raw.finish();
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_expanded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_expanded)[0].host, world.b.host->id());
  world.expect_all_done();
}

TEST(MailingList, Of20000MembersIsDoneInBoundedTime) {
  std::vector<std::string> members, outer{"inner@b.test"};
  for (int i = 0; i < 20'000; ++i) members.push_back(fmt::format("m{}@b.test", i));
  outer.insert(outer.end(), members.begin(), members.end());  // everyone twice
  scenario::Host host = mail_host("b", "b.test", {"own"});
  for (int i = 0; i < 20'000; ++i) host.users.push_back({.local_part = fmt::format("m{}", i)});
  MailWorld world(trace::Level::mail);
  auto& b = world.add(with_lists(host, {list_of("outer", outer), list_of("inner", members)}));
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(world.send(b, "own@b.test", {"outer@b.test"}));
  world.clock.run();
  EXPECT_EQ(world.count(Kind::copy_delivered), 20'000u);
  EXPECT_EQ(world.count(Kind::copy_created), 20'001u + 1u) << "inner is in it, and adds nobody";
  EXPECT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20)) << "seconds, not hours";
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
