// SPDX-License-Identifier: GPL-2.0-only
// What a receiver says of each recipient: unknown, moved, full, postmaster; relaying, source routes, loops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/message/header.hpp"
#include "protocols/message/received.hpp"
#include "tests/sim/agents/support/mail_world.hpp"
#include "tests/sim/agents/support/peers.hpp"

namespace mailroom::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Pair : MailWorld {
  explicit Pair(scenario::Host to) : b(add(std::move(to))) {}
  Site& b;
  Site& a = add(mail_host("a", "a.test", {"ann"}));
  // The first reply to RCPT that a's sender read.
  StoredEvent rcpt_reply() const {
    std::set<trace::EventId> rcpt;
    for (const StoredEvent& event : of(Kind::command_received)) {
      if (event.text.starts_with("RCPT")) rcpt.insert(event.id);
    }
    for (const StoredEvent& event : of(Kind::reply_sent)) {
      if (rcpt.contains(event.cause)) return event;
    }
    ADD_FAILURE() << "no reply to RCPT";
    return {};
  }
};

scenario::Host with_user(scenario::User user, bool extended = true) {
  scenario::Host host = mail_host("b", "b.test", {"bob"});
  host.users.push_back(std::move(user));
  host.smtp.extended = extended;
  return host;
}

TEST(Recipients, WhoAreUnknownAreRefusedWith550) {
  Pair world(mail_host("b", "b.test", {"bob"}));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"nobody@b.test"}));
  world.clock.run();
  EXPECT_EQ(world.rcpt_reply().code, 550);
  EXPECT_THAT(world.rcpt_reply().text, HasSubstr("5.1.1"));
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].code, 550);
  EXPECT_THAT(world.chain(world.of(Kind::copy_bounced)[0]), Contains(Kind::reply_received));
  EXPECT_EQ(world.count(Kind::content_received), 0u);
  world.expect_all_done();
}

// A pipelined group of three: what becomes of each is caused by the reply to its own RCPT, not by the last one read.
TEST(Recipients, AreGivenUpBecauseOfTheirOwnReply) {
  Pair world(with_user({.local_part = "max", .moved_to = "max@c.test"}));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"nobody@b.test", "max@b.test", "bob@b.test"}));
  world.clock.run();
  const auto bounced = world.of(Kind::copy_bounced);
  ASSERT_THAT(bounced, SizeIs(2));
  for (const StoredEvent& event : bounced) {
    ASSERT_NE(world.event(event.cause), nullptr);
    EXPECT_EQ(world.event(event.cause)->kind, Kind::reply_received);
    EXPECT_EQ(world.event(event.cause)->code, event.code);
  }
  EXPECT_EQ(bounced[0].code, 550);
  EXPECT_EQ(bounced[1].code, 551);
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Recipients, AreTakenInAnyCaseOfTheirDomain) {
  Pair world(mail_host("b", "b.test", {"bob"}));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"bob@B.Test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1)) << "one mailbox, however its domain is written";
  world.expect_all_done();
}

TEST(Recipients, WhoMovedAreRefusedWith551AndTheirNewAddress) {
  Pair world(with_user({.local_part = "max", .moved_to = "max@c.test"}));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"max@b.test"}));
  world.clock.run();
  EXPECT_EQ(world.rcpt_reply().code, 551);
  EXPECT_THAT(world.rcpt_reply().text, HasSubstr("<max@c.test>"));
  ASSERT_THAT(world.mailbox("ann@a.test"), SizeIs(1)) << "inform user if not";
  EXPECT_THAT(world.mailbox("ann@a.test")[0], HasSubstr("max@c.test"));
  world.expect_all_done();
}

TEST(Recipients, WhoMovedAreRedirectedWith251) {
  Pair world(with_user({.local_part = "max", .moved_to = "max@c.test", .moved = scenario::Moved::forward}));
  world.add(mail_host("c", "c.test", {"max"}));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"max@b.test"}));
  world.clock.run();
  EXPECT_EQ(world.rcpt_reply().code, 251);
  EXPECT_THAT(world.mailbox("max@c.test"), SizeIs(1)) << "redirect if possible";
  const auto expanded = world.of(Kind::copy_expanded);
  ASSERT_THAT(expanded, SizeIs(1));
  EXPECT_EQ(expanded[0].text, "user has moved to max@c.test");
  const auto created = world.of(Kind::copy_created);
  ASSERT_THAT(created, SizeIs(4));  // at a, at b, its child at b, at c
  EXPECT_EQ(created[2].parent, created[1].copy);
  EXPECT_EQ(created[2].host, created[1].host);
  EXPECT_NE(created[2].recipient, created[1].recipient);
  EXPECT_EQ(created[3].parent, created[2].copy);
  world.expect_all_done();
}

// The sender's part: 251 is told, 551 is followed where the sender's host does that.
TEST(Recipients, WhoAreForwardedAreToldOfAtTheSender) {
  Pair world(with_user({.local_part = "max", .moved_to = "max@c.test", .moved = scenario::Moved::forward}));
  world.add(mail_host("c", "c.test", {"max"}));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"bob@b.test", "max@b.test"}));
  world.clock.run();
  const auto relayed = world.of(Kind::copy_relayed);
  ASSERT_THAT(relayed, SizeIs(3));
  EXPECT_EQ(relayed[0].detail, "") << "bob has not moved";
  EXPECT_EQ(relayed[1].detail,
            R"({"forwarded":["251 2.1.5 User not local; will forward to <max@c.test>"]})");
  world.expect_all_done();
}

scenario::Host following(scenario::Host host) {
  host.smtp.follow_moved = true;
  return host;
}

TEST(Recipients, WhoMovedAreFollowedToTheirNewAddressByASenderThatDoes) {
  MailWorld world;
  auto& b = world.add(with_user({.local_part = "max", .moved_to = "max@c.test"}));
  world.add(mail_host("c", "c.test", {"max"}));
  auto& a = world.add(following(mail_host("a", "a.test", {"ann"})));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"max@b.test", "bob@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("max@c.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_bounced), IsEmpty());
  const auto expanded = world.of(Kind::copy_expanded);
  ASSERT_THAT(expanded, SizeIs(1));
  EXPECT_EQ(expanded[0].host, a.host->id());
  EXPECT_EQ(expanded[0].code, 551);
  EXPECT_EQ(expanded[0].text, "user has moved to max@c.test");
  ASSERT_NE(world.event(expanded[0].cause), nullptr);
  EXPECT_EQ(world.event(expanded[0].cause)->kind, Kind::reply_received);
  EXPECT_EQ(world.event(expanded[0].cause)->code, 551);
  EXPECT_EQ(b.queued(), 0);
  world.expect_all_done();
}

TEST(Recipients, WhoMovedToOneMailboxAreFollowedThereOnce) {
  for (const bool has_slow_disk : {false, true}) {
    MailWorld world;
    scenario::Host moved = mail_host("b", "b.test");
    for (const char* name : {"max", "moritz"}) moved.users.push_back({.local_part = name, .moved_to = "both@c.test"});
    auto& b = world.add(moved);
    world.add(mail_host("c", "c.test", {"both"}));
    scenario::Host sender = following(mail_host("a", "a.test", {"ann"}));
    if (has_slow_disk) sender.disk_write_ns = sender.disk_sync_ns = kSecond / 100;
    auto& a = world.add(sender);
    ASSERT_TRUE(world.send(a, "ann@a.test", {"max@b.test", "moritz@b.test"}));
    world.clock.run();
    EXPECT_THAT(world.mailbox("both@c.test"), SizeIs(1));
    ASSERT_THAT(world.of(Kind::copy_discarded), SizeIs(1));
    EXPECT_EQ(world.of(Kind::copy_discarded)[0].text, "one copy each: both@c.test has one already");
    EXPECT_EQ(world.of(Kind::copy_discarded)[0].code, 551);
    EXPECT_THAT(world.of(Kind::copy_bounced), IsEmpty());
    EXPECT_EQ(b.queued(), 0);
    world.expect_all_done();
  }
}

TEST(Recipients, WhoMovedToOneWhoIsAlsoARecipientAreNotFollowed) {
  MailWorld world;
  world.add(with_user({.local_part = "max", .moved_to = "both@c.test"}));
  world.add(mail_host("c", "c.test", {"both"}));
  auto& a = world.add(following(mail_host("a", "a.test", {"ann"})));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"max@b.test", "both@c.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("both@c.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Recipients, WhoMovedOnceMoreAreNotFollowedAgain) {
  MailWorld world;
  world.add(with_user({.local_part = "max", .moved_to = "max@c.test"}));
  scenario::Host c = mail_host("c", "c.test");
  c.users.push_back({.local_part = "max", .moved_to = "max@b.test"});
  world.add(c);
  auto& a = world.add(following(mail_host("a", "a.test", {"ann"})));
  ASSERT_TRUE(world.send(a, "ann@a.test", {"max@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_expanded), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].code, 551);
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Recipients, WhoMovedWithoutSayingWhereAreGivenUp) {
  for (const std::string answer : {"551 5.1.6 User not local", "551 5.1.6 Try <>", "551 5.1.6 Try <max", "551 Try <max@>"}) {
    MailWorld world;
    FakeHost host(world.fabric, {40}, "b", 1000);
    const ScriptedReceiver peer(host, [&](const std::string& line) {
      return line.starts_with("RCPT") ? answer : ScriptedReceiver::agree(line);
    });
    world.directory.add_host("b", {static_cast<net::Host&>(host).network().address(), 25});
    world.directory.add_domain("b.test", "b");
    auto& a = world.add(following(mail_host("a", "a.test", {"ann"})));
    ASSERT_TRUE(world.send(a, "ann@a.test", {"max@b.test"}));
    world.clock.run();
    EXPECT_THAT(world.of(Kind::copy_expanded), IsEmpty()) << answer;
    EXPECT_THAT(world.of(Kind::copy_bounced), SizeIs(1)) << answer;
  }
}

TEST(Recipients, WhoMovedTwiceAreFollowedAndThoseInACircleRefused) {
  scenario::Host host =
      with_user({.local_part = "max", .moved_to = "moe@b.test", .moved = scenario::Moved::forward});
  host.users.push_back({.local_part = "moe", .moved_to = "bob@b.test", .moved = scenario::Moved::forward});
  host.users.push_back({.local_part = "tick", .moved_to = "tock@b.test", .moved = scenario::Moved::forward});
  host.users.push_back({.local_part = "tock", .moved_to = "tick@b.test", .moved = scenario::Moved::forward});
  Pair world(host);
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"max@b.test"}));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"tick@b.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("moe@b.test"), IsEmpty());
  EXPECT_THAT(world.mailbox("tick@b.test"), IsEmpty());
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].code, 554);
  EXPECT_THAT(world.of(Kind::copy_bounced)[0].text, HasSubstr("5.4.6"));
  world.expect_all_done();
}

TEST(Recipients, OverQuotaAreRefusedByDeclaredSizeAndByTheText) {
  // SIZE tells in time.
  Pair declared(with_user({.local_part = "small", .quota_bytes = 1000}));
  ASSERT_TRUE(declared.send(declared.a, "ann@a.test", {"small@b.test"}, {.size_bytes = 2000}));
  declared.clock.run();
  EXPECT_EQ(declared.rcpt_reply().code, 552);
  EXPECT_THAT(declared.rcpt_reply().text, HasSubstr("5.2.2"));
  EXPECT_EQ(declared.count(Kind::content_received), 0u);
  EXPECT_THAT(declared.of(Kind::copy_bounced), SizeIs(1)) << "5.2.2 says that it is the mailbox: for good";
  declared.expect_all_done();
  // An RFC 821 host learns of it at delivery, after it took the message: it must tell the originator itself.
  Pair late(with_user({.local_part = "small", .quota_bytes = 1000}, false));
  ASSERT_TRUE(late.send(late.a, "ann@a.test", {"small@b.test"}, {.size_bytes = 2000}));
  late.clock.run();
  EXPECT_EQ(late.rcpt_reply().code, 250);
  ASSERT_THAT(late.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(late.of(Kind::copy_bounced)[0].host, late.b.host->id());
  EXPECT_EQ(late.of(Kind::copy_bounced)[0].code, 552);
  EXPECT_THAT(late.mailbox("ann@a.test"), SizeIs(1));
  late.expect_all_done();
}

TEST(Recipients, PostmasterIsKnownEverywhereInAnyCaseAndWithoutADomain) {
  Pair world(mail_host("b", "b.test"));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"PostMaster@b.test"}));
  FakeHost client(world.fabric, {50}, "client", 1000);
  RawClient raw(client, {world.b.address(), 25});
  world.clock.run_until(kSecond);
  raw.say("HELO c.test\r\nMAIL FROM:<x@c.test>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n");
  world.clock.run_until(2 * kSecond);
  raw.say("Hello\r\n.\r\nQUIT\r\n");
  world.clock.run_until(3 * kSecond);
  raw.finish();
  world.clock.run();
  EXPECT_THAT(world.mailbox("postmaster@b.test"), SizeIs(2));
  world.expect_all_done();
}

// RFC 5321 §4.5.1: also at a host that has no domain, and by its own name.
TEST(Recipients, PostmasterIsThereAtARelayWithoutADomain) {
  MailWorld world;
  scenario::Host config = mail_host("r", "");
  config.domains.clear();
  config.hostname = "relay.test";
  auto& relay = world.add(config);
  FakeHost client(world.fabric, {50}, "client", 1000);
  RawClient raw(client, {relay.address(), 25});
  world.clock.run_until(kSecond);
  raw.say("EHLO c.test\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nRCPT TO:<nobody@relay.test>\r\nDATA\r\n");
  world.clock.run_until(2 * kSecond);
  raw.say("Hello\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<postmaster@RELAY.test>\r\nDATA\r\n");
  world.clock.run_until(3 * kSecond);
  raw.say("Hello\r\n.\r\nQUIT\r\n");
  world.clock.run_until(4 * kSecond);
  raw.finish();
  world.clock.run();
  EXPECT_THAT(raw.heard, HasSubstr("\r\n550 5.1.1 ")) << "nobody";
  EXPECT_THAT(world.mailbox("postmaster@relay.test"), SizeIs(2));
  EXPECT_THAT(world.of(Kind::copy_bounced), IsEmpty());
  world.expect_all_done();
}

TEST(Recipients, ElsewhereAreRelayedOnlyForWhoMay) {
  MailWorld world;
  world.add(mail_host("c", "c.test", {"cid"}));
  auto& relay = world.add(mail_host("b", "b.test"));
  scenario::Host sender = mail_host("a", "a.test", {"ann"});
  sender.forward["*"] = "b";
  auto& a = world.add(sender);
  ASSERT_TRUE(world.send(a, "ann@a.test", {"cid@c.test"}));
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_bounced)[0].text, HasSubstr("5.7.1 Relaying denied: mail for "));
  ASSERT_THAT(world.mailbox("cid@c.test"), IsEmpty());
  world.permit(relay, a);
  ASSERT_TRUE(world.send(a, "ann@a.test", {"cid@c.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Recipients, BehindASourceRouteGoFromRelayToRelay) {
  MailWorld world;
  world.add(as_rfc821(mail_host("c", "c.test", {"cid", "cy"})));
  auto& r2 = world.add(as_rfc821(mail_host("r2", "r2.test")));
  auto& r1 = world.add(as_rfc821(mail_host("r1", "r1.test")));
  auto& a = world.add(as_rfc821(mail_host("a", "a.test", {"ann"})));
  world.permit(r1, a);
  world.permit(r2, r1);
  const std::string route = "@r1.test,@r2.test:";
  ASSERT_TRUE(world.send(a, "ann@a.test", {route + "cid@c.test", route + "cy@c.test"}));
  world.clock.run();
  std::vector<std::string> envelope;
  for (const std::int64_t connection : {1, 2, 3}) {
    for (const std::string& line : world.dialogue(connection)) {
      if (line.starts_with("C: MAIL") || (line.starts_with("C: RCPT") && line.ends_with("cid@c.test>"))) {
        envelope.push_back(line.substr(3));
      }
    }
  }
  EXPECT_THAT(envelope, ElementsAre("MAIL FROM:<ann@a.test>", "RCPT TO:<@r1.test,@r2.test:cid@c.test>",
                                    "MAIL FROM:<@r1.test:ann@a.test>", "RCPT TO:<@r2.test:cid@c.test>",
                                    "MAIL FROM:<@r2.test,@r1.test:ann@a.test>", "RCPT TO:<cid@c.test>"));
  ASSERT_THAT(world.mailbox("cid@c.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("cid@c.test")[0], HasSubstr("Return-Path: <@r2.test,@r1.test:ann@a.test>"));
  world.expect_all_done();
}

TEST(Recipients, FailingBehindASourceRouteSendTheirNotificationBackAlongIt) {
  MailWorld world;
  world.add(as_rfc821(mail_host("c", "c.test", {"cid"})));
  auto& r1 = world.add(as_rfc821(mail_host("r1", "r1.test")));
  auto& a = world.add(as_rfc821(mail_host("a", "a.test", {"ann"})));
  world.permit(r1, a);
  ASSERT_TRUE(world.send(a, "ann@a.test", {"@r1.test:nobody@c.test"}));
  world.clock.run();
  const auto bounced = world.of(Kind::copy_bounced);
  ASSERT_THAT(bounced, SizeIs(1));
  EXPECT_EQ(bounced[0].host, r1.host->id()) << "who was refused tells the originator";
  EXPECT_THAT(world.mailbox("ann@a.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Recipients, InAForwardingLoopAreBouncedAtTheHopLimit) {
  MailWorld world;
  world.add(mail_host("home", "home.test", {"ann"}));
  scenario::Host x = mail_host("x", "x.test");
  scenario::Host y = mail_host("y", "y.test");
  x.forward["loop.test"] = "y";
  y.forward["loop.test"] = "x";
  auto& first = world.add(x);
  auto& second = world.add(y);
  world.permit(first, second);
  world.permit(second, first);
  ASSERT_TRUE(world.send(first, "ann@home.test", {"bob@loop.test"}));
  world.clock.run();
  EXPECT_EQ(world.count(Kind::copy_relayed), 102u) << "101 hops of the message, and one of its notification";
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_bounced)[0].text, "5.4.6 Too many hops");
  EXPECT_THAT(world.mailbox("ann@home.test"), SizeIs(1));
  world.expect_all_done();
}

TEST(Recipients, OfTextWithBit8AtAnRfc821HostGetItCleared) {
  scenario::Host old = as_rfc821(mail_host("b", "b.test", {"bob"}));
  Pair world(old);
  world.a.config.smtp.extended = false;
  const Letter letter{.eml = "From: ann@a.test\nTo: bob@b.test\n\ncaf\xC3\xA9\n"};
  // The sender's options are read when a connection is opened.
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"bob@b.test"}, letter));
  world.clock.run();
  ASSERT_THAT(world.mailbox("bob@b.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@b.test")[0], HasSubstr("cafC)"));
  const auto created = world.of(Kind::copy_created);
  EXPECT_EQ(created[1].message, created[0].message) << "the same message, though its octets changed";
  EXPECT_THAT(world.sink.contents, SizeIs(2));
  world.expect_all_done();
}

TEST(Recipients, OfAClientFromOutsideAreNewMessages) {
  Pair world(mail_host("b", "b.test", {"bob"}));
  FakeHost client(world.fabric, {50}, "client", 1000);
  RawClient raw(client, {world.b.address(), 25});
  world.clock.run_until(kSecond);
  // Two messages in one breath: a rude client, and still each gets its reply and its delivery.
  std::string all = "HELO c.test\r\n";
  for (const std::string text : {"one", "two"}) {
    all += "MAIL FROM:<x@c.test>\r\nRCPT TO:<bob@b.test>\r\nDATA\r\n" + text + "\r\n.\r\n";
  }
  raw.say(all + "VRFY bob\r\nVRFY nobody\r\nEXPN list\r\nQUIT\r\n");
  world.clock.run_until(2 * kSecond);
  raw.finish();
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@b.test"), SizeIs(2));
  EXPECT_THAT(raw.heard, HasSubstr("\r\n550 Requested action not taken: mailbox unavailable\r\n502 "));
  EXPECT_TRUE(raw.ended);
  EXPECT_EQ(world.clock.pending(), 0u);
  world.expect_all_done();
}

TEST(Recipients, OfAClientThatVanishesGetNothingAndItsSessionGoes) {
  Pair world(mail_host("b", "b.test", {"bob"}));
  FakeHost client(world.fabric, {50}, "client", 1000);
  for (const std::string step :
       {"", "HELO c.test\r\n", "HELO c.test\r\nMAIL FROM:<x@c.test>\r\nRCPT TO:<bob@b.test>\r\n",
        "HELO c.test\r\nMAIL FROM:<x@c.test>\r\nRCPT TO:<bob@b.test>\r\nDATA\r\nhalf"}) {
    for (const bool politely : {true, false}) {
      RawClient raw(client, {world.b.address(), 25});
      world.clock.run_until(world.clock.now_ns() + kSecond);
      if (!step.empty()) raw.say(step);
      world.clock.run_until(world.clock.now_ns() + kSecond);
      politely ? raw.finish() : raw.abort();
      world.clock.run();
      EXPECT_TRUE(raw.ended || !politely);
    }
  }
  EXPECT_THAT(world.of(Kind::copy_created), IsEmpty());
  EXPECT_THAT(world.of(Kind::session_closed), SizeIs(8));
  world.expect_all_done();
}

TEST(Recipients, OfAClientThatFallsAsleepAreTimedOut) {
  Pair world(mail_host("b", "b.test", {"bob"}));
  FakeHost client(world.fabric, {50}, "client", 1000);
  RawClient raw(client, {world.b.address(), 25});
  world.clock.run_until(kSecond);
  raw.say("HELO c.test\r\n");
  world.clock.run();
  EXPECT_THAT(raw.heard, HasSubstr("\r\n421 "));
  EXPECT_TRUE(raw.peer_finished);
  EXPECT_TRUE(raw.ended) << "who does not close after 421 is cut off";
  EXPECT_THAT(world.of(Kind::timer_expired), SizeIs(1));
}

}  // namespace
}  // namespace mailroom::test
