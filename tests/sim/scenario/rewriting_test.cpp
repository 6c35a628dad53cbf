// SPDX-License-Identifier: GPL-2.0-only
// Aliases, lists, redirections: as they are written, and what is told of faulty ones.
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kHead = R"(mailroom: 1
topology: {links: [north -- south]}
hosts:
  south: {domains: south.example, users: [carol, dave]}
  north:
    domains: [north.example, n.example]
    users: {ann: {}, bob: {forward: [carol@south.example, ann], keep: true}}
)";

const Host& north(const Scenario& scenario) {
  EXPECT_EQ(scenario.hosts.at(1).name, "north");
  return scenario.hosts.at(1);
}

}  // namespace

TEST(ScenarioRewriting, IsReadAsItIsWritten) {
  const Scenario scenario = scenario_of(kHead + R"(    aliases: {info: [ann, carol@south.example], root: postmaster}
    lists:
      staff: {members: ["*@south.example", ann, carol@south.example], owner: bob, header: true}
      all: {members: ["*@*", staff], expand: at-sender}
    catch-all: ann
    subaddress: "+-"
    fold-case: true
)");
  const Host& host = north(scenario);
  EXPECT_THAT(host.users.at(1).forward, ElementsAre("carol@south.example", "ann@north.example"));
  EXPECT_TRUE(host.users[1].keep);
  ASSERT_EQ(host.aliases.size(), 2u);
  EXPECT_EQ(host.aliases[0].name, "info");
  EXPECT_THAT(host.aliases[0].targets, ElementsAre("ann@north.example", "carol@south.example"));
  EXPECT_THAT(host.aliases[1].targets, ElementsAre("postmaster@north.example"));
  ASSERT_EQ(host.lists.size(), 2u);
  EXPECT_THAT(host.lists[0].members,
              ElementsAre("carol@south.example", "dave@south.example", "ann@north.example"));
  EXPECT_EQ(host.lists[0].owner, "bob@north.example");
  EXPECT_TRUE(host.lists[0].header);
  EXPECT_EQ(host.lists[0].expand, MailingList::Expand::here);
  EXPECT_THAT(host.lists[1].members,
              ElementsAre("carol@south.example", "dave@south.example", "ann@north.example", "ann@n.example",
                          "bob@north.example", "bob@n.example", "staff@north.example"));
  EXPECT_EQ(host.lists[1].owner, "all-owner@north.example");
  EXPECT_EQ(host.lists[1].expand, MailingList::Expand::at_sender);
  EXPECT_THAT(host.catch_all, ElementsAre("ann@north.example"));
  EXPECT_EQ(host.subaddress, "+-");
  EXPECT_TRUE(host.fold_case);
}

TEST(ScenarioRewriting, IsAbsentUnlessItIsAskedFor) {
  const Host host = north(scenario_of(kHead));
  EXPECT_THAT(host.aliases, IsEmpty());
  EXPECT_THAT(host.lists, IsEmpty());
  EXPECT_THAT(host.catch_all, IsEmpty());
  EXPECT_EQ(host.subaddress, "");
  EXPECT_FALSE(host.fold_case);
  EXPECT_TRUE(host.delivered_to);
  EXPECT_FALSE(north(scenario_of(kHead + "    smtp: {extended: false}\n")).delivered_to)
      << "no host of RFC 821 wrote such a field";
  EXPECT_TRUE(north(scenario_of(kHead + "    smtp: {extended: false}\n    delivered-to: true\n")).delivered_to);
}

TEST(ScenarioRewriting, OfATemplateIsForEachOfItsHosts) {
  const Scenario scenario = scenario_of(
      "mailroom: 1\ntopology: {links: [a -- b]}\nhosts:\n  \"*\": {domains: \"{name}.example\", users: [u], aliases: "
      "{info: u}, lists: {\"{name}-all\": {members: \"*@*\"}}}\n");
  ASSERT_EQ(scenario.hosts.size(), 2u);
  EXPECT_THAT(scenario.hosts[1].aliases.at(0).targets, ElementsAre("u@b.example"));
  EXPECT_EQ(scenario.hosts[1].lists.at(0).name, "b-all");
  EXPECT_THAT(scenario.hosts[1].lists[0].members, ElementsAre("u@a.example", "u@b.example"));
}

TEST(ScenarioRewriting, ThatIsFaultyIsToldWithWhatWouldBeRight) {
  ASSERT_EQ(mistakes_of(kHead), "");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"aliases: [info]", "a list for 'aliases'; write a map such as {info: [ann, bob@south.example]}"},
      {"aliases: {info: }", "nothing for the alias 'info'; say where its mail goes"},
      {"aliases: {info: []}", "no address; name at least one"},
      {"aliases: {info: a..b@south.example}", "'a..b@south.example' is no address"},
      {"aliases: {info: <>}", "'<>' is no address"},
      {"aliases: {in@fo: ann}", "'in@fo' is no name for an alias; write what stands before the '@' only"},
      {"aliases: {info: ann}\n    lists: {info: {members: ann}}",
       "the name 'info' twice among aliases and lists; give each its own"},
      {"fold-case: true\n    aliases: {info: ann, Info: bob}", "the name 'Info' twice among aliases and lists"},
      {"lists: {staff: }", "'members' is missing"},
      {"lists: {staff: {members: \"*@nowhere.example\"}}", "matches no user of any host"},
      {"lists: {ann: {members: bob}}", "'ann' is a user and a list; give one of them another name"},
      {"lists: {staff: {members: ann, owner: a@b@c}}", "'a@b@c' is no address"},
      {"lists: {staff: {members: ann, expand: everywhere}}", "'everywhere' for 'expand'; one of: here, at-sender"},
      {"catch-all: any(ann, bob)", "is no address"},
      {"subaddress: x", "'x' for 'subaddress'; write the mark, such as \"+\""},
  };
  for (const auto& [text, told] : cases)
    EXPECT_THAT(mistakes_of(kHead + "    " + text + "\n"), HasSubstr(told)) << text;
  const std::string users = "mailroom: 1\ntopology: {links: [a -- b]}\nhosts:\n  a: {domains: a.example, users: ";
  EXPECT_THAT(mistakes_of(users + "{u: {keep: true}}}\n"), HasSubstr("'keep' without 'forward'"));
  EXPECT_THAT(mistakes_of(users + "{u: {forward: v@b.example, moved: {to: v@b.example}}}}\n"),
              HasSubstr("'forward' of a user who has moved"));
  EXPECT_THAT(mistakes_of(users + "[u, U], fold-case: true}\n"), HasSubstr("the user 'U' twice"));
  EXPECT_EQ(mistakes_of(users + "[u, U]}\n"), "");
  EXPECT_THAT(mistakes_of("mailroom: 1\ntopology: {links: [a -- b]}\nhosts: {a: {aliases: {info: x@b.example}}}\n"),
              HasSubstr("aliases of 'a', which has no domain; give it 'domains'"));
}

TEST(ScenarioRewriting, OfAListIntoItselfIsWarnedOf) {
  EXPECT_EQ(warnings_of(kHead), "");
  EXPECT_THAT(warnings_of(kHead + "    lists: {staff: {members: [ann, staff]}}\n"),
              HasSubstr("the list 'staff' contains itself"));
  EXPECT_THAT(warnings_of(kHead + "    lists: {staff: {members: [ann], owner: staff}}\n"),
              HasSubstr("the list 'staff' is its own owner"));
}

TEST(ScenarioRewriting, MakesAddressesThatMaySend) {
  const std::string traffic = "traffic: [{from: info@north.example, to: ann@north.example}]\n";
  EXPECT_THAT(warnings_of(kHead + traffic), HasSubstr("the sender 'info@north.example' has no mailbox"));
  EXPECT_EQ(warnings_of(kHead + "    aliases: {info: ann}\n" + traffic), "");
}

}  // namespace mailroom::scenario
