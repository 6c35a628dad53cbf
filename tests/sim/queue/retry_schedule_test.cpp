// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/retry_schedule.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace mailroom::queue {
namespace {

TEST(FixedIntervals, AreTakenInTurnAndTheLastRepeats) {
  const FixedIntervals schedule({10, 20, 40}, 1000);
  EXPECT_EQ(schedule.next_try_ns(0, 1, 0), 10);
  EXPECT_EQ(schedule.next_try_ns(0, 2, 10), 30);
  EXPECT_EQ(schedule.next_try_ns(0, 3, 30), 70);
  EXPECT_EQ(schedule.next_try_ns(0, 4, 70), 110);
  EXPECT_EQ(schedule.next_try_ns(0, 1'000'000, 110), 150);
}

TEST(FixedIntervals, CountFromTheFailureNotFromTheArrival) {
  const FixedIntervals schedule({10}, 1000);
  EXPECT_EQ(schedule.next_try_ns(100, 1, 137), 147) << "an attempt takes time itself";
}

TEST(FixedIntervals, GiveUpAtTheFirstFailureAtOrAfterTheEnd) {
  const FixedIntervals schedule({10}, 50);
  EXPECT_EQ(schedule.next_try_ns(7, 5, 56), 66)
      << "one before the end: tried once more, though that lies beyond";
  EXPECT_EQ(schedule.next_try_ns(7, 5, 57), std::nullopt);
  EXPECT_EQ(schedule.next_try_ns(7, 1, 58), std::nullopt);
}

TEST(FixedIntervals, GiveUpAtOnceWithoutAPeriod) {
  const FixedIntervals schedule({10}, 0);
  EXPECT_EQ(schedule.next_try_ns(5, 1, 5), std::nullopt);
}

TEST(FixedIntervals, TakeNoAttemptForTheFirst) {
  const FixedIntervals schedule({10, 20}, 50);
  EXPECT_EQ(schedule.next_try_ns(0, 0, 0), 10);
  EXPECT_EQ(schedule.next_try_ns(0, std::numeric_limits<int>::max(), 0), 20);
}

TEST(FixedIntervalsDeathTest, AssertThatTimeGoesOn) {
  EXPECT_DEATH(FixedIntervals({}, 1), "empty");
  EXPECT_DEATH(FixedIntervals({10, 0}, 1), "interval");
}

}  // namespace
}  // namespace mailroom::queue
