// SPDX-License-Identifier: GPL-2.0-only
// Addresses beyond US-ASCII in a scenario.
#include "sim/scenario/addresses.hpp"
#include "sim/scenario/pattern.hpp"
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kTwo = R"(mailroom: 1
topology: {links: [north -- south]}
hosts:
  north: {domains: north.example, users: [josé, bo], smtp: {smtputf8: false}}
  south: {domains: south.example, users: {用户: {}}, aliases: {информация: 用户}}
traffic:
)";

}  // namespace

TEST(ScenarioInternational, NamesAreReadAsTheyAreWritten) {
  const Scenario scenario = scenario_of(kTwo + R"(  - {from: josé@north.example, to: [информация@SOUTH.example, "用*@*"]}
  - {from: "jos?@north.example", to: "??@*"}
)");
  EXPECT_FALSE(scenario.hosts.at(0).smtp.receiving.smtputf8);
  EXPECT_TRUE(scenario.hosts.at(1).smtp.receiving.smtputf8);
  EXPECT_EQ(scenario.hosts[1].users.at(0).local_part, "用户");
  EXPECT_THAT(scenario.hosts[1].aliases.at(0).targets, ElementsAre("用户@south.example"));
  EXPECT_THAT(scenario.traffic.at(0).to.members, ElementsAre("информация@south.example", "用户@south.example"));
  EXPECT_THAT(scenario.traffic.at(1).from.members, ElementsAre("josé@north.example"));
  EXPECT_THAT(scenario.traffic.at(1).to.members, ElementsAre("bo@north.example", "用户@south.example"));
}

TEST(ScenarioInternational, DomainsAreWrittenInUsAscii) {
  EXPECT_EQ(mailbox_address("josé@xn--bcher-kva.example"), "josé@xn--bcher-kva.example");
  ASSERT_FALSE(mailbox_address("josé@bücher.example"));
  EXPECT_THAT(mailbox_address("josé@bücher.example").error(), HasSubstr("xn--"));
  EXPECT_FALSE(mailbox_address("jos\xe9@north.example")) << "Latin-1";
  EXPECT_FALSE(mailbox_address("jos\x01@north.example"));
}

TEST(ScenarioInternational, AQuestionMarkStandsForACharacter) {
  EXPECT_TRUE(matches("?", "é"));
  EXPECT_TRUE(matches("*?", "用户"));
  EXPECT_FALSE(matches("?", "用户"));
  std::vector<std::string> found;
  EXPECT_TRUE(matches("a?*", "a用户", found));
  EXPECT_THAT(found, ElementsAre("用", "户"));
}

}  // namespace mailroom::scenario
