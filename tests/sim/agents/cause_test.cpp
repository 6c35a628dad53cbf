// SPDX-License-Identifier: GPL-2.0-only
// Each deferral and bounce is explained by the reply that decided it, and each new try by the deferral of those it is
// for; whatever else was said in the same pipelined group, or became of the other recipients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/agents/support/sending.hpp"

namespace mailroom::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::IsEmpty;
using testing::SizeIs;

// A receiver that offers PIPELINING and CHUNKING, and answers lines that begin so as is said.
ScriptedReceiver::Answer pipelined(std::vector<std::pair<std::string, std::string>> replies) {
  return [replies = std::move(replies)](const std::string& line) -> std::string {
    if (line.starts_with("EHLO"))
      return "250-scripted.test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 ENHANCEDSTATUSCODES";
    for (const auto& [begin, reply] : replies)
      if (line.starts_with(begin)) return reply;
    for (const std::string_view known : {"MAIL", "RCPT", "DATA", "RSET", "QUIT"})
      if (line.starts_with(known)) return ScriptedReceiver::agree(line);
    return line == "." ? "250 2.0.0 OK" : "";  // else a line of a chunk
  };
}

TEST(Cause, OfADeferralDecidedAtMailIsTheReplyToMail) {
  Scripted world(pipelined({{"MAIL", "450 4.7.1 not now"},
                            {"RCPT", "503 5.5.1 Need MAIL command first"},
                            {"DATA", "503 5.5.1 Need RCPT command first"}}));
  ASSERT_TRUE(world.send());
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.dialogue(), Contains("S: 503 5.5.1 Need RCPT command first")) << "in one group";
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  const StoredEvent deferred = world.of(Kind::copy_deferred)[0];
  EXPECT_EQ(deferred.code, 450);
  ASSERT_NE(world.event(deferred.cause), nullptr);
  EXPECT_EQ(world.event(deferred.cause)->kind, Kind::reply_received);
  EXPECT_EQ(world.event(deferred.cause)->code, 450);
  world.expect_conserved();
}

TEST(Cause, OfABounceDecidedAtMailIsTheReplyToMail) {
  Scripted world(pipelined({{"MAIL", "550 5.7.1 not you"}, {"RCPT", "503 5.5.1 no"}, {"DATA", "503 5.5.1 no"}}));
  ASSERT_TRUE(world.send());
  world.clock.run();
  ASSERT_THAT(world.of(Kind::copy_bounced), SizeIs(1));
  EXPECT_EQ(world.event(world.of(Kind::copy_bounced)[0].cause)->code, 550);
  world.expect_all_done();
}

TEST(Cause, OfADeferralDecidedAtAChunkIsTheFirstReplyThatRefusedOne) {
  // Both are on their way when the first reply comes.
  const std::string both = "452 4.3.1 no room\r\n503 5.5.1 no transaction";
  Scripted world([both, others = pipelined({})](const std::string& line) {
    if (line.ends_with(" LAST")) return both;  // the first chunk ends within a line
    if (line.starts_with("BDAT")) return std::string();
    return others(line);
  });
  world.a->config.smtp.receiving.chunks_sent = true;
  ASSERT_TRUE(world.MailWorld::send(*world.a, "ann@a.test", {"bob@b.test"}, {.size_bytes = 1'500'000}));
  world.clock.run_until(kMinute);
  ASSERT_THAT(world.dialogue(), AllOf(Contains("S: 452 4.3.1 no room"), Contains("S: 503 5.5.1 no transaction")));
  ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
  const StoredEvent deferred = world.of(Kind::copy_deferred)[0];
  EXPECT_EQ(deferred.code, 452);
  EXPECT_EQ(world.event(deferred.cause)->code, 452);
}

TEST(Cause, OfADeferralByARuleForMailNamesTheRule) {
  for (const trace::Level level : {trace::Level::full, trace::Level::mail}) {
    struct Leveled : MailWorld {
      explicit Leveled(trace::Level at) : MailWorld(at) {}
    } world(level);
    scenario::Host host = mail_host("b", "b.test", {"bob"});
    host.smtp.receiving.client.message_rate = 1;
    world.add(host);
    auto& a = world.add(mail_host("a", "a.test", {"ann"}));
    ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
    ASSERT_TRUE(world.send(a, "ann@a.test", {"bob@b.test"}));
    world.clock.run_until(10 * kSecond);
    ASSERT_THAT(world.of(Kind::copy_deferred), SizeIs(1));
    EXPECT_THAT(world.chain(world.of(Kind::copy_deferred)[0]), Contains(Kind::policy_decided));
    world.expect_conserved();
  }
}

// ---- tries again
struct Twice : Scripted {
  // bob's host is a scripted one, carol's does not listen.
  Twice() : Scripted(instead_of("RCPT", "451 4.7.1 not yet")) {
    scenario::Host silent = deaf("c", "c.test");
    c = &add(silent);
    directory.add_host("c", {c->address(), 25});
  }
  Site* c = nullptr;
};

TEST(Cause, OfANewTryIsTheDeferralOfTheRecipientsItIsFor) {
  Twice world;
  world.a->config.retry.scan_ns = 10 * kMinute;  // both are due at one time
  ASSERT_TRUE(world.send({"bob@b.test", "carol@c.test"}));
  world.clock.run_until(25 * kMinute);
  const auto deferred = world.of(Kind::copy_deferred);
  const auto began = world.of(Kind::attempt_began);
  ASSERT_THAT(began, SizeIs(4));
  ASSERT_EQ(began[2].time_ns, began[3].time_ns) << "due together";
  ASSERT_NE(began[2].text, began[3].text) << "to two hosts";
  for (const StoredEvent& again : {began[2], began[3]}) {
    const StoredEvent* why = world.event(again.cause);
    ASSERT_NE(why, nullptr);
    ASSERT_EQ(why->kind, Kind::copy_deferred);
    const bool is_bobs = again.text.starts_with("b");
    EXPECT_EQ(why->code, is_bobs ? 451 : 0) << again.text << " because of " << why->text;
  }
  world.expect_conserved();
}

TEST(Cause, OfAnExpiryIsTheDeferralOfThatRecipient) {
  Twice world;
  world.a->config.retry = scenario::Retry::of(scenario::RetryProfile::rfc5321);
  world.a->config.retry.scan_ns = 10 * kMinute;
  // A host takes its schedule when it is made.
  auto& late = world.add([&] {
    scenario::Host host = world.a->config;
    host.name = "late", host.hostname = "late.test", host.domains = {"late.test"};
    return host;
  }());
  ASSERT_TRUE(world.MailWorld::send(late, "ann@late.test", {"bob@b.test", "carol@c.test"}));
  world.clock.run();
  const auto bounced = world.of(Kind::copy_bounced);
  ASSERT_THAT(bounced, SizeIs(2));
  for (const StoredEvent& event : bounced) {
    ASSERT_EQ(world.event(event.because)->kind, Kind::copy_deferred);
    EXPECT_EQ(event.cause, event.because);
    EXPECT_EQ(world.event(event.cause)->recipient, event.recipient);
  }
}

}  // namespace
}  // namespace mailroom::test
