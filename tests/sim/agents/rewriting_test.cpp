// SPDX-License-Identifier: GPL-2.0-only
// Aliases, redirections of users, catch-all, subaddresses, case: what an address of a host stands for, and
// what becomes of mail to it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/message/utf8.hpp"
#include "tests/sim/agents/support/peers.hpp"
#include "tests/sim/agents/support/three_hosts.hpp"

namespace mailroom::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

scenario::Host with_aliases(scenario::Host host, std::vector<scenario::Alias> aliases) {
  host.aliases = std::move(aliases);
  return host;
}

scenario::User redirected(const std::string& name, std::vector<std::string> to, bool keep = false) {
  scenario::User user;
  user.local_part = name;
  user.forward = std::move(to);
  user.keep = keep;
  return user;
}

using Rewriting = ThreeHosts;

TEST(Aliases, LeadToAllTheirTargetsAndKeepTheReversePath) {
  Rewriting world(with_aliases(mail_host("b", "b.test", {"bob"}), {{"info", {"bob@b.test", "cid@c.test"}}}));
  ASSERT_TRUE(world.send({"info@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  ASSERT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test")[0],
              StartsWith("Return-Path: <ann@a.test>\r\nDelivered-To: bob@b.test\r\nDelivered-To: info@b.test\r\n"
                         "Received: "));
  EXPECT_THAT(world.mailbox("cid@c.test")[0], HasSubstr("\r\nDelivered-To: info@b.test\r\nReceived: "));
  EXPECT_THAT(world.mailbox("cid@c.test")[0], StartsWith("Return-Path: <ann@a.test>\r\n"));
  EXPECT_THAT(world.rules(), ElementsAre("alias info@b.test: 2 addresses"));
  world.expect_all_done();
}

TEST(Aliases, OfAliasesAreFollowedAndTheirCopiesFormATree) {
  Rewriting world(with_aliases(mail_host("b", "b.test", {"bob"}),
                               {{"root", {"admin@b.test"}}, {"admin", {"bob@b.test"}}}));
  ASSERT_TRUE(world.send({"root@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.rules(), ElementsAre("alias root@b.test: admin@b.test", "alias admin@b.test: bob@b.test"));
  const auto created = world.of(Kind::copy_created);
  ASSERT_THAT(created, SizeIs(4));  // at a; at b toward root, admin, bob
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(created[i].parent, created[i - 1].copy);
  world.expect_all_done();
}

TEST(Aliases, GiveOneCopyToWhomeverTheyReachTwice) {
  Rewriting world(with_aliases(mail_host("b", "b.test", {"bob", "bea"}),
                               {{"one", {"bob@b.test", "bea@b.test"}}, {"two", {"bob@b.test", "cid@c.test"}}}));
  ASSERT_TRUE(world.send({"one@b.test", "bea@B.TEST", "two@b.test"}));
  world.clock.run();
  for (const char* box : {"bob@b.test", "bea@b.test", "cid@c.test"})
    EXPECT_THAT(world.mailbox(box), SizeIs(1)) << box;
  world.expect_all_done();
}

TEST(Aliases, OfWhoHasACopyAlreadyAreDiscardedByRule) {
  Rewriting world(with_aliases(mail_host("b", "b.test", {"bob"}), {{"info", {"bob@b.test"}}}));
  ASSERT_TRUE(world.send({"info@b.test", "bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.rules(Kind::copy_discarded),
              ElementsAre("one copy each: whom info@b.test leads to have one already"));
  EXPECT_THAT(world.mailbox("ann@a.test"), IsEmpty());
  world.expect_all_done();
}

TEST(Aliases, InACircleBounceAndTakeNoOtherWithThem) {
  Rewriting world(with_aliases(mail_host("b", "b.test", {"bob"}), {{"tick", {"tock@b.test"}},
                                                                   {"tock", {"tick@b.test"}},
                                                                   {"some", {"tick@b.test", "bob@b.test"}}}));
  ASSERT_TRUE(world.send({"tick@b.test", "tock@b.test"}));
  ASSERT_TRUE(world.send({"some@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  const auto bounced = world.of(Kind::copy_bounced);
  ASSERT_THAT(bounced, SizeIs(3)) << "tick, tock, and tick once more";
  for (const StoredEvent& event : bounced) {
    EXPECT_EQ(event.code, 554);
    EXPECT_EQ(event.text, "5.4.6 Mail forwarding loop");
  }
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(2)) << "a notification for each message";
  world.expect_all_done();
}

TEST(Aliases, OfTheirOwnNameMeanTheMailboxOfThatName) {
  Rewriting world(with_aliases(mail_host("b", "b.test", {"bob"}), {{"bob", {"bob@b.test", "cid@c.test"}}}));
  ASSERT_TRUE(world.send({"bob@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test")[0],
              StartsWith("Return-Path: <ann@a.test>\r\nReceived:"));
  EXPECT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Aliases, ThatLeadToNobodyBounceFromHereNotAtTheReceiversDoor) {
  Rewriting world(with_aliases(mail_host("b", "b.test"), {{"info", {"nobody@b.test", "cid@c.test"}}}));
  ASSERT_TRUE(world.send({"info@b.test"}));
  world.clock.run();
  const auto bounced = world.of(Kind::copy_bounced);
  ASSERT_THAT(bounced, SizeIs(1));
  EXPECT_EQ(bounced[0].host, world.b.host->id());
  EXPECT_EQ(bounced[0].code, 550);
  EXPECT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Aliases, InAChainOfAnyLengthEndAtALimit) {
  std::vector<scenario::Alias> chain;
  for (int i = 0; i < 5000; ++i)
    chain.push_back({"n" + std::to_string(i), {"n" + std::to_string(i + 1) + "@b.test"}});
  chain.push_back({"n5000", {"bob@b.test"}});
  Rewriting world(with_aliases(mail_host("b", "b.test", {"bob"}), chain));
  ASSERT_TRUE(world.send({"n4950@b.test"}));
  ASSERT_TRUE(world.send({"n0@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << "a hundred steps are allowed";
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.4.6 Mail forwarding loop");
  EXPECT_THAT(world.rules(), SizeIs(51 + 100));
  world.expect_all_done();
}

TEST(Redirection, SendsOnAndKeepsACopyIfToldSo) {
  scenario::Host host = mail_host("b", "b.test");
  host.users = {redirected("bob", {"cid@c.test"}), redirected("bea", {"cy@c.test", "bea@b.test"}, true)};
  Rewriting world(host);
  ASSERT_TRUE(world.send({"bob@b.test"}));
  ASSERT_TRUE(world.send({"bea@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  ASSERT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("cid@c.test")[0], StartsWith("Return-Path: <ann@a.test>\r\n"));
  ASSERT_THAT(world.mailbox("bea@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("cy@c.test"), SizeIs(1));
  EXPECT_THAT(world.rules(), ElementsAre("bob@b.test redirects to cid@c.test",
                                         "bea@b.test redirects to 2 addresses, and keeps a copy"));
  world.expect_all_done();
}

TEST(Redirection, OfTwoUsersToEachOtherEndsByDeliveredTo) {
  MailWorld world;
  scenario::Host left = mail_host("x", "x.test", {"ann"});
  scenario::Host right = mail_host("y", "y.test");
  left.users.push_back(redirected("lea", {"rob@y.test"}, true));
  right.users = {redirected("rob", {"lea@x.test"}, true)};
  auto& x = world.add(left);
  world.add(right);
  ASSERT_TRUE(world.send(x, "ann@x.test", {"lea@x.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("lea@x.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("rob@y.test"), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].host, x.host->id());
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.4.6 Mail forwarding loop");
  EXPECT_THAT(world.mailbox("ann@x.test"), SizeIs(1)) << "the author is told: a redirection keeps the reverse-path";
  world.expect_all_done();
}

TEST(Redirection, WithoutDeliveredToEndsByTheHopLimit) {
  MailWorld world;
  scenario::Host left = mail_host("x", "x.test", {"ann"});
  scenario::Host right = mail_host("y", "y.test");
  left.users.push_back(redirected("lea", {"rob@y.test"}));
  right.users = {redirected("rob", {"lea@x.test"})};
  left.delivered_to = right.delivered_to = false;
  auto& x = world.add(left);
  world.add(right);
  ASSERT_TRUE(world.send(x, "ann@x.test", {"lea@x.test"}));
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.4.6 Too many hops");
  EXPECT_THAT(world.count(Kind::copy_relayed), AllOf(Ge(101u), Le(102u)));
  ASSERT_THAT(world.mailbox("ann@x.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("ann@x.test")[0], Not(HasSubstr("Delivered-To")));
  world.expect_all_done();
}

TEST(CatchAll, TakesWhatNobodyElseDoes) {
  scenario::Host host = mail_host("b", "b.test", {"bob"});
  host.catch_all = {"bob@b.test"};
  Rewriting world(host);
  ASSERT_TRUE(world.send({"nobody@b.test"}));
  ASSERT_TRUE(world.send({"postmaster@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("postmaster@b.test"), SizeIs(1));
  EXPECT_THAT(world.rules(), ElementsAre("catch-all for nobody@b.test: bob@b.test"));
  world.expect_all_done();
}

TEST(CatchAll, OfWhomThereIsNotIsNoLoopButAnUnknownName) {
  scenario::Host host = mail_host("b", "b.test", {"bob"});
  host.catch_all = {"gone@b.test"};
  Rewriting world(host);
  ASSERT_TRUE(world.send({"nobody@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].code, 550);
  EXPECT_THAT(world.of(Kind::copy_bounced)[0].text, StartsWith("5.1.1 "));
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Subaddresses, GoToTheirUserAndShowInDeliveredTo) {
  scenario::Host host = mail_host("b", "b.test", {"bob", "bob+own"});
  host.subaddress = "+-";
  Rewriting world(host);
  ASSERT_TRUE(world.send({"bob+news@b.test", "bob+own@b.test", "PostMaster+x@b.test"}));
  ASSERT_TRUE(world.send({"bob-x+y@b.test"}));
  ASSERT_TRUE(world.send({"+news@b.test"}));
  world.clock.run();
  const auto boxes = world.mailbox("bob@b.test");
  ASSERT_THAT(boxes, SizeIs(2));
  EXPECT_THAT(boxes[0], HasSubstr("Delivered-To: bob+news@b.test\r\n"));
  EXPECT_THAT(boxes[1], HasSubstr("Delivered-To: bob-x+y@b.test\r\n"));
  EXPECT_THAT(world.mailbox("bob+own@b.test"), SizeIs(1)) << "a name of its own comes first";
  EXPECT_THAT(world.mailbox("postmaster@b.test"), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1)) << "no name, no user";
  world.expect_all_done();
}

TEST(Subaddresses, AreOrdinaryNamesUnlessAskedFor) {
  Rewriting world(mail_host("b", "b.test", {"bob"}));
  ASSERT_TRUE(world.send({"bob+news@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
}

TEST(LocalParts, AreToldApartByCaseUnlessTheHostFoldsIt) {
  scenario::Host host = mail_host("b", "b.test", {"Bob"});
  for (const bool folds : {false, true}) {
    host.fold_case = folds;
    Rewriting world(host);
    ASSERT_TRUE(world.send({"bOB@b.test"}));
    world.clock.run();
    EXPECT_THAT(world.mailbox("Bob@b.test"), SizeIs(folds ? 1 : 0));
    EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(folds ? 0 : 1));
    world.expect_all_done();
  }
}

// Nobody gets a message twice, however many names their mailbox has.
TEST(Mailboxes, WithSeveralNamesGetOneCopy) {
  scenario::Host host = mail_host("b", "b.test", {"bob"});
  host.domains.push_back("other.test");
  host.subaddress = "+";
  host.fold_case = true;
  for (const std::string second : {"bob@b.test", "Bob@b.test", "bob@other.test", "BOB+news@b.test"}) {
    Rewriting world(host);
    FakeHost client(world.fabric, {50}, "client", 1000);
    RawClient raw(client, {world.b.address(), 25});
    world.clock.run_until(kSecond);
    raw.say("HELO c.test\r\nMAIL FROM:<ann@a.test>\r\nRCPT TO:<bob@b.test>\r\nRCPT TO:<" + second +
            ">\r\nDATA\r\n");
    world.clock.run_until(2 * kSecond);
    raw.say("Hello\r\n.\r\nQUIT\r\n");
    world.clock.run_until(3 * kSecond);
    raw.finish();
    world.clock.run();
    EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << second;
    EXPECT_THAT(world.mailbox("bob@other.test"), IsEmpty());
    EXPECT_THAT(world.rules(Kind::copy_discarded), ElementsAre("one copy each: " + second + " has one already"));
    EXPECT_THAT(world.of(Kind::copy_bounced), IsEmpty());
    world.expect_all_done();
  }
}

TEST(Mailboxes, KeptByARedirectionGetOneCopyByAnyName) {
  scenario::Host host = mail_host("b", "b.test");
  host.fold_case = true;
  host.users = {redirected("bob", {"cid@c.test"}, true)};
  Rewriting world(with_aliases(host, {{"both", {"BOB@b.test", "bob@b.test"}}}));
  ASSERT_TRUE(world.send({"bob@b.test", "BoB@b.test", "both@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  EXPECT_THAT(world.rules(Kind::copy_discarded), SizeIs(2));
  world.expect_all_done();
}

TEST(Mailboxes, BehindASourceRouteGetOneCopy) {
  Rewriting world(mail_host("b", "b.test", {"bob"}));
  ASSERT_TRUE(world.send({"bob@b.test", "@c.test:bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.rules(Kind::copy_discarded),
              ElementsAre("one copy each: @c.test:bob@b.test has one already"));
  world.expect_all_done();
}

// Whoever is named twice and is in a circle is told of it twice, and not taken for served.
TEST(Mailboxes, NamedTwiceInACircleAreNotDiscarded) {
  Rewriting world(with_aliases(mail_host("b", "b.test"), {{"tick", {"tock@b.test"}}, {"tock", {"tick@b.test"}}}));
  FakeHost client(world.fabric, {50}, "client", 1000);
  RawClient raw(client, {world.b.address(), 25});
  world.clock.run_until(kSecond);
  raw.say("HELO c.test\r\nMAIL FROM:<ann@a.test>\r\nRCPT TO:<tick@b.test>\r\nRCPT TO:<tick@b.test>\r\nDATA\r\n");
  world.clock.run_until(2 * kSecond);
  raw.say("Hello\r\n.\r\nQUIT\r\n");
  world.clock.run_until(3 * kSecond);
  raw.finish();
  world.clock.run();
  EXPECT_THAT(world.rules(Kind::copy_discarded), IsEmpty());
  EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(2));
  world.expect_all_done();
}

TEST(LocalParts, InQuotesAreTheSameName) {
  Rewriting world(mail_host("b", "b.test", {"bo b", "bob"}));
  ASSERT_TRUE(world.send({"\"bo b\"@b.test", "\"bob\"@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bo b@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(DeliveredTo, OfAMessageFromOutsideIsHeeded) {
  Rewriting world(with_aliases(mail_host("b", "b.test", {"bob"}), {{"info", {"bob@b.test"}}}));
  const Letter letter{.eml = "Delivered-To: info@B.test\nFrom: ann@a.test\nTo: info@b.test\n\nHello\n"};
  ASSERT_TRUE(world.MailWorld::send(world.a, "ann@a.test", {"info@b.test", "bob@b.test"}, letter));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.4.6 Mail forwarding loop");
  world.expect_all_done();
}

// RFC 6532: beyond US-ASCII only where the author's side knows of it (RFC 6531).
TEST(DeliveredTo, BeyondAsciiIsWrittenOnlyIntoMessagesThatCameWithSmtputf8) {
  for (const bool has_utf8 : {false, true}) {
    Rewriting world(with_aliases(mail_host("b", "b.test", {"bob"}), {{"info", {"用户@b.test"}}, {"用户", {"cid@c.test"}}}));
    ASSERT_TRUE(world.MailWorld::send(
        world.a, "ann@a.test", {"info@b.test"},
        {.eml = has_utf8 ? "From: ann@a.test\nSubject: Grüße\n\nHello\n" : "From: ann@a.test\n\nHello\n"}));
    world.clock.run();
    ASSERT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
    const std::string got = world.mailbox("cid@c.test")[0];
    EXPECT_THAT(got, HasSubstr("Delivered-To: info@b.test\r\n"));
    EXPECT_EQ(got.contains("Delivered-To: 用户@b.test\r\n"), has_utf8) << got;
    EXPECT_EQ(message::is_ascii(got), !has_utf8);
    world.expect_all_done();
  }
}

TEST(Rewriting, NeedsRoomForAllThatItMakesOrTakesNothing) {
  scenario::Host host = with_aliases(mail_host("b", "b.test", {"bob"}), {{"info", {"bob@b.test"}}});
  host.disk_bytes = 9000;  // for one entry, not for two
  Rewriting world(host);
  ASSERT_TRUE(world.MailWorld::send(world.a, "ann@a.test", {"info@b.test"}, {.size_bytes = 6000}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), IsEmpty());
  EXPECT_FALSE(world.of(Kind::disk_filled).empty());
  EXPECT_EQ(world.b.host->disk().used_bytes(), 0);
  world.expect_all_done();
}

TEST(Rewriting, OfARecipientLeavesTheOthersOfTheMessageAlone) {
  scenario::Host host = with_aliases(mail_host("b", "b.test", {"bob"}), {{"info", {"cid@c.test"}}});
  Rewriting world(host);
  ASSERT_TRUE(world.send({"bob@b.test", "info@b.test"}));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test")[0], Not(HasSubstr("info@b.test\r\nReceived")))
      << "what was done for another recipient does not show";
  EXPECT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
