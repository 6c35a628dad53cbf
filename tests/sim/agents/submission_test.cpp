// SPDX-License-Identifier: GPL-2.0-only
// AUTH and the port for submission: whoever proves who they are may send anywhere.
#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::HasSubstr;

scenario::Host server() {
  scenario::Host host = mail_host("b", "b.test", {"bob"});
  host.users[0].password = "secret";
  host.submission_port = 587;
  return host;
}

scenario::Host laptop(const std::string& password) {
  scenario::Host host = mail_host("pc", "", {});
  host.receiver = false;
  host.submit_to = "b";
  host.submit_as = scenario::Host::Submission{"bob", password, 587};
  host.retry.intervals_ns = {10 * kMinute};
  return host;
}

struct Office : MailWorld {
  Site& far = add(mail_host("far", "far.test", {"ann"}));
  Site& b = add(server());
};

TEST(Submission, AUserWithAPasswordSendsAnywhere) {
  Office world;
  auto& pc = world.add(laptop("secret"));
  ASSERT_TRUE(world.send(pc, "bob@b.test", {"ann@far.test"}));
  world.clock.run();
  const auto found = world.mailbox("ann@far.test");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], HasSubstr("with ESMTPA"));
  EXPECT_THAT(world.dialogue(1), testing::Contains("C: AUTH CRAM-MD5"));
  EXPECT_EQ(world.of(Kind::policy_decided).at(0).text, "AUTH CRAM-MD5: bob is believed");
  world.expect_all_done();
}

TEST(Submission, AWrongPasswordBringsTheMailBack) {
  Office world;
  auto& pc = world.add(laptop("guess"));
  ASSERT_TRUE(world.send(pc, "bob@b.test", {"ann@far.test"}));
  world.clock.run_until(5 * kMinute);
  EXPECT_TRUE(world.mailbox("ann@far.test").empty());
  EXPECT_EQ(world.of(Kind::policy_decided).at(0).text,
            "AUTH CRAM-MD5: bob is refused, for the password is wrong");
  EXPECT_EQ(world.count(Kind::copy_bounced), 1U) << "535 is for good";
}

TEST(Submission, AnUnknownUserIsNotBelievedWhateverThePassword) {
  Office world;
  scenario::Host stranger = laptop("secret");
  stranger.submit_as->user = "nobody";
  auto& pc = world.add(stranger);
  ASSERT_TRUE(world.send(pc, "bob@b.test", {"ann@far.test"}));
  world.clock.run_until(5 * kMinute);
  EXPECT_TRUE(world.mailbox("ann@far.test").empty());
  EXPECT_EQ(world.of(Kind::policy_decided).at(0).text,
            "AUTH CRAM-MD5: nobody is refused, for no such user has a password");
  EXPECT_EQ(world.count(Kind::copy_bounced), 1U);
}

TEST(Submission, AUserMayBeNamedWithTheDomainButWithNoOther) {
  for (const auto& [name, is_believed] : {std::pair("bob@b.test", true), std::pair("bob@far.test", false)}) {
    Office world;
    scenario::Host host = laptop("secret");
    host.submit_as->user = name;
    auto& pc = world.add(host);
    ASSERT_TRUE(world.send(pc, "bob@b.test", {"ann@far.test"}));
    world.clock.run_until(5 * kMinute);
    EXPECT_EQ(world.mailbox("ann@far.test").size(), is_believed ? 1U : 0U) << name;
  }
}

TEST(Submission, WithoutAuthNothingIsTakenThere) {
  Office world;
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient client(outside, {world.b.address(), 587});
  world.clock.run_until(kSecond);
  client.say(
      "EHLO x\r\nMAIL FROM:<bob@b.test>\r\nAUTH PLAIN AGJvYgBzZWNyZXQ=\r\nMAIL FROM:<bob@b.test>\r\n"
      "RCPT TO:<ann@far.test>\r\nQUIT\r\n");
  world.clock.run_until(2 * kSecond);
  EXPECT_THAT(client.heard, HasSubstr("AUTH CRAM-MD5 PLAIN LOGIN\r\n"));
  EXPECT_THAT(client.heard, HasSubstr("530 5.7.0 Authentication required\r\n235 2.7.0"));
  EXPECT_THAT(client.heard, HasSubstr("250 2.1.0 OK\r\n250 2.1.5 OK\r\n221"));
  client.finish();
  RawClient stranger(outside, {world.b.address(), 25});
  world.clock.run_until(3 * kSecond);
  stranger.say("EHLO x\r\nMAIL FROM:<bob@b.test>\r\nRCPT TO:<ann@far.test>\r\nQUIT\r\n");
  world.clock.run_until(4 * kSecond);
  EXPECT_THAT(stranger.heard, HasSubstr("550 5.7.1"));
  stranger.finish();
}

TEST(Submission, ChallengesAreNeverTheSame) {
  Office world;
  FakeHost outside(world.fabric, {9}, "outside", 1'000'000);
  RawClient client(outside, {world.b.address(), 25});
  world.clock.run_until(kSecond);
  client.say("EHLO x\r\nAUTH CRAM-MD5\r\n*\r\nAUTH CRAM-MD5\r\n*\r\n");
  world.clock.run_until(2 * kSecond);
  const std::size_t one = client.heard.find("334 ");
  const std::size_t two = client.heard.find("334 ", one + 1);
  ASSERT_NE(two, std::string::npos);
  EXPECT_NE(client.heard.substr(one, 60), client.heard.substr(two, 60));
  client.abort();
}

TEST(Submission, ASenderMayUseChunks) {
  Sending world;
  scenario::Host config = mail_host("c", "c.test", {"eve"});
  config.smtp.receiving.chunks_sent = true;
  auto& c = world.add(config);
  ASSERT_TRUE(world.MailWorld::send(c, "eve@c.test", {"bob@b.test"}, {.text = ".dots\r\n..\r\n"}));
  world.clock.run();
  const auto found = world.mailbox("bob@b.test");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], HasSubstr("\r\n.dots\r\n..\r\n"));
  bool used = false;
  for (const std::string& line : world.dialogue(1)) used = used || line.starts_with("C: BDAT ");
  EXPECT_TRUE(used);
  world.expect_all_done();
}

}  // namespace
}  // namespace mailroom::test
