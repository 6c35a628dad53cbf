// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/motion.hpp"

#include <gtest/gtest.h>

#include "tests/viz/model/canvas_run.hpp"

namespace mailroom::viz {
namespace {

using tests::kMs;
using Stage = Motion::Stage;

// 4,000 octets at 1 Mbps: 32 ms to send, 10 ms on the way.
constexpr trace::Flight kLong = {.message = {1},
                                 .link = {1},
                                 .from = {1},
                                 .to = {2},
                                 .first_bit_out_ns = 100 * kMs,
                                 .last_bit_in_ns = 142 * kMs,
                                 .bytes = 4000};
const trace::LinkRow kLink = tests::small_header().links[0];

Motion at(const trace::Flight& flight, std::int64_t ms, float lost = 0.5f) {
  return motion_of(flight, kLink, ms * kMs, lost);
}

TEST(Motion, HasNotBegunBeforeTheFirstBitLeaves) {
  EXPECT_EQ(at(kLong, 99).stage, Stage::waiting);
  EXPECT_EQ(at(kLong, 99).head, 0);
}

TEST(Motion, HasItsHeadWhereTheFirstBitIs) {
  EXPECT_EQ(at(kLong, 105).stage, Stage::leaving);
  EXPECT_FLOAT_EQ(at(kLong, 105).head, 0.5f);
  EXPECT_FLOAT_EQ(at(kLong, 105).tail, 0);
}

TEST(Motion, StretchesOverTheWholeLinkWhileItsOctetsAreSent) {
  const Motion motion = at(kLong, 120);
  EXPECT_EQ(motion.stage, Stage::entering);
  EXPECT_FLOAT_EQ(motion.head, 1);
  EXPECT_FLOAT_EQ(motion.tail, 0);
}

TEST(Motion, HasItsTailWhereTheLastBitIs) {
  EXPECT_FLOAT_EQ(at(kLong, 137).tail, 0.5f);
  EXPECT_FLOAT_EQ(at(kLong, 137).head, 1);
}

TEST(Motion, IsAllOnTheWireOfALinkThatIsLongerThanTheMessage) {
  constexpr trace::Flight kShort = {
      .message = {1}, .link = {1}, .first_bit_out_ns = 0, .last_bit_in_ns = 12 * kMs, .bytes = 250};
  const Motion motion = at(kShort, 7);
  EXPECT_EQ(motion.stage, Stage::crossing);
  EXPECT_FLOAT_EQ(motion.head, 0.7f);
  EXPECT_FLOAT_EQ(motion.tail, 0.5f);
}

TEST(Motion, DrawsItBetweenTailAndHeadAndNeverBackwards) {
  float last = 0;
  for (int ms = 100; ms <= 142; ++ms) {
    const Motion motion = at(kLong, ms);
    EXPECT_GE(motion.at, last);
    EXPECT_GE(motion.at, motion.tail);
    EXPECT_LE(motion.at, motion.head);
    last = motion.at;
  }
  EXPECT_FLOAT_EQ(last, 1);
  EXPECT_EQ(at(kLong, 142).stage, Stage::arrived);
}

TEST(Motion, StopsWhereAMessageIsLost) {
  trace::Flight lost = kLong;
  lost.last_bit_in_ns = -1;
  EXPECT_EQ(at(lost, 103).stage, Stage::crossing);
  EXPECT_FLOAT_EQ(at(lost, 103).at, 0.3f);
  EXPECT_EQ(at(lost, 109).stage, Stage::lost);
  EXPECT_FLOAT_EQ(at(lost, 109).at, 0.5f);
}

TEST(Motion, TakesAFlightThatIsQuickerThanItsLinkAsItIs) {
  constexpr trace::Flight kImpossible = {
      .link = {1}, .first_bit_out_ns = 10 * kMs, .last_bit_in_ns = 12 * kMs};
  EXPECT_FLOAT_EQ(at(kImpossible, 11).at, 0.5f);
  constexpr trace::Flight kBackwards = {.link = {1}, .first_bit_out_ns = 10 * kMs, .last_bit_in_ns = 5 * kMs};
  EXPECT_EQ(at(kBackwards, 11).stage, Stage::arrived);
}

TEST(LostShare, IsWhereTheMessageWasWhenTheLinkWentDown) {
  tests::SmallRun run;
  trace::Flight lost = kLong;
  lost.last_bit_in_ns = -1;
  EXPECT_FLOAT_EQ(lost_share_of(lost, kLink, run.world), 0.5f);
  run.happens(103 * kMs,
              {.kind = trace::Kind::fault_began, .link = {1}, .fault = {1}, .text = "link 1-2 down"});
  EXPECT_FLOAT_EQ(lost_share_of(lost, kLink, run.world), 0.3f);
  EXPECT_EQ(end_of(lost, kLink, 0.3f), 103 * kMs);
}

TEST(LostShare, IsNothingOnALinkThatIsDownAlready) {
  tests::SmallRun run;
  run.happens(3 * kMs,
              {.kind = trace::Kind::fault_began, .link = {1}, .fault = {1}, .text = "link 1-2 down"});
  trace::Flight lost = kLong;
  lost.last_bit_in_ns = -1;
  EXPECT_FLOAT_EQ(lost_share_of(lost, kLink, run.world), 0);
  lost.link = {2};
  EXPECT_FLOAT_EQ(lost_share_of(lost, kLink, run.world), 0.5f);
}

TEST(Lane, RunsForthAndBackOverALink) {
  const trace::RunHeader header = tests::small_header();
  const Lane forth = lane_of(header, kLong);
  EXPECT_EQ(forth.count, 2);
  EXPECT_FALSE(forth.is_back);
  const Lane back = lane_of(header, {.link = {1}, .from = {2}, .to = {1}});
  EXPECT_EQ(back.count, 2);
  EXPECT_TRUE(back.is_back);
}

TEST(Lane, CrossesASegmentFromStationToStation) {
  const Lane lane = lane_of(tests::small_header(), {.link = {3}, .from = {1}, .to = {3}});
  ASSERT_EQ(lane.count, 3);
  EXPECT_EQ(lane.nodes, (std::array<trace::HostId, 3>{{{1}, {4}, {3}}}));
}

TEST(Lane, IsNoneForWhatIsNotInTheFile) {
  const trace::RunHeader header = tests::small_header();
  EXPECT_EQ(lane_of(header, {.link = {99}, .from = {1}, .to = {2}}).count, 0);
  EXPECT_EQ(lane_of(header, {.link = {1}, .from = {0}, .to = {2}}).count, 0);
  EXPECT_EQ(lane_of(header, {.link = {1}, .from = {1}, .to = {-3}}).count, 0);
}

}  // namespace
}  // namespace mailroom::viz
