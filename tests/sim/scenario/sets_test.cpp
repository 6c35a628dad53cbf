// SPDX-License-Identifier: GPL-2.0-only
// Sets of addresses, patterns, names and domains.
#include "sim/scenario/addresses.hpp"
#include "sim/scenario/pattern.hpp"
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::ElementsAre;
using Choice = AddressSet::Choice;

AddressSet set_of(const std::string& yaml) {
  AddressBook book;
  book.mailboxes = {"ann@north.example", "bob@north.example", "ann@south.example", "\"be, n\"@south.example"};
  Report report;
  const ValuePtr value = parse_document(yaml, {}, report);
  const AddressSet set = read_addresses(*value, Side::recipients, book, report);
  EXPECT_EQ(report.count(), 0u) << yaml << "\n" << to_string(report.take_mistakes());
  return set;
}

}  // namespace

TEST(ScenarioSets, AreListsUnionsAndDifferencesOfPatterns) {
  EXPECT_THAT(set_of("x@y.example").members, ElementsAre("x@y.example"));
  EXPECT_THAT(set_of("'*@south.example'").members,
              ElementsAre("ann@south.example", "\"be, n\"@south.example"));
  EXPECT_THAT(set_of("'*@SOUTH.example'").members,
              ElementsAre("ann@south.example", "\"be, n\"@south.example"));
  EXPECT_THAT(set_of("ann@*").members, ElementsAre("ann@north.example", "ann@south.example"));
  EXPECT_THAT(set_of("'?ob@*, x@y.example'").members, ElementsAre("bob@north.example", "x@y.example"));
  EXPECT_THAT(set_of("[bob@*, 'ann@*', bob@north.example]").members,
              ElementsAre("bob@north.example", "ann@north.example", "ann@south.example"));
  EXPECT_THAT(set_of("'*@* - ann@*'").members, ElementsAre("bob@north.example", "\"be, n\"@south.example"));
  EXPECT_THAT(set_of("'*@* - ann@*, bob@*'").members, ElementsAre("\"be, n\"@south.example"));
  EXPECT_THAT(set_of("'*@* - ann@* - bob@north.example'").members, ElementsAre("\"be, n\"@south.example"));
  EXPECT_THAT(set_of("'*@* - nobody@*'").members.size(), 4u);
  EXPECT_THAT(set_of("'\"be, n\"@south.example'").members, ElementsAre("\"be, n\"@south.example"));
  EXPECT_THAT(set_of("'\"a(b\"@x.example'").members, ElementsAre("\"a(b\"@x.example"));
  EXPECT_THAT(set_of("a-b@x.example").members, ElementsAre("a-b@x.example"));
  EXPECT_THAT(set_of("<>").members, ElementsAre(""));
}

TEST(ScenarioSets, OfRecipientsMayHaveSourceRoutes) {
  EXPECT_THAT(set_of("'@R1.example,@r2.example:bob@South.example'").members,
              ElementsAre("@r1.example,@r2.example:bob@south.example"));
  EXPECT_THAT(set_of("'x@y.example, @r1.example, @r2.example : bob@south.example, z@y.example'").members,
              ElementsAre("x@y.example", "@r1.example,@r2.example:bob@south.example", "z@y.example"));
  EXPECT_THAT(set_of("['@r1.example:\"a,:b\"@y.example', ann@north.example]").members,
              ElementsAre("@r1.example:\"a,:b\"@y.example", "ann@north.example"));
  EXPECT_EQ(set_of("'each(@r1.example:x@y.example, ann@*)'").choice, Choice::each);
  EXPECT_THAT(set_of("'ann@*, @r1.example:x@y.example - @r1.example:x@y.example'").members,
              ElementsAre("ann@north.example", "ann@south.example"));
}

TEST(ScenarioSets, SayHowTheirMembersAreChosen) {
  EXPECT_EQ(set_of("'*@*'").choice, Choice::all);
  EXPECT_EQ(set_of("all(*@*)").choice, Choice::all);
  EXPECT_EQ(set_of("each(*@*)").choice, Choice::each);
  EXPECT_EQ(set_of("any(*@* - ann@*)").choice, Choice::any);
  EXPECT_THAT(set_of("any(*@* - ann@*)").members,
              ElementsAre("bob@north.example", "\"be, n\"@south.example"));
  EXPECT_EQ(set_of("[ann@north.example]").choice, Choice::all);
}

TEST(ScenarioSets, CannotAskForMoreThanThereIsRoomFor) {
  AddressBook book;
  for (int i = 0; i < 1000; ++i) book.mailboxes.push_back("u" + std::to_string(i) + "@x.example");
  book.members_left = 1500;
  Report report;
  const ValuePtr value = parse_document("'*@*'", {}, report);
  EXPECT_EQ(read_addresses(*value, Side::recipients, book, report).members.size(), 1000u);
  EXPECT_EQ(report.count(), 0u);
  read_addresses(*value, Side::recipients, book, report);
  EXPECT_EQ(report.count(), 1u);
  book.looks_left = 10;
  read_addresses(*value, Side::recipients, book, report);
  EXPECT_EQ(report.count(), 2u);
}

TEST(ScenarioSets, PatternsMatchWholeTextsAndKeepWhatTheyFound) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*b*c", "axxbyybc"));
  EXPECT_FALSE(matches("a*b*c", "axxbyyb"));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_FALSE(matches("?", ""));
  EXPECT_TRUE(matches("**", "ab"));
  std::vector<std::string> found;
  EXPECT_TRUE(matches("pc.*.?-*", "pc.berlin.1-x-y", found));
  EXPECT_THAT(found, ElementsAre("berlin", "1", "x-y"));
  EXPECT_TRUE(matches("*.*", "a.b.c", found));
  EXPECT_THAT(found, ElementsAre("a", "b.c"));
  EXPECT_FALSE(matches("*x", "abc", found));
}

TEST(ScenarioSets, AddressesAreWrittenAsInSmtp) {
  EXPECT_EQ(mailbox_address("Ann@North.Example"), "Ann@north.example");
  EXPECT_EQ(mailbox_address("\"ann\"@north.example"), "ann@north.example");
  EXPECT_EQ(mailbox_address("\"a b\"@north.example"), "\"a b\"@north.example");
  EXPECT_EQ(mailbox_address("a@[192.0.2.1]"), "a@[192.0.2.1]");
  for (const char* faulty : {"", "a", "@x.example", "a@", "a b@x.example", "a@x..example", "a@x_y", "a@-x",
                             "a@b@c", "\xe4@x.example", "a@\xc3\xa4.example", "a\r\n@x.example"})
    EXPECT_FALSE(mailbox_address(faulty)) << faulty;
}

TEST(ScenarioSets, OnlyReservedDomainsAreNobodys) {
  for (const char* reserved :
       {"example", "a.example", "x.test", "example.com", "mx.example.org", "localhost", "a.invalid"})
    EXPECT_TRUE(is_reserved_domain(reserved)) << reserved;
  for (const char* real : {"example.de", "myexample.com", "notest", "com", "xexample"})
    EXPECT_FALSE(is_reserved_domain(real)) << real;
}

}  // namespace mailroom::scenario
