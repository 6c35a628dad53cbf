// SPDX-License-Identifier: GPL-2.0-only
// SMTPUTF8 (RFC 6531): addresses and headers beyond US-ASCII, through the queues of several hosts.
#include "protocols/dsn/parse_report.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/utf8.hpp"
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kYong = "用户";

// ann's and josé's host hands everything to a relay, which hands it to the host of 用户.
struct Abroad : MailWorld {
  explicit Abroad(scenario::Host last = mail_host("c", "c.test", {std::string(kYong), "bob"}))
      : c(add(std::move(last))), b(add(mail_host("b", "b.test"))) {
    permit(b, a);
  }
  std::vector<dsn::ParsedReport> reports(const std::string& mailbox) const {
    std::vector<dsn::ParsedReport> found;
    for (const std::string& octets : this->mailbox(mailbox)) found.push_back(dsn::parse_report(octets).value());
    return found;
  }
  Site& c;
  Site& b;
  Site& a = add([] {
    scenario::Host host = mail_host("a", "a.test", {"ann", "josé"});
    host.forward["*"] = "b";
    return host;
  }());
};

scenario::Host without_utf8() {
  scenario::Host host = mail_host("c", "c.test", {std::string(kYong), "bob"});
  host.smtp.receiving.smtputf8 = false;
  return host;
}

const std::string kPlain = "From: ann@a.test\nTo: undisclosed:;\nSubject: plain\n\nAll of it in US-ASCII.\n";

TEST(InternationalMail, IsNotMadeOfPlainMailByTheNameOfItsTrafficEntry) {
  for (const std::string& name : {std::string("Übung <1>"), std::string(50, '.'), std::string(2000, 'x')}) {
    Abroad world(without_utf8());
    scenario::Traffic traffic;
    traffic.name = name;
    traffic.subject = "plain";
    traffic.text = "Hello.\r\n";
    ASSERT_TRUE(world.a.user_agent->send(traffic, "ann@a.test", {"bob@c.test"}));
    world.clock.run();
    const auto found = world.mailbox("bob@c.test");
    ASSERT_THAT(found, SizeIs(1)) << name;
    EXPECT_TRUE(message::is_ascii(found[0])) << found[0];
    const StoredEvent composed = world.of(Kind::message_composed).at(0);
    EXPECT_TRUE(message::parse_message_id(composed.text)) << composed.text;
    EXPECT_LT(composed.text.size(), 200u);
    world.expect_all_done();
  }
}

TEST(InternationalMail, TravelsWithItsAddressesAsTheyAre) {
  Abroad world;
  ASSERT_THAT(world.mailbox("用户@c.test"), IsEmpty());
  ASSERT_TRUE(world.send(world.a, "josé@a.test", {"用户@c.test"}));
  world.clock.run();
  for (const int connection : {1, 2}) {
    EXPECT_THAT(world.dialogue(connection), Contains(testing::ContainsRegex("C: MAIL FROM:<josé@a.test> .*SMTPUTF8")));
    EXPECT_THAT(world.dialogue(connection), Contains("C: RCPT TO:<用户@c.test>"));
  }
  const auto found = world.mailbox("用户@c.test");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0], HasSubstr("Return-Path: <josé@a.test>\r\n"));
  EXPECT_THAT(found[0], HasSubstr("with UTF8SMTP"));
  EXPECT_THAT(found[0], HasSubstr("for <用户@c.test>"));
  EXPECT_THAT(found[0], HasSubstr("To: 用户@c.test\r\n"));
  world.expect_all_done();
}

TEST(InternationalMail, SaysNothingOfItWhereNothingNeedsIt) {
  Abroad world;
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"bob@c.test"}, {.text = "Grüße\r\n"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@c.test"), SizeIs(1)) << "eight bits in the body are 8BITMIME's";
  EXPECT_THAT(world.dialogue(1), Not(Contains(testing::ContainsRegex("C: MAIL.*SMTPUTF8"))));
  world.expect_all_done();
}

TEST(InternationalMail, ComesBackFromAHostThatDoesNotTakeIt) {
  Abroad world(without_utf8());
  ASSERT_TRUE(world.send(world.a, "josé@a.test", {"用户@c.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("用户@c.test"), IsEmpty());
  const auto bounced = world.of(Kind::copy_bounced);
  ASSERT_THAT(bounced, SizeIs(1));
  EXPECT_THAT(bounced[0].text, HasSubstr("5.6.7 the receiver does not take"));
  const auto octets = world.mailbox("josé@a.test");
  ASSERT_THAT(octets, SizeIs(1));
  EXPECT_THAT(octets[0], HasSubstr("To: <josé@a.test>\r\n"));
  EXPECT_THAT(octets[0], HasSubstr("<用户@c.test>: not delivered")) << "for people as it is";
  EXPECT_THAT(octets[0], HasSubstr("Content-Type: text/plain; charset=utf-8"));
  EXPECT_THAT(octets[0], HasSubstr("Final-Recipient: utf-8; \\x{7528}\\x{6237}@c.test\r\n"))
      << "for programs in US-ASCII";
  EXPECT_THAT(octets[0], HasSubstr("Content-Type: message/global-headers"));
  const auto reports = world.reports("josé@a.test");
  EXPECT_EQ(reports[0].report.recipients.at(0).status, (dsn::Status{5, 6, 7}));
  EXPECT_EQ(reports[0].report.recipients.at(0).final_recipient, (dsn::Typed{"utf-8", "用户@c.test"}));
  EXPECT_THAT(reports[0].returned, HasSubstr("To: 用户@c.test"));
  world.expect_all_done();
}

TEST(InternationalMail, IsRefusedForThoseRecipientsOnlyWhoseAddressesNeedIt) {
  Abroad world(without_utf8());
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"用户@c.test", "bob@c.test"}, {.eml = kPlain}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@c.test"), SizeIs(1));
  const auto reports = world.reports("ann@a.test");
  ASSERT_THAT(reports, SizeIs(1));
  ASSERT_THAT(reports[0].report.recipients, SizeIs(1));
  EXPECT_EQ(reports[0].report.recipients[0].final_recipient.value, "用户@c.test");
  world.expect_all_done();
}

TEST(InternationalMail, IsRefusedForItsHeaderToo) {
  Abroad world(without_utf8());
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"bob@c.test"},
                         {.eml = "From: ann@a.test\nTo: bob@c.test\nSubject: Grüße\n\nHello.\n"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@c.test"), IsEmpty());
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_bounced)[0].text, HasSubstr("5.6.7"));
  world.expect_all_done();
}

TEST(InternationalMail, OfAnotherCharacterSetGoesAsItAlwaysDid) {
  Abroad world(without_utf8());
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"bob@c.test"},
                         {.eml = "From: ann@a.test\nTo: bob@c.test\nSubject: Gr\xfc\xdf\x65\n\nHello.\n"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@c.test"), SizeIs(1));
  world.expect_all_done();
}

// MAIL may say SMTPUTF8 of a message that does not need it: that goes on to hosts without it.
TEST(InternationalMail, ThatIsNoneGoesToAnyHost) {
  Abroad world(without_utf8());
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  world.b.mta->relay().add_client(static_cast<net::Host&>(outside).network().address());
  RawClient client(outside, {world.b.address(), 25});
  world.clock.run_until(kSecond);
  client.say(
      "EHLO x\r\nMAIL FROM:<ann@a.test> SMTPUTF8\r\nRCPT TO:<bob@c.test>\r\nDATA\r\nSubject: x\r\n\r\nHello.\r\n.\r\n"
      "QUIT\r\n");
  world.clock.run_until(2 * kSecond);
  client.finish();
  world.clock.run();
  EXPECT_THAT(client.heard, HasSubstr("250-SMTPUTF8\r\n"));
  const auto found = world.mailbox("bob@c.test");
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0], HasSubstr("with UTF8SMTP")) << "as it came";
  EXPECT_THAT(found[0], HasSubstr("with ESMTP ")) << "and as it went on";
}

TEST(InternationalMail, GoesThroughAliasesAndLists) {
  scenario::Host host = mail_host("c", "c.test", {std::string(kYong), "bob"});
  host.aliases.push_back({"информация", {"用户@c.test", "bob@c.test"}});
  host.lists.push_back({"команда", {"информация@c.test"}, "bob@c.test"});
  Abroad world(host);
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"команда@c.test"}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("用户@c.test"), SizeIs(1));
  ASSERT_THAT(world.mailbox("bob@c.test"), SizeIs(1));
  EXPECT_THAT(world.mailbox("bob@c.test")[0], HasSubstr("Delivered-To: команда@c.test"));
  world.expect_all_done();
}

// RFC 6531 §3.7.4.2: who has not declared SMTPUTF8 gets no reply that has characters beyond US-ASCII.
TEST(InternationalMail, IsNotSpokenToWhoDidNotDeclareIt) {
  scenario::Host host = mail_host("c", "c.test", {"bob"});
  host.users[0].moved_to = "用户@far.test";
  Abroad world(host);
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient client(outside, {world.c.address(), 25});
  world.clock.run_until(kSecond);
  client.say(
      "EHLO x\r\nMAIL FROM:<ann@a.test>\r\nRCPT TO:<bob@c.test>\r\nRSET\r\nMAIL FROM:<ann@a.test> SMTPUTF8\r\n"
      "RCPT TO:<bob@c.test>\r\nQUIT\r\n");
  world.clock.run_until(2 * kSecond);
  const std::size_t first = client.heard.find("551 5.1.6");
  const std::size_t second = client.heard.find("551 5.1.6", first + 1);
  ASSERT_NE(second, std::string::npos) << client.heard;
  EXPECT_THAT(client.heard.substr(first, client.heard.find("\r\n", first) - first), Not(HasSubstr("用户")));
  EXPECT_THAT(client.heard.substr(second), HasSubstr("please try <用户@far.test>"));
  client.finish();
}

TEST(InternationalMail, FollowsWhoHasMovedToSuchAnAddress) {
  scenario::Host host = mail_host("c", "c.test", {"bob"});
  host.users[0].moved_to = "用户@b.test";
  Abroad world(host);
  scenario::Host follower = mail_host("f", "f.test", {"josé"});
  follower.smtp.follow_moved = true;
  auto& f = world.add(follower);
  ASSERT_TRUE(world.send(f, "josé@f.test", {"bob@c.test"}));
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_expanded), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_expanded)[0].text, "user has moved to 用户@b.test");
  world.expect_all_done();
}

TEST(InternationalMail, IsNothingForHostsOfRfc821) {
  Abroad world(as_rfc821(mail_host("c", "c.test", {std::string(kYong), "bob"})));
  ASSERT_TRUE(world.send(world.a, "ann@a.test", {"用户@c.test", "bob@c.test"}, {.eml = kPlain}));
  world.clock.run();
  EXPECT_THAT(world.mailbox("bob@c.test"), SizeIs(1));
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_THAT(world.of(Kind::copy_bounced)[0].text, HasSubstr("5.6.7"));
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
