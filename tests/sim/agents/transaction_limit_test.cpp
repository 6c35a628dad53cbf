// SPDX-License-Identifier: GPL-2.0-only
// More recipients than a receiver takes in one transaction: the others go in further ones of the same session, and
// nobody waits for a retry (RFC 5321 §4.5.3.1.10, RFC 9422).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::SizeIs;

std::vector<std::string> users(int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back("u" + std::to_string(i));
  return names;
}
std::vector<std::string> at_b(const std::vector<std::string>& names) {
  std::vector<std::string> addresses;
  for (const std::string& name : names) addresses.push_back(name + "@b.test");
  return addresses;
}
scenario::Host limited(int recipients, bool says_so, int count = 22) {
  scenario::Host host = mail_host("b", "b.test", users(count));
  host.smtp.recipient_limit = recipients;
  host.smtp.receiving.limits = says_so;
  return host;
}

// Of b's recipients, one transaction after the other.
std::vector<std::int64_t> accepted(const MailWorld& world) {
  std::vector<std::int64_t> counts;
  for (const StoredEvent& ended : world.of(Kind::attempt_ended)) counts.push_back(ended.value.value_or(-1));
  return counts;
}

TEST(TransactionLimit, ThatIsAnnouncedCostsNoRetry) {
  Sending world(limited(10, true));
  ASSERT_TRUE(world.send(at_b(users(22))));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_deferred), IsEmpty());
  EXPECT_THAT(world.of(Kind::copy_delivered), SizeIs(22));
  EXPECT_THAT(world.times(Kind::copy_delivered), Each(Lt(kMinute)));
  EXPECT_THAT(accepted(world), ElementsAre(10, 10, 2));
  EXPECT_THAT(world.of(Kind::attempt_ended)[0].text, HasSubstr("12 more, too many for one transaction"));
  EXPECT_EQ(world.count(Kind::connection_opened), 1u) << "in the same session";
  EXPECT_THAT(world.dialogue(), testing::Not(Contains(HasSubstr("S: 452")))) << "nobody was offered in vain";
  world.expect_all_done();
}

TEST(TransactionLimit, ThatIsFoundOutByA452CostsNoRetryEither) {
  for (const bool pipelining : {true, false}) {
    Sending world(limited(10, false));
    world.a.config.smtp.pipelining = pipelining;
    ASSERT_TRUE(world.send(at_b(users(22))));
    world.clock.run();
    EXPECT_THAT(world.of(Kind::copy_deferred), IsEmpty());
    EXPECT_THAT(world.of(Kind::copy_delivered), SizeIs(22));
    EXPECT_THAT(accepted(world), ElementsAre(10, 10, 2));
    EXPECT_EQ(world.count(Kind::connection_opened), 1u);
    const auto began = world.of(Kind::attempt_began);
    ASSERT_THAT(began, SizeIs(3));
    ASSERT_NE(world.event(began[1].cause), nullptr);
    EXPECT_EQ(world.event(began[1].cause)->kind, Kind::reply_received);
    EXPECT_EQ(world.event(began[1].cause)->code, 452);
    world.expect_all_done();
  }
}

TEST(TransactionLimit, OfOneMessageASessionTakesTheRestOverFurtherConnections) {
  Sending world(limited(10, false));
  world.a.config.smtp.messages_per_connection = 1;
  world.a.config.smtp.connections_per_destination = 1;
  ASSERT_TRUE(world.send(at_b(users(22))));
  world.clock.run();
  EXPECT_THAT(world.of(Kind::copy_deferred), IsEmpty());
  EXPECT_THAT(accepted(world), ElementsAre(10, 10, 2));
  EXPECT_EQ(world.count(Kind::connection_opened), 3u);
  world.expect_all_done();
}

TEST(TransactionLimit, WithoutProgressIsADeferral) {
  // Everyone is too many.
  Scripted nobody(instead_of("RCPT", "452 4.5.3 too many recipients"));
  ASSERT_TRUE(nobody.send());
  nobody.clock.run_until(kMinute);
  EXPECT_EQ(nobody.count(Kind::attempt_began), 1u);
  ASSERT_THAT(nobody.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(nobody.of(Kind::copy_deferred)[0].code, 452);
  // Somebody is not, but nobody gets the text.
  Scripted refused([](const std::string& line) -> std::string {
    if (line == "RCPT TO:<carol@b.test>") return "452 4.5.3 too many recipients";
    return line == "." ? "451 4.3.0 not now" : ScriptedReceiver::agree(line);
  });
  ASSERT_TRUE(refused.send({"bob@b.test", "carol@b.test"}));
  refused.clock.run_until(kMinute);
  EXPECT_EQ(refused.count(Kind::attempt_began), 1u);
  EXPECT_THAT(refused.of(Kind::copy_deferred), SizeIs(2));
}

TEST(TransactionLimit, IsNotMeantByA452AboutTheMailbox) {
  Scripted world(instead_of("RCPT TO:<carol", "452 4.2.2 mailbox full"));
  ASSERT_TRUE(world.send({"bob@b.test", "carol@b.test"}));
  world.clock.run_until(kMinute);
  EXPECT_EQ(world.count(Kind::attempt_began), 1u);
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  EXPECT_EQ(world.of(Kind::copy_deferred)[0].code, 452);
  EXPECT_EQ(world.of(Kind::attempt_ended)[0].text, "confirmed");
}

TEST(TransactionLimit, OfASessionThatIsAnnouncedCostsNoRetry) {
  Scripted world([](const std::string& line) -> std::string {
    if (line.starts_with("EHLO")) return "250-scripted.test\r\n250-LIMITS MAILMAX=2\r\n250 ENHANCEDSTATUSCODES";
    return ScriptedReceiver::agree(line);
  });
  world.a->config.smtp.connections_per_destination = 1;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.send());
  world.clock.run_until(5 * kMinute);
  EXPECT_THAT(world.of(Kind::copy_deferred), IsEmpty());
  EXPECT_THAT(world.peer.messages, SizeIs(5));
  EXPECT_EQ(world.peer.connections(), 3u);
  EXPECT_EQ(world.a->queued(), 0);
}

}  // namespace
}  // namespace mailroom::test
