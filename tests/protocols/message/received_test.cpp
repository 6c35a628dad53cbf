// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/received.hpp"

namespace mailroom::message {
namespace {

Received full() {
  return {.from = "pc.alpha.example",
          .from_tcp_info = "pc.alpha.example [192.0.2.7]",
          .by = "mx.beta.example",
          .by_tcp_info = "",
          .via = "TCP",
          .with = "ESMTP",
          .id = "q000017",
          .for_path = "bob@beta.example",
          .additional = {},
          .date = {.unix_s = 1704103200, .zone_min = 0, .is_zone_known = true}};
}

std::string value_of(const std::string& field) {
  const Header header(field);
  EXPECT_EQ(header.fields().size(), 1U) << field;
  EXPECT_EQ(header.body(), "") << field;
  return std::string(header.fields().at(0).value());
}

void expect_short_lines(const std::string& field) {
  ASSERT_TRUE(field.ends_with("\r\n"));
  for (std::size_t begin = 0; begin < field.size();) {
    const std::size_t end = field.find("\r\n", begin);
    EXPECT_LE(end - begin, 78U) << field;
    begin = end + 2;
  }
}

TEST(Received, WritesAllClausesFolded) {
  const std::string field = format(full());
  EXPECT_EQ(field,
            "Received: from pc.alpha.example (pc.alpha.example [192.0.2.7])\r\n"
            " by mx.beta.example via TCP with ESMTP id q000017 for <bob@beta.example>;\r\n"
            " Mon, 01 Jan 2024 10:00:00 +0000\r\n");
  expect_short_lines(field);
}

TEST(Received, ReadsWhatItWrites) {
  const auto parsed = parse_received(value_of(format(full())));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, full());
}

TEST(Received, LeavesOutEmptyClauses) {
  Received received;
  received.by = "mx.example";
  received.with = "SMTP";
  EXPECT_EQ(format(received), "Received: by mx.example with SMTP; Thu, 01 Jan 1970 00:00:00 +0000\r\n");
  EXPECT_EQ(parse_received(value_of(format(received))), received);
}

TEST(Received, KeepsHostileClientNamesInsideTheirClause) {
  for (const std::string_view name : {"a; Thu, 1 Jan 1970", "x (y", "x) by evil.example (", "\"", "<>", "\\",
                                      "two words", "\t", "(", "from", "\x01\x7f", "caf\xc3\xa9"}) {
    Received received = full();
    received.from = name;
    received.from_tcp_info = name;
    received.id = name;
    received.for_path = "\"a>b;\"@beta.example";
    const auto parsed = parse_received(value_of(format(received)));
    ASSERT_TRUE(parsed) << format(received);
    EXPECT_EQ(*parsed, received) << format(received);
  }
  Received received = full();
  received.from = "a\r\nBcc: x@y.example\r\n\r\nbody";
  EXPECT_EQ(parse_received(value_of(format(received)))->from, "a Bcc: x@y.example  body");
}

TEST(Received, LeavesOutAPathThatWouldBreakTheField) {
  Received received = full();
  received.for_path = "\"open@beta.example";
  const auto parsed = parse_received(value_of(format(received)));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->for_path, "");
  EXPECT_EQ(parsed->id, received.id);
}

TEST(Received, FoldsLongClauses) {
  Received received = full();
  received.from.assign(60, 'a').append(".example");
  received.from_tcp_info.assign(60, 'b').append(".example [192.0.2.7]");
  const std::string field = format(received);
  expect_short_lines(field);
  EXPECT_EQ(parse_received(value_of(field)), received);
}

TEST(Received, ReadsWhatOthersWrite) {
  const auto exim = parse_received(
      "from [192.0.2.1] (helo=pc.example)\r\n\tby mx.example with esmtps  (TLS1.3) tls TLS_AES\r\n\t(Exim "
      "4.96)\r\n"
      "\t(envelope-from <a@b.example>)\r\n\tid 1abc-00\r\n\tfor c@d.example;\r\n\tMon, 01 Jan 2024 10:00:00 "
      "+0100");
  ASSERT_TRUE(exim) << exim.error().expected << exim.error().offset;
  EXPECT_EQ(exim->from, "[192.0.2.1]");
  EXPECT_EQ(exim->from_tcp_info, "helo=pc.example");
  EXPECT_EQ(exim->with, "esmtps");
  EXPECT_EQ(exim->additional, (std::vector<std::pair<std::string, std::string>>{{"tls", "TLS_AES"}}));
  EXPECT_EQ(exim->id, "1abc-00");
  EXPECT_EQ(exim->for_path, "c@d.example");
  EXPECT_EQ(exim->date, (DateTime{1704099600, 60, true}));

  const auto qmail = parse_received("(qmail 1234 invoked by uid 0); 1 Jan 2024 10:00:00 -0000");
  ASSERT_TRUE(qmail);
  EXPECT_EQ(qmail->by, "");
  EXPECT_FALSE(qmail->date.is_zone_known);
}

TEST(Received, SaysWhereAndWhatIsWrong) {
  EXPECT_EQ(parse_received("by mx.example with SMTP").error().offset, 23U);
  EXPECT_EQ(parse_received("by mx.example with; 1 Jan 2024 10:00 +0000").error().offset, 18U);
  EXPECT_EQ(parse_received("by mx.example; 1 Foo 2024 10:00 +0000").error().offset, 17U);
  EXPECT_EQ(parse_received("for <a@b.example; 1 Jan 2024 10:00 +0000").error().section, "RFC 5321 §4.4");
  EXPECT_FALSE(parse_received(""));
}

TEST(Received, IsCountedForTheHopLimit) {
  EXPECT_EQ(received_count(Header("To: x\r\n\r\nReceived: not one\r\n")), 0U);
  EXPECT_EQ(received_count(Header("RECEIVED: a\r\nTo: x\r\nReceived: b\r\n c\r\nReceived-SPF: d\r\n\r\n")),
            2U);
}

TEST(ReturnPath, WritesAndReads) {
  EXPECT_EQ(format_return_path("a@b.example"), "Return-Path: <a@b.example>\r\n");
  EXPECT_EQ(format_return_path(""), "Return-Path: <>\r\n");
  EXPECT_EQ(parse_return_path(" <a@b.example>"), "a@b.example");
  EXPECT_EQ(parse_return_path(" < > (none)"), "");
  EXPECT_EQ(parse_return_path("<@r.example:\"a b\"@c.example>"), "\"a b\"@c.example");
  EXPECT_FALSE(parse_return_path(""));
  EXPECT_FALSE(parse_return_path("<> x"));
}

}  // namespace
}  // namespace mailroom::message
