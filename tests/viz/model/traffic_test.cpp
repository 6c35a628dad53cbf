// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/traffic.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "tests/viz/model/canvas_run.hpp"

namespace mailroom::viz {
namespace {

using tests::kMs;

// Of the small network, 400 pixels a link.
const std::vector<Point> kAt = {{0, 100}, {400, 100}, {800, 100}, {400, 300}};
constexpr Rect kAll = {-50, -50, 1000, 1000};

std::vector<trace::Flight> flights(int count, std::int64_t apart_ns) {
  std::vector<trace::Flight> all;
  for (int i = 0; i < count; ++i) {
    all.push_back({.message = {i + 1},
                   .link = {1},
                   .from = {1},
                   .to = {2},
                   .first_bit_out_ns = i * apart_ns,
                   .last_bit_in_ns = i * apart_ns + 100 * kMs,
                   .bytes = 1000});
  }
  return all;
}

Traffic seen(const std::vector<trace::Flight>& all, const Rect& rect = kAll, TrafficRoom room = {},
             trace::MessageId always = {}) {
  return traffic_of(tests::small_header(), trace::World(), all, 90 * kMs, kAt, rect, room, always);
}

TEST(Traffic, ShowsAnEnvelopeForEachMessageWhileThereIsRoom) {
  const Traffic traffic = seen(flights(4, 20 * kMs));
  ASSERT_EQ(traffic.lanes.size(), 1U);
  EXPECT_EQ(traffic.lanes[0].count, 4U);
  EXPECT_FALSE(traffic.lanes[0].is_flow);
  ASSERT_EQ(traffic.piles.size(), 4U);
  EXPECT_FLOAT_EQ(traffic.piles[0].motion.at, 0.9f);  // the foremost first
  EXPECT_FLOAT_EQ(traffic.piles[3].motion.at, 0.3f);
}

TEST(Traffic, PilesUpMessagesAtOnePlace) {
  const Traffic traffic = seen(flights(6, 0));
  ASSERT_EQ(traffic.piles.size(), 1U);
  EXPECT_EQ(traffic.piles[0].count, 6U);
}

TEST(Traffic, MakesAFlowOfMoreThanCanBeRead) {
  EXPECT_FALSE(seen(flights(30, kMs)).lanes[0].is_flow);
  const Traffic many = seen(flights(60, kMs));
  EXPECT_TRUE(many.lanes[0].is_flow);
  EXPECT_EQ(many.lanes[0].count, 60U);
  EXPECT_TRUE(many.piles.empty());
}

TEST(Traffic, MakesAFlowOfEverythingOnAMapThatIsFarAway) {
  const Traffic traffic = seen(flights(1, 0), kAll, {.has_envelopes = false});
  EXPECT_TRUE(traffic.lanes[0].is_flow);
}

TEST(Traffic, DrawsAFollowedMessageEvenWithinAFlow) {
  const Traffic traffic = seen(flights(60, kMs), kAll, {}, {31});
  ASSERT_EQ(traffic.piles.size(), 1U);
  EXPECT_EQ(traffic.piles[0].flight, 30U);
  EXPECT_EQ(traffic.piles[0].count, 1U);
}

TEST(Traffic, LeavesOutLanesThatAreNotSeen) {
  EXPECT_EQ(seen(flights(4, 20 * kMs)).lanes.size(), 1U);
  EXPECT_TRUE(seen(flights(4, 20 * kMs), {0, 400, 800, 600}).lanes.empty());
}

TEST(Traffic, KeepsTheTwoDirectionsApart) {
  auto all = flights(2, 20 * kMs);
  std::swap(all[1].from, all[1].to);
  const Traffic traffic = seen(all);
  ASSERT_EQ(traffic.lanes.size(), 2U);
  EXPECT_NE(traffic.lanes[0].lane.is_back, traffic.lanes[1].lane.is_back);
}

TEST(Traffic, MeasuresTheLoadOfALane) {
  // 1,000 octets in 90 ms of sending: 89 kbps of 1 Mbps.
  EXPECT_NEAR(seen(flights(1, 0)).lanes[0].load, 0.0889, 0.001);
  EXPECT_NEAR(seen(flights(5, 0)).lanes[0].load, 0.444, 0.001);
  EXPECT_EQ(seen(flights(50, 0)).lanes[0].load, 1);
}

TEST(Traffic, HasNoMoreEnvelopesThanThePictureHolds) {
  auto all = flights(8, 10 * kMs);
  for (int i = 0; i < 3; ++i) {
    all.push_back({.message = {50 + i},
                   .link = {2},
                   .from = {2},
                   .to = {3},
                   .first_bit_out_ns = i * 20 * kMs,
                   .last_bit_in_ns = 140 * kMs,
                   .bytes = 10});
  }
  const Traffic traffic = seen(all, kAll, {.most_envelopes = 5});
  ASSERT_EQ(traffic.lanes.size(), 2U);
  EXPECT_TRUE(traffic.lanes[0].is_flow);
  EXPECT_FALSE(traffic.lanes[1].is_flow);
}

TEST(Traffic, CountsEveryMessageOnce) {
  std::vector<trace::Flight> all;
  for (int i = 0; i < 1000; ++i) {
    const int link = 1 + i % 2;
    trace::Flight flight = {.message = {i + 1},
                            .link = {link},
                            .from = {link},
                            .to = {link + 1},
                            .first_bit_out_ns = i % 80 * kMs,
                            .last_bit_in_ns = 200 * kMs,
                            .bytes = 10};
    if (i % 3 == 0) std::swap(flight.from, flight.to);
    all.push_back(flight);
  }
  const Traffic traffic = seen(all, kAll, {.envelope_px = 0.5f});
  std::size_t piled = 0;
  for (const Pile& pile : traffic.piles) piled += pile.count;
  std::size_t flowing = 0;
  for (const LaneTraffic& lane : traffic.lanes) flowing += lane.is_flow ? lane.count : 0;
  EXPECT_EQ(piled + flowing, 1000U);
  EXPECT_EQ(traffic.lanes.size(), 4U);
}

TEST(Traffic, TakesFlightsOfNowhereForNothing) {
  EXPECT_TRUE(seen({{.message = {1}, .link = {77}, .from = {1}, .to = {2}}}).lanes.empty());
}

TEST(OnLane, GoesRoundTheCornerOfASegment) {
  const Lane lane = lane_of(tests::small_header(), {.link = {3}, .from = {1}, .to = {3}});
  EXPECT_NEAR(length(on_lane(lane, kAt, 0, 0) - kAt[0]), 0, 0.01);
  EXPECT_NEAR(length(on_lane(lane, kAt, 0.5f, 0) - kAt[3]), 0, 0.5);
  EXPECT_NEAR(length(on_lane(lane, kAt, 1, 0) - kAt[2]), 0, 0.01);
}

TEST(OnLane, KeepsToTheRightInEachDirection) {
  const Lane forth = lane_of(tests::small_header(), {.link = {1}, .from = {1}, .to = {2}});
  const Lane back = lane_of(tests::small_header(), {.link = {1}, .from = {2}, .to = {1}});
  EXPECT_EQ(on_lane(forth, kAt, 0.5f, 6), (Point{200, 106}));
  EXPECT_EQ(on_lane(back, kAt, 0.5f, 6), (Point{200, 94}));
}

}  // namespace
}  // namespace mailroom::viz
