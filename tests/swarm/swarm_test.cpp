// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "sim/scenario/load.hpp"
#include "tests/swarm/mutants.hpp"

namespace mailroom::swarm {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kSeeds = 500;

Plan plan_of(std::uint64_t last) {
  Plan plan;
  plan.last = last;
  plan.jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  return plan;
}

std::string told(const Tally& tally) {
  return tally.failure ? tally.failure->verdict.text + "\n" + tally.failure->yaml : std::string();
}

// That a swarm of so many seeds finds the bug, and not because of something else.
std::optional<Failure> found(Mutant mutant) {
  plant(mutant);
  Plan plan = plan_of(kSeeds);
  plan.replayed_each = 0;
  const Tally tally = run(plan, [](const Tally&) {});
  plant(Mutant::none);
  if (!tally.failure) return std::nullopt;
  EXPECT_EQ(tally.failure->verdict.result, Verdict::Result::violated) << told(tally);
  EXPECT_EQ(try_scenario(tally.failure->yaml, plan.limits).result, Verdict::Result::fine) << told(tally);
  return tally.failure;
}

TEST(Swarm, LosesNothingAndReachesWhatItShould) {
  const Plan plan = plan_of(kSeeds);
  const Tally tally = run(plan, [](const Tally&) {});
  ASSERT_FALSE(tally.failure) << "seed " << tally.failure->seed << ": " << told(tally);
  EXPECT_EQ(tally.seeds, static_cast<std::int64_t>(kSeeds));
  EXPECT_EQ(tally.replayed, static_cast<std::int64_t>(kSeeds / plan.replayed_each));
  std::vector<std::string> missing;
  for (const std::string& mark : wanted_marks()) {
    std::printf("%11lld  %s\n", tally.marks.contains(mark) ? static_cast<long long>(tally.marks.at(mark)) : 0LL, mark.c_str());
    if (!tally.marks.contains(mark)) missing.push_back(mark);
  }
  EXPECT_THAT(missing, ::testing::IsEmpty());
}

TEST(Swarm, FindsARetryThatIsDroppedAfter451) {
  EXPECT_TRUE(found(Mutant::drops_retry_after_451));
}

TEST(Swarm, FindsAMessageThatIsDeletedBeforeThe250) {
  EXPECT_TRUE(found(Mutant::deletes_before_250));
}

TEST(Swarm, FindsARecipientThatIsForgottenAtRestart) {
  const auto failure = found(Mutant::forgets_recipient_at_restart);
  ASSERT_TRUE(failure);
  // And makes it small: what is left can be read at a glance, still fails, and is a scenario.
  plant(Mutant::forgets_recipient_at_restart);
  const Plan plan = plan_of(kSeeds);
  const Failure small = shrink(*failure, plan, [](std::size_t) {});
  EXPECT_EQ(try_scenario(small.yaml, plan.limits).result, Verdict::Result::violated) << small.yaml;
  plant(Mutant::none);
  EXPECT_LT(std::ranges::count(small.yaml, '\n'), 40) << small.yaml;
  EXPECT_LT(std::ranges::count(small.yaml, '\n'), std::ranges::count(failure->yaml, '\n') / 2) << small.yaml;
  EXPECT_THAT(small.yaml, HasSubstr("out of operation"));
  EXPECT_TRUE(scenario::load_text(small.yaml, "small.yaml", "."));
}

TEST(Swarm, MakesTheSameScenarioOfASeedAndAnotherOfAnother) {
  EXPECT_EQ(generate(7, {}).yaml(), generate(7, {}).yaml());
  EXPECT_NE(generate(7, {}).yaml(), generate(8, {}).yaml());
  EXPECT_EQ(generate(7, {.faults_most = 0}).yaml().find("faults:"), std::string::npos);
}

// Whatever the child does, the parent lives and can say what it was.
TEST(Swarm, TellsOfEveryWayToFail) {
  const CaseOptions limits;
  EXPECT_EQ(try_scenario(generate(1, {}).yaml(), limits).result, Verdict::Result::fine);
  const Verdict faulty = try_scenario("mailroom: 1\nhosts: [", limits);
  EXPECT_EQ(faulty.result, Verdict::Result::refused);
  EXPECT_THAT(faulty.text, HasSubstr("swarm.yaml:"));
  const Verdict endless = try_scenario(generate(1, {}).yaml(), {.most_events = 20});
  EXPECT_EQ(endless.result, Verdict::Result::endless);
}

}  // namespace
}  // namespace mailroom::swarm
