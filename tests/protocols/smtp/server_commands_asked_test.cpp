// SPDX-License-Identifier: GPL-2.0-only
// A receiver whose host wants to be asked before each command is obeyed.
#include <gtest/gtest.h>

#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::bench_in;
using test::server_options;
using test::ServerBench;

TEST(SmtpServerCommandsAsked, NobodyIsAskedUnlessItIsWanted) {
  ServerBench bench(server_options());
  bench.feed("EHLO c.example\r\n");
  for (const std::string& line : bench.log) EXPECT_EQ(line.find("command?"), std::string::npos) << line;
}

TEST(SmtpServerCommandsAsked, WhatIsAllowedIsObeyedAsEver) {
  const std::string dialogue =
      "EHLO c.example\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nNOOP\r\n.\r\nBAD\r\nRCPT TO:<b@x>\r\nQUIT\r\n";
  ServerBench plain(server_options());
  plain.feed(dialogue);
  ServerBench asked(server_options());
  asked.session.ask_of_commands(true);
  for (const char c : dialogue) asked.feed(std::string(1, c));
  EXPECT_EQ(asked.replies(), plain.replies());
  EXPECT_EQ(asked.messages, std::vector<std::string>{"NOOP\r\n"});
  std::erase_if(asked.log, [](const std::string& line) { return line.starts_with("command?"); });
  EXPECT_EQ(asked.log, plain.log);
}

TEST(SmtpServerCommandsAsked, WhatIsRefusedIsNotDone) {
  for (const Verb verb : {Verb::ehlo, Verb::helo, Verb::mail, Verb::rcpt, Verb::data, Verb::rset, Verb::noop, Verb::vrfy,
                          Verb::help, Verb::quit, Verb::auth}) {
    for (const ServerState state : {ServerState::greeted, ServerState::ready, ServerState::sender_known,
                                    ServerState::recipients_known}) {
      ServerBench bench = bench_in(state);
      bench.session.ask_of_commands(true);
      bench.refused = verb;
      bench.replies();
      const ServerState before = bench.session.state();
      bench.feed(std::string(name(verb)) + " whatever\r\n");
      EXPECT_TRUE(bench.replies().starts_with("451 ")) << name(verb);
      EXPECT_EQ(bench.session.state(), before) << name(verb);
      EXPECT_EQ(bench.closes, 0);
    }
  }
}

TEST(SmtpServerCommandsAsked, ARefused421EndsTheSession) {
  ServerBench bench = bench_in(ServerState::recipients_known);
  bench.session.ask_of_commands(true);
  bench.refused = Verb::data;
  bench.refusal = reply(421, "mx.example Gone");
  EXPECT_EQ(bench.resets, 0);
  bench.feed("DATA\r\n");
  EXPECT_EQ(bench.resets, 1);
  EXPECT_EQ(bench.closes, 1);
}

TEST(SmtpServerCommandsAsked, ADataWithoutRecipientsIsToldSoAfterARefusedRcpt) {
  ServerBench bench = bench_in(ServerState::sender_known);
  bench.session.ask_of_commands(true);
  bench.refused = Verb::rcpt;
  bench.feed("RCPT TO:<b@x>\r\n");
  bench.replies();
  bench.feed("DATA\r\n");
  EXPECT_TRUE(bench.replies().starts_with("554 "));
}

TEST(SmtpServerCommandsAsked, AConnectionMayBeLostMeanwhile) {
  ServerBench bench = bench_in(ServerState::ready);
  bench.session.ask_of_commands(true);
  bench.answers = false;
  bench.feed("MAIL FROM:<a@x>\r\n");
  ASSERT_TRUE(bench.session.question_open());
  bench.session.connection_lost();
  bench.session.proceed(bench.now_ns);
  EXPECT_FALSE(bench.session.next_action());
  EXPECT_TRUE(bench.session.ended());
}

TEST(SmtpServerCommandsAsked, WhoWasNotAttendedToHasItsTimeAnew) {
  ServerBench bench = bench_in(ServerState::ready);
  const std::int64_t before = *bench.session.deadline_ns();
  bench.session.rearm(before - 1);
  EXPECT_GT(*bench.session.deadline_ns(), before);
}

}  // namespace
}  // namespace mailroom::smtp
