// SPDX-License-Identifier: GPL-2.0-only
// BDAT (RFC 3030) at the receiver and at the sender.
#include <gtest/gtest.h>

#include "tests/protocols/smtp/client_bench.hpp"
#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::bench_in;
using test::client_options;
using test::ClientBench;
using test::server_options;
using test::ServerBench;
using test::transaction_to;

TEST(SmtpChunking, AMessageComesInChunksWithoutStuffedDots) {
  ServerBench bench = bench_in(ServerState::recipients_known);
  bench.feed("BDAT 6\r\n..\r\n.\r");
  EXPECT_EQ(bench.replies(), "250 2.0.0 6 octets received\r\n");
  EXPECT_EQ(bench.session.state(), ServerState::chunks_begun);
  bench.feed("BDAT 4 last\r\n\nRSET\r\nNOOP\r\n");
  EXPECT_EQ(bench.messages, std::vector<std::string>{"..\r\n.\r\nRSE"}) << "octets, not lines";
}

TEST(SmtpChunking, ACrAndItsLfMayComeInTwoChunks) {
  ServerBench bench = bench_in(ServerState::recipients_known);
  bench.feed("BDAT 2\r\nx\rBDAT 1 LAST\r\n\n");
  ASSERT_EQ(bench.asked.size(), 1U);
  EXPECT_FALSE(bench.asked[0].has_bare_line_end);
  bench.feed(
      "MAIL FROM:<>\r\nRCPT TO:<b@x>\r\nBDAT 2 LAST\r\nx\rMAIL FROM:<>\r\nRCPT TO:<b@x>\r\n"
      "BDAT 3\r\nx\ryBDAT 0 LAST\r\nMAIL FROM:<>\r\nRCPT TO:<b@x>\r\nBDAT 2 LAST\r\nx\n");
  ASSERT_EQ(bench.asked.size(), 4U);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(bench.asked[i].has_bare_line_end) << i;
}

TEST(SmtpChunking, SizeZeroLastEndsTheMessage) {
  ServerBench bench = bench_in(ServerState::recipients_known);
  bench.feed("BDAT 3\r\nx\r\nBDAT 0 LAST\r\n");
  EXPECT_EQ(bench.messages, std::vector<std::string>{"x\r\n"});
  EXPECT_EQ(bench.session.state(), ServerState::ready);
}

TEST(SmtpChunking, DataRcptAndMailAfterBdatAreOutOfSequence) {
  ServerBench bench = bench_in(ServerState::chunks_begun);
  bench.feed("DATA\r\nRCPT TO:<c@x>\r\nMAIL FROM:<>\r\n");
  const std::string no = "503 5.5.1 BDAT has begun: send the other chunks, or RSET\r\n";
  EXPECT_EQ(bench.replies(), no + no + no);
  bench.feed("RSET\r\nBDAT 2\r\nXX");
  EXPECT_EQ(bench.replies(), "250 2.0.0 OK\r\n503 5.5.1 Need MAIL command first\r\n");
  EXPECT_EQ(bench.resets, 1);
}

TEST(SmtpChunking, ARefusedChunkIsReadAllTheSame) {
  struct Row {
    ServerState state;
    const char* reply;
  };
  for (const Row& row : {Row{ServerState::greeted, "503 Send HELO or EHLO first\r\n"},
                         Row{ServerState::ready, "503 5.5.1 Need MAIL command first\r\n"},
                         Row{ServerState::refusing, "503 Bad sequence of commands\r\n"}}) {
    ServerBench bench = bench_in(row.state);
    bench.feed("BDAT 6 LAST\r\nQUI");
    EXPECT_EQ(bench.replies(), "");
    bench.feed("T\r\n");
    EXPECT_EQ(bench.replies(), row.reply);
    EXPECT_EQ(bench.session.state(), row.state);
    EXPECT_EQ(bench.spool, "");
  }
  ServerBench nobody = bench_in(ServerState::sender_known);
  nobody.feed("RCPT TO:<no@x>\r\nBDAT 6 LAST\r\nRSET\r\n");
  EXPECT_TRUE(nobody.replies().ends_with("554 5.5.1 No valid recipients\r\n"));
  ServerBench full = bench_in(ServerState::recipients_known);
  full.answers = false;
  full.feed("BDAT 6 LAST\r\nQUIT\r\n");
  full.answers = true;
  full.answer(full.session.say(Say::insufficient_storage));
  EXPECT_TRUE(full.replies().starts_with("452 4.3.1"));
  EXPECT_EQ(full.session.state(), ServerState::ready);
}

// A session with PIPELINING, whose host has no room when the first chunk comes, and some when the others do.
ServerBench with_the_first_chunk_refused(ServerOptions options, std::string_view pipelined) {
  ServerBench bench = bench_in(ServerState::recipients_known, std::move(options));
  bench.answers = false;
  bench.feed(pipelined);
  EXPECT_TRUE(bench.session.question_open());
  bench.answers = true;
  bench.answer(bench.session.say(Say::insufficient_storage));
  return bench;
}

TEST(SmtpChunking, WhatComesBehindARefusedChunkIsNoMessage) {
  ServerBench bench =
      with_the_first_chunk_refused(server_options(), "BDAT 5\r\nhead\nBDAT 5\r\nbody\nBDAT 4 LAST\r\nend\nNOOP\r\n");
  const std::string no = "503 5.5.1 Need MAIL command first\r\n";
  EXPECT_EQ(bench.replies(),
            "452 4.3.1 Requested action not taken: insufficient system storage\r\n" + no + no + "250 2.0.0 OK\r\n");
  EXPECT_TRUE(bench.messages.empty());
  EXPECT_EQ(bench.resets, 1);
  EXPECT_EQ(bench.open_transactions, 0);
  bench.feed("RSET\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nBDAT 2 LAST\r\nx\n");
  EXPECT_EQ(bench.messages, std::vector<std::string>{"x\n"}) << "the next transaction is one";
}

TEST(SmtpChunking, AnyRefusedChunkOfATransactionEndsIt) {
  const std::string too_long = "BDAT 4" + std::string(kLongestCommandLine, ' ') + "\r\nhole";
  for (const auto& [state, octets] : {std::pair{ServerState::chunks_begun, too_long},
                                      std::pair{ServerState::recipients_known, too_long},
                                      std::pair{ServerState::sender_known, std::string("BDAT 4\r\nhole")}}) {
    ServerBench bench = bench_in(state);
    ASSERT_EQ(bench.open_transactions, 1);
    bench.feed(octets);
    EXPECT_TRUE(bench.replies().starts_with("50")) << name(state);
    EXPECT_EQ(bench.session.state(), ServerState::ready) << name(state);
    EXPECT_EQ(bench.resets, 1) << name(state);
    bench.feed("RCPT TO:<b@x>\r\nBDAT 3 LAST\r\nx\r\n");
    EXPECT_TRUE(bench.messages.empty()) << name(state);
  }
}

TEST(SmtpChunking, ChunksThatWereOnTheirWayBehindARefusedOneAreNoErrors) {
  ServerOptions options = server_options();
  options.errors = {.soft = 10, .hard = 3, .junk = 0, .sleep_ns = 0};
  std::string chunks = "BDAT 1\r\nx";
  for (int i = 0; i < 10; ++i) chunks += "BDAT 1\r\ny";
  ServerBench bench = with_the_first_chunk_refused(options, chunks + "BDAT 0 LAST\r\n");
  EXPECT_EQ(bench.session.errors(), 1);
  EXPECT_FALSE(bench.session.ended());
  bench.feed("BDAT 1\r\nz");
  EXPECT_EQ(bench.session.errors(), 2) << "after LAST nothing of it is left";
  ServerBench other = with_the_first_chunk_refused(options, "BDAT 1\r\nxNOOP\r\nBDAT 1\r\ny");
  EXPECT_EQ(other.session.errors(), 2) << "nor after another command";
}

TEST(SmtpChunking, ErrorSleepHoldsBackNoReplyBehindWhichChunksAreOnTheirWay) {
  ServerOptions options = server_options();
  options.errors = {.soft = 1, .hard = 0, .junk = 0, .sleep_ns = kSecond_ns};
  ServerBench bench = bench_in(ServerState::recipients_known, options);
  bench.feed("RCPT TO:<no@x>\r\n");
  ASSERT_TRUE(bench.session.waiting());
  bench.wait(kSecond_ns);
  const std::string chunk(options.input_limit_octets, 'x');
  const std::string bdat = "BDAT " + std::to_string(chunk.size());
  for (const char* last : {"\r\n", "\r\n", " LAST\r\n"}) {
    bench.feed(bdat + last);
    for (std::size_t at = 0; at < chunk.size(); at += 1000) bench.feed(std::string_view(chunk).substr(at, 1000));
  }
  EXPECT_FALSE(bench.session.ended());
  ASSERT_EQ(bench.messages.size(), 1U);
  EXPECT_EQ(bench.messages[0].size(), 3 * chunk.size());
  EXPECT_TRUE(bench.replies().ends_with("250 2.0.0 OK, message accepted for delivery\r\n"));
}

TEST(SmtpChunking, AMessageMayWaitBehindARecipientWhoseReplyIsHeldBack) {
  ServerOptions options = server_options();
  options.input_limit_octets = 1000;
  options.size_limit_octets = 5000;
  for (const std::size_t octets : {5000U, 6000U}) {
    ServerBench bench = bench_in(ServerState::sender_known, options);
    bench.answers = false;
    bench.feed("RCPT TO:<b@x>\r\n");
    bench.answers = true;
    bench.answer(bench.session.say(Say::recipient_ok), kSecond_ns);
    ASSERT_TRUE(bench.session.waiting());
    bench.feed("BDAT " + std::to_string(octets) + " LAST\r\n" + std::string(octets, 'x'));
    bench.wait(kSecond_ns);
    EXPECT_EQ(bench.messages.size(), octets == 5000U ? 1U : 0U);
    EXPECT_EQ(bench.session.ended(), octets == 6000U) << "memory is bounded";
  }
}

TEST(SmtpChunking, TheLargestNumberIsMoreThanAnyLimit) {
  ServerOptions options = server_options();
  options.size_limit_octets = 10;
  ServerBench bench = bench_in(ServerState::recipients_known, options);
  bench.feed("BDAT 1\r\naBDAT 9223372036854775807\r\nb");
  EXPECT_EQ(bench.resets, 1);
  EXPECT_EQ(bench.session.state(), ServerState::receiving_chunk);
  EXPECT_EQ(bench.spool, "");
}

TEST(SmtpChunking, WhatIsNoBdatEndsTheSession) {
  for (const char* line :
       {"BDAT", "BDAT x", "BDAT -1", "BDAT 1 FIRST", "BDAT 99999999999999999999", "BDAT 1LAST"}) {
    ServerBench bench = bench_in(ServerState::recipients_known);
    bench.feed(std::string(line) + "\r\nMAIL FROM:<smuggled@x>\r\n");
    EXPECT_TRUE(bench.replies().starts_with("501 5.5.4")) << line;
    EXPECT_TRUE(bench.session.ended()) << line;
    EXPECT_EQ(bench.open_transactions, 0);
  }
}

TEST(SmtpChunking, SizeIsCheckedAsItIsAnnounced) {
  ServerOptions options = server_options();
  options.size_limit_octets = 10;
  ServerBench bench = bench_in(ServerState::recipients_known, options);
  bench.feed("BDAT 5\r\nabcdeBDAT 6\r\n");
  EXPECT_EQ(bench.resets, 0);
  bench.feed("a");
  EXPECT_EQ(bench.resets, 1) << "the host can forget it at once";
  bench.feed("bcdefBDAT 2 LAST\r\nxxNOOP\r\n");
  EXPECT_EQ(bench.replies(),
            "250 2.0.0 5 octets received\r\n552 5.3.4 Message size exceeds fixed maximum message size\r\n"
            "503 5.5.1 Need MAIL command first\r\n250 2.0.0 OK\r\n");
  EXPECT_TRUE(bench.messages.empty());
}

TEST(SmtpChunking, EightBitTextIsTreatedAsInData) {
  ServerOptions options = server_options();
  options.offered.eight_bit_mime = false;
  options.eighth_bit = EighthBit::refuse;
  ServerBench bench = bench_in(ServerState::recipients_known, options);
  bench.feed("BDAT 2 LAST\r\n\xC3\xBC");
  EXPECT_TRUE(bench.replies().starts_with("554 5.6.3"));
  options.eighth_bit = EighthBit::clear;
  ServerBench cleared = bench_in(ServerState::recipients_known, options);
  cleared.feed("BDAT 2 LAST\r\n\xC3\xBC");
  EXPECT_EQ(cleared.messages, std::vector<std::string>{"C<"});
}

ClientOptions chunking(bool pipelining, std::int64_t chunk_octets = 1000) {
  ClientOptions options = client_options();
  options.chunking = true;
  options.pipelining = pipelining;
  options.chunk_octets = chunk_octets;
  return options;
}

const std::string kGreeting = "220 mx\r\n";
const std::string kEhlo = "250-mx\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250 CHUNKING\r\n";

// Until the text is wanted.
void accept_envelope(ClientBench& bench) {
  bench.feed(kGreeting + kEhlo);
  bench.feed("250 2.1.0 OK\r\n");
  bench.feed("250 2.1.5 OK\r\n");
}

TEST(SmtpChunking, TheSenderUsesItWhereOfferedAndWanted) {
  ClientBench bench(chunking(true), {transaction_to({"b"}, ".x\r\n")});
  bench.feed(kGreeting + kEhlo);
  bench.sent();
  bench.feed("250 2.1.0 OK\r\n");
  EXPECT_EQ(bench.sent(), "") << "not before it is known who takes it";
  bench.feed("250 2.1.5 OK\r\n");
  EXPECT_EQ(bench.sent(), "BDAT 4 LAST\r\n.x\r\n");
  EXPECT_EQ(bench.session.state(), ClientState::awaiting_confirmation);
  bench.feed("250 2.0.0 OK\r\n");
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)), "accepted at the lone dot 250; confirmed");
  ClientBench unwanted(client_options(), {transaction_to({"b"})});
  unwanted.feed(kGreeting + kEhlo);
  EXPECT_NE(unwanted.sent().find("DATA"), std::string::npos);
}

TEST(SmtpChunking, ChunksGoOneByOneOrTogether) {
  for (const bool pipelining : {false, true}) {
    ClientBench bench(chunking(pipelining, 4), {transaction_to({"b"}, "0123456789")});
    bench.feed(kGreeting + kEhlo);
    bench.feed("250 OK\r\n");
    bench.sent();
    bench.feed("250 OK\r\n");
    EXPECT_EQ(bench.sent(), pipelining ? "BDAT 4\r\n0123BDAT 4\r\n4567BDAT 2 LAST\r\n89" : "BDAT 4\r\n0123");
    bench.feed("250 OK\r\n");
    EXPECT_EQ(bench.sent(), pipelining ? "" : "BDAT 4\r\n4567");
    bench.feed("250 OK\r\n");
    EXPECT_EQ(bench.sent(), pipelining ? "" : "BDAT 2 LAST\r\n89");
    bench.feed("250 OK\r\n");
    EXPECT_TRUE(bench.outcomes.at(0).confirmed);
  }
}

TEST(SmtpChunking, AChunkThatFailsIsFinishedThenTheTransactionIsReset) {
  ClientBench bench(chunking(false, 4), {transaction_to({"b"}, "0123456789"), transaction_to({"b"}, "x")});
  bench.takes_text = false;
  accept_envelope(bench);
  bench.sent();
  bench.feed("552 5.3.4 too big\r\n");  // before its octets were sent
  EXPECT_EQ(bench.sent(), "");
  bench.take_text();
  EXPECT_EQ(bench.sent(), "0123RSET\r\n");
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)), "permanent failure at the lone dot 552");
  bench.feed("250 OK\r\n");
  EXPECT_EQ(bench.sent(), "MAIL FROM:<a@c.example>\r\n");
}

TEST(SmtpChunking, PipelinedChunksAfterAFailureAreWaitedFor) {
  ClientBench bench(chunking(true, 4), {transaction_to({"b"}, "0123456789")});
  accept_envelope(bench);
  bench.feed("452 4.3.1 full\r\n503 5.5.1 no\r\n");
  EXPECT_TRUE(bench.outcomes.empty());
  bench.feed("503 5.5.1 no\r\n");
  EXPECT_EQ(ClientBench::words(bench.outcomes.at(0)), "temporary failure at the lone dot 452");
  EXPECT_EQ(bench.log.back(), "C: QUIT") << "the last chunk's reply ended it";
}

TEST(SmtpChunking, ALostConnectionIsInDoubtOnlyAfterTheLastOctet) {
  for (const bool pipelining : {false, true})
    for (std::size_t taken = 0; taken <= 10; ++taken) {
      ClientBench bench(chunking(pipelining, 5), {transaction_to({"b"}, "0123456789")});
      bench.takes_text = false;
      accept_envelope(bench);
      for (std::size_t i = 0; i < taken; ++i) {
        if (!bench.session.content_pending() && !pipelining) bench.feed("250 OK\r\n");
        ASSERT_EQ(bench.session.take_content(1, 0).size(), 1U);
        bench.drain();
      }
      bench.lose();
      EXPECT_EQ(bench.outcomes.at(0).in_doubt, taken == 10) << taken;
    }
}

TEST(SmtpChunking, AnEmptyMessageIsOneChunkOfNothing) {
  ClientBench bench(chunking(true), {transaction_to({"b"}, "")});
  accept_envelope(bench);
  EXPECT_TRUE(bench.sent().ends_with("BDAT 0 LAST\r\n"));
  bench.feed("250 OK\r\n");
  EXPECT_TRUE(bench.outcomes.at(0).confirmed);
}

}  // namespace
}  // namespace mailroom::smtp
