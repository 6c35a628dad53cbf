// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/trail.hpp"

#include <gtest/gtest.h>

#include "tests/viz/model/canvas_run.hpp"

namespace mailroom::viz {
namespace {

using tests::kMs;
using trace::Kind;

// Message 1 goes from ann to bob and is given up there; message 2 tells ann of it.
class Followed : public testing::Test {
 protected:
  void SetUp() override {
    run_.happens(10 * kMs, {.kind = Kind::message_composed, .host = {1}, .message = {1}, .value = 1});
    run_.happens(10 * kMs,
                 {.kind = Kind::copy_created, .host = {1}, .message = {1}, .copy = {1}, .recipient = {1}});
    before_ = run_.world;
    run_.happens(60 * kMs, {.kind = Kind::copy_created,
                            .host = {3},
                            .message = {1},
                            .copy = {2},
                            .parent = {1},
                            .recipient = {1}});
    run_.happens(70 * kMs,
                 {.kind = Kind::copy_relayed, .host = {1}, .message = {1}, .copy = {1}, .code = 250});
    relayed_ = run_.world;
    run_.happens(80 * kMs, {.kind = Kind::message_composed,
                            .host = {3},
                            .message = {2},
                            .value = 1,
                            .detail = R"({"from":"","notifies":1})"});
    run_.happens(80 * kMs,
                 {.kind = Kind::copy_created, .host = {3}, .message = {2}, .copy = {3}, .recipient = {2}});
    run_.happens(
        80 * kMs,
        {.kind = Kind::copy_bounced, .host = {3}, .message = {1}, .copy = {2}, .code = 550, .value = 2});
    fly(1, 1, 1, 2, 20);
    fly(1, 2, 2, 3, 35);
    fly(2, 2, 3, 2, 100);
    fly(2, 1, 2, 1, 115);
    fly(7, 1, 1, 2, 50);  // of another message
  }
  void fly(std::int64_t message, std::int64_t link, std::int64_t from, std::int64_t to, std::int64_t ms) {
    run_.flies({.message = {message},
                .link = {link},
                .from = {from},
                .to = {to},
                .first_bit_out_ns = ms * kMs,
                .last_bit_in_ns = (ms + 12) * kMs,
                .bytes = 100});
  }
  tests::SmallRun run_;
  trace::World before_;
  trace::World relayed_;
};

TEST_F(Followed, KnowsItsNotifications) {
  EXPECT_EQ(with_notifications(before_, {1}), std::vector<trace::MessageId>{{1}});
  EXPECT_EQ(with_notifications(run_.world, {1}), (std::vector<trace::MessageId>{{1}, {2}}));
}

TEST_F(Followed, LeavesATrailThereAndBack) {
  const auto messages = with_notifications(run_.world, {1});
  auto reader = run_.read();
  const auto legs = legs_of(reader, messages);
  ASSERT_TRUE(legs);
  ASSERT_EQ(legs->size(), 4U);
  EXPECT_FALSE((*legs)[1].is_notification);
  EXPECT_EQ((*legs)[1].lane.nodes[1].value, 3);
  EXPECT_TRUE((*legs)[3].is_notification);
  EXPECT_TRUE((*legs)[3].lane.is_back);
}

TEST_F(Followed, StopsAtTheHostsThatHadIt) {
  const auto stops = stops_of(run_.world, with_notifications(run_.world, {1}));
  ASSERT_EQ(stops.size(), 2U);
  EXPECT_EQ(stops[0].host.value, 1);
  EXPECT_EQ(stops[0].owes, 0);
  EXPECT_EQ(stops[1].host.value, 3);
  EXPECT_EQ(stops[1].time_ns, 60 * kMs);
  EXPECT_EQ(stops[1].bounced, 1);
  EXPECT_EQ(stops[1].owes, 1);  // of the notification
}

TEST_F(Followed, IsWhereItsCopiesAreOwed) {
  EXPECT_EQ(whereabouts(before_, with_notifications(before_, {1})), std::vector<trace::HostId>{{1}});
  EXPECT_EQ(whereabouts(relayed_, with_notifications(relayed_, {1})), std::vector<trace::HostId>{{3}});
}

TEST(Trail, OfAMessageThatIsNotThereIsEmpty) {
  tests::SmallRun run;
  const auto messages = with_notifications(run.world, {99});
  EXPECT_TRUE(stops_of(run.world, messages).empty());
  EXPECT_TRUE(whereabouts(run.world, messages).empty());
  auto reader = run.read();
  EXPECT_TRUE(legs_of(reader, messages)->empty());
}

}  // namespace
}  // namespace mailroom::viz
