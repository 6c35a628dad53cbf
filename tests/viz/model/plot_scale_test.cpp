// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/plot_scale.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailroom::viz {
namespace {

using testing::ElementsAre;

std::vector<std::string> labels(const Ticks& ticks) {
  std::vector<std::string> found;
  for (const Tick& tick : ticks.ticks)
    if (!tick.label.empty()) found.push_back(tick.label);
  return found;
}

TEST(PlotScale, GoesToPixelsAndBack) {
  for (const bool is_log : {false, true}) {
    const PlotScale scale{.low = 0.5, .high = 2000, .is_log = is_log, .low_px = 300, .high_px = 20};
    EXPECT_FLOAT_EQ(scale.px(0.5), 300);
    EXPECT_FLOAT_EQ(scale.px(2000), 20);
    for (const double value : {0.7, 3.0, 100.0, 1999.0})
      EXPECT_NEAR(scale.value(scale.px(value)), value, value * 0.01);
  }
}

TEST(PlotScale, StaysDrawableFarOutside) {
  const PlotScale scale{.low = 0, .high = 1e-9, .low_px = 0, .high_px = 100};
  EXPECT_EQ(scale.px(1e9), 100'000);
  EXPECT_EQ(scale.px(-1e9), -100'000);
}

TEST(PlotScale, OfNothingIsSound) {
  const PlotScale flat = sound({.low = 5, .high = 5}, 0);
  EXPECT_GT(flat.high, flat.low);
  const PlotScale log = sound({.low = 0, .high = 100, .is_log = true}, 0.02);
  EXPECT_EQ(log.low, 0.02);
}

TEST(Ticks, StandAtRoundNumbers) {
  EXPECT_THAT(labels(ticks_of({.low = 0, .high = 1}, 5, "", false)),
              ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1"));
  EXPECT_THAT(labels(ticks_of({.low = 3, .high = 27}, 4, "messages", false)), ElementsAre("10", "20"));
}

TEST(Ticks, OfThingsThatAreCountedAreWhole) {
  EXPECT_THAT(labels(ticks_of({.low = 0, .high = 2}, 10, "messages", true)), ElementsAre("0", "1", "2"));
}

TEST(Ticks, OfTimesAreInAUnitOfShortNumbers) {
  const Ticks hours = ticks_of({.low = 0, .high = 20000}, 6, "s", false);
  EXPECT_EQ(hours.unit, "h");
  EXPECT_THAT(labels(hours), ElementsAre("0", "1", "2", "3", "4", "5"));
  EXPECT_EQ(hours.ticks[1].value, 3600);
  EXPECT_EQ(ticks_of({.low = 0, .high = 0.05}, 6, "s", false).unit, "ms");
  EXPECT_EQ(ticks_of({.low = 0, .high = 120}, 6, "s", false).unit, "s");
}

TEST(Ticks, OfALogarithmicAxisArePowersOfTen) {
  EXPECT_THAT(labels(ticks_of({.low = 0.01, .high = 10000, .is_log = true}, 7, "s", false)),
              ElementsAre("10 ms", "100 ms", "1 s", "10 s", "100 s", "1000 s", "10000 s"));
}

TEST(Quantities, AreReadByPeople) {
  EXPECT_EQ(quantity(0.0125, "s"), "12.5 ms");
  EXPECT_EQ(quantity(1.25, "s"), "1.25 s");
  EXPECT_EQ(quantity(240, "s"), "240 s");
  EXPECT_EQ(quantity(1200, "s"), "20 min");
  EXPECT_EQ(quantity(0, "s"), "0 s");
  EXPECT_EQ(quantity(12345, "octets/s"), "12.35k octets/s");
  EXPECT_EQ(quantity(7, ""), "7");
}

}  // namespace
}  // namespace mailroom::viz
