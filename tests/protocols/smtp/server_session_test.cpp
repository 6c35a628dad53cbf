// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/server_session.hpp"

#include <gtest/gtest.h>

#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::bench_in;
using test::server_options;
using test::ServerBench;
using test::way_to;
using testing::ElementsAre;

TEST(SmtpServerSession, RunsAWholeSession) {
  ServerBench bench(server_options());
  EXPECT_EQ(bench.session.phase(), Phase::connection_setup);
  bench.feed(way_to(ServerState::receiving_content) + "Hi\r\n..\r\n.\r\nQUIT\r\n");
  EXPECT_THAT(
      bench.log,
      ElementsAre(
          "phase: connection setup", "S: 220 mx.example ESMTP Mailroom service ready\\r\\n",
          "C: EHLO c.example",
          "S: 250-mx.example\\r\\n250-SIZE\\r\\n250-8BITMIME\\r\\n250-PIPELINING\\r\\n250-ENHANCEDSTATUSCODES"
          "\\r\\n250-DSN\\r\\n250-SMTPUTF8\\r\\n250-CHUNKING\\r\\n250 HELP\\r\\n",
          "phase: mail transfer", "C: MAIL FROM:<a@c.example>", "sender? <a@c.example>",
          "S: 250 2.1.0 OK\\r\\n", "C: RCPT TO:<b@mx.example>", "recipient? <b@mx.example>",
          "S: 250 2.1.5 OK\\r\\n", "C: DATA", "data?",
          "S: 354 Start mail input; end with <CRLF>.<CRLF>\\r\\n", "content", "message? Hi\\r\\n.\\r\\n",
          "S: 250 2.0.0 OK, message accepted for delivery\\r\\n", "C: QUIT", "phase: closing",
          "S: 221 2.0.0 mx.example Service closing transmission channel\\r\\n", "close"));
  EXPECT_TRUE(bench.session.ended());
  EXPECT_EQ(bench.session.deadline_ns(), std::nullopt);
}

TEST(SmtpServerSession, CallsItselfExtendedOnlyWhereItIs) {
  EXPECT_EQ(ServerBench(server_options()).replies(), "220 mx.example ESMTP Mailroom service ready\r\n");
  EXPECT_EQ(ServerBench(ServerOptions::rfc821("mx.example")).replies(),
            "220 mx.example Simple Mail Transfer Service Ready\r\n");
}

TEST(SmtpServerSession, GreetsWith421AndCloses) {
  ServerBench bench(server_options(), Greeting::not_available);
  EXPECT_THAT(
      bench.log,
      ElementsAre("phase: connection setup", "phase: closing",
                  "S: 421 mx.example Service not available, closing transmission channel\\r\\n", "close"));
}

TEST(SmtpServerSession, GreetsWith554AndWaitsForQuit) {
  ServerBench bench(server_options(), Greeting::refused);
  EXPECT_EQ(bench.replies(), "554 mx.example No SMTP service here\r\n");
  bench.feed("EHLO c.example\r\nFOO\r\n");
  EXPECT_EQ(bench.replies(), "503 Bad sequence of commands\r\n503 Bad sequence of commands\r\n");
  EXPECT_EQ(bench.closes, 0);
  bench.feed("QUIT\r\n");
  EXPECT_EQ(std::stoi(bench.replies()), 221);
  EXPECT_EQ(bench.closes, 1);
}

TEST(SmtpServerSession, RefusesMailBeforeHello) {
  ServerBench bench(server_options());
  bench.replies();
  bench.feed("MAIL FROM:<a@c.example>\r\n");
  EXPECT_EQ(bench.replies(), "503 Send HELO or EHLO first\r\n");
  EXPECT_TRUE(bench.senders.empty());
}

TEST(SmtpServerSession, GivesOneReplyForEachRecipient) {
  ServerBench bench = bench_in(ServerState::sender_known);
  bench.feed("RCPT TO:<nobody@mx.example>\r\nRCPT TO:<moved@mx.example>\r\nRCPT TO:<full@mx.example>\r\n");
  EXPECT_EQ(bench.session.state(), ServerState::sender_known);
  bench.feed("RCPT TO:<Postmaster>\r\n");
  EXPECT_EQ(bench.session.state(), ServerState::recipients_known);
  EXPECT_EQ(bench.replies(),
            "550 5.1.1 Requested action not taken: mailbox unavailable\r\n551 5.1.6 User not local\r\n"
            "552 5.2.2 Requested mail action aborted: exceeded storage allocation\r\n250 2.1.5 OK\r\n");
}

TEST(SmtpServerSession, RefusesDataWithoutAnyValidRecipient) {
  ServerBench bench = bench_in(ServerState::sender_known);
  bench.feed("DATA\r\n");
  EXPECT_EQ(bench.replies(), "503 5.5.1 Need RCPT command first\r\n");
  bench.feed("RCPT TO:<nobody@mx.example>\r\nDATA\r\n");
  EXPECT_EQ(bench.replies(),
            "550 5.1.1 Requested action not taken: mailbox unavailable\r\n554 5.5.1 No valid recipients\r\n");
  bench.feed("RSET\r\nMAIL FROM:<>\r\nDATA\r\n");
  EXPECT_EQ(bench.replies(), "250 2.0.0 OK\r\n250 2.1.0 OK\r\n503 5.5.1 Need RCPT command first\r\n");
  EXPECT_TRUE(bench.senders.back().is_null());
}

TEST(SmtpServerSession, AnswersWhatIsWrongWithTheRightCode) {
  struct Row {
    ServerState state;
    const char* line;
    const char* reply;
  };
  using enum ServerState;
  for (const Row& row : {Row{ready, "", "500 5.5.2"},
                         Row{ready, "XYZZY", "500 5.5.2"},
                         Row{ready, "TURN", "502 5.5.1"},
                         Row{ready, "EXPN x", "502 5.5.1"},
                         Row{ready, "VRFY x", "252 2.5.0"},
                         Row{ready, "VRFY", "501 5.5.4"},
                         Row{ready, "EHLO", "501 5.5.4"},
                         Row{ready, "QUIT now", "501 5.5.4"},
                         Row{ready, "NOOP \x01", "501 5.5.4"},
                         Row{ready, "MAIL FROM:a", "501 5.1.7"},
                         Row{ready, "MAIL FROM:<a@c> FOO=1", "555 5.5.4"},
                         Row{ready, "MAIL FROM:<a@c> BODY=X", "504 5.5.4"},
                         Row{ready, "MAIL FROM:<a@c> SIZE=x", "501 5.5.4"},
                         Row{ready, "RCPT TO:<a@c>", "503 5.5.1"},
                         Row{sender_known, "MAIL FROM:<a@c>", "503 5.5.1"},
                         Row{sender_known, "RCPT TO:<>", "501 5.1.3"},
                         Row{sender_known, "RCPT TO:<a@c> FOO", "555 5.5.4"},
                         Row{sender_known, "RCPT TO:<a@c> NOTIFY=ALWAYS", "501 5.5.4"},
                         Row{ready, "MAIL FROM:<a@c> RET=ALL", "501 5.5.4"},
                         Row{ready, "MAIL FROM:<\xC3\xBC@c>", "553 5.6.7"},
                         Row{ready, "MAIL FROM:<\xC3@c> SMTPUTF8", "501 5.1.7"},
                         Row{sender_known, "RCPT TO:<\xC3\xBC@c>", "553 5.6.7"},
                         Row{ready, "VRFY \xC3\xBC", "553 5.6.7"},
                         Row{ready, "EHLO \xC3\xBC", "501 5.5.4"}}) {
    ServerBench bench = bench_in(row.state);
    bench.feed(std::string(row.line) + "\r\n");
    EXPECT_TRUE(bench.wire.starts_with(row.reply)) << row.line << " → " << bench.wire;
    EXPECT_EQ(bench.session.state(), row.state);
  }
}

TEST(SmtpServerSession, HasNoEnhancedCodesUntilTheyAreNegotiated) {
  ServerOptions without = server_options();
  without.offered.enhanced_status_codes = false;
  for (const auto& [options, hello] :
       {std::pair{server_options(), "HELO c.example\r\n"}, {without, "EHLO c.example\r\n"}}) {
    ServerBench bench(options);
    bench.feed(hello);
    bench.replies();
    bench.feed("NOOP\r\nMAIL FROM:<a@c.example>\r\nRCPT TO:<nobody@mx.example>\r\nFOO\r\n");
    EXPECT_EQ(bench.replies(),
              "250 OK\r\n250 OK\r\n550 Requested action not taken: mailbox unavailable\r\n"
              "500 Syntax error, command unrecognized\r\n");
  }
}

TEST(SmtpServerSession, FillsInAnEnhancedCodeThatTheHostLeftOut) {
  ServerBench bench = bench_in(ServerState::ready);
  bench.answers = false;
  const auto ask = [&bench](std::string_view line, Reply reply) {
    bench.feed(line);
    EXPECT_TRUE(bench.session.question_open()) << line;
    bench.answer(std::move(reply));
    return bench.replies();
  };
  EXPECT_EQ(ask("MAIL FROM:<a@c.example>\r\n", reply(451, "not now")), "451 4.0.0 not now\r\n");
  EXPECT_EQ(ask("MAIL FROM:<a@c.example>\r\n", reply(250, "fine")), "250 2.1.0 fine\r\n");
  EXPECT_EQ(ask("RCPT TO:<b@c.example>\r\n", reply(251, "will forward")), "251 2.1.5 will forward\r\n");
  EXPECT_EQ(ask("DATA\r\n", reply(554, "no", EnhancedCode{5, 7, 1})), "554 5.7.1 no\r\n");
  EXPECT_EQ(bench.session.state(), ServerState::recipients_known);
}

TEST(SmtpServerSession, ListsTheCommandsOnHelp) {
  ServerBench bench = bench_in(ServerState::greeted);
  bench.feed("HELP MAIL\r\n");
  EXPECT_TRUE(bench.wire.starts_with("214-Commands:\r\n214-  HELO: "));
  EXPECT_NE(bench.wire.find("214   QUIT: ends the session\r\n"), std::string::npos) << bench.wire;
}

TEST(SmtpServerSession, AsksAboutVrfyAndExpnWhereThePolicySaysSo) {
  ServerOptions options = server_options();
  options.verify = options.expand = Query::ask;
  ServerBench bench(options);
  bench.feed("EHLO c.example\r\nVRFY Smith\r\nEXPN Staff\r\n");
  EXPECT_TRUE(
      bench.wire.ends_with("250-VRFY\r\n250-EXPN\r\n250 HELP\r\n250 2.0.0 <Smith@d.example>\r\n"
                           "250-2.0.0 <a@d.example>\r\n250 2.0.0 <b@d.example>\r\n"))
      << bench.wire;
}

TEST(SmtpServerSession, ServesSeveralTransactionsAndResetsBetween) {
  ServerBench bench = bench_in(ServerState::ready);
  const std::string transaction = "MAIL FROM:<a@c.example>\r\nRCPT TO:<b@mx.example>\r\nDATA\r\nx\r\n.\r\n";
  bench.feed(transaction + transaction + "MAIL FROM:<a@c.example>\r\nRSET\r\n" + transaction);
  EXPECT_EQ(bench.messages.size(), 3U);
  EXPECT_EQ(bench.resets, 1);
  EXPECT_EQ(bench.open_transactions, 0);
}

TEST(SmtpServerSession, ResetsTheTransactionHoweverItEnds) {
  using enum ServerState;
  const std::vector<std::function<void(ServerBench&)>> ends = {
      [](ServerBench& b) { b.feed("RSET\r\n"); },
      [](ServerBench& b) { b.feed("EHLO d.example\r\n"); },
      [](ServerBench& b) { b.feed("HELO d.example\r\n"); },
      [](ServerBench& b) { b.feed("QUIT\r\n"); },
      [](ServerBench& b) { b.feed("RCPT TO:<down@x.example>\r\n"); },
      [](ServerBench& b) { b.finish(); },
      [](ServerBench& b) { b.wait(5 * kMinute_ns); },
      [](ServerBench& b) {
        b.session.shutdown();
        b.drain();
      },
      [](ServerBench& b) {
        b.session.connection_lost();
        b.drain();
      }};
  for (const ServerState state : {sender_known, recipients_known})
    for (const auto& end : ends) {
      ServerBench bench = bench_in(state);
      ASSERT_EQ(bench.open_transactions, 1);
      ASSERT_EQ(bench.resets, 0);
      end(bench);
      EXPECT_EQ(bench.open_transactions, 0);
      EXPECT_EQ(bench.resets, 1);
    }
}

TEST(SmtpServerSession, LetsPipelinedInputWaitForAnswers) {
  ServerBench bench = bench_in(ServerState::ready);
  bench.answers = false;
  bench.feed("MAIL FROM:<a@c.example>\r\nRCPT TO:<b@mx.example>\r\nNOOP\r\n");
  EXPECT_EQ(bench.replies(), "");
  EXPECT_EQ(bench.session.deadline_ns(), std::nullopt);
  bench.answer(bench.session.say(Say::sender_ok));
  EXPECT_EQ(bench.replies(), "250 2.1.0 OK\r\n");
  bench.answer(bench.session.say(Say::no_such_user));
  EXPECT_EQ(bench.replies(), "550 5.1.1 Requested action not taken: mailbox unavailable\r\n250 2.0.0 OK\r\n");
}

TEST(SmtpServerSession, EndsAfter421FromTheHost) {
  ServerBench bench = bench_in(ServerState::sender_known);
  bench.feed("RCPT TO:<down@mx.example>\r\nNOOP\r\n");
  EXPECT_EQ(bench.replies(), "421 4.3.2 mx.example Service not available, closing transmission channel\r\n");
  EXPECT_EQ(bench.closes, 1);
  EXPECT_EQ(bench.resets, 1);
}

TEST(SmtpServerSession, ShutsDownWith421WhenNoQuestionIsOpen) {
  ServerBench bench = bench_in(ServerState::receiving_content);
  bench.answers = false;
  bench.feed("text\r\n.\r\n");
  ASSERT_TRUE(bench.session.question_open());
  bench.session.shutdown();
  bench.drain();
  EXPECT_EQ(bench.replies(), "");
  bench.answer(bench.session.say(Say::message_accepted));
  EXPECT_EQ(bench.replies(),
            "250 2.0.0 OK, message accepted for delivery\r\n"
            "421 4.3.2 mx.example Service not available, closing transmission channel\r\n");
  EXPECT_EQ(bench.resets, 0);
  EXPECT_EQ(bench.closes, 1);
}

TEST(SmtpServerSession, TimesOutAfterFiveMinutes) {
  for (const ServerState state : {ServerState::refusing, ServerState::greeted, ServerState::ready,
                                  ServerState::recipients_known, ServerState::receiving_content}) {
    ServerBench bench = bench_in(state);
    ASSERT_EQ(bench.session.deadline_ns(), 5 * kMinute_ns);
    bench.wait(5 * kMinute_ns - 1);
    EXPECT_EQ(bench.closes, 0);
    bench.wait(1);
    EXPECT_EQ(bench.closes, 1);
    EXPECT_EQ(std::stoi(bench.replies()), 421);
    EXPECT_EQ(bench.log.front(),
              state == ServerState::receiving_content ? "timed out: data block" : "timed out: next command");
  }
}

TEST(SmtpServerSession, ACommandThatDripsInIsNotEnoughButADataBlockIs) {
  ServerBench bench = bench_in(ServerState::ready);
  bench.wait(3 * kMinute_ns);
  bench.feed("NOO");
  EXPECT_EQ(bench.session.deadline_ns(), 5 * kMinute_ns);
  bench.feed("P\r\n");
  EXPECT_EQ(bench.session.deadline_ns(), 8 * kMinute_ns);
  bench = bench_in(ServerState::receiving_content);
  bench.wait(3 * kMinute_ns);
  bench.feed("x");
  EXPECT_EQ(bench.session.deadline_ns(), 8 * kMinute_ns);
}

TEST(SmtpServerSession, ServesWhatCameBeforeTheEnd) {
  ServerBench bench = bench_in(ServerState::ready);
  bench.answers = false;
  bench.feed("MAIL FROM:<a@c.example>\r\nNOOP\r\nNOO");
  bench.finish();
  EXPECT_EQ(bench.closes, 0);
  bench.answer(bench.session.say(Say::sender_ok));
  EXPECT_EQ(bench.replies(), "250 2.1.0 OK\r\n250 2.0.0 OK\r\n");
  EXPECT_EQ(bench.resets, 1);
  EXPECT_EQ(bench.closes, 1);
}

TEST(SmtpServerSession, TakesAnAnswerAfterTheConnectionWasLost) {
  ServerBench bench = bench_in(ServerState::receiving_content);
  bench.answers = false;
  bench.feed("x\r\n.\r\n");
  bench.session.connection_lost();
  bench.drain();
  ASSERT_TRUE(bench.session.question_open());
  bench.answer(bench.session.say(Say::message_accepted));
  EXPECT_EQ(bench.replies(), "");
  EXPECT_EQ(bench.resets, 0);
  bench = bench_in(ServerState::ready);
  bench.answers = false;
  bench.feed("MAIL FROM:<a@c.example>\r\n");
  bench.session.connection_lost();
  bench.drain();
  EXPECT_EQ(bench.resets, 0);
  bench.answer(bench.session.say(Say::sender_ok));
  EXPECT_EQ(bench.resets, 1);
}

TEST(SmtpServerSession, HonoursOrDropsSourceRoutes) {
  const std::string octets =
      "HELO c.example\r\nMAIL FROM:<@r.example:a@c.example>\r\nRCPT TO:<@mx.example:b@d.example>\r\n";
  ServerBench modern(server_options());
  modern.feed(octets);
  EXPECT_EQ(to_string(modern.senders.at(0)), "<a@c.example>");
  EXPECT_EQ(to_string(modern.recipients.at(0)), "<b@d.example>");
  ServerBench old(ServerOptions::rfc821("mx.example"));
  old.feed(octets);
  EXPECT_EQ(to_string(old.senders.at(0)), "<@r.example:a@c.example>");
  EXPECT_EQ(to_string(old.recipients.at(0)), "<@mx.example:b@d.example>");
}

TEST(SmtpServerSession, AnRfc821HostClearsOrRefusesTheEighthBit) {
  for (const EighthBit policy : {EighthBit::clear, EighthBit::refuse, EighthBit::keep}) {
    ServerBench bench = bench_in(ServerState::receiving_content, ServerOptions::rfc821("mx.example", policy));
    bench.feed("plain\r\n");
    bench.feed("\xE4\r\n.\r\n");
    if (policy == EighthBit::refuse) {
      EXPECT_EQ(std::stoi(bench.replies()), 554);
      EXPECT_TRUE(bench.messages.empty());
      EXPECT_EQ(bench.resets, 1);
    } else {
      EXPECT_EQ(std::stoi(bench.replies()), 250);
      EXPECT_EQ(bench.messages.at(0), policy == EighthBit::clear ? "plain\r\nd\r\n" : "plain\r\n\xE4\r\n");
      EXPECT_EQ(bench.asked.at(0).has_eighth_bit, policy == EighthBit::keep);
    }
    EXPECT_EQ(bench.session.state(), ServerState::ready);
  }
}

TEST(SmtpServerSession, ClearingTheEighthBitEndsNoText) {
  ServerBench bench = bench_in(ServerState::receiving_content, ServerOptions::rfc821("mx.example"));
  bench.feed("a\x8D\x8A.\x8D\x8AQUIT\r\n");
  EXPECT_EQ(bench.replies(), "");
  bench.feed(".\r\n");
  EXPECT_EQ(bench.messages.at(0), "a\r\n.\r\nQUIT\r\n");
  EXPECT_TRUE(bench.asked.at(0).has_bare_line_end);
}

TEST(SmtpServerSession, TheEighthBitPolicyYieldsTo8BitMime) {
  ServerOptions options = server_options();
  options.eighth_bit = EighthBit::refuse;
  ServerBench bench = bench_in(ServerState::receiving_content, options);
  bench.feed("\xE4\r\n.\r\n");
  EXPECT_EQ(bench.messages.at(0), "\xE4\r\n");
  bench.replies();
  bench.feed("HELO c.example\r\nMAIL FROM:<>\r\nRCPT TO:<b@mx.example>\r\nDATA\r\n\xE4\r\n.\r\n");
  EXPECT_TRUE(
      bench.wire.ends_with("554 Message has octets above 127, and this host takes 7-bit text only\r\n"));
  EXPECT_EQ(bench.messages.size(), 1U);
}

TEST(SmtpServerSession, KeepsOrRefusesBareLineEnds) {
  for (const BareLineEnd policy : {BareLineEnd::keep, BareLineEnd::refuse}) {
    ServerOptions options = server_options();
    options.bare_line_end = policy;
    ServerBench bench = bench_in(ServerState::receiving_content, options);
    bench.feed("a\nb\r\n");
    bench.feed("c\r\n.\r\n");
    const bool keep = policy == BareLineEnd::keep;
    EXPECT_TRUE(bench.wire.starts_with(keep ? "250 2.0.0" : "550 5.6.0")) << bench.wire;
    EXPECT_EQ(bench.messages.size(), keep ? 1U : 0U);
    EXPECT_EQ(bench.resets, keep ? 0 : 1);
    EXPECT_EQ(keep, !bench.asked.empty() && bench.asked.at(0).has_bare_line_end);
  }
}

TEST(SmtpServerSession, PassesOnARefusedMessage) {
  ServerBench bench = bench_in(ServerState::receiving_content);
  bench.message_reply = bench.session.say(Say::insufficient_storage);
  bench.feed("x\r\n.\r\n");
  EXPECT_EQ(std::stoi(bench.replies()), 452);
  EXPECT_EQ(bench.session.state(), ServerState::ready);
  EXPECT_EQ(bench.open_transactions, 0);
}

}  // namespace
}  // namespace mailroom::smtp
