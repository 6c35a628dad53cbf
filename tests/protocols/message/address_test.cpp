// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/address.hpp"

namespace mailroom::message {
namespace {

Mailbox mailbox(std::string_view text) {
  const auto parsed = parse_mailbox(text);
  EXPECT_TRUE(parsed) << text << ": expected " << (parsed ? "" : parsed.error().expected);
  return parsed.value_or(Mailbox{});
}

TEST(Address, ReadsAPlainMailbox) {
  const Mailbox box = mailbox("alice@mail.example");
  EXPECT_EQ(box.display_name, "");
  EXPECT_EQ(box.local_part, "alice");
  EXPECT_EQ(box.domain, "mail.example");
  EXPECT_TRUE(box.route.empty());
}

TEST(Address, ReadsNamesCommentsAndFolding) {
  const Mailbox box = mailbox("Pete(A nice \\) chap)\r\n <pete(his account)@silly.test(his host)>");
  EXPECT_EQ(box.display_name, "Pete");
  EXPECT_EQ(addr_spec(box), "pete@silly.test");
  EXPECT_EQ(mailbox("\"Joe Q. \\\"Public\\\"\" <john.q.public@example.com>").display_name,
            "Joe Q. \"Public\"");
  EXPECT_EQ(mailbox("(nested (and (deeper)) still) a@b.example (end)").local_part, "a");
  EXPECT_EQ(mailbox("=?iso-8859-1?q?J=F6rg?= Doe <j@b.example>").display_name, "=?iso-8859-1?q?J=F6rg?= Doe");
}

TEST(Address, ReadsTheObsoleteForms) {
  EXPECT_EQ(mailbox("Joe Q. Public <john . q . public @ example . com>").display_name, "Joe Q. Public");
  EXPECT_EQ(addr_spec(mailbox("john . \"q\" (x) . public @ example . com")), "john.q.public@example.com");
  const Mailbox routed = mailbox("Mary Smith <@node.test, @other.test:mary@example.net>");
  EXPECT_EQ(addr_spec(routed), "mary@example.net");
  EXPECT_EQ(routed.route, (std::vector<std::string>{"node.test", "other.test"}));
  EXPECT_EQ(format(routed), "Mary Smith <mary@example.net>");
  EXPECT_EQ(addr_spec(mailbox("<a@[192.0.2.1]>")), "a@[192.0.2.1]");
  EXPECT_EQ(addr_spec(mailbox("a@[ IPv6:2001:db8::1\r\n ]")), "a@[IPv6:2001:db8::1]");
}

TEST(Address, ReadsQuotedLocalParts) {
  EXPECT_EQ(mailbox("\"john smith\"@example.org").local_part, "john smith");
  EXPECT_EQ(mailbox("\"a\\\"b\"@example.org").local_part, "a\"b");
  EXPECT_EQ(mailbox("\"\"@example.org").local_part, "");
  EXPECT_EQ(mailbox("\"plain\"@example.org").local_part, "plain");
}

TEST(Address, QuotesALocalPartOnlyWhenItMust) {
  EXPECT_EQ(quoted_local_part("john.smith+x"), "john.smith+x");
  EXPECT_EQ(quoted_local_part("john smith"), "\"john smith\"");
  EXPECT_EQ(quoted_local_part("a..b"), "\"a..b\"");
  EXPECT_EQ(quoted_local_part(".a"), "\".a\"");
  EXPECT_EQ(quoted_local_part("a."), "\"a.\"");
  EXPECT_EQ(quoted_local_part(""), "\"\"");
  EXPECT_EQ(quoted_local_part("a\"\\@"), "\"a\\\"\\\\@\"");
  EXPECT_EQ(quoted_local_part("a\r\nb"), "\"a  b\"");
}

TEST(Address, ReadsGroups) {
  const auto list = parse_address_list(
      "A Group:Ed Jones <joe@where.test>,joe@where.test, John <jdoe@one.test>;, Undisclosed "
      "recipients:(nobody);,\r\n a@b.example");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 3U);
  const auto& group = std::get<Group>((*list)[0]);
  EXPECT_EQ(group.display_name, "A Group");
  EXPECT_EQ(group.members.size(), 3U);
  EXPECT_TRUE(std::get<Group>((*list)[1]).members.empty());
  EXPECT_EQ(mailboxes(*list).size(), 4U);
  EXPECT_EQ(
      format(*list),
      "A Group: Ed Jones <joe@where.test>, joe@where.test, John <jdoe@one.test>;, Undisclosed recipients:;, "
      "a@b.example");
}

TEST(Address, PassesOverEmptyListElements) {
  const auto list = parse_address_list(" , (x),a@b.example,,g:,x@y.example,,;, ");
  ASSERT_TRUE(list);
  EXPECT_EQ(format(*list), "a@b.example, g: x@y.example;");
}

TEST(Address, ComparesDomainsWithoutCaseAndLocalPartsWithIt) {
  EXPECT_EQ(mailbox("Alice <alice@Mail.EXAMPLE>"), mailbox("\"alice\"@mail.example"));
  EXPECT_NE(mailbox("alice@mail.example"), mailbox("Alice@mail.example"));
  EXPECT_NE(mailbox("alice@mail.example"), mailbox("alice@mail2.example"));
}

TEST(Address, WritesWhatItReads) {
  for (const std::string_view text :
       {"alice@mail.example", "\"A. B\" <a@b.example>", "\"\" <a@b.example>", "x y: a@b.example;",
        "\" lead\" <a@b.example>", "\"a  b\" <\"c d\"@[192.0.2.1]>", "G\xc3\xbcnter <g\xc3\xbc@b.example>",
        "\"q\\\"\\\\\" <a@b.example>"}) {
    const auto first = parse_address(text);
    ASSERT_TRUE(first) << text;
    const auto second = parse_address(format(*first));
    ASSERT_TRUE(second) << format(*first);
    EXPECT_EQ(*first, *second) << text;
    EXPECT_EQ(format(*first), format(*second));
  }
}

TEST(Address, SaysWhereAndWhatIsWrong) {
  struct Case {
    std::string_view text;
    std::size_t offset;
    std::string_view section;
  };
  for (const Case& each : std::vector<Case>{{"", 0, "RFC 5322 §3.4"},
                                            {"alice", 5, "RFC 5322 §3.4"},
                                            {"alice@", 6, "RFC 5322 §3.4.1"},
                                            {"@b.example", 0, "RFC 5322 §3.4.1"},
                                            {"a..b@c.example", 2, "RFC 5322 §3.4.1"},
                                            {"a@b..c", 4, "RFC 5322 §3.4.1"},
                                            {"a@b.example c@d.example", 12, "RFC 5322 §3.4"},
                                            {"<a@b.example", 12, "RFC 5322 §3.4"},
                                            {"<>", 1, "RFC 5322 §3.4.1"},
                                            {"\"a@b.example", 12, "RFC 5322 §3.2.4"},
                                            {"(a@b.example", 12, "RFC 5322 §3.2.2"},
                                            {"a@[1.2", 6, "RFC 5322 §3.4.1"},
                                            {"g: a@b.example", 14, "RFC 5322 §3.4"},
                                            {"g: a@b.example; x", 16, "RFC 5322 §3.4"},
                                            {"g: h: a@b.example;;", 4, "RFC 5322 §3.4"},
                                            {"<@r.example a@b.example>", 12, "RFC 5322 §4.4"},
                                            {"\"a\\\r\n\"@b.example", 4, "RFC 5322 §3.2.1"}}) {
    const auto parsed = parse_address_list(each.text);
    ASSERT_FALSE(parsed) << each.text;
    EXPECT_EQ(parsed.error().offset, each.offset) << each.text << ": " << parsed.error().expected;
    EXPECT_EQ(parsed.error().section, each.section) << each.text;
    EXPECT_FALSE(parsed.error().expected.empty());
  }
}

TEST(Address, TakesOneAddressWhereOneIsAskedFor) {
  EXPECT_TRUE(parse_addr_spec(" a@b.example (x)"));
  EXPECT_FALSE(parse_addr_spec("<a@b.example>"));
  EXPECT_FALSE(parse_mailbox("a@b.example, c@d.example"));
  EXPECT_FALSE(parse_mailbox("g: a@b.example;"));
  EXPECT_TRUE(parse_address("g: a@b.example;"));
}

TEST(Address, ReadsDeepNestingInConstantStack) {
  const std::string deep(1'000'000, '(');
  EXPECT_FALSE(parse_address_list(deep));
  EXPECT_TRUE(parse_address_list(deep + std::string(deep.size(), ')') + "a@b.example"));
}

}  // namespace
}  // namespace mailroom::message
