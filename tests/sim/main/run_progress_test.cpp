// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/run_progress.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace mailroom::run {
namespace {

Standing half_way() {
  return {.simulated_ns = 5'000'000'000,
          .duration_ns = 10'000'000'000,
          .sent = 3,
          .planned = 10,
          .queued = 1,
          .events = 100};
}

TEST(RunProgress, SaysTimeMessagesQueueAndSpeed) {
  EXPECT_EQ(progress_line(half_way(), 1234, 200),
            "[============            ] 5s simulated  3/10 messages  1 queued  1234 events/s");
}

TEST(RunProgress, WithoutAnEndTheBarFollowsTheMessagesThatAreThrough) {
  Standing standing = half_way();
  standing.duration_ns = 0;
  standing.sent = 6;
  standing.queued = 0;
  standing.planned = 12;
  EXPECT_EQ(progress_line(standing, 0, 200).substr(0, 26), "[============            ]");
  standing.planned = 0;
  EXPECT_EQ(progress_line(standing, 0, 200).substr(0, 26), "[                        ]");
}

TEST(RunProgress, NeverIsWiderThanTheTerminal) {
  EXPECT_EQ(progress_line(half_way(), 1, 30).size(), 30u);
  EXPECT_EQ(progress_line(half_way(), 1, 0).size(), 1u);
}

TEST(RunProgress, ClearingLeavesNothingWhereNothingWasDrawn) {
  std::ostringstream out;
  Progress progress(out, Show::bar, 80);
  progress.clear();
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace mailroom::run
