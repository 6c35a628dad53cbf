// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/command.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "protocols/smtp/limits.hpp"

namespace mailroom::smtp {
namespace {

TEST(SmtpCommand, KnowsItsVerbInAnyCase) {
  for (int i = 0; i < kVerbCount - 1; ++i) {
    const Verb verb = static_cast<Verb>(i);
    std::string text(name(verb));
    EXPECT_EQ(verb_of(text), verb);
    for (char& c : text) c = static_cast<char>(c | 0x20);
    EXPECT_EQ(verb_of(text + " x"), verb);
    EXPECT_EQ(verb_of(text + "x"), Verb::unknown);
  }
  for (const char* text : {"", "?", "HEL", " HELO", "XYZW", "MAIL:", "HELO\r"})
    EXPECT_EQ(verb_of(text), Verb::unknown);
}

TEST(SmtpCommand, ReadsMailWithParameters) {
  const auto command = parse_command("mail from:<a@b.example> size=1000 Body=8BITMIME X-Y");
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->verb, Verb::mail);
  EXPECT_EQ(command->path, (Path{{}, "a", "b.example"}));
  EXPECT_EQ(command->parameters,
            (std::vector<Parameter>{{"SIZE", "1000"}, {"BODY", "8BITMIME"}, {"X-Y", std::nullopt}}));
}

TEST(SmtpCommand, TakesTheLecturesSpaceAfterTheColon) {
  EXPECT_EQ(parse_command("MAIL FROM: <isg@yahoo.example>"), parse_command("MAIL FROM:<isg@yahoo.example>"));
  EXPECT_EQ(parse_command("RCPT TO: \t <isg@yahoo.example>  "), parse_command("RCPT TO:<isg@yahoo.example>"));
  EXPECT_TRUE(parse_command("RCPT TO: <isg@yahoo.example>").has_value());
}

TEST(SmtpCommand, TellsWhereALineIsWrong) {
  struct Row {
    std::string_view line;
    std::size_t offset;
    std::string_view section;
  };
  for (const Row& row : {Row{"HELO", 4, "RFC 5321 §4.1.1.1"},
                         Row{"EHLO a b", 5, "RFC 5321 §4.1.1.1"},
                         Row{"HELO a@b", 5, "RFC 5321 §4.1.1.1"},
                         Row{"MAIL", 4, "RFC 5321 §4.1.1.2"},
                         Row{"MAIL TO:<a@b>", 5, "RFC 5321 §4.1.1.2"},
                         Row{"MAIL FROM <a@b>", 5, "RFC 5321 §4.1.1.2"},
                         Row{"MAIL FROM:a@b", 10, "RFC 5321 §4.1.2"},
                         Row{"MAIL FROM:<a@b>SIZE=1", 15, "RFC 5321 §4.1.2"},
                         Row{"MAIL FROM:<a@b> =1", 16, "RFC 5321 §4.1.2"},
                         Row{"MAIL FROM:<a@b> SIZE=", 21, "RFC 5321 §4.1.2"},
                         Row{"MAIL FROM:<a@b> A=b=c", 19, "RFC 5321 §4.1.2"},
                         Row{"MAIL FROM:<a@b> -A", 16, "RFC 5321 §4.1.2"},
                         Row{"RCPT FROM:<a@b>", 5, "RFC 5321 §4.1.1.3"},
                         Row{"RCPT TO:<>", 9, "RFC 5321 §4.1.2"},
                         Row{"DATA now", 5, "RFC 5321 §4.1.1.4"},
                         Row{"RSET x", 5, "RFC 5321 §4.1.1.5"},
                         Row{"VRFY", 4, "RFC 5321 §4.1.1.6"},
                         Row{"EXPN  ", 4, "RFC 5321 §4.1.1.7"},
                         Row{"QUIT x", 5, "RFC 5321 §4.1.1.10"},
                         Row{"NOOP a\nb", 6, "RFC 5321 §2.4"},
                         Row{"HELO a\rb", 6, "RFC 5321 §2.4"},
                         Row{"VRFY \xE4", 5, "RFC 5321 §2.4"}}) {
    const auto command = parse_command(row.line);
    ASSERT_FALSE(command.has_value()) << row.line;
    EXPECT_EQ(command.error().offset, row.offset) << row.line;
    EXPECT_EQ(command.error().section, row.section) << row.line;
  }
}

TEST(SmtpCommand, ToleratesBlanksAtTheEnd) {
  for (const char* line :
       {"DATA ", "QUIT \t ", "RSET  ", "NOOP", "HELP", "NOOP anything at all", "VRFY Smith  "})
    EXPECT_TRUE(parse_command(line).has_value()) << line;
  EXPECT_EQ(parse_command("VRFY  Smith ")->argument, "Smith");
}

TEST(SmtpCommand, ReadsParametersAsOffered) {
  const Extensions all = Extensions::all();
  const auto read = [](std::string_view text, const Extensions& offered) {
    return mail_parameters(parse_command(std::string("MAIL FROM:<> ").append(text))->parameters, offered);
  };
  EXPECT_EQ(read("", all), MailParameters{});
  EXPECT_EQ(read("SIZE=0", all)->size_octets, 0);
  EXPECT_EQ(read("SIZE=99999999999999999999", all)->size_octets, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(read("BODY=8bitmime", all)->body, Body::eight_bit);
  EXPECT_TRUE(read("BODY=7BIT", all)->has_body);
  EXPECT_EQ(read("SIZE=111111111111111111111", all).error(), ParameterFault::bad_value);
  EXPECT_EQ(read("SIZE=1x", all).error(), ParameterFault::bad_value);
  EXPECT_EQ(read("SIZE", all).error(), ParameterFault::bad_value);
  EXPECT_EQ(read("BODY", all).error(), ParameterFault::bad_value);
  EXPECT_EQ(read("BODY=BINARYMIME", all).error(), ParameterFault::unsupported);
  EXPECT_EQ(read("SIZE=1 SIZE=1", all).error(), ParameterFault::repeated);
  EXPECT_EQ(read("BODY=7BIT BODY=7BIT", all).error(), ParameterFault::repeated);
  EXPECT_EQ(read("XRET=FULL", all).error(), ParameterFault::unknown);
  EXPECT_EQ(read("SIZE=1", {}).error(), ParameterFault::unknown);
  EXPECT_EQ(read("BODY=7BIT", {}).error(), ParameterFault::unknown);
}

TEST(SmtpCommand, WhatAClientWritesAReceiverReads) {
  const Path path{{"r.example"}, "a \"b\"", "[IPv6:::1]"};
  const MailParameters parameters{.size_octets = 77, .body = Body::eight_bit, .has_body = true};
  for (const bool space : {false, true}) {
    const auto mail = parse_command(mail_line(path, parameters, space));
    ASSERT_TRUE(mail.has_value());
    EXPECT_EQ(mail->path, path);
    EXPECT_EQ(mail_parameters(mail->parameters, Extensions::all()), parameters);
    EXPECT_EQ(parse_command(rcpt_line(path, {}, space))->path, path);
  }
  EXPECT_EQ(mail_line({{}, "isg", "yahoo.example"}, {}, true), "MAIL FROM: <isg@yahoo.example>");
  EXPECT_EQ(rcpt_line({{}, "isg", "yahoo.example"}, {}, false), "RCPT TO:<isg@yahoo.example>");
}

TEST(SmtpCommand, HasTheTimeOutsOfTheStandard) {
  const ClientTimeOuts times;
  const auto minutes = [&times](TimeOut which) { return times.of(which) / kMinute_ns; };
  EXPECT_EQ(minutes(TimeOut::greeting), 5);
  EXPECT_EQ(minutes(TimeOut::mail), 5);
  EXPECT_EQ(minutes(TimeOut::rcpt), 5);
  EXPECT_EQ(minutes(TimeOut::data_initiation), 2);
  EXPECT_EQ(minutes(TimeOut::data_block), 3);
  EXPECT_EQ(minutes(TimeOut::data_termination), 10);
}

}  // namespace
}  // namespace mailroom::smtp
