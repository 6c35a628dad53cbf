// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/formula.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mailroom::scenario {
namespace {

std::int64_t value(const std::string& text, std::int64_t n = 0, std::int64_t age_s = 0) {
  const auto formula = Formula::parse(text);
  EXPECT_TRUE(formula) << text << ": " << (formula ? "" : formula.error().what);
  return formula ? formula->seconds(n, age_s) : -1;
}

TEST(Formula, CountsInWholeNumbersAndInTheUsualOrder) {
  EXPECT_EQ(value("1+2*3"), 7);
  EXPECT_EQ(value("(1+2)*3"), 9);
  EXPECT_EQ(value("10-3-2"), 5);
  EXPECT_EQ(value("7/2*2"), 6);
  EXPECT_EQ(value("2^3^2"), 512) << "to the right";
  EXPECT_EQ(value("2*3^2"), 18);
  EXPECT_EQ(value("3 - 5"), 0) << "never negative";
  EXPECT_EQ(value("3 - 5 + 4"), 2) << "but on the way";
  EXPECT_EQ(value("sqrt(15)"), 3);
  EXPECT_EQ(value("sqrt(16)"), 4);
  EXPECT_EQ(value("min(4, 2, 3)"), 2);
  EXPECT_EQ(value("max(4, 2, 9)"), 9);
}

TEST(Formula, KnowsTheTryAndTheAge) {
  EXPECT_EQ(value("400*n^2 s", 3), 3600);
  EXPECT_EQ(value("(sqrt(age)+20)^2 s", 1, 400), 1600);
  EXPECT_EQ(value("age + min(max(age, 300), 4000)", 1, 10), 310);
}

TEST(Formula, TakesUnitsBehindANumberAndAtTheEnd) {
  EXPECT_EQ(value("15m"), 900);
  EXPECT_EQ(value("15 m"), 900);
  EXPECT_EQ(value("2*n h", 3), 21'600);
  EXPECT_EQ(value("1d - 1h"), 82'800);
  EXPECT_EQ(value("n*10m", 2), 1200);
}

TEST(Formula, OfWhatIsTooLargeOrNothingIsForever) {
  EXPECT_EQ(value("9^99"), Formula::kForever);
  EXPECT_EQ(value("1000000000000*1000000000000"), Formula::kForever);
  EXPECT_EQ(value("1/0"), Formula::kForever);
  EXPECT_EQ(value("(0-1)^1000000001 + 3"), 2) << "and no power takes long";
  EXPECT_EQ(value("1^1000000000000"), 1);
  EXPECT_EQ(value("n + 9^99", 5), Formula::kForever);
}

TEST(Formula, ThatIsNoneSaysWhereAndWhy) {
  const auto mistake = [](const std::string& text) {
    const auto formula = Formula::parse(text);
    EXPECT_FALSE(formula) << text;
    return formula ? Formula::Mistake{} : formula.error();
  };
  EXPECT_EQ(mistake("").offset, 0u);
  EXPECT_EQ(mistake("1 +").offset, 3u);
  EXPECT_EQ(mistake("(1").what, "a ')' is missing");
  EXPECT_EQ(mistake("sqrt 4").what, "a '(' is missing");
  EXPECT_EQ(mistake("2 x").offset, 2u);
  EXPECT_EQ(mistake("2 + foo(3)").offset, 4u);
  EXPECT_EQ(mistake("1 s s").offset, 2u);
  EXPECT_THAT(mistake("99999999999999").what, testing::HasSubstr("large"));
  EXPECT_THAT(mistake(std::string(300, '(')).what, testing::HasSubstr("long"));
  EXPECT_THAT(mistake(std::string(199, '(')).what, testing::HasSubstr("expected"));
}

TEST(Formula, RootIsExactEverywhere) {
  EXPECT_EQ(whole_root(-1), 0);
  for (std::int64_t x = 0; x < 5000; ++x) {
    const std::int64_t root = whole_root(x);
    EXPECT_LE(root * root, x);
    EXPECT_GT((root + 1) * (root + 1), x);
  }
  EXPECT_EQ(whole_root(std::numeric_limits<std::int64_t>::max()), 3'037'000'499);
}

}  // namespace
}  // namespace mailroom::scenario
