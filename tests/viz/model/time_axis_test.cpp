// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/time_axis.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace mailroom::viz {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr float kWidth = 1000;

TEST(TimeAxis, ShowsTheWholeRunAtFirst) {
  const TimeAxis axis = TimeAxis::whole(100 * kSecond);
  EXPECT_EQ(axis.x_of(0, kWidth), 0);
  EXPECT_EQ(axis.x_of(100 * kSecond, kWidth), kWidth);
  EXPECT_EQ(axis.time_at(500, kWidth), 50 * kSecond);
  EXPECT_GT(TimeAxis::whole(0).span_ns(), 0) << "an empty run has a width too";
  EXPECT_GT(TimeAxis::whole(-5).span_ns(), 0);
}

TEST(TimeAxis, ZoomsAroundThePointerAndStaysInTheRun) {
  TimeAxis axis = TimeAxis::whole(100 * kSecond);
  const std::int64_t under = axis.time_at(300, kWidth);
  for (int i = 0; i < 8; ++i) axis.zoom(0.8, 300, kWidth, 100 * kSecond);
  EXPECT_NEAR(static_cast<double>(axis.time_at(300, kWidth)), static_cast<double>(under), 1e4);
  EXPECT_LT(axis.span_ns(), 20 * kSecond);
  for (int i = 0; i < 200; ++i) axis.zoom(0.5, 300, kWidth, 100 * kSecond);
  EXPECT_EQ(axis.span_ns(), TimeAxis::kLeastSpan_ns);
  for (int i = 0; i < 200; ++i) axis.zoom(2, 700, kWidth, 100 * kSecond);
  EXPECT_EQ(axis, TimeAxis::whole(100 * kSecond));
}

TEST(TimeAxis, PansWithTheMouseUntilTheEndsOfTheRun) {
  TimeAxis axis = TimeAxis::whole(100 * kSecond);
  axis.show(40 * kSecond, 60 * kSecond, 100 * kSecond);
  axis.pan(100, kWidth, 100 * kSecond);
  EXPECT_EQ(axis.from_ns(), 38 * kSecond) << "what was under the mouse goes with it";
  axis.pan(100'000, kWidth, 100 * kSecond);
  EXPECT_EQ(axis.from_ns(), 0);
  EXPECT_EQ(axis.span_ns(), 20 * kSecond);
  for (int i = 0; i < 10; ++i) axis.pan(-1000, kWidth, 100 * kSecond);
  EXPECT_EQ(axis.until_ns(), 100 * kSecond);
}

TEST(TimeAxis, LabelsRoundTimesThatDoNotCrowd) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 300; ++i) {
    TimeAxis axis = TimeAxis::whole(static_cast<std::int64_t>(1) << (10 + random() % 50));
    const std::int64_t end = axis.until_ns();
    for (auto j = random() % 30; j > 0; --j) axis.zoom(0.6, static_cast<float>(random() % 1000), kWidth, end);
    const auto ticks = axis.ticks(kWidth, 90);
    ASSERT_LE(ticks.size(), 13U);
    for (std::size_t j = 1; j < ticks.size(); ++j) {
      EXPECT_GE(axis.x_of(ticks[j].time_ns, kWidth) - axis.x_of(ticks[j - 1].time_ns, kWidth), 89.0f);
      EXPECT_NE(ticks[j].label, ticks[j - 1].label);
    }
  }
}

TEST(TimeAxis, WritesTimesAsExactlyAsTheyAreAskedFor) {
  EXPECT_EQ(time_label(0, kSecond), "0:00:00");
  EXPECT_EQ(time_label(727'412'000'000, 60 * kSecond), "0:12:07");
  EXPECT_EQ(time_label(727'412'000'000, 100'000'000), "0:12:07.4");
  EXPECT_EQ(time_label(727'412'345'678, 1), "0:12:07.412345678");
  EXPECT_EQ(time_label(86'400 * kSecond, 3600 * kSecond), "1 d 0:00:00");
  EXPECT_EQ(time_label(2 * 86'400 * kSecond, 86'400 * kSecond), "2 d");
}

}  // namespace
}  // namespace mailroom::viz
