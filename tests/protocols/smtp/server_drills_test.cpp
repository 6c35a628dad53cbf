// SPDX-License-Identifier: GPL-2.0-only
// The receiver's drills: every way of cutting the input, its end after every octet, octets at random, and the
// corpus of the fuzzer. (Every state × every verb is in command_table_test.cpp; a client joined to it in
// joined_test.cpp.)
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::server_options;
using test::ServerBench;

const std::string kSession =
    "EHLO c.example\r\nMAIL FROM:<a@c.example> SIZE=9\r\nRCPT TO:<b@x>\r\nRCPT TO:<no@x>\r\nDATA\r\n"
    "\r\n..\r\n.x\r\n\n.\r\r\n.\r\nFOO\r\nHELO\r\nMAIL FROM: <>\r\nRSET\r\nQUIT\r\n";
// The same with what the extensions add.
const std::string kExtendedSession =
    "EHLO c.example\r\nBDAT 6\r\nRSET\r\nAUTH CRAM-MD5\r\n*\r\nAUTH LOGIN\r\ndXNlcg==\r\nc2VjcmV0\r\n"
    "ETRN b.example\r\nMAIL FROM:<a@c.example> RET=HDRS ENVID=x SMTPUTF8\r\n"
    "RCPT TO:<\xC3\xBC@x> NOTIFY=NEVER ORCPT=rfc822;y\r\nBDAT 7\r\n.\r\n..\r\nBDAT 0\r\nDATA\r\nBDAT 3 "
    "LAST\r\n\r\n."
    "MAIL FROM:<a@c.example>\r\nRCPT TO:<b@x>\r\nBDAT 0 LAST\r\nQUIT\r\n";

void expect_sane(const ServerBench& bench) {
  // One reply a command and one a text, besides the greeting and a 421 at the end.
  const auto texts =
      std::ranges::count_if(bench.log, [](const std::string& line) { return line.starts_with("S: 354"); });
  // A chunk that never came to its end has none.
  const auto last = std::ranges::find_if(bench.log.rbegin(), bench.log.rend(), [](const std::string& line) {
    return line.starts_with("C: ") || line.starts_with("S: ");
  });
  const bool is_chunk_open = last != bench.log.rend() && last->starts_with("C: BDAT");
  EXPECT_GE(bench.sent, bench.commands + (is_chunk_open ? 0 : 1));
  EXPECT_LE(bench.sent, bench.commands + texts + 2);
  EXPECT_LE(bench.closes, 1);
}

TEST(SmtpServerDrills, EveryWayOfCuttingTheInputGivesTheSameSession) {
  ServerBench whole(server_options());
  whole.feed(kSession);
  ASSERT_EQ(whole.messages, std::vector<std::string>{"\r\n.\r\nx\r\n\n.\r\r\n"});
  ASSERT_EQ(whole.closes, 1);
  for (std::size_t one = 0; one <= kSession.size(); ++one)
    for (std::size_t two = one; two <= kSession.size(); two += 1 + two % 3) {
      ServerBench bench(server_options());
      for (const std::string& piece :
           {kSession.substr(0, one), kSession.substr(one, two - one), kSession.substr(two)})
        bench.feed(piece);
      ASSERT_EQ(bench.log, whole.log) << one << ' ' << two;
    }
  ServerBench octets(server_options());
  for (const char c : kSession) octets.feed(std::string(1, c));
  EXPECT_EQ(octets.log, whole.log);
}

TEST(SmtpServerDrills, EveryWayOfCuttingTheExtensionsGivesTheSameSession) {
  ServerBench whole(test::generous_options());
  whole.feed(kExtendedSession);
  ASSERT_EQ(whole.messages, (std::vector<std::string>{".\r\n..\r\n\r\n.", ""}));
  ASSERT_EQ(whole.session.authenticated(), "user");
  ASSERT_EQ(whole.closes, 1);
  for (std::size_t one = 0; one <= kExtendedSession.size(); ++one)
    for (std::size_t two = one; two <= kExtendedSession.size(); two += 1 + two % 7) {
      ServerBench bench(test::generous_options());
      for (const std::string& piece : {kExtendedSession.substr(0, one),
                                       kExtendedSession.substr(one, two - one), kExtendedSession.substr(two)})
        bench.feed(piece);
      ASSERT_EQ(bench.log, whole.log) << one << ' ' << two;
    }
  ServerBench octets(test::generous_options());
  for (const char c : kExtendedSession) octets.feed(std::string(1, c));
  EXPECT_EQ(octets.log, whole.log);
}

TEST(SmtpServerDrills, TheEndAfterEveryOctetOfTheExtensionsLeavesNothingOpen) {
  for (std::size_t length = 0; length <= kExtendedSession.size(); ++length)
    for (const int how : {0, 1, 2}) {
      ServerBench bench(test::generous_options());
      bench.feed(kExtendedSession.substr(0, length));
      if (how == 0) bench.finish();
      if (how == 1) bench.wait(5 * kMinute_ns);
      if (how == 2) {
        bench.session.connection_lost();
        bench.drain();
      }
      ASSERT_TRUE(bench.session.ended()) << length;
      ASSERT_EQ(bench.session.deadline_ns(), std::nullopt);
      ASSERT_EQ(bench.open_transactions, 0) << length;
      expect_sane(bench);
    }
}

TEST(SmtpServerDrills, AnswersThatComeLateGiveTheSameSession) {
  ServerBench prompt(server_options());
  prompt.feed(kSession);
  ServerBench late(server_options());
  late.answers = false;
  late.feed(kSession);
  int questions = 0;
  for (; late.session.question_open(); ++questions) {
    const std::string& question = late.log.back();
    Say say = Say::message_accepted;
    if (question.starts_with("sender?")) say = Say::sender_ok;
    if (question.starts_with("recipient?"))
      say = question.find("<no@") != std::string::npos ? Say::no_such_user : Say::recipient_ok;
    if (question == "data?") say = Say::start_mail_input;
    late.answer(late.session.say(say));
  }
  EXPECT_EQ(questions, 6);
  EXPECT_EQ(late.log, prompt.log);
}

TEST(SmtpServerDrills, TheEndAfterEveryOctetLeavesNoTransactionOpen) {
  for (std::size_t length = 0; length <= kSession.size(); ++length)
    for (const int how : {0, 1, 2, 3}) {
      ServerBench bench(server_options());
      bench.feed(std::string_view(kSession).substr(0, length));
      const bool closed = bench.closes == 1;
      if (how == 0) bench.finish();
      if (how == 1) bench.wait(5 * kMinute_ns);
      if (how == 2) {
        bench.session.shutdown();
        bench.drain();
      }
      if (how == 3) {
        bench.session.connection_lost();
        bench.drain();
      }
      ASSERT_TRUE(bench.session.ended()) << length;
      ASSERT_EQ(bench.session.deadline_ns(), std::nullopt);
      ASSERT_EQ(bench.open_transactions, 0) << length << " how " << how;
      ASSERT_EQ(bench.closes, how == 3 && !closed ? 0 : 1);
      bench.feed("NOOP\r\n");  // what comes after is nothing
      bench.finish();
      ASSERT_EQ(bench.closes, how == 3 && !closed ? 0 : 1);
      expect_sane(bench);
    }
}

// Octets at random, from an alphabet that makes commands and line ends likely.
TEST(SmtpServerDrills, RandomOctetsNeverTripAnAssert) {
  const std::vector<std::string> alphabet = {"\r\n",
                                             "\r",
                                             "\n",
                                             ".",
                                             "\r\n.\r\n",
                                             "EHLO x\r\n",
                                             "HELO x\r\n",
                                             "MAIL FROM:<a@b>",
                                             "RCPT TO:<c@d>",
                                             "RCPT TO:<down@d>",
                                             "DATA\r\n",
                                             "RSET\r\n",
                                             "MAIL FROM:<a@b>\r\n",
                                             "RCPT TO:<c@d>\r\n",
                                             "DATA\r\nx\r\n.\r\n",
                                             "QUIT",
                                             "NOOP",
                                             "VRFY x",
                                             "EXPN x",
                                             "HELP",
                                             "BDAT 5\r\n",
                                             "BDAT 3 LAST\r\n",
                                             "BDAT 0\r\n",
                                             "BDAT 9999999999 LAST\r\n",
                                             "AUTH LOGIN\r\n",
                                             "AUTH CRAM-MD5\r\n",
                                             "AUTH PLAIN AHVzZXIAc2VjcmV0\r\n",
                                             "dXNlcg==\r\n",
                                             "*\r\n",
                                             "ETRN b.example\r\n",
                                             " SMTPUTF8",
                                             " NOTIFY=NEVER",
                                             " SIZE=5",
                                             " BODY=8BITMIME",
                                             "\xFF",
                                             std::string(1, '\0'),
                                             "<",
                                             ">",
                                             ":",
                                             "@",
                                             std::string(600, 'y')};
  std::mt19937 random(20210821);
  int ended = 0, accepted = 0;
  for (int run = 0; run < 3000; ++run) {
    ServerOptions options =
        run % 2 ? test::generous_options() : ServerOptions::rfc821("mx.example", EighthBit::refuse);
    if (run % 4 == 1) options.errors = {.soft = 3, .hard = 30, .junk = 5, .sleep_ns = kSecond_ns};
    if (run % 8 == 3) options.greeting_delay_ns = kSecond_ns;
    if (run % 16 == 3) options.early_talker = EarlyTalker::refuse;
    options.size_limit_octets = run % 3 ? 0 : 100;
    options.input_limit_octets = 500;
    ServerBench bench(options);
    constexpr std::array kStates = {ServerState::greeted, ServerState::ready, ServerState::sender_known,
                                    ServerState::recipients_known, ServerState::receiving_content};
    bench.feed(test::way_to(kStates[random() % kStates.size()], options.extended));
    for (int i = 0; i < 60; ++i) {
      bench.answers = random() % 8 != 0;
      bench.feed(random() % 4 ? alphabet[random() % alphabet.size()]
                              : std::string(1, static_cast<char>(random() % 256)));
      if (bench.session.question_open() && random() % 2) {
        const bool message = bench.log.back().starts_with("message?");
        bench.answer(bench.session.say(message ? Say::message_accepted : Say::local_error),
                     random() % 4 ? 0 : kSecond_ns);
      }
      if (random() % 200 == 0) bench.wait(5 * kMinute_ns);
      if (random() % 4 == 0) bench.wait(kSecond_ns);
    }
    while (bench.session.waiting()) bench.wait(kSecond_ns);
    accepted += static_cast<int>(bench.messages.size());
    if (bench.session.question_open()) continue;
    bench.answers = true;
    bench.finish();
    while (bench.session.waiting()) bench.wait(kSecond_ns);
    ASSERT_TRUE(bench.session.ended());
    expect_sane(bench);
    ++ended;
  }
  EXPECT_GT(ended, 1000);
  EXPECT_GT(accepted, 10);
}

TEST(SmtpServerDrills, ReplaysTheCorpusOfTheFuzzer) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(MAILROOM_SOURCE_DIR "/tests/fuzz/corpus/smtp_server")) {
    std::ifstream in(entry.path(), std::ios::binary);
    std::stringstream octets;
    octets << in.rdbuf();
    for (const bool old : {false, true}) {
      ServerBench bench(old ? ServerOptions::rfc821("mx.example") : server_options());
      bench.feed(octets.str());
      bench.finish();
      EXPECT_TRUE(bench.session.ended()) << entry.path();
      EXPECT_EQ(bench.open_transactions, 0) << entry.path();
      expect_sane(bench);
    }
    ++files;
  }
  EXPECT_GE(files, 8);
}

}  // namespace
}  // namespace mailroom::smtp
