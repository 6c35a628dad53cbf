// SPDX-License-Identifier: GPL-2.0-only
// The sender's drills: every way of cutting the replies, their end after every octet, every reply at every
// step, octets at random. (A server joined to it: joined_test.cpp.)
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "tests/protocols/smtp/client_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::client_options;
using test::ClientBench;
using test::transaction_to;

const std::vector<std::string> kReplies = {
    "220-mx.example\r\n220 hello\r\n",
    "250-mx.example\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES\r\n",
    "250 2.1.0 OK\r\n250 2.1.5 OK\r\n550-5.1.1 no\r\n550 5.1.1 such\r\n354\r\n",
    "250 2.0.0 OK\r\n",
    "550 5.7.1 no\r\n503 5.5.1 no\r\n503 5.5.1 no\r\n",
    "221 2.0.0 bye\r\n"};

std::deque<Transaction> two() {
  return {transaction_to({"b", "no"}), transaction_to({"b"})};
}

void expect_sane(const ClientBench& bench) {
  EXPECT_EQ(bench.outcomes.size(), static_cast<std::size_t>(bench.begun));
  EXPECT_EQ(bench.endings.size(), bench.session.ended() ? 1U : 0U);
  EXPECT_LE(bench.closes, 1);
}

TEST(SmtpClientDrills, EveryWayOfCuttingTheRepliesGivesTheSameSession) {
  ClientBench whole(client_options(), two());
  for (const std::string& replies : kReplies) whole.feed(replies);
  ASSERT_EQ(whole.endings.at(0).how, client::How::quit);
  ASSERT_EQ(whole.outcomes.size(), 2U);
  for (std::size_t group = 0; group < kReplies.size(); ++group)
    for (std::size_t one = 0; one <= kReplies[group].size(); ++one)
      for (std::size_t two_at = one; two_at <= kReplies[group].size(); ++two_at) {
        ClientBench bench(client_options(), two());
        for (std::size_t i = 0; i < kReplies.size(); ++i) {
          if (i != group) {
            bench.feed(kReplies[i]);
            continue;
          }
          bench.feed(kReplies[i].substr(0, one));
          bench.feed(kReplies[i].substr(one, two_at - one));
          bench.feed(kReplies[i].substr(two_at));
        }
        ASSERT_EQ(bench.log, whole.log) << group << ' ' << one << ' ' << two_at;
        ASSERT_EQ(bench.wire, whole.wire);
      }
}

TEST(SmtpClientDrills, TheEndAfterEveryOctetGivesEachTransactionOneOutcome) {
  std::string all;
  for (const std::string& replies : kReplies) all += replies;
  for (std::size_t length = 0; length <= all.size(); ++length)
    for (const int how : {0, 1, 2}) {
      ClientBench bench(client_options(), two());
      std::size_t left = length;
      for (const std::string& replies : kReplies) {
        bench.feed(replies.substr(0, left));
        left -= std::min(left, replies.size());
      }
      const bool quit = bench.session.ended();
      if (how == 0) bench.finish();
      if (how == 1) bench.lose();
      if (how == 2) bench.wait(10 * kMinute_ns);
      ASSERT_TRUE(bench.session.ended()) << length;
      ASSERT_EQ(bench.closes, how == 1 && !quit ? 0 : 1);
      ASSERT_EQ(bench.session.deadline_ns(), std::nullopt);
      bench.feed("250 OK\r\n");
      bench.finish();
      bench.lose();
      bench.wait(10 * kMinute_ns);
      expect_sane(bench);
    }
}

// Every reply at every step, with and without pipelining: each transaction has one outcome, and only a 2yz to
// the lone dot says that a recipient was accepted.
TEST(SmtpClientDrills, EveryReplyAtEveryStepHasAnOutcome) {
  const std::vector<std::string> odd = {"220", "250", "251", "354", "421", "450", "452", "500", "501",  "502",
                                        "503", "550", "551", "552", "554", "555", "x",   "100", "250\n"};
  for (const bool pipelining : {false, true})
    for (std::size_t step = 0; step < 8; ++step)
      for (const std::string& reply : odd) {
        ClientBench bench(client_options(), two());
        const std::vector<std::string> good = {
            "220", pipelining ? "250-x\r\n250 PIPELINING" : "250", "250", "250", "550", "354", "250", "550"};
        for (std::size_t i = 0; i < step; ++i) bench.feed(good[i] + "\r\n");
        ASSERT_FALSE(bench.session.ended());
        bench.feed(reply + "\r\n");
        for (int i = 0; i < 20 && !bench.session.ended(); ++i) bench.feed("554 no\r\n");
        ASSERT_TRUE(bench.session.ended()) << step << ' ' << reply;
        expect_sane(bench);
        for (std::size_t i = 0; i < bench.outcomes.size(); ++i)
          for (const auto& outcome : bench.outcomes[i].recipients) {
            ASSERT_NE(outcome.reply.code, 0);
            if (outcome.verdict != client::Verdict::accepted) continue;
            ASSERT_TRUE(bench.outcomes[i].confirmed);
            ASSERT_EQ(outcome.step, client::Step::content);
            ASSERT_EQ(outcome.reply.code / 100, 2);
          }
      }
}

ClientOptions extended_options() {
  ClientOptions options = client_options();
  options.chunking = true;
  options.chunk_octets = 9;  // of 18 octets
  options.credentials = Credentials{"user", "secret"};
  return options;
}

// The same with AUTH and BDAT.
TEST(SmtpClientDrills, EveryReplyAtEveryStepOfTheExtensionsHasAnOutcome) {
  const std::vector<std::string> odd = {"220", "235", "250", "334 AAAA", "354", "421",  "452",
                                        "503", "504", "535", "552",      "x",   "250\n"};
  for (const bool pipelining : {false, true})
    for (std::size_t step = 0; step < 10; ++step)
      for (const std::string& reply : odd) {
        ClientBench bench(extended_options(), two());
        const std::vector<std::string> good = {
            "220",
            std::string("250-x\r\n250-AUTH CRAM-MD5 LOGIN\r\n250-CHUNKING\r\n250 ") +
                (pipelining ? "PIPELINING" : "X"),
            "334 AAAA",
            "235",
            "250",
            "250",
            "550",
            "250",
            "250",
            "250"};
        for (std::size_t i = 0; i < step; ++i) bench.feed(good[i] + "\r\n");
        ASSERT_FALSE(bench.session.ended()) << step;
        bench.feed(reply + "\r\n");
        for (int i = 0; i < 20 && !bench.session.ended(); ++i) bench.feed("554 no\r\n");
        ASSERT_TRUE(bench.session.ended()) << step << ' ' << reply;
        expect_sane(bench);
        for (const auto& ended : bench.outcomes)
          for (const auto& outcome : ended.recipients) {
            ASSERT_NE(outcome.reply.code, 0);
            ASSERT_EQ(outcome.verdict == client::Verdict::accepted && outcome.reply.code / 100 != 2, false);
          }
      }
}

// What a receiver of good will says there, more or less.
std::string likely_reply(ClientState state, unsigned chance) {
  switch (state) {
    case ClientState::awaiting_greeting:
      return "220 x\r\n";
    case ClientState::introducing:
      return std::string("250-x\r\n") + (chance % 2 == 0 ? "250-CHUNKING\r\n" : "250-SIZE 10000\r\n") +
             (chance % 3 == 0 ? "250-AUTH PLAIN LOGIN\r\n" : "") +
             (chance % 5 < 3 ? "250 PIPELINING\r\n" : "250 x\r\n");
    case ClientState::authenticating:
      return chance % 4 == 0 ? "334 AAAA\r\n" : "235 x\r\n";
    case ClientState::sending_envelope:
      return chance % 4 == 0 ? "354 x\r\n" : "250 x\r\n";
    case ClientState::quitting:
      return "221 x\r\n";
    default:
      return "250 x\r\n";
  }
}

TEST(SmtpClientDrills, RandomOctetsNeverTripAnAssert) {
  const std::vector<std::string> alphabet = {
      "220 x\r\n", "250 x\r\n", "250-x\r\n", "250 ok\r\n",   "250 PIPELINING\r\n", "354 x\r\n", "550 x\r\n",
      "452 x\r\n", "421 x\r\n", "221 x\r\n", "334 AAAA\r\n", "235 x\r\n",          "504 x\r\n", "\r\n",
      "\n",        "2",         "x"};
  std::mt19937 random(821);
  int ended = 0, accepted = 0;
  std::map<ClientState, int> met;  // octets that came in that state
  for (int run = 0; run < 10'000; ++run) {
    ClientOptions options = run % 2 ? client_options() : ClientOptions::lecture("c.example");
    if (run % 4 == 1) options = extended_options();
    ClientBench bench(options, two());
    bench.takes_text = random() % 4 != 0;
    if (random() % 2) bench.feed("220 x\r\n");
    if (random() % 2)
      bench.feed(random() % 4 == 0   ? "250-x\r\n250-CHUNKING\r\n250-AUTH PLAIN LOGIN\r\n250 PIPELINING\r\n"
                 : random() % 2 == 0 ? "250-x\r\n250-CHUNKING\r\n250-SIZE 10000\r\n250 PIPELINING\r\n"
                                     : "250 x\r\n");
    for (int i = 0; i < 20; ++i) {
      const std::size_t choice = random() % 64;
      ++met[bench.session.state()];
      if (bench.session.ended()) break;
      if (run % 8 != 0 && random() % 8 < 6) {
        if (random() % 4 == 0) bench.take_text();
        bench.feed(likely_reply(bench.session.state(), static_cast<unsigned>(random())));
        continue;
      }
      if (choice < 60) bench.feed(alphabet[choice < 40 ? 3 + choice % 5 : choice % alphabet.size()]);
      if (choice == 60) bench.take_text();
      if (choice == 61) bench.feed(std::string(1, static_cast<char>(random() % 256)));
      if (choice == 62) bench.wait(kMinute_ns);
    }
    if (random() % 2) bench.finish();
    bench.lose();
    ASSERT_TRUE(bench.session.ended());
    expect_sane(bench);
    for (const auto& outcome : bench.outcomes) accepted += outcome.confirmed;
    ended += bench.endings.at(0).how == client::How::quit;
  }
  EXPECT_GT(ended, 100);
  EXPECT_GT(accepted, 100);
  // A drill that gets nowhere drills nothing.
  for (const ClientState state :
       {ClientState::awaiting_greeting, ClientState::introducing, ClientState::authenticating,
        ClientState::sending_envelope, ClientState::sending_content, ClientState::between_chunks,
        ClientState::awaiting_confirmation, ClientState::resetting, ClientState::quitting})
    EXPECT_GT(met[state], 100) << name(state);
}

TEST(SmtpClientDrills, ReplaysTheCorpusOfTheFuzzer) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(MAILROOM_SOURCE_DIR "/tests/fuzz/corpus/smtp_client")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream octets;
    octets << in.rdbuf();
    for (const bool old : {false, true}) {
      ClientBench bench(old ? ClientOptions::lecture("c.example") : client_options(), two());
      if (octets.str().size() > 1)
        bench.feed(octets.str().substr(1));  // the first octet is the fuzzer's choice
      bench.lose();
      EXPECT_TRUE(bench.session.ended()) << entry.path();
      expect_sane(bench);
    }
    ++files;
  }
  EXPECT_GE(files, 5);
}

}  // namespace
}  // namespace mailroom::smtp
