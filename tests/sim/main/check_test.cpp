// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/check.hpp"

#include <fstream>

#include "sim/main/cli_json.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::tests {
namespace {

using testing::HasSubstr;

const std::string kDemos = MAILROOM_SOURCE_DIR "/labs/demos/";

TEST(Check, CountsWhatAGoodScenarioHas) {
  const Called called = call({"check", kDemos + "backbone.yaml"});
  EXPECT_EQ(called.exit_code, 0) << called.err;
  EXPECT_THAT(called.out, testing::MatchesRegex("ok: [0-9]+ hosts, [0-9]+ links, 500 messages\n"));
  const Called two = call({"check", kDemos + "backbone.yaml", kDemos + "two-offices.yaml"});
  EXPECT_EQ(two.exit_code, 0);
  EXPECT_THAT(two.out, HasSubstr("two-offices.yaml: ok: "));
}

TEST(Check, TellsAllMistakesWithTheirPlace) {
  const TemporaryFolder folder;
  const std::string file = folder / "bad.yaml";
  std::ofstream(file) << "mailroom: 1\ntopology: {links: [a -- b]}\nseeed: 3\nduration: 12 parsecs\n";
  const Called called = call({"check", file});
  EXPECT_EQ(called.exit_code, 2);
  EXPECT_EQ(called.out, "");
  EXPECT_THAT(called.err, HasSubstr("bad.yaml:3:"));
  EXPECT_THAT(called.err, HasSubstr("bad.yaml:4:"));
  EXPECT_THAT(called.err, HasSubstr("2 mistakes in "));
  const cli::Json json = cli::Json::parse(call({"check", file, "--json"}).out);
  EXPECT_EQ(json["ok"], false);
  ASSERT_EQ(json["mistakes"].size(), 2u);
  EXPECT_EQ(json["mistakes"][0]["line"], 3);
}

TEST(Check, RefusesWhatIsNoScenario) {
  EXPECT_EQ(call({"check", "/no/such.yaml"}).exit_code, 2);
  EXPECT_EQ(call({"check", "/"}).exit_code, 2);
  EXPECT_EQ(call({"check"}).exit_code, 2);
}

TEST(PlannedMessages, CountSendersAndRecipientsAsTheyAreChosen) {
  using Choice = scenario::AddressSet::Choice;
  scenario::Scenario scenario;
  EXPECT_EQ(cli::planned_messages(scenario), 0);
  scenario::Traffic traffic;
  traffic.from.members = {"a@x.example", "b@x.example"};
  traffic.to.members = {"c@x.example", "d@x.example", "e@x.example"};
  traffic.count = 10;
  scenario.traffic.push_back(traffic);
  EXPECT_EQ(cli::planned_messages(scenario), 20);  // all: each sender sends, to all at once
  scenario.traffic[0].to.choice = Choice::each;
  EXPECT_EQ(cli::planned_messages(scenario), 60);
  scenario.traffic[0].to.members.push_back("a@x.example");
  EXPECT_EQ(cli::planned_messages(scenario), 70);  // nobody writes to themselves
  scenario.traffic[0].to.members.pop_back();
  scenario.traffic[0].from.choice = Choice::any;
  EXPECT_EQ(cli::planned_messages(scenario), 30);
}

}  // namespace
}  // namespace mailroom::tests
