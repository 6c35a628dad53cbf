// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/reply.hpp"

#include <gtest/gtest.h>

#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/reply_parser.hpp"
#include "protocols/smtp/reply_texts.hpp"

namespace mailroom::smtp {
namespace {

std::expected<std::optional<Reply>, ParseError> parse(std::string_view octets, bool enhanced = false) {
  ReplyParser parser;
  parser.expect_enhanced_codes(enhanced);
  parser.receive(octets);
  return parser.next();
}

TEST(SmtpReply, HasTheLecturesCategories) {
  EXPECT_EQ(name(category(250)), "positive completion");
  EXPECT_EQ(name(category(354)), "positive intermediate");
  EXPECT_EQ(name(category(421)), "transient negative completion");
  EXPECT_EQ(name(category(550)), "permanent negative completion");
  for (const int code : {0, 99, 199, 600, -5}) EXPECT_EQ(category(code), Category::none) << code;
}

TEST(SmtpReply, WritesOneLineAndSeveral) {
  EXPECT_EQ(wire(reply(250, "OK")), "250 OK\r\n");
  EXPECT_EQ(wire(reply(250, "")), "250 \r\n");
  EXPECT_EQ(wire(reply(550, "no", EnhancedCode{5, 1, 1})), "550 5.1.1 no\r\n");
  EXPECT_EQ(wire(Reply{250, {}, {"a.example", "SIZE", "HELP"}}), "250-a.example\r\n250-SIZE\r\n250 HELP\r\n");
  EXPECT_EQ(wire(Reply{214, EnhancedCode{2, 0, 0}, {"a", "b"}}), "214-2.0.0 a\r\n214 2.0.0 b\r\n");
}

TEST(SmtpReply, LetsNoTextForgeAnotherReply) {
  EXPECT_EQ(wire(reply(550, "no <a\r\n250 OK>")), "550 no <a??250 OK>\r\n");
}

TEST(SmtpReply, BreaksALineOver512Octets) {
  EXPECT_EQ(wire(reply(250, std::string(506, 'x'))), "250 " + std::string(506, 'x') + "\r\n");
  EXPECT_EQ(wire(reply(250, std::string(507, 'x'))), "250-" + std::string(506, 'x') + "\r\n250 x\r\n");
  const std::string octets = wire(reply(250, std::string(5000, 'x'), EnhancedCode{2, 0, 0}));
  for (std::size_t at = 0, end; at < octets.size(); at = end + 2) {
    end = octets.find("\r\n", at);
    EXPECT_LE(end + 2 - at, 512U);
  }
}

TEST(SmtpReply, ReadsWhatItWrites) {
  for (const Reply& sent : {reply(250, "OK"), reply(250, ""), reply(421, "gone", EnhancedCode{4, 3, 2}),
                            Reply{250, {}, {"a", "", "c"}}, Reply{550, EnhancedCode{5, 7, 1}, {"a", "b"}}}) {
    const auto read = parse(wire(sent), true);
    ASSERT_TRUE(read.has_value() && *read) << to_string(sent);
    EXPECT_EQ(**read, sent);
  }
}

TEST(SmtpReply, IsTolerantAsTheStandardAsks) {
  EXPECT_EQ(**parse("250\r\n"), reply(250, ""));
  EXPECT_EQ(**parse("250 \r\n"), reply(250, ""));
  EXPECT_EQ(**parse("250-\r\n250\r\n"), (Reply{250, {}, {"", ""}}));
  EXPECT_EQ((**parse("250-a\r\n550 b\r\n")).code, 550);
  EXPECT_EQ(**parse("299 odd\r\n"), reply(299, "odd"));
  EXPECT_EQ(**parse("250 2.1.0 OK\r\n"), reply(250, "2.1.0 OK"));        // not negotiated: text
  EXPECT_EQ(**parse("250 5.1.0 OK\r\n", true), reply(250, "5.1.0 OK"));  // not of its class: text
  EXPECT_EQ(**parse("250 2.1 OK\r\n", true), reply(250, "2.1 OK"));
  EXPECT_EQ(**parse("250 a\rb\x01\r\n"), reply(250, "a?b?"));
}

TEST(SmtpReply, TellsWhatIsNoReply) {
  struct Row {
    std::string_view octets;
    std::size_t offset;
  };
  for (const Row& row :
       {Row{"\r\n", 0}, Row{"25\r\n", 2}, Row{"2x0 OK\r\n", 1}, Row{"150 OK\r\n", 0}, Row{"650 OK\r\n", 0},
        Row{"2500 OK\r\n", 3}, Row{"HTTP/1.1 400\r\n", 0}, Row{"250 OK\n", 6}, Row{"\n", 0},
        Row{"250-a\r\nfoo\r\n", 0}, Row{"250-a\r\n251-b\n", 5}}) {
    const auto read = parse(row.octets);
    ASSERT_FALSE(read.has_value()) << row.octets;
    EXPECT_EQ(read.error().offset, row.offset) << row.octets;
  }
}

TEST(SmtpReply, AnErrorStays) {
  ReplyParser parser;
  parser.receive("250 OK\r\nrubbish\r\n250 OK\r\n");
  ASSERT_TRUE(parser.next().has_value());
  EXPECT_FALSE(parser.next().has_value());
  parser.receive("250 OK\r\n");
  EXPECT_FALSE(parser.next().has_value());
}

TEST(SmtpReply, ReadsTheSameHoweverTheOctetsAreCut) {
  const std::string octets = "220 a\r\n250-b\r\n250-c\r\n250 d\r\n354\r\n";
  for (std::size_t one = 0; one <= octets.size(); ++one)
    for (std::size_t two = one; two <= octets.size(); ++two) {
      ReplyParser parser;
      std::vector<Reply> read;
      for (const std::string& piece :
           {octets.substr(0, one), octets.substr(one, two - one), octets.substr(two)}) {
        parser.receive(piece);
        for (auto next = parser.next(); next && *next; next = parser.next()) read.push_back(**next);
      }
      ASSERT_EQ(read, (std::vector<Reply>{reply(220, "a"), Reply{250, {}, {"b", "c", "d"}}, reply(354, "")}))
          << one << ' ' << two;
    }
}

TEST(SmtpReply, ALineWithoutEndCostsBoundedMemory) {
  ReplyParser parser;
  parser.receive("250 ");
  for (int i = 0; i < 1000; ++i) {
    parser.receive(std::string(10'000, 'x') + '\r');
    ASSERT_EQ(parser.next()->has_value(), false);
  }
  parser.receive("\n");
  const auto read = parser.next();
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->code, 250);
  EXPECT_LE((*read)->lines.front().size(), ReplyParser::kKeptLine);
}

TEST(SmtpReply, AReplyOfManyLinesCostsBoundedMemoryAndEnds) {
  ReplyParser parser;
  for (std::size_t i = 0; i < ReplyParser::kLinesLimit - 1; ++i) {
    parser.receive("250-x\r\n");
    ASSERT_TRUE(parser.next().has_value());
  }
  ReplyParser endless = parser;
  parser.receive("250 x\r\n");
  const auto read = parser.next();
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->lines.size(), ReplyParser::kKeptLines);
  endless.receive("250-x\r\n250-x\r\n");
  EXPECT_FALSE(endless.next().has_value());
}

TEST(SmtpReply, ExtensionsSurviveTheWire) {
  Extensions most = Extensions::all();
  most.size_limit_octets = 1;
  most.chunking = most.etrn = most.vrfy = most.expn = most.help = true;
  most.auth = AuthMechanisms::all();
  most.limits = {.transactions = 1, .recipients = 999'999, .recipient_domains = 0};
  EXPECT_EQ(ehlo_lines(most).at(11), "AUTH CRAM-MD5 PLAIN LOGIN");
  EXPECT_EQ(ehlo_lines(most).at(12), "LIMITS MAILMAX=1 RCPTMAX=999999");
  for (const Extensions& offered :
       {Extensions{}, Extensions::all(), Extensions{true, 12345, false, true, false}, most}) {
    Reply ehlo = reply(250, "a.example SIZE 8BITMIME");  // the first line is the domain, not a keyword
    for (const std::string& line : ehlo_lines(offered)) ehlo.lines.push_back(line);
    ehlo.lines.emplace_back("X-UNKNOWN x y");
    EXPECT_EQ(parse_extensions(**parse(wire(ehlo))), offered);
  }
  EXPECT_EQ(parse_extensions(Reply{250, {}, {"d", "size 10", "8bitmime"}}),
            (Extensions{true, 10, true, false, false}));
  for (const char* odd : {"SIZE x", "SIZE 99999999999999999999", "SIZE -1", "SIZE 1 2", "SIZE "})
    EXPECT_EQ(parse_extensions(Reply{250, {}, {"d", odd}}), (Extensions{true, 0, false, false, false}))
        << odd;
}

TEST(SmtpReply, ExtensionsAreReadAsOldAndOddHostsWriteThem) {
  const Extensions read = parse_extensions(
      Reply{250, {}, {"d", "auth=login", "AUTH  PLAIN GSSAPI", "LIMITS RCPTMAX=10 X=1 MAILMAX=x"}});
  EXPECT_TRUE(read.auth.has(AuthMechanism::login));
  EXPECT_TRUE(read.auth.has(AuthMechanism::plain));
  EXPECT_FALSE(read.auth.has(AuthMechanism::cram_md5));
  EXPECT_EQ(read.limits, (SessionLimits{.transactions = 0, .recipients = 10, .recipient_domains = 0}));
  EXPECT_FALSE(parse_extensions(Reply{250, {}, {"d", "AUTH", "LIMITS"}}).auth.any());
}

TEST(SmtpReply, TextsComeInTwoProfilesWithTheSameCodes) {
  int differing = 0;
  for (int i = 0; i <= static_cast<int>(Say::loop_detected); ++i) {
    const Reply modern = say(static_cast<Say>(i), TextProfile::modern, "d.example");
    const Reply lecture = say(static_cast<Say>(i), TextProfile::lecture, "d.example");
    EXPECT_EQ(modern.code, lecture.code);
    EXPECT_EQ(modern.enhanced, lecture.enhanced);
    EXPECT_EQ(modern.enhanced.value_or(EnhancedCode{2, 0, 0}).cls, modern.enhanced ? modern.code / 100 : 2);
    for (const Reply& r : {modern, lecture}) EXPECT_EQ(r.lines.front().find("<domain>"), std::string::npos);
    differing += modern != lecture;
  }
  EXPECT_GT(differing, 10);
  EXPECT_EQ(wire(say(Say::greeting, TextProfile::lecture, "hotmail.example")),
            "220 hotmail.example Simple Mail Transfer Service Ready\r\n");
}

}  // namespace
}  // namespace mailroom::smtp
