// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/name.hpp"

#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {
namespace {

TEST(DnsName, StartsAsTheRoot) {
  const Name root;
  EXPECT_TRUE(root.is_root());
  EXPECT_EQ(root.text(), ".");
  EXPECT_EQ(root.label_count(), 0U);
  EXPECT_EQ(root.first_label(), "");
  EXPECT_EQ(root.parent(), root);
  EXPECT_EQ(named("."), root);
}

TEST(DnsName, IsReadAndWrittenWithItsEscapes) {
  for (const auto& [text, octets] : std::vector<std::pair<std::string, std::string>>{
           {"mail.example", "\4mail\7example"},
           {"a\\.b.c", "\3a.b\1c"},
           {"\\\\.c", "\1\\\1c"},
           {"\\000\\255\\032", std::string("\3\0\377 ", 4)},
           {"*.example", "\1*\7example"},
           {"\\@.\\$\\;\\(\\)\\\"", "\1@\5$;()\""},
       }) {
    const Name name = named(text);
    EXPECT_EQ(name.octets(), octets + '\0') << text;
    EXPECT_EQ(name.text(), text);
    EXPECT_EQ(named(text + '.'), name);
  }
  EXPECT_EQ(named("\\m\\097il.example").text(), "mail.example");
}

TEST(DnsName, IsRelativeToTheOriginWithoutAFinalDot) {
  const Name origin = named("example");
  EXPECT_EQ(Name::parse("mail", origin)->text(), "mail.example");
  EXPECT_EQ(Name::parse("mail.", origin)->text(), "mail");
  EXPECT_EQ(Name::parse(".", origin)->text(), ".");
}

TEST(DnsName, HasLabelsOf63AndIsOf255Octets) {
  const std::string label(63, 'x');
  EXPECT_TRUE(Name::parse(label));
  EXPECT_EQ(Name::parse(label + "x").error(),
            (ParseError{63, "RFC 1035 §2.3.4", "a label of at most 63 octets"}));
  const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'x');
  EXPECT_EQ(named(longest).octets().size(), 255U);
  EXPECT_EQ(Name::parse(longest + 'x').error(),
            (ParseError{0, "RFC 1035 §2.3.4", "a name of at most 255 octets"}));
  EXPECT_FALSE(Name::parse("y", named(longest)));
  EXPECT_FALSE(named(longest).child("y"));
  std::string many;
  for (int i = 0; i < 127; ++i) many += "a.";
  EXPECT_EQ(named(many).label_count(), 127U);
  EXPECT_FALSE(Name::parse(many + "a"));
}

TEST(DnsName, IsRefusedWithOffsetAndReason) {
  const auto offset = [](std::string_view text) {
    const auto name = Name::parse(text);
    EXPECT_FALSE(name) << text;
    return name ? std::size_t{999} : name.error().offset;
  };
  EXPECT_EQ(offset(""), 0U);
  EXPECT_EQ(offset("a..b"), 2U);
  EXPECT_EQ(offset(".a"), 0U);
  EXPECT_EQ(offset(".."), 0U);
  EXPECT_EQ(offset("ab\\"), 2U);
  EXPECT_EQ(offset("ab\\25"), 2U);
  EXPECT_EQ(offset("ab\\256"), 2U);
}

TEST(DnsName, KeepsItsCaseAndComparesWithout) {
  const Name name = named("Mail.EXAMPLE");
  EXPECT_EQ(name.text(), "Mail.EXAMPLE");
  EXPECT_EQ(name, named("mail.example"));
  EXPECT_FALSE(name.same_octets(named("mail.example")));
  EXPECT_TRUE(std::is_eq(name <=> named("mAIL.example")));
  EXPECT_NE(name, named("nail.example"));
  EXPECT_NE(named("\\193"), named("\\225"));  // only letters of ASCII have case
}

// The example of RFC 4034 §6.1.
TEST(DnsName, IsInCanonicalOrder) {
  const std::vector<std::string> sorted = {"example",         "a.example",      "yljkjljk.a.example",
                                           "Z.a.example",     "zABC.a.EXAMPLE", "z.example",
                                           "\\001.z.example", "*.z.example",    "\\200.z.example"};
  for (std::size_t i = 0; i < sorted.size(); ++i)
    for (std::size_t j = 0; j < sorted.size(); ++j)
      EXPECT_EQ(named(sorted[i]) <=> named(sorted[j]), i <=> j) << sorted[i] << " " << sorted[j];
}

TEST(DnsName, KnowsWhatIsWithin) {
  const Name zone = named("example");
  EXPECT_TRUE(named("a.b.EXAMPLE").is_within(zone));
  EXPECT_TRUE(zone.is_within(zone));
  EXPECT_FALSE(zone.is_below(zone));
  EXPECT_TRUE(named("a.example").is_below(zone));
  EXPECT_FALSE(named("anexample").is_within(zone));
  EXPECT_FALSE(named("a\\.example").is_within(zone));
  EXPECT_FALSE(zone.is_within(named("a.example")));
  EXPECT_TRUE(zone.is_within(Name()));
  // The octets of "\7example" at the end of one label are no name within.
  EXPECT_FALSE(named("x\\007example").is_within(zone));
}

TEST(DnsName, GoesUpAndDown) {
  const Name name = named("mail.example");
  EXPECT_EQ(name.first_label(), "mail");
  EXPECT_EQ(name.parent(), named("example"));
  EXPECT_EQ(name.parent().parent(), Name());
  EXPECT_EQ(name.parent().child("mail"), name);
  EXPECT_FALSE(name.child(""));
  EXPECT_FALSE(name.child(std::string(64, 'x')));
  EXPECT_TRUE(named("*.example").is_wildcard());
  EXPECT_FALSE(named("*a.example").is_wildcard());
}

TEST(DnsName, IsMadeOfOctetsThatAreOne) {
  EXPECT_EQ(Name::from_octets(std::string("\4mail\0", 6)), named("mail"));
  EXPECT_FALSE(Name::from_octets(""));
  EXPECT_FALSE(Name::from_octets("\4mail"));
  EXPECT_FALSE(Name::from_octets(std::string("\4mail\0x", 7)));
  EXPECT_FALSE(Name::from_octets(std::string("\5mail\0", 6)));
  EXPECT_FALSE(Name::from_octets('\100' + std::string(64, 'x') + '\0'));
}

}  // namespace
}  // namespace mailroom::dns
