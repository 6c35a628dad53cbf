// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/client_session.hpp"

#include <gtest/gtest.h>

#include "tests/protocols/smtp/client_bench.hpp"

namespace mailroom::smtp {
namespace {

using client::How;
using test::client_options;
using test::ClientBench;
using test::transaction_to;
using testing::ElementsAre;

const std::string kExtended =
    "250-mx.example\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n";

// A session step by step without extensions, up to where MAIL was sent.
ClientBench plain_bench(std::deque<Transaction> transactions) {
  ClientBench bench(client_options(), std::move(transactions));
  bench.feed("220 mx.example\r\n");
  bench.feed("250 mx.example\r\n");
  EXPECT_EQ(bench.session.state(), ClientState::sending_envelope);
  bench.sent();
  return bench;
}

ClientBench pipelined_bench(std::deque<Transaction> transactions) {
  ClientBench bench(client_options(), std::move(transactions));
  bench.feed("220 mx.example\r\n");
  bench.feed(kExtended);
  EXPECT_EQ(bench.session.state(), ClientState::sending_envelope);
  bench.sent();
  return bench;
}

TEST(SmtpClientSession, RunsAWholeSessionStepByStep) {
  ClientBench bench(client_options(), {transaction_to({"b", "no"})});
  EXPECT_EQ(bench.session.state(), ClientState::awaiting_greeting);
  for (const char* reply : {"220 mx.example hi\r\n", "250 mx.example\r\n", "250 OK\r\n", "250 OK\r\n",
                            "550 no\r\n", "354 go\r\n", "250 done\r\n", "221 bye\r\n"})
    bench.feed(reply);
  EXPECT_THAT(
      bench.log,
      ElementsAre("phase: connection setup", "S: 220 mx.example hi <- greeting", "C: EHLO c.example",
                  "S: 250 mx.example <- EHLO", "phase: mail transfer", "ready", "C: MAIL FROM:<a@c.example>",
                  "S: 250 OK <- MAIL", "C: RCPT TO:<b@mx.example>", "S: 250 OK <- RCPT 0", "recipient 0: 250",
                  "C: RCPT TO:<no@mx.example>", "S: 550 no <- RCPT 1", "recipient 1: 550", "C: DATA",
                  "S: 354 go <- DATA", "content", "S: 250 done <- the lone dot",
                  "outcome: accepted at the lone dot 250, permanent failure at RCPT 550; confirmed", "ready",
                  "phase: closing", "C: QUIT", "S: 221 bye <- QUIT", "close", "ended: quit"));
  EXPECT_TRUE(bench.wire.find("DATA\r\nSubject: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n") != std::string::npos)
      << bench.wire;
  EXPECT_EQ(bench.endings.at(0).reply, reply(221, "bye"));
}

TEST(SmtpClientSession, SendsTheEnvelopeInOneGroupWherePipeliningIsOffered) {
  ClientBench bench(client_options(), {transaction_to({"b", "c"})});
  bench.feed("220 x\r\n");
  bench.sent();
  bench.feed(kExtended);
  EXPECT_EQ(
      bench.sent(),
      "MAIL FROM:<a@c.example> SIZE=20\r\nRCPT TO:<b@mx.example>\r\nRCPT TO:<c@mx.example>\r\nDATA\r\n");
  EXPECT_EQ(bench.commands, 5);
  bench.feed("250 2.1.0 OK\r\n250 2.1.5 OK\r\n450 4.2.0 busy\r\n354 go\r\n");
  EXPECT_EQ(bench.sent(), "Subject: x\r\n\r\n..dot\r\n.\r\n");
  bench.feed("250 2.0.0 OK\r\n");
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)),
            "accepted at the lone dot 250, temporary failure at RCPT 450; confirmed");
  EXPECT_EQ(bench.outcomes[0].recipients[1].reply, reply(450, "busy", EnhancedCode{4, 2, 0}));
}

TEST(SmtpClientSession, FallsBackToHelo) {
  ClientBench bench(client_options());
  bench.feed("220 x\r\n");
  bench.feed("500 what?\r\n");
  EXPECT_EQ(bench.sent(), "EHLO c.example\r\nHELO c.example\r\n");
  bench.feed("250 x\r\n");
  EXPECT_EQ(bench.session.extensions(), Extensions{});
  EXPECT_EQ(bench.sent(), "QUIT\r\n");
}

TEST(SmtpClientSession, QuitsWhereItIsRefused) {
  struct Row {
    std::vector<const char*> replies;
    How how;
    bool quits;
  };
  for (const Row& row :
       {Row{{"554 no"}, How::refused, true}, Row{{"450 later"}, How::refused, true},
        Row{{"421 closing"}, How::not_available, false}, Row{{"220 x", "450 later"}, How::refused, true},
        Row{{"220 x", "500 what", "550 no"}, How::refused, true},
        Row{{"220 x", "421 closing"}, How::not_available, false}, Row{{"354 go"}, How::protocol_error, false},
        Row{{"220 x", "354 go"}, How::protocol_error, false}, Row{{"SSH-2.0"}, How::protocol_error, false}}) {
    ClientBench bench(client_options(), {transaction_to({"b"})});
    for (const char* reply : row.replies) bench.feed(std::string(reply) + "\r\n");
    EXPECT_EQ(bench.wire.ends_with("QUIT\r\n"), row.quits);
    EXPECT_EQ(bench.session.ended(), !row.quits);
    if (row.quits) bench.feed("221 bye\r\n");
    ASSERT_EQ(bench.endings.size(), 1U);
    EXPECT_EQ(bench.endings[0].how, row.how);
    EXPECT_EQ(bench.endings[0].is_local, row.how == How::protocol_error);
    if (row.how == How::refused) {
      EXPECT_EQ(to_string(bench.endings[0].reply), row.replies.back());
    }
    EXPECT_EQ(bench.closes, 1);
    EXPECT_TRUE(bench.outcomes.empty());  // none was begun
  }
}

TEST(SmtpClientSession, ReadsTheReplyToEachStepAsTheStandardSays) {
  struct Row {
    std::vector<const char*> replies;  // from MAIL on, no pipelining
    const char* outcome;
    const char* last_sent;
  };
  for (const Row& row :
       {Row{{"550 no"}, "permanent failure at MAIL 550", "QUIT\r\n"},
        Row{{"451 later"}, "temporary failure at MAIL 451", "QUIT\r\n"},
        Row{{"250 ok", "550 no"}, "permanent failure at RCPT 550", "RSET\r\n"},
        Row{{"250 ok", "552 full"}, "temporary failure at RCPT 552", "RSET\r\n"},  // §4.5.3.1.10
        Row{{"250 ok", "551 moved"}, "permanent failure at RCPT 551", "RSET\r\n"},
        Row{{"250 ok", "251 will forward", "354 go", "250 ok"},
            "accepted at the lone dot 250; confirmed",
            "QUIT\r\n"},
        Row{{"250 ok", "250 ok", "554 no"}, "permanent failure at DATA 554", "RSET\r\n"},
        Row{{"250 ok", "250 ok", "451 no"}, "temporary failure at DATA 451", "RSET\r\n"},
        Row{{"250 ok", "250 ok", "354 go", "552 big"}, "permanent failure at the lone dot 552", "QUIT\r\n"},
        Row{{"250 ok", "250 ok", "354 go", "452 full"}, "temporary failure at the lone dot 452", "QUIT\r\n"},
        Row{{"299 ok", "250 ok", "399 go", "299 ok"},
            "accepted at the lone dot 299; confirmed",
            "QUIT\r\n"}}) {
    ClientBench bench = plain_bench({transaction_to({"b"})});
    for (const char* reply : row.replies) bench.feed(std::string(reply) + "\r\n");
    ASSERT_EQ(bench.outcomes.size(), 1U) << row.outcome;
    EXPECT_EQ(ClientBench::words(bench.outcomes[0]), row.outcome);
    EXPECT_TRUE(bench.wire.ends_with(row.last_sent)) << row.outcome << ": " << bench.wire;
  }
}

TEST(SmtpClientSession, A552ForAFullMailboxIsPermanentWhereItsEnhancedCodeSaysSo) {
  ClientBench bench = pipelined_bench({transaction_to({"b", "c"})});
  bench.feed("250 2.1.0 OK\r\n552 5.2.2 full\r\n552 5.5.3 too many\r\n554 5.5.1 none\r\n");
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)),
            "permanent failure at RCPT 552, temporary failure at RCPT 552");
}

TEST(SmtpClientSession, IsReadyAgainAfterRset) {
  ClientBench bench = plain_bench({transaction_to({"no"}), transaction_to({"b"})});
  bench.feed("250 ok\r\n");
  bench.feed("550 no\r\n");
  EXPECT_EQ(bench.session.state(), ClientState::resetting);
  bench.sent();
  bench.feed("250 ok\r\n");
  EXPECT_EQ(bench.sent(), "MAIL FROM:<a@c.example>\r\n");
  bench.feed("550 no\r\n");  // to MAIL: no transaction, no RSET
  EXPECT_EQ(bench.sent(), "QUIT\r\n");
}

TEST(SmtpClientSession, QuitsWhenRsetIsRefused) {
  ClientBench bench = plain_bench({transaction_to({"no"}), transaction_to({"b"})});
  for (const char* reply : {"250 ok\r\n", "550 no\r\n", "500 what\r\n", "221 bye\r\n"}) bench.feed(reply);
  EXPECT_EQ(bench.endings.at(0).how, How::refused);
  EXPECT_EQ(bench.begun, 1);
}

TEST(SmtpClientSession, SendsAnEmptyTextWhen354ComesThoughNobodyWasAccepted) {
  for (const char* last : {"554 no valid recipients\r\n", "250 ok\r\n"}) {
    ClientBench bench = pipelined_bench({transaction_to({"b"})});
    bench.feed("250 ok\r\n550 5.1.1 no\r\n354 go\r\n");
    EXPECT_EQ(bench.sent(), ".\r\n");
    bench.feed(last);
    EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)), "permanent failure at RCPT 550");
    EXPECT_EQ(bench.sent(), "QUIT\r\n");
  }
  ClientBench bench = pipelined_bench({transaction_to({"b"})});
  bench.feed("550 5.7.1 not you\r\n250 ok\r\n354 go\r\n");
  EXPECT_EQ(bench.sent(), ".\r\n");
  bench.lose();
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)), "permanent failure at MAIL 550");
}

TEST(SmtpClientSession, RefusesHereWhatThePeerCouldNotTake) {
  const auto run = [](Transaction transaction,
                      EighthBitToSevenBitHost eighth = EighthBitToSevenBitHost::refuse) {
    ClientOptions options = client_options();
    options.eighth_bit = eighth;
    ClientBench bench(options, {std::move(transaction)});
    bench.feed("220 x\r\n");
    bench.feed("250-x\r\n250 SIZE 1000\r\n");
    return bench;
  };
  EXPECT_EQ(run(transaction_to({"b"}, std::string(1000, 'x'))).log.back(),
            "C: MAIL FROM:<a@c.example> SIZE=1000");
  ClientBench bench = run(transaction_to({"b", "c"}, std::string(1001, 'x')));
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)),
            "permanent failure at nothing 552 here, permanent failure at nothing 552 here");
  EXPECT_TRUE(bench.wire.ends_with("EHLO c.example\r\nQUIT\r\n"));

  Transaction eight = transaction_to({"b"}, "\xE4\r\n");
  eight.body = Body::eight_bit;
  bench = run(eight);
  EXPECT_EQ(bench.outcomes.at(0).recipients[0].reply.enhanced, (EnhancedCode{5, 6, 3}));
  EXPECT_EQ(run(eight, EighthBitToSevenBitHost::send_as_is).log.back(), "C: MAIL FROM:<a@c.example> SIZE=3");

  Transaction injected = transaction_to({"b", "c"});
  injected.forward_paths[0].local_part = "b>\r\nRCPT TO:<evil";
  bench = run(injected);
  bench.feed("250 ok\r\n");
  EXPECT_EQ(bench.log.back(), "C: RCPT TO:<c@mx.example>");
  bench.feed("550 no\r\n");
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)),
            "permanent failure at nothing 553 here, permanent failure at RCPT 550");
  injected.reverse_path.domain = "x\r\n";
  EXPECT_EQ(ClientBench::words(run(injected).outcomes.at(0)),
            "permanent failure at nothing 553 here, permanent failure at nothing 553 here");
}

TEST(SmtpClientSession, DeclaresAnEightBitBodyWhereItIsOffered) {
  Transaction eight = transaction_to({"b"}, "\xE4\r\n");
  eight.body = Body::eight_bit;
  ClientBench bench(client_options(), {eight});
  bench.feed("220 x\r\n");
  bench.feed("250-x\r\n250 8BITMIME\r\n");
  EXPECT_EQ(bench.log.back(), "C: MAIL FROM:<a@c.example> BODY=8BITMIME");
}

TEST(SmtpClientSession, A421EndsEverythingAtAnyStep) {
  const std::vector<std::string> replies = {"220 x",  "250 x",  "250 ok", "250 ok",
                                            "550 no", "354 go", "250 ok", "250 rset"};
  for (std::size_t step = 0; step <= replies.size(); ++step) {
    ClientBench bench(client_options(), {transaction_to({"b", "no"})});
    bench.quits = false;
    for (std::size_t i = 0; i < step && i < 7; ++i) bench.feed(replies[i] + "\r\n");
    ASSERT_FALSE(bench.session.ended());
    bench.feed("421 closing\r\n");
    ASSERT_TRUE(bench.session.ended()) << step;
    EXPECT_EQ(bench.endings.at(0).how, How::not_available);
    EXPECT_EQ(bench.endings.at(0).reply, reply(421, "closing"));
    EXPECT_EQ(bench.closes, 1);
    ASSERT_EQ(bench.outcomes.size(), static_cast<std::size_t>(bench.begun));
    if (step == 6) {
      EXPECT_EQ(ClientBench::words(bench.outcomes[0]),
                "temporary failure at the lone dot 421, permanent failure at RCPT 550");
    }
    if (step == 2) {
      EXPECT_EQ(ClientBench::words(bench.outcomes[0]),
                "temporary failure at MAIL 421, temporary failure at MAIL 421");
    }
  }
}

TEST(SmtpClientSession, WaitsForEachStepAsLongAsTheStandardSays) {
  struct Row {
    std::vector<const char*> replies;
    int minutes;
    const char* which;
  };
  for (const Row& row :
       {Row{{}, 5, "greeting"}, Row{{"220"}, 5, "reply to EHLO or HELO"},
        Row{{"220", "250"}, 5, "reply to MAIL"}, Row{{"220", "250", "250"}, 5, "reply to RCPT"},
        Row{{"220", "250", "250", "250"}, 2, "reply to DATA"},
        Row{{"220", "250", "250", "250", "354"}, 10, "reply to the lone dot"},
        Row{{"220", "250", "250", "550"}, 5, "reply to RSET"},
        Row{{"220", "250", "550"}, 5, "reply to QUIT"}}) {
    ClientBench bench(client_options(), {transaction_to({"b"})});
    for (const char* reply : row.replies) {
      bench.wait(kMinute_ns);
      bench.feed(std::string(reply) + "\r\n");
    }
    ASSERT_EQ(bench.session.deadline_ns(), bench.now_ns + row.minutes * kMinute_ns) << row.which;
    bench.wait(row.minutes * kMinute_ns - 1);
    EXPECT_FALSE(bench.session.ended());
    bench.wait(1);
    EXPECT_TRUE(bench.session.ended());
    EXPECT_NE(std::ranges::find(bench.log, "timed out: " + std::string(row.which)), bench.log.end())
        << row.which;
    EXPECT_EQ(bench.closes, 1);
    EXPECT_EQ(bench.endings.at(0).how,
              std::string_view(row.which) == "reply to QUIT" ? How::quit : How::timed_out);
    ASSERT_EQ(bench.outcomes.size(), static_cast<std::size_t>(bench.begun));
    if (std::string_view(row.which) == "reply to the lone dot") {
      EXPECT_TRUE(bench.outcomes[0].in_doubt);
    }
  }
}

TEST(SmtpClientSession, GivesEachDataBlockItsOwnThreeMinutes) {
  ClientBench bench = plain_bench({transaction_to({"b"})});
  bench.takes_text = false;
  for (const char* reply : {"250\r\n", "250\r\n", "354\r\n"}) bench.feed(reply);
  ASSERT_TRUE(bench.session.content_pending());
  EXPECT_EQ(bench.session.deadline_ns(), 3 * kMinute_ns);
  bench.wait(2 * kMinute_ns);
  EXPECT_EQ(bench.session.take_content(5, bench.now_ns), "Subje");
  EXPECT_EQ(bench.session.deadline_ns(), 5 * kMinute_ns);
  bench.wait(3 * kMinute_ns);
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)), "temporary failure at the lone dot 421 here");
  EXPECT_FALSE(bench.session.content_pending());
  EXPECT_EQ(bench.session.take_content(5, bench.now_ns), "");
}

TEST(SmtpClientSession, KnowsWhatIsInDoubtWhenTheConnectionIsLost) {
  ClientBench bench = plain_bench({transaction_to({"b", "no"})});
  bench.takes_text = false;
  for (const char* reply : {"250\r\n", "250\r\n", "550\r\n", "354\r\n"}) bench.feed(reply);
  ClientBench before = bench;
  before.session.take_content(10, 0);
  before.lose();
  EXPECT_EQ(ClientBench::words(before.outcomes.at(0)),
            "temporary failure at the lone dot 421 here, permanent failure at RCPT 550");
  EXPECT_EQ(before.closes, 0);
  bench.take_text();
  bench.lose();
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)),
            "temporary failure at the lone dot 421 here, permanent failure at RCPT 550; in doubt");
  EXPECT_EQ(bench.endings.at(0).reply, reply(421, "connection lost: reset", EnhancedCode{4, 4, 2}));
}

TEST(SmtpClientSession, HoldsAnEarlyRefusalUntilTheLoneDot) {
  ClientBench bench = plain_bench({transaction_to({"b"})});
  bench.takes_text = false;
  for (const char* reply : {"250\r\n", "250\r\n", "354\r\n"}) bench.feed(reply);
  bench.session.take_content(3, 0);
  bench.feed("552 too big\r\n");
  EXPECT_TRUE(bench.outcomes.empty());
  ClientBench closed = bench;
  closed.finish();
  EXPECT_EQ(ClientBench::words(closed.outcomes.at(0)), "permanent failure at the lone dot 552");
  ClientBench twice = bench;
  twice.feed("552 too big\r\n");
  EXPECT_EQ(twice.endings.at(0).how, How::protocol_error);
  bench.take_text();
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)), "permanent failure at the lone dot 552");
  EXPECT_EQ(bench.log.back(), "C: QUIT");
}

TEST(SmtpClientSession, BelievesNoConfirmationOfWhatWasNotSent) {
  ClientBench bench = plain_bench({transaction_to({"b"})});
  bench.takes_text = false;
  for (const char* reply : {"250\r\n", "250\r\n", "354\r\n250 accepted\r\n"}) bench.feed(reply);
  EXPECT_EQ(bench.endings.at(0).how, How::protocol_error);
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)), "temporary failure at the lone dot 451 here");
}

TEST(SmtpClientSession, AReplyOutOfTurnIsAProtocolError) {
  for (const char* reply : {"250\r\n250\r\n", "354\r\n", "rubbish\r\n", "250\n"}) {
    ClientBench bench = plain_bench({transaction_to({"b"})});
    bench.feed(reply);
    ASSERT_TRUE(bench.session.ended()) << reply;
    EXPECT_EQ(bench.endings.at(0).how, How::protocol_error);
    EXPECT_EQ(bench.outcomes.at(0).recipients[0].verdict, client::Verdict::temporary);
  }
}

TEST(SmtpClientSession, ToleratesAHostThatClosesInsteadOf221) {
  ClientBench bench(client_options());
  bench.feed("220 x\r\n");
  bench.feed("250 x\r\n");
  ASSERT_EQ(bench.session.state(), ClientState::quitting);
  ClientBench lost = bench;
  bench.finish();
  EXPECT_EQ(bench.endings.at(0).how, How::quit);
  EXPECT_EQ(bench.closes, 1);
  lost.lose();
  EXPECT_EQ(lost.endings.at(0).how, How::quit);
  EXPECT_EQ(lost.closes, 0);
}

TEST(SmtpClientSession, SaysWhyNoConnectionCouldBeMade) {
  ClientSession session(client_options());
  session.connection_lost("refused");
  ASSERT_TRUE(std::holds_alternative<client::PhaseEntered>(*session.next_action()));
  const auto action = session.next_action();
  const auto& ended = std::get<client::Ended>(*action);
  EXPECT_EQ(ended.how, How::connection_lost);
  EXPECT_EQ(ended.reply, reply(421, "no connection: refused", EnhancedCode{4, 4, 1}));
  EXPECT_FALSE(session.next_action());
}

}  // namespace
}  // namespace mailroom::smtp
