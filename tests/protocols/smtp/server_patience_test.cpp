// SPDX-License-Identifier: GPL-2.0-only
// What a receiver does with time and with clients that go wrong: error sleep and limits, junk, replies that
// are held back, the greeting that comes late.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::bench_in;
using test::server_options;
using test::ServerBench;

ServerOptions strict() {
  ServerOptions options = server_options();
  options.errors = {.soft = 3, .hard = 5, .junk = 4, .sleep_ns = kSecond_ns};
  return options;
}

TEST(SmtpServerPatience, HasTheNumbersOfPostfix) {
  const ErrorLimits limits;
  EXPECT_EQ(limits.soft, 10);
  EXPECT_EQ(limits.hard, 20);
  EXPECT_EQ(limits.junk, 100);
  EXPECT_EQ(limits.sleep_ns, kSecond_ns);
  EXPECT_EQ(ServerOptions::rfc821("mx.example").errors.hard, 0);
}

TEST(SmtpServerPatience, ErrorsSlowTheSessionDownThenEndIt) {
  ServerBench bench = bench_in(ServerState::ready, strict());
  bench.feed("X\r\nX\r\n");
  EXPECT_EQ(bench.replies(),
            "500 5.5.2 Syntax error, command unrecognized\r\n"
            "500 5.5.2 Syntax error, command unrecognized\r\n");
  EXPECT_EQ(bench.session.errors(), 2);
  bench.feed("X\r\nNOOP\r\nX\r\nX\r\nNOOP\r\n");
  for (const char* expected :
       {"500 5.5.2", "250 2.0.0", "500 5.5.2", "500 5.5.2", "421 4.7.0 mx.example Too many"}) {
    EXPECT_EQ(bench.replies(), "");
    EXPECT_TRUE(bench.session.waiting());
    EXPECT_EQ(bench.session.deadline_ns(), bench.now_ns + kSecond_ns);
    bench.wait(kSecond_ns);
    EXPECT_TRUE(bench.replies().starts_with(expected)) << expected;
  }
  EXPECT_EQ(std::ranges::count(bench.log, "limit: 5 errors"), 1) << "the host is told why";
  EXPECT_EQ(bench.closes, 1);
  EXPECT_TRUE(bench.session.ended());
  EXPECT_EQ(bench.session.deadline_ns(), std::nullopt);
}

TEST(SmtpServerPatience, AMessageWipesTheSlate) {
  ServerBench bench = bench_in(ServerState::ready, strict());
  bench.feed("X\r\nX\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@x>\r\nDATA\r\nx\r\n.\r\nX\r\nX\r\n");
  EXPECT_EQ(bench.session.errors(), 2);
  EXPECT_FALSE(bench.session.waiting());
  EXPECT_EQ(bench.messages.size(), 1U);
}

TEST(SmtpServerPatience, RefusedRecipientsAreErrorsButTheCapIsNot) {
  ServerOptions options = strict();
  options.recipient_limit = 1;
  ServerBench bench = bench_in(ServerState::sender_known, options);
  bench.feed("RCPT TO:<no@x>\r\nRCPT TO:<later@x>\r\n");
  EXPECT_EQ(bench.session.errors(), 2);
  bench.feed("RCPT TO:<b@x>\r\nRCPT TO:<c@x>\r\nRCPT TO:<d@x>\r\n");
  EXPECT_EQ(bench.session.errors(), 2);
  EXPECT_TRUE(bench.replies().ends_with("452 4.5.3 Too many recipients\r\n"));
}

TEST(SmtpServerPatience, TooMuchJunkIsAnErrorEach) {
  ServerBench bench = bench_in(ServerState::ready, strict());
  bench.feed("NOOP\r\nRSET\r\nVRFY b\r\nHELP\r\n");
  EXPECT_EQ(bench.session.errors(), 0);
  bench.feed("NOOP\r\n");
  EXPECT_EQ(bench.session.errors(), 1);
}

TEST(SmtpServerPatience, AHostMayHoldAReplyBack) {
  ServerBench bench = bench_in(ServerState::sender_known);
  bench.answers = false;
  bench.feed("RCPT TO:<b@x>\r\nRCPT TO:<c@x>\r\n");
  bench.answer(bench.session.say(Say::recipient_ok), 5 * kSecond_ns);
  EXPECT_EQ(bench.log.back(), "wait 5000 ms: delayed by policy");
  EXPECT_EQ(bench.recipients.size(), 1U) << "what follows waits";
  bench.wait(5 * kSecond_ns - 1);
  EXPECT_EQ(bench.replies(), "");
  bench.wait(1);
  EXPECT_EQ(bench.replies(), "250 2.1.5 OK\r\n");
  EXPECT_EQ(bench.recipients.size(), 2U);
  EXPECT_TRUE(bench.session.question_open());
}

TEST(SmtpServerPatience, AWaitDoesNotEatTheClientsTime) {
  ServerBench bench = bench_in(ServerState::sender_known);
  bench.answers = false;
  bench.feed("RCPT TO:<b@x>\r\n");
  bench.answer(bench.session.say(Say::recipient_ok), 10 * kMinute_ns);
  bench.wait(10 * kMinute_ns);
  EXPECT_FALSE(bench.session.ended());
  EXPECT_EQ(bench.session.deadline_ns(), bench.now_ns + 5 * kMinute_ns);
}

TEST(SmtpServerPatience, InputIsBoundedDuringAWait) {
  ServerOptions options = strict();
  options.input_limit_octets = 1000;
  ServerBench bench = bench_in(ServerState::ready, options);
  bench.feed("X\r\nX\r\nX\r\n");
  ASSERT_TRUE(bench.session.waiting());
  bench.feed(std::string(999, 'x'));
  bench.feed("xx");
  bench.wait(kSecond_ns);
  bench.wait(kSecond_ns);
  EXPECT_TRUE(bench.replies().find("421 4.7.0 mx.example Too much input") != std::string::npos);
  EXPECT_EQ(std::ranges::count(bench.log, "limit: 1000 octets that wait"), 1);
  EXPECT_TRUE(bench.session.ended());
}

TEST(SmtpServerPatience, AConnectionLostDuringAWaitLeavesNothing) {
  for (const bool at_the_end : {false, true}) {
    ServerBench bench = bench_in(ServerState::sender_known, strict());
    bench.feed(at_the_end ? "X\r\nX\r\nX\r\nX\r\nX\r\n" : "X\r\nX\r\nX\r\n");
    for (int i = 0; at_the_end && i < 3; ++i) bench.wait(kSecond_ns);
    ASSERT_TRUE(bench.session.waiting());
    ASSERT_EQ(bench.session.ended(), at_the_end);
    const int sent = bench.sent;
    bench.session.connection_lost();
    bench.drain();
    bench.wait(kMinute_ns);
    EXPECT_EQ(bench.sent, sent);
    EXPECT_EQ(bench.closes, 0);
    EXPECT_EQ(bench.open_transactions, 0);
    EXPECT_EQ(bench.session.deadline_ns(), std::nullopt);
  }
}

TEST(SmtpServerPatience, TheGreetingMayComeLate) {
  ServerOptions options = server_options();
  options.greeting_delay_ns = 6 * kSecond_ns;
  for (const EarlyTalker policy : {EarlyTalker::keep, EarlyTalker::refuse}) {
    options.early_talker = policy;
    ServerBench quiet(options);
    EXPECT_EQ(quiet.session.state(), ServerState::greeting_due);
    EXPECT_EQ(quiet.replies(), "");
    quiet.wait(6 * kSecond_ns);
    EXPECT_EQ(quiet.replies(), "220 mx.example ESMTP Mailroom service ready\r\n");
    EXPECT_EQ(quiet.session.state(), ServerState::greeted);

    ServerBench early(options);
    early.feed("EHLO c.example\r\n");
    if (policy == EarlyTalker::refuse) {
      EXPECT_EQ(early.replies(),
                "554 mx.example You spoke before the greeting: no SMTP service for you\r\n"
                "503 Bad sequence of commands\r\n");
      early.feed("QUIT\r\n");
      EXPECT_EQ(early.closes, 1);
      continue;
    }
    EXPECT_EQ(early.replies(), "");
    early.wait(6 * kSecond_ns);
    EXPECT_TRUE(early.replies().starts_with("220 mx.example"));
    EXPECT_EQ(early.session.state(), ServerState::ready);
  }
}

TEST(SmtpServerPatience, ShutdownAndTheEndOfInputDuringTheGreetingDelay) {
  ServerOptions options = server_options();
  options.greeting_delay_ns = 6 * kSecond_ns;
  ServerBench stopped(options);
  stopped.session.shutdown();
  stopped.drain();
  EXPECT_TRUE(stopped.replies().starts_with("421 "));
  ServerBench gone(options);
  gone.finish();
  gone.wait(6 * kSecond_ns);
  EXPECT_EQ(gone.closes, 1);
}

TEST(SmtpServerPatience, AHostMayRefuseInItsOwnWords) {
  ServerSession session(server_options());
  session.start(0, Greeting::not_available, reply(421, "mx.example Too many connections from you"));
  std::string wire;
  while (auto action = session.next_action())
    if (const auto* sent = std::get_if<SendReply>(&*action)) wire += sent->wire;
  EXPECT_EQ(wire, "421 mx.example Too many connections from you\r\n");
  EXPECT_TRUE(session.ended());
}

TEST(SmtpServerPatience, EtrnIsAskedOfTheHost) {
  ServerBench bench = bench_in(ServerState::ready, test::generous_options());
  bench.feed("ETRN b.example\r\nETRN @b.example\r\nETRN #q\r\nETRN\r\nETRN a b\r\nETRN @\r\n");
  EXPECT_EQ(bench.replies(),
            "250 2.0.0 OK, queuing for the node started\r\n"
            "459 4.7.1 Node not allowed to start its queue here\r\n"
            "459 4.7.1 Node not allowed to start its queue here\r\n"
            "501 5.5.4 Syntax error in parameters or arguments\r\n"
            "501 5.5.4 Syntax error in parameters or arguments\r\n"
            "501 5.5.4 Syntax error in parameters or arguments\r\n");
}

TEST(SmtpServerPatience, AnswersInUnicodeGoOnlyToWhoDeclaredIt) {
  ServerBench bench = bench_in(ServerState::ready, test::generous_options());
  bench.feed("VRFY \xC3\xBC SMTPUTF8\r\n");
  EXPECT_EQ(bench.replies(), "250 2.0.0 <\xC3\xBC@d.example>\r\n");
  bench.answers = false;
  bench.feed("VRFY b\r\n");
  bench.answer(reply(250, "<\xC3\xBC@d.example>"));
  EXPECT_TRUE(bench.replies().starts_with("553 5.6.8"));
}

}  // namespace
}  // namespace mailroom::smtp
