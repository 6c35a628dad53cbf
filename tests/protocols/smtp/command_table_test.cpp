// SPDX-License-Identifier: GPL-2.0-only
// The sweep: every state × every verb. What the session answers and where it goes is compared with the table,
// and the table with RFC 5321 §4.1.4 as written out here.
#include "protocols/smtp/command_table.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/protocols/smtp/server_bench.hpp"

namespace mailroom::smtp {
namespace {

using test::bench_in;
using test::ServerBench;

constexpr std::array kConversing = {
    ServerState::refusing,     ServerState::greeted,          ServerState::ready,
    ServerState::sender_known, ServerState::recipients_known, ServerState::chunks_begun};

std::string line_for(Verb verb) {
  switch (verb) {
    case Verb::helo:
    case Verb::ehlo:
      return std::string(name(verb)) + " c.example";
    case Verb::mail:
      return "MAIL FROM:<a@c.example>";
    case Verb::rcpt:
      return "RCPT TO:<b@mx.example>";
    case Verb::vrfy:
    case Verb::expn:
      return std::string(name(verb)) + " b";
    case Verb::bdat:
      return "BDAT 0";
    case Verb::auth:
      return "AUTH PLAIN AHVzZXIAc2VjcmV0";
    case Verb::etrn:
      return "ETRN b.example";
    case Verb::unknown:
      return "XYZZY";
    default:
      return std::string(name(verb));
  }
}

bool is_optional_and_missing(Verb verb) {
  return verb >= Verb::send && verb <= Verb::turn;
}

TEST(SmtpCommandTable, EveryStateTimesEveryVerbIsAsTheTableSays) {
  const ServerOptions options = test::generous_options();
  int legal = 0;
  for (const ServerState state : kConversing)
    for (int v = 0; v < kVerbCount; ++v) {
      const Verb verb = static_cast<Verb>(v);
      ServerBench bench = bench_in(state, options);
      const int before = bench.sent;
      bench.feed(line_for(verb) + "\r\n");
      SCOPED_TRACE(std::string(name(state)) + " × " + std::string(name(verb)));
      ASSERT_EQ(bench.sent, before + 1);  // exactly one reply
      const int code = std::stoi(bench.replies());
      if (const CommandRule* rule = rule_for(verb, state)) {
        ++legal;
        EXPECT_EQ(code, rule->positive);
        EXPECT_EQ(bench.session.state(), rule->then.value_or(state));
        EXPECT_EQ(bench.closes, verb == Verb::quit);
      } else {
        int expected = 503;
        if (state != ServerState::refusing && verb == Verb::unknown) expected = 500;
        if (state != ServerState::refusing && is_optional_and_missing(verb)) expected = 502;
        EXPECT_EQ(code, expected);
        // RFC 3030 §2: a refused BDAT is the end of its transaction.
        const bool breaks_off = verb == Verb::bdat && state == ServerState::sender_known;
        EXPECT_EQ(bench.session.state(), breaks_off ? ServerState::ready : state);
      }
    }
  EXPECT_EQ(legal, 49);
}

TEST(SmtpCommandTable, AnRfc821HostKnowsNoEhlo) {
  for (const ServerState state : kConversing) {
    if (state == ServerState::chunks_begun) continue;  // nor BDAT
    ServerBench bench = bench_in(state, ServerOptions::rfc821("mx.example"));
    bench.feed("EHLO c.example\r\n");
    EXPECT_EQ(std::stoi(bench.replies()), state == ServerState::refusing ? 503 : 500);
    EXPECT_EQ(bench.session.state(), state);
    bench.feed("HELO c.example\r\n");
    EXPECT_EQ(std::stoi(bench.replies()), state == ServerState::refusing ? 503 : 250);
  }
}

TEST(SmtpCommandTable, VerbsAreTextWhileTheContentIsReceived) {
  for (int v = 0; v < kVerbCount; ++v) {
    ServerBench bench = bench_in(ServerState::receiving_content);
    bench.feed(line_for(static_cast<Verb>(v)) + "\r\n");
    EXPECT_EQ(bench.replies(), "");
    EXPECT_EQ(bench.session.state(), ServerState::receiving_content);
    EXPECT_EQ(bench.spool, line_for(static_cast<Verb>(v)) + "\r\n");
  }
}

TEST(SmtpCommandTable, WhatIsNotOfferedIsNotKnown) {
  ServerOptions options = test::server_options();
  options.offered.chunking = false;
  for (const ServerState state : {ServerState::greeted, ServerState::ready, ServerState::recipients_known})
    for (const Verb verb : {Verb::bdat, Verb::auth, Verb::etrn}) {
      ServerBench bench = bench_in(state, options);
      bench.feed(line_for(verb) + "\r\n");
      EXPECT_EQ(std::stoi(bench.replies()), 500) << name(verb);
      EXPECT_EQ(bench.session.state(), state);
    }
}

TEST(SmtpCommandTable, SaysWhatTheStandardSays) {
  // RFC 5321 §4.1.4: any time; only outside a transaction; only inside; only after a recipient.
  for (const Verb verb :
       {Verb::helo, Verb::ehlo, Verb::rset, Verb::vrfy, Verb::expn, Verb::help, Verb::noop, Verb::quit})
    for (const ServerState state : {ServerState::greeted, ServerState::ready, ServerState::sender_known,
                                    ServerState::recipients_known, ServerState::chunks_begun})
      EXPECT_NE(rule_for(verb, state), nullptr) << name(verb) << " in " << name(state);
  for (const ServerState state : kConversing) {
    EXPECT_EQ(rule_for(Verb::mail, state) != nullptr, state == ServerState::ready);
    EXPECT_EQ(rule_for(Verb::rcpt, state) != nullptr,
              state == ServerState::sender_known || state == ServerState::recipients_known);
    EXPECT_EQ(rule_for(Verb::data, state) != nullptr, state == ServerState::recipients_known);
    // RFC 3030 §2, RFC 4954 §4, RFC 1985 §4.
    EXPECT_EQ(rule_for(Verb::bdat, state) != nullptr,
              state == ServerState::recipients_known || state == ServerState::chunks_begun);
    EXPECT_EQ(rule_for(Verb::auth, state) != nullptr, state == ServerState::ready);
    EXPECT_EQ(rule_for(Verb::etrn, state) != nullptr, state == ServerState::ready);
  }
  for (const CommandRule& rule : command_table()) {
    EXPECT_FALSE(rule.does.empty());
    EXPECT_TRUE(rule.section.starts_with("RFC "));
  }
}

std::string document_text() {
  std::ifstream in(MAILROOM_SOURCE_DIR "/docs/SMTP.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(SmtpCommandTable, TheDocumentsPrintTheTable) {
  const std::string document = document_text();
  ASSERT_FALSE(document.empty());
  EXPECT_NE(document.find(commands_table_markdown()), std::string::npos) << commands_table_markdown();
  EXPECT_NE(document.find(state_diagram()), std::string::npos) << state_diagram();
}

}  // namespace
}  // namespace mailroom::smtp
