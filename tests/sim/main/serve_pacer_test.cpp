// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/serve_pacer.hpp"

#include <gtest/gtest.h>

namespace mailroom::cli {
namespace {

using std::chrono::milliseconds;
constexpr std::int64_t kMilli = 1'000'000;

TEST(ServePacer, SimulatedTimeFollowsTheWallAtItsPace) {
  const Pacer::Wall::time_point began{};
  Pacer pacer(10, 5 * kMilli, began);
  EXPECT_EQ(pacer.simulated_ns(began), 5 * kMilli);
  EXPECT_EQ(pacer.simulated_ns(began + milliseconds(3)), 35 * kMilli);
  pacer.set(0.5, 100 * kMilli, began + milliseconds(10));
  EXPECT_EQ(pacer.simulated_ns(began + milliseconds(14)), 102 * kMilli);
}

TEST(ServePacer, LatenessIsOfWallTimeAndTheWorstIsKept) {
  const Pacer::Wall::time_point began{};
  Pacer pacer(10, 0, began);
  EXPECT_EQ(pacer.worst_ns(), 0);
  pacer.note(60 * kMilli, began + milliseconds(10));  // 100 ms should have been simulated
  EXPECT_EQ(pacer.late_ns(), 4 * kMilli);
  pacer.note(200 * kMilli, began + milliseconds(20));
  EXPECT_EQ(pacer.late_ns(), 0);
  EXPECT_EQ(pacer.worst_ns(), 4 * kMilli);
  pacer.note(900 * kMilli, began + milliseconds(30));  // ahead is not late
  EXPECT_EQ(pacer.late_ns(), 0);
}

}  // namespace
}  // namespace mailroom::cli
