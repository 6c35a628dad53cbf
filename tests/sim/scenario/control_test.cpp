// SPDX-License-Identifier: GPL-2.0-only
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {
namespace {

using ::testing::HasSubstr;

std::string world(const std::string& lines) {
  return "mailroom: 1\ntopology: {links: [a -- b]}\nhosts: {a: {domains: a.example, users: [u]}, b: {domains: b.example, users: "
         "[u]}}\ncontrol:\n" +
         lines;
}

TEST(ScenarioControl, IsByTimeAndThenByOrder) {
  EXPECT_TRUE(scenario_of(world("")).control.empty());
  const Scenario scenario = scenario_of(world("  - 20s finish 1\n"
                                              "  - '10s connect 1 from b to a:25'\n"
                                              "  - '10s type 1 \"EHLO b\\r\\n\"'\n"
                                              "  - 1m fault link a-b down for 5s\n"));
  ASSERT_EQ(scenario.control.size(), 4u);
  EXPECT_EQ(scenario.control[0].text, "connect 1 from b to a:25");
  EXPECT_EQ(scenario.control[1].text, "type 1 \"EHLO b\\r\\n\"");
  EXPECT_EQ(scenario.control[1].at_ns, 10 * kSecond);
  EXPECT_EQ(scenario.control[2].text, "finish 1");
  EXPECT_EQ(scenario.control[2].line, 5);
  EXPECT_EQ(scenario.control[3].text, "fault link a-b down for 5s");
}

TEST(ScenarioControl, ThatIsWrongIsToldByLine) {
  for (const auto& [line, wrong] : std::vector<std::pair<std::string, std::string>>{
           {"connect 1 from b to a:25", "does not begin with a time"},
           {"10s", "nothing that is done then"},
           {"10s connect one from b to a:25", "one"},
           {"10s jump 1", "nothing that a person can do"},
           {"10s fault link a-b dwn", "'dwn'"},
           {"10s mend", "no fault"},
       }) {
    const std::string mistakes = mistakes_of(world("  - '" + line + "'\n"));
    EXPECT_THAT(mistakes, HasSubstr("s.yaml:5:5: ")) << line;
    EXPECT_THAT(mistakes, HasSubstr(wrong)) << line;
  }
}

}  // namespace
}  // namespace mailroom::scenario
