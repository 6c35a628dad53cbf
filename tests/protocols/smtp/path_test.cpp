// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/path.hpp"

#include <gtest/gtest.h>

#include "protocols/smtp/path_parser.hpp"

namespace mailroom::smtp {
namespace {

Path forward(std::string_view text) {
  auto parsed = parse_path(text, PathKind::forward);
  EXPECT_TRUE(parsed.has_value()) << text << " at " << (parsed ? 0 : parsed.error().offset);
  if (!parsed) return {};
  EXPECT_EQ(parsed->length, text.size()) << text;
  return parsed->path;
}

TEST(SmtpPath, ReadsAPlainMailbox) {
  EXPECT_EQ(forward("<isg@yahoo.example>"), (Path{{}, "isg", "yahoo.example"}));
}

TEST(SmtpPath, ReadsTheNullReversePathOnlyWhereOneMayStand) {
  EXPECT_TRUE(parse_path("<>", PathKind::reverse)->path.is_null());
  EXPECT_FALSE(parse_path("<>", PathKind::forward).has_value());
}

TEST(SmtpPath, ReadsPostmasterWithoutDomainAsForwardPathOnly) {
  EXPECT_EQ(forward("<pOsTmAsTeR>"), (Path{{}, "pOsTmAsTeR", ""}));
  EXPECT_FALSE(parse_path("<Postmaster>", PathKind::reverse).has_value());
  EXPECT_FALSE(parse_path("<root>", PathKind::forward).has_value());
}

TEST(SmtpPath, KeepsASourceRouteAsStructure) {
  const Path path = forward("<@r1.example,@[192.0.2.1]:u@d.example>");
  EXPECT_EQ(path, (Path{{"r1.example", "[192.0.2.1]"}, "u", "d.example"}));
  EXPECT_EQ(to_string(path), "<@r1.example,@[192.0.2.1]:u@d.example>");
  EXPECT_EQ(mailbox(path), "u@d.example");
  EXPECT_EQ(without_route(path), (Path{{}, "u", "d.example"}));
}

TEST(SmtpPath, UnderstandsQuotedLocalPartsByMeaning) {
  EXPECT_EQ(forward(R"(<"isg"@d.example>)"), forward("<isg@d.example>"));
  const Path odd = forward(R"(<"Joe \"Q\" \\ @,: >"@d.example>)");
  EXPECT_EQ(odd.local_part, R"(Joe "Q" \ @,: >)");
  EXPECT_EQ(to_string(odd), R"(<"Joe \"Q\" \\ @,: >"@d.example>)");
  EXPECT_EQ(to_string(forward(R"(<""@d.example>)")), R"(<""@d.example>)");
  EXPECT_EQ(to_string(forward(R"(<"a..b"@d.example>)")), R"(<"a..b"@d.example>)");
}

TEST(SmtpPath, ReadsAddressLiterals) {
  for (const char* good : {"[192.0.2.255]", "[IPv6:2001:db8::1]", "[ipv6:::]", "[IPv6:1:2:3:4:5:6:7:8]",
                           "[IPv6:::ffff:192.0.2.1]", "[IPv6:1:2:3:4:5:6:192.0.2.1]", "[x400:c=de;o=gmd]"})
    EXPECT_TRUE(is_address_literal(good)) << good;
  for (const char* bad :
       {"[]", "[192.0.2]", "[192.0.2.256]", "[192.0.2.1.5]", "[IPv6:1:2:3]", "[IPv6:1::2::3]",
        "[IPv6:12345::]", "[IPv6:1:2:3:4:5:6:7:8:9]", "[IPv6:g::]", "192.0.2.1", "[a b:c]", "[:x]", "[x:]",
        "[x:a]b]", "[IPv6:1:2:3:4:5:6:7::8]", "[1..2.3]"})
    EXPECT_FALSE(is_address_literal(bad)) << bad;
}

TEST(SmtpPath, TellsWhereAndWhy) {
  struct Row {
    std::string_view text;
    std::size_t offset;
    std::string_view section;
  };
  for (const Row& row : {Row{"isg@d.example", 0, "RFC 5321 §4.1.2"}, Row{"<isg>", 4, "RFC 5321 §4.1.2"},
                         Row{"<isg@>", 5, "RFC 5321 §4.1.2"}, Row{"<isg@d.example", 14, "RFC 5321 §4.1.2"},
                         Row{"<@r u@d>", 2, "RFC 5321 §4.1.2"}, Row{"<@r,r2:u@d>", 4, "RFC 5321 Appendix C"},
                         Row{"<@r>", 3, "RFC 5321 Appendix C"}, Row{"<.a@d>", 1, "RFC 5321 §4.1.2"},
                         Row{"<a@[1.2.3]>", 3, "RFC 5321 §4.1.3"}, Row{"<\"a\n\"@d>", 3, "RFC 5321 §4.1.2"},
                         Row{"<\"a\\", 4, "RFC 5321 §4.1.2"}, Row{"<a@-d>", 3, "RFC 5321 §4.1.2"},
                         Row{"<a@d..e>", 3, "RFC 5321 §4.1.2"}, Row{"", 0, "RFC 5321 §4.1.2"},
                         Row{"<a b@d>", 2, "RFC 5321 §4.1.2"}, Row{"<\xC3\xA4@d>", 1, "RFC 5321 §4.1.2"}}) {
    const auto parsed = parse_path(row.text, PathKind::forward);
    ASSERT_FALSE(parsed.has_value()) << row.text;
    EXPECT_EQ(parsed.error().offset, row.offset) << row.text;
    EXPECT_EQ(parsed.error().section, row.section) << row.text;
    EXPECT_FALSE(parsed.error().expected.empty());
  }
}

TEST(SmtpPath, HoldsTheLimitsOfSizeToTheOctet) {
  const auto with_local = [](std::size_t n) { return "<" + std::string(n, 'a') + "@d.example>"; };
  EXPECT_TRUE(parse_path(with_local(64), PathKind::forward).has_value());
  ASSERT_FALSE(parse_path(with_local(65), PathKind::forward).has_value());
  EXPECT_EQ(parse_path(with_local(65), PathKind::forward).error().section, "RFC 5321 §4.5.3.1.1");

  // A path of exactly 256 octets, and of 257: labels of 50 octets, then one that fits.
  const auto with_path = [](std::size_t n) {
    std::string text = "<u@";
    while (text.size() + 60 < n) text += std::string(50, 'd') + ".";
    return text + std::string(n - 1 - text.size(), 'd') + ">";
  };
  ASSERT_EQ(with_path(256).size(), 256U);
  EXPECT_TRUE(parse_path(with_path(256), PathKind::forward).has_value());
  ASSERT_FALSE(parse_path(with_path(257), PathKind::forward).has_value());
  EXPECT_EQ(parse_path(with_path(257), PathKind::forward).error().section, "RFC 5321 §4.5.3.1.3");

  std::string domain = "x";
  while (domain.size() < 255) domain += ".x";
  EXPECT_TRUE(is_domain(domain));
  EXPECT_FALSE(is_domain(domain + "x"));
  EXPECT_TRUE(is_domain(std::string(63, 'x')));
  EXPECT_FALSE(is_domain(std::string(64, 'x')));
}

// RFC 821 §3.6: <@ONE,@TWO:JOE@THREE> on its way.
TEST(SmtpPath, ForwardPathShrinksAndReversePathGrowsAlongASourceRoute) {
  Path to = forward("<@one.example,@two.example:joe@three.example>");
  Path from = forward("<isg@zero.example>");
  EXPECT_EQ(first_hop(to), "one.example");
  to = shrunk_forward_path(to, "ONE.example");
  from = grown_reverse_path(from, "one.example");
  EXPECT_EQ(to_string(to), "<@two.example:joe@three.example>");
  EXPECT_EQ(to_string(from), "<@one.example:isg@zero.example>");
  EXPECT_EQ(first_hop(to), "two.example");
  to = shrunk_forward_path(to, "two.example");
  from = grown_reverse_path(from, "two.example");
  EXPECT_EQ(to_string(to), "<joe@three.example>");
  EXPECT_EQ(to_string(from), "<@two.example,@one.example:isg@zero.example>");
  EXPECT_EQ(first_hop(to), "three.example");
  EXPECT_EQ(shrunk_forward_path(to, "three.example"), to);
  EXPECT_TRUE(grown_reverse_path({}, "one.example").is_null());
}

TEST(SmtpPath, KnowsWhatWouldInjectACommand) {
  EXPECT_TRUE(is_sendable({}));
  EXPECT_TRUE(is_sendable({{}, "postmaster", ""}));
  EXPECT_TRUE(is_sendable({{"r.example"}, "a b", "d.example"}));
  EXPECT_FALSE(is_sendable({{}, "a\r\nQUIT", "d.example"}));
  EXPECT_FALSE(is_sendable({{}, "a", "d.example>\r\nQUIT"}));
  EXPECT_FALSE(is_sendable({{"r>\r\n"}, "a", "d.example"}));
  EXPECT_FALSE(is_sendable({{}, "a", ""}));
  EXPECT_FALSE(is_sendable({{}, "\xC3\xA4", "d.example"}));
  EXPECT_FALSE(is_sendable({{}, std::string(65, 'a'), "d.example"}));
}

}  // namespace
}  // namespace mailroom::smtp
