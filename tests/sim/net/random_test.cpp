// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

namespace mailroom::net {
namespace {

TEST(Random, IsTheSameForTheSameKeyAndAnotherForAnother) {
  Random a(1, "host", "retry"), same(1, "host", "retry"), seed(2, "host", "retry"), name(1, "hos", "tretry"),
      purpose(1, "host", "jitter");
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = a.next();
    EXPECT_EQ(value, same.next());
    EXPECT_NE(value, seed.next());
    EXPECT_NE(value, name.next());
    EXPECT_NE(value, purpose.next());
  }
}

// The numbers are part of what a run is: they must never change.
TEST(Random, KeepsItsNumbers) {
  Random random(1, "host", "retry");
  EXPECT_EQ(random.next(), 18085826792914173123u);
  EXPECT_EQ(random.exponential_ns(1'000'000'000), 364'993'210);
}

TEST(Random, IsUniformBelowABound) {
  Random random(5, "uniform", "test");
  std::array<int, 7> seen{};
  constexpr int kDraws = 70'000;
  for (int i = 0; i < kDraws; ++i) ++seen.at(random.below(7));
  double chi_square = 0;
  for (const int count : seen) chi_square += (count - 10'000.0) * (count - 10'000.0) / 10'000.0;
  EXPECT_LT(chi_square, 22.5);  // six degrees of freedom, one in a thousand
}

TEST(Random, HitsAChanceAsOftenAsItSays) {
  Random random(6, "chance", "test");
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) hits += random.chance(250'000'000) ? 1 : 0;
  EXPECT_NEAR(hits, 25'000, 600);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1'000'000'000));
}

TEST(Random, DrawsExponentialTimes) {
  Random random(7, "exponential", "test");
  constexpr int kDraws = 100'000;
  constexpr std::int64_t kMean = 1'000'000;
  double sum = 0, squares = 0;
  int above_one = 0, above_three = 0;
  for (int i = 0; i < kDraws; ++i) {
    const std::int64_t x = random.exponential_ns(kMean);
    ASSERT_GE(x, 0);
    sum += static_cast<double>(x) / kMean;
    squares += static_cast<double>(x) / kMean * static_cast<double>(x) / kMean;
    above_one += x > kMean ? 1 : 0;
    above_three += x > 3 * kMean ? 1 : 0;
  }
  EXPECT_NEAR(sum / kDraws, 1, 0.015);
  EXPECT_NEAR(squares / kDraws, 2, 0.08);
  EXPECT_NEAR(above_one, kDraws * std::exp(-1.0), 600);
  EXPECT_NEAR(above_three, kDraws * std::exp(-3.0), 300);
  EXPECT_EQ(random.exponential_ns(0), 0);
}

}  // namespace
}  // namespace mailroom::net
