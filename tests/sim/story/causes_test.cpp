// SPDX-License-Identifier: GPL-2.0-only
// The telling of long chains is tested through `inspect --why` (tests/sim/main/inspect_why_test.cpp); here is
// what its lines are made of.
#include "sim/story/causes.hpp"

#include <algorithm>

#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::story {
namespace {

using trace::Kind;
using trace::RunFileReader;
using trace::StoredEvent;
using Relation = Step::Relation;

class TheCauses : public testing::Test {
 protected:
  TheCauses() {
    tests::write_scripted_run(path_);
    auto opened = RunFileReader::open(path_);
    EXPECT_TRUE(opened);
    reader_.emplace(std::move(*opened));
  }

  StoredEvent first(Kind kind) {
    const auto events = reader_->events({.kinds = {kind}, .limit = 1});
    EXPECT_TRUE(events && !events->empty());
    return events->front();
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
  std::optional<RunFileReader> reader_;
};

TEST_F(TheCauses, OfARequeuedCopyEndInTheBeginningOfTheRun) {
  const StoredEvent deferred = first(Kind::copy_deferred);
  const auto causes = causes_of(*reader_, deferred.id);
  ASSERT_TRUE(causes);
  ASSERT_GT(causes->chain.size(), 3u);
  EXPECT_EQ(causes->chain.front().id, deferred.id);
  EXPECT_EQ(causes->chain.back().kind, Kind::run_began);
  for (std::size_t i = 0; i + 1 < causes->chain.size(); ++i)
    EXPECT_EQ(causes->chain[i].cause, causes->chain[i + 1].id);
}

TEST_F(TheCauses, AreToldFromTheEventAskedAboutToTheRoot) {
  const StoredEvent deferred = first(Kind::copy_deferred);
  const auto steps = steps_of(*causes_of(*reader_, deferred.id));
  ASSERT_GT(steps.size(), 3u);
  EXPECT_EQ(steps.front().relation, Relation::asked);
  EXPECT_EQ(steps.front().event.id, deferred.id);
  EXPECT_EQ(steps.back().event.kind, Kind::run_began);
  EXPECT_EQ(std::ranges::count(steps, Relation::asked, &Step::relation), 1);
  const auto fewer = std::ranges::find(steps, Relation::fewer_lines, &Step::relation);
  ASSERT_NE(fewer, steps.end());  // the dialogue by which the message came here
  EXPECT_GT(fewer->count, 2);
  EXPECT_TRUE(fewer->event.session);
}

TEST_F(TheCauses, HaveTheEvidenceBelowWhatItExplains) {
  const StoredEvent deferred = first(Kind::copy_deferred);
  const auto steps = steps_of(*causes_of(*reader_, deferred.id));
  const auto evidence = std::ranges::find(steps, Relation::because, &Step::relation);
  ASSERT_NE(evidence, steps.end());
  EXPECT_EQ(evidence->depth, 1);
  EXPECT_EQ(evidence->event.kind, Kind::connection_disturbed);
}

TEST_F(TheCauses, OfNoEventAreNone) {
  const auto causes = causes_of(*reader_, {999'999});
  ASSERT_TRUE(causes);
  EXPECT_TRUE(causes->chain.empty());
  EXPECT_TRUE(steps_of(*causes).empty());
}

}  // namespace
}  // namespace mailroom::story
