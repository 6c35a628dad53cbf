// SPDX-License-Identifier: GPL-2.0-only
// The receiver's limits (RFC 5321 §4.5.3.1, RFC 1870), each at the limit and one beyond it.
#include <gtest/gtest.h>

#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::bench_in;
using test::server_options;
using test::ServerBench;

std::string noop_of(std::size_t octets) {
  return "NOOP " + std::string(octets - 7, 'x') + "\r\n";
}

TEST(SmtpServerLimits, TakesACommandLineOf512OctetsAndNotOneMore) {
  ServerBench bench = bench_in(ServerState::ready);
  ASSERT_EQ(noop_of(512).size(), 512U);
  bench.feed(noop_of(512));
  EXPECT_EQ(bench.replies(), "250 2.0.0 OK\r\n");
  bench.feed(noop_of(513));
  EXPECT_EQ(bench.replies(), "500 5.5.2 Line too long\r\n");
  EXPECT_EQ(bench.session.state(), ServerState::ready);
}

TEST(SmtpServerLimits, ExtensionsLengthenCommands) {
  struct Room {
    void (*offer)(Extensions&);
    std::size_t mail, rcpt, vrfy;
  };
  const std::vector<Room> rooms = {
      {[](Extensions& e) { e.size = true; }, 26, 0, 0},
      {[](Extensions& e) { e.eight_bit_mime = true; }, 17, 0, 0},
      {[](Extensions& e) { e.smtputf8 = true; }, 10, 0, 10},
      {[](Extensions& e) { e.dsn = true; }, 9 + 107, 29 + 507, 0},
      {[](Extensions& e) { e.auth.add(AuthMechanism::plain); }, 500, 0, 0},
  };
  for (unsigned chosen = 0; chosen < 1U << rooms.size(); ++chosen) {
    ServerOptions options = server_options();
    options.offered = {};
    std::size_t mail = 512, rcpt = 512, vrfy = 512;
    for (std::size_t i = 0; i < rooms.size(); ++i) {
      if (!(chosen >> i & 1U)) continue;
      rooms[i].offer(options.offered);
      mail += rooms[i].mail;
      rcpt += rooms[i].rcpt;
      vrfy += rooms[i].vrfy;
    }
    const auto expect_limit = [&options](ServerState state, const std::string& line, std::size_t limit) {
      ServerBench bench = bench_in(state, options);
      const auto feed = [&bench, &line](std::size_t octets) {
        bench.feed(line + std::string(octets - 2 - line.size(), ' ') + "\r\n");
        return bench.replies();
      };
      EXPECT_EQ(feed(limit + 1), "500 Line too long\r\n") << limit;
      EXPECT_NE(feed(limit), "500 Line too long\r\n") << limit;
    };
    expect_limit(ServerState::ready, "MAIL FROM:<a@c.example>", mail);
    expect_limit(ServerState::sender_known, "RCPT TO:<b@c.example>", rcpt);
    expect_limit(ServerState::ready, "VRFY b", vrfy);
  }
}

TEST(SmtpServerLimits, ALineOfAnyLengthGetsOneReplyHoweverItIsCut) {
  constexpr std::size_t kKept = kLongestCommandLine;
  for (const std::size_t length : {std::size_t{513}, kKept - 2, kKept - 1, kKept, kKept + 1, kKept + 2,
                                   kKept + 45, std::size_t{5000}, std::size_t{300'000}})
    for (const std::size_t chunk :
         {std::size_t{1}, std::size_t{7}, std::size_t{512}, kKept, std::size_t{100'000}}) {
      if (length / chunk > 100'000) continue;
      ServerBench bench = bench_in(ServerState::ready);
      const std::string octets = noop_of(length) + "NOOP\r\n";
      for (std::size_t at = 0; at < octets.size(); at += chunk) bench.feed(octets.substr(at, chunk));
      ASSERT_EQ(bench.replies(), "500 5.5.2 Line too long\r\n250 2.0.0 OK\r\n") << length << " by " << chunk;
      EXPECT_LE(bench.log.front().size(), 3 + kKept);
    }
}

TEST(SmtpServerLimits, ALongLineOfCarriageReturnsEndsOnlyWithCrLf) {
  ServerBench bench = bench_in(ServerState::ready);
  for (int i = 0; i < 2000; ++i) bench.feed("\r");
  for (int i = 0; i < 2; ++i) bench.feed("x\n\n\r");
  EXPECT_EQ(bench.replies(), "");
  bench.feed("\nNOOP\r\n");
  EXPECT_EQ(bench.replies(), "500 5.5.2 Line too long\r\n250 2.0.0 OK\r\n");
}

TEST(SmtpServerLimits, HoldsTheRecipientLimitAndKeepsThoseBefore) {
  ServerOptions options = server_options();
  options.recipient_limit = 100;
  ServerBench bench = bench_in(ServerState::sender_known, options);
  for (int i = 0; i < 100; ++i) bench.feed("RCPT TO:<b" + std::to_string(i) + "@mx.example>\r\n");
  EXPECT_EQ(bench.recipients.size(), 100U);
  bench.replies();
  bench.feed("RCPT TO:<c@mx.example>\r\n");
  EXPECT_EQ(bench.replies(), "452 4.5.3 Too many recipients\r\n");
  EXPECT_EQ(bench.recipients.size(), 100U);
  bench.feed("DATA\r\nx\r\n.\r\n");
  EXPECT_EQ(bench.messages.size(), 1U);
  bench.replies();
  bench.feed("MAIL FROM:<a@c.example>\r\nRCPT TO:<c@mx.example>\r\n");  // the count begins anew
  EXPECT_EQ(bench.replies(), "250 2.1.0 OK\r\n250 2.1.5 OK\r\n");
}

TEST(SmtpServerLimits, RefusesADeclaredSizeAtOnceAndPassesOnAGoodOne) {
  ServerOptions options = server_options();
  options.size_limit_octets = 1000;
  ServerBench bench(options);
  bench.feed("EHLO c.example\r\n");
  EXPECT_NE(bench.wire.find("250-SIZE 1000\r\n"), std::string::npos);
  bench.replies();
  bench.feed("MAIL FROM:<a@c.example> SIZE=1001\r\n");
  EXPECT_EQ(bench.replies(), "552 5.3.4 Message size exceeds fixed maximum message size\r\n");
  EXPECT_TRUE(bench.senders.empty());
  bench.feed("MAIL FROM:<a@c.example> SIZE=1000 BODY=8BITMIME\r\n");
  EXPECT_EQ(bench.parameters.at(0), (MailParameters{1000, Body::eight_bit, true}));
}

TEST(SmtpServerLimits, RefusesATextOverTheLimitAfterTheLoneDot) {
  for (const std::size_t size : {1000U, 1001U, 100'000U})
    for (const std::size_t chunk : {3U, 1'000'000U}) {
      ServerOptions options = server_options();
      options.size_limit_octets = 1000;
      ServerBench bench = bench_in(ServerState::receiving_content, options);
      const std::string octets =
          "..\r\n" + std::string(size - 5, 'x') + "\r\n";  // the stuffed dot does not count
      std::size_t spooled = 0;
      for (std::size_t at = 0; at < octets.size(); at += chunk) {
        bench.feed(octets.substr(at, chunk));
        spooled = std::max(spooled, bench.spool.size());
      }
      EXPECT_EQ(bench.replies(), "");
      EXPECT_LE(spooled, 1000U);
      const int resets = bench.resets;
      bench.feed(".\r\nNOOP\r\n");
      if (size == 1000) {
        EXPECT_EQ(resets, 0);
        EXPECT_EQ(bench.asked.at(0).size_octets, 1000);
      } else {
        EXPECT_EQ(resets, 1);  // the host could forget it at once
        EXPECT_EQ(bench.replies(),
                  "552 5.3.4 Message size exceeds fixed maximum message size\r\n250 2.0.0 OK\r\n");
        EXPECT_TRUE(bench.asked.empty());
      }
      EXPECT_EQ(bench.open_transactions, 0);
    }
}

TEST(SmtpServerLimits, TakesATextLineOver1000OctetsAndSaysSo) {
  for (const std::size_t length : {1000U, 1001U}) {
    ServerBench bench = bench_in(ServerState::receiving_content);
    bench.feed(std::string(length - 2, 'x') + "\r\n.\r\n");
    EXPECT_EQ(std::stoi(bench.replies()), 250);
    EXPECT_EQ(bench.asked.at(0).has_long_line, length > 1000);
  }
}

TEST(SmtpServerLimits, EndsWhenTooMuchInputWaitsForAnAnswer) {
  ServerOptions options = server_options();
  options.input_limit_octets = 1000;
  ServerBench bench = bench_in(ServerState::ready, options);
  bench.answers = false;
  bench.feed("MAIL FROM:<a@c.example>\r\n");
  ServerBench patient = bench;
  patient.feed(std::string(994, 'x') + "NOOP\r\n");  // 1000 octets
  patient.answer(reply(250, "OK"));
  EXPECT_EQ(patient.closes, 0);
  for (int i = 0; i < 1000; ++i) bench.feed(std::string(999, 'x') + "\r\n");
  EXPECT_EQ(bench.replies(), "");
  bench.answer(reply(250, "OK"));
  EXPECT_EQ(bench.replies(),
            "250 2.1.0 OK\r\n421 4.7.0 mx.example Too much input at once, closing transmission channel\r\n");
  EXPECT_EQ(bench.closes, 1);
  EXPECT_EQ(bench.resets, 1);
}

}  // namespace
}  // namespace mailroom::smtp
