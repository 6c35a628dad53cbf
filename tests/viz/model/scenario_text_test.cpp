// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/scenario_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenario/load.hpp"
#include "viz/model/fault_list.hpp"
#include "viz/model/typed.hpp"

namespace mailroom::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kHead = R"(# A comment at the top.
mailroom: 1
topology:
  links: [north -- south]
hosts:
  north: {domains: north.example, users: [ann]}
  south: {domains: south.example, users: [bob]}
)";

scenario::Scenario loaded(const std::string& text) {
  auto read = scenario::load_text(text, "s.yaml", {});
  EXPECT_TRUE(read) << (read ? "" : scenario::to_string(read.error())) << text;
  return read ? std::move(read->scenario) : scenario::Scenario{};
}

std::vector<std::string> faults_of(const scenario::Scenario& scenario) {
  std::vector<std::string> list;
  for (const faults::Fault& fault : scenario.faults) list.push_back(fault.what);
  return list;
}

SavedScenario saved(const std::string& text, const std::vector<std::string>& overrides, const std::vector<std::string>& faults,
                    const std::vector<std::string>& control) {
  auto result = scenario_with(text, overrides, faults, control);
  EXPECT_TRUE(result) << (result ? "" : result.error());
  return result ? *result : SavedScenario{};
}

const std::vector<std::string> kTyped = {R"(1500ms connect 1 from north to south:25)", R"(2s type 1 "a \"b\" \\ \xFF: #\r\n")"};

TEST(ScenarioText, SectionsThatAreNotThereAreAddedAndAllElseStays) {
  const SavedScenario result = saved(kHead, {}, {"link north-south down at 10s for 5m"}, kTyped);
  EXPECT_TRUE(result.keeps_comments);
  EXPECT_TRUE(result.text.starts_with(kHead));
  const scenario::Scenario scenario = loaded(result.text);
  EXPECT_EQ(faults_of(scenario), std::vector<std::string>{"link north-south down"});
  ASSERT_EQ(scenario.control.size(), 2u);
  EXPECT_EQ(scenario.control[0].at_ns, 1'500'000'000);
  EXPECT_EQ(scenario.control[1].text, R"(type 1 "a \"b\" \\ \xFF: #\r\n")");
}

TEST(ScenarioText, ListsThatAreThereGrowWhereverTheyStand) {
  const std::string text = std::string("mailroom: 1\ncontrol:\n- 1s fault disk of south full for 1s   # by hand\n\n# of the network\nfaults:\n"
                                       "    - link north-south down at 1s for 1s # one\n    # between\n    - host south unreachable at 9s for 1s\n\n# hosts\n") +
                           std::string(kHead).substr(std::string(kHead).find("topology"));
  const SavedScenario result = saved(text, {"faults+=smtp of south hung"}, {"disk of south full at 1h for 1m"}, kTyped);
  EXPECT_TRUE(result.keeps_comments);
  for (const char* kept : {"# by hand", "# of the network", "# one", "# between", "# hosts"}) EXPECT_THAT(result.text, HasSubstr(kept));
  const scenario::Scenario scenario = loaded(result.text);
  EXPECT_EQ(faults_of(scenario), (std::vector<std::string>{"link north-south down", "host south unreachable", "smtp of south hung", "disk of south full"}));
  EXPECT_EQ(scenario.control.size(), 3u);
  EXPECT_LT(result.text.find("disk of south full at 1h"), result.text.find("# hosts"));
}

TEST(ScenarioText, TextsInFlowStyleAndWhatSetChangedAreWrittenAnew) {
  const std::string flow = R"({"mailroom": 1, "faults": ["link north-south down"], "topology": {"links": ["north -- south"]},
    "hosts": {"north": {"domains": "north.example", "users": ["ann", "yes", "12"]}, "south": {"domains": "south.example", "users": []}}})";
  const SavedScenario of_flow = saved(flow, {}, {"disk of south full"}, kTyped);
  EXPECT_FALSE(of_flow.keeps_comments);
  const scenario::Scenario scenario = loaded(of_flow.text);
  EXPECT_EQ(scenario.faults.size(), 2u);
  EXPECT_EQ(scenario.control.size(), 2u);
  ASSERT_EQ(scenario.hosts.size(), 2u);
  EXPECT_EQ(scenario.hosts[0].users.size(), 3u);
  EXPECT_EQ(scenario.hosts[0].users[1].local_part, "yes");

  const SavedScenario changed = saved(kHead, {"seed=7", "hosts.south.disk=5MB", "record=mail", "faults+=disk of south full"}, {}, {});
  EXPECT_FALSE(changed.keeps_comments);
  const scenario::Scenario other = loaded(changed.text);
  EXPECT_EQ(other.seed, 7u);
  EXPECT_EQ(other.record, "mail");
  EXPECT_EQ(other.hosts[1].disk_bytes, 5'000'000);
  EXPECT_EQ(faults_of(other), std::vector<std::string>{"disk of south full"});
}

TEST(ScenarioText, AFlowListInABlockTextIsNoObstacle) {
  const SavedScenario result = saved(std::string(kHead) + "faults: [disk of south full]\n", {}, {"smtp of south hung"}, {});
  EXPECT_EQ(faults_of(loaded(result.text)), (std::vector<std::string>{"disk of south full", "smtp of south hung"}));
}

TEST(ScenarioText, WhatIsNoScenarioIsSaid) {
  EXPECT_THAT(scenario_with("[1, 2", {}, {"x"}, {}).error(), HasSubstr("cannot be read"));
  EXPECT_THAT(scenario_with("- 1\n", {}, {"x"}, {}).error(), HasSubstr("cannot be read"));
  EXPECT_THAT(scenario_with(kHead, {"hosts.south.domains.0.x=3"}, {}, {}).error(), HasSubstr("cannot be made again"));
}

TEST(Typed, OctetsBecomeLinesAndComeBack) {
  EXPECT_EQ(typed_lines("3", "HELO a\r\n"), std::vector<std::string>{R"(type 3 "HELO a\r\n")"});
  EXPECT_EQ(typed_lines("3", std::string(5000, 'x')).size(), 2u);
  EXPECT_EQ(unquoted(R"("220 a\r\n\"\xff\x00")"), std::string("220 a\r\n\"\xff\0", 10));
  EXPECT_FALSE(unquoted("connected"));
  EXPECT_FALSE(unquoted(R"("open)"));
}

TEST(FaultPlan, HasItsPlacesOnALineOfTimeAndCanBeMoved) {
  const std::vector<std::string> plan = {"link a-b down at 10s for 5m", "host a unreachable when a connects", "nonsense", "tcp a -- b reset at 1m",
                                         "disk of a full", "link a-b losing 5% every 1h for 5m"};
  const auto marks = planned_marks(plan);
  ASSERT_EQ(marks.size(), 4u);
  EXPECT_EQ(marks[0].at_ns, 10'000'000'000);
  EXPECT_EQ(marks[0].until_ns, 310'000'000'000);
  EXPECT_EQ(marks[1].index, 3u);
  EXPECT_EQ(marks[1].until_ns, marks[1].at_ns) << "in an instant";
  EXPECT_EQ(marks[2].until_ns, -1);
  EXPECT_EQ(moved_to(plan[0], 20'000'000'000), "link a-b down at 20s for 5m");
  EXPECT_EQ(moved_to(plan[4], 1'500'000'000), "disk of a full at 1.5s");
  EXPECT_EQ(moved_to(plan[1], 1), plan[1]);
  EXPECT_EQ(moved_to(plan[0], -5), "link a-b down at 0s for 5m");
}

TEST(FaultList, HasWhatIsInForceAndWhatIsOver) {
  trace::World world;
  const auto happen = [&world](std::int64_t id, trace::Kind kind, std::int64_t fault, const char* what, std::optional<std::int64_t> until = {}) {
    world.apply({.id = {id}, .time_ns = id * 10, .kind = kind, .fault = {fault}, .value = until, .text = what});
  };
  EXPECT_TRUE(faults_at(world, 10, {}).in_force.empty());
  happen(1, trace::Kind::fault_began, 1, "link a-b down", 500);
  happen(2, trace::Kind::fault_began, 3, "disk of a full");
  happen(3, trace::Kind::fault_began, 2, "host b unreachable");
  happen(4, trace::Kind::fault_ended, 1, "link a-b down");
  happen(5, trace::Kind::fault_ended, 3, "disk of a full");
  const FaultList list = faults_at(world, 1, {});
  ASSERT_EQ(list.in_force.size(), 1u);
  EXPECT_EQ(list.in_force[0].what, "host b unreachable");
  ASSERT_EQ(list.over.size(), 1u);
  EXPECT_EQ(list.over[0].what, "disk of a full") << "the newest";
  EXPECT_EQ(list.over_count, 2u);
  const FaultList hidden = faults_at(world, 9, [](std::string_view what) { return what == "host b unreachable"; });
  EXPECT_TRUE(hidden.in_force.empty());
}

}  // namespace
}  // namespace mailroom::viz
