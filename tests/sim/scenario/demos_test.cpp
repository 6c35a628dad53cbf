// SPDX-License-Identifier: GPL-2.0-only
// What the shipped demos say; what happens in them is tested where they run.
#include <set>

#include "tests/sim/scenario/support.hpp"
#include "topologies/analysis.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::ElementsAre;

Scenario demo(const std::string& name) {
  auto loaded = load(source_dir() / "labs/demos" / (name + ".yaml"));
  if (!loaded) {
    ADD_FAILURE() << to_string(loaded.error());
    return {};
  }
  EXPECT_EQ(to_string(loaded->warnings), "");
  EXPECT_EQ(loaded->scenario.record, "full");
  return std::move(loaded->scenario);
}

}  // namespace

TEST(ScenarioDemos, TwoOfficesIsTheLecturesSession) {
  const Scenario s = demo("two-offices");
  ASSERT_EQ(s.hosts.size(), 2u);
  EXPECT_EQ(s.hosts[0].hostname, "north.example");
  EXPECT_EQ(s.hosts[1].hostname, "south.example");
  for (const Host& host : s.hosts) {
    EXPECT_FALSE(host.smtp.extended);
    EXPECT_TRUE(host.smtp.lecture_texts);
  }
  ASSERT_EQ(s.traffic.size(), 1u);
  EXPECT_THAT(s.traffic[0].to.members, ElementsAre("myfriend@south.example", "somebody@south.example"));
  EXPECT_EQ(s.agents.at("isg@north.example"), "north");
}

TEST(ScenarioDemos, ThreeRecipientsFailInThreeWays) {
  const Scenario s = demo("three-recipients");
  ASSERT_EQ(s.traffic.size(), 1u);
  EXPECT_THAT(s.traffic[0].to.members,
              ElementsAre("nobody@south.example", "mover@south.example", "full@south.example"));
  const Host& south = s.hosts.at(2);
  ASSERT_EQ(south.users.size(), 2u);
  EXPECT_EQ(south.users[0].moved_to, "mover@west.example");
  EXPECT_EQ(south.users[0].moved, Moved::refuse);
  EXPECT_LT(south.users[1].quota_bytes, s.traffic[0].size_bytes);
  EXPECT_EQ(s.hosts.at(1).users.at(0).local_part, "alice") << "where the bounce arrives";
  EXPECT_EQ(s.agents.at("alice@north.example"), "pc.north");
}

TEST(ScenarioDemos, TheBackboneHasTwentyOfficesAndFiveHundredMessages) {
  const Scenario s = demo("backbone");
  std::set<std::string> domains;
  for (const Host& host : s.hosts) domains.insert(host.domains.begin(), host.domains.end());
  EXPECT_EQ(domains.size(), 20u);
  EXPECT_EQ(s.hosts.size(), 40u);
  EXPECT_EQ(topology::components(s.topology).count(), 1u);
  ASSERT_EQ(s.traffic.size(), 1u);
  EXPECT_EQ(s.traffic[0].count, 500);
  EXPECT_EQ(s.traffic[0].from.choice, AddressSet::Choice::any);
  EXPECT_EQ(s.traffic[0].from.members.size(), 40u);
  EXPECT_EQ(s.agents.at("sales@aldermere.example"), "pc.aldermere");
}

}  // namespace mailroom::scenario
