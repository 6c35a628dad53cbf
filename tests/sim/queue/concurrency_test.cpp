// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/concurrency.hpp"

#include <gtest/gtest.h>

namespace mailroom::queue {
namespace {

TEST(Concurrency, BeginsAtFiveAndGrowsByOneToTwenty) {
  Concurrency window{ConcurrencyRules{}};
  ASSERT_EQ(window.size(), 5);
  for (int size = 6; size <= 20; ++size) {
    window.succeeded(window.size());
    EXPECT_EQ(window.size(), size);
  }
  window.succeeded(20);
  EXPECT_EQ(window.size(), 20);
}

TEST(Concurrency, GrowsOnlyWhereItIsUsed) {
  Concurrency window{ConcurrencyRules{}};
  for (int i = 0; i < 10; ++i) window.succeeded(2);
  EXPECT_EQ(window.size(), 7) << "two in use, and five to begin with";
}

TEST(Concurrency, ShrinksToOneAndIsDeadWhenACohortHasFailed) {
  // 1/5 + 1/4 + 1/3 of a cohort is less than one; with 1/2 more it is not.
  Concurrency window{ConcurrencyRules{}};
  EXPECT_FALSE(window.failed());
  EXPECT_EQ(window.size(), 4);
  EXPECT_FALSE(window.failed());
  EXPECT_FALSE(window.failed());
  EXPECT_EQ(window.size(), 2);
  EXPECT_TRUE(window.failed());
  EXPECT_EQ(window.size(), 1);
}

TEST(Concurrency, OfOneIsDeadAtOnceAndAThirdThriceIsAWhole) {
  Concurrency one{ConcurrencyRules{.initial = 1}};
  EXPECT_TRUE(one.failed());
  Concurrency three{ConcurrencyRules{.initial = 3, .negative_feedback = 0}};
  EXPECT_FALSE(three.failed());
  EXPECT_FALSE(three.failed());
  EXPECT_TRUE(three.failed());
}

TEST(Concurrency, ForgetsFailuresWithASuccess) {
  Concurrency window{ConcurrencyRules{.initial = 2, .limit = 2, .negative_feedback = 0}};
  EXPECT_FALSE(window.failed());
  window.succeeded(1);
  EXPECT_FALSE(window.failed());
  EXPECT_TRUE(window.failed());
}

TEST(Concurrency, WithoutFeedbackStaysAndIsNeverDead) {
  Concurrency window{ConcurrencyRules{
      .initial = 4, .limit = 4, .positive_feedback = 0, .negative_feedback = 0, .failed_cohorts = 0}};
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(window.failed());
  window.succeeded(4);
  EXPECT_EQ(window.size(), 4);
}

TEST(Concurrency, NeverFallsBelowOne) {
  Concurrency window{ConcurrencyRules{.failed_cohorts = 100}};
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(window.failed());
  EXPECT_EQ(window.size(), 1);
}

}  // namespace
}  // namespace mailroom::queue
