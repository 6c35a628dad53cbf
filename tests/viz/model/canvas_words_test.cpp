// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/canvas_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/viz/model/canvas_run.hpp"

namespace mailroom::viz {
namespace {

using testing::Contains;
using testing::ElementsAre;
using tests::kMs;

TEST(CanvasWords, TellAllOfAHost) {
  const trace::RunHeader header = tests::small_header();
  const auto facts = facts_of(header);
  const NodeLoad load = {
      .in_hand = 12, .active = 9, .deferred = 3, .mailboxes = 2, .mails = 5, .disk_share = 0.81};
  EXPECT_THAT(words_of_host(header.hosts[0], facts[0], load),
              ElementsAre("Ann's office: mail host, name server", "Takes mail for north.example",
                          "Queue: 12 copies (9 active, 3 deferred, 0 held)", "Mailboxes: 2 with 5 messages",
                          "Disk: 81 % of 1kB used"));
}

TEST(CanvasWords, SayThatAHostIsOutOfOperation) {
  const trace::RunHeader header = tests::small_header();
  EXPECT_THAT(
      words_of_host(header.hosts[2], facts_of(header)[2], {.in_hand = 1, .active = 1, .is_crashed = true}),
      ElementsAre("bob: mail host, out of operation", "Takes mail for south.example",
                  "Queue: 1 copy (1 active, 0 deferred, 0 held)"));
}

TEST(CanvasWords, TellAllOfALink) {
  const trace::RunHeader header = tests::small_header();
  const LaneTraffic forth = {
      .lane = lane_of(header, {.link = {1}, .from = {1}, .to = {2}}), .count = 3, .load = 0.4};
  const trace::LinkState state = {.sent = {20, 10}, .received = {19, 10}, .dropped = {1, 0}};
  EXPECT_THAT(words_of_link(header, {1}, &state, &forth, nullptr),
              ElementsAre("Link 1-2", "1Mbps, 10ms delay", "To r: 3 messages on the way, load 40 %",
                          "Frames: 30 sent, 1 lost"));
  EXPECT_TRUE(words_of_link(header, {9}, nullptr, nullptr, nullptr).empty());
}

TEST(CanvasWords, TellAllOfAnEnvelope) {
  const trace::RunHeader header = tests::small_header();
  const trace::Flight flight = {.message = {4},
                                .link = {1},
                                .from = {1},
                                .to = {2},
                                .first_bit_out_ns = 0,
                                .last_bit_in_ns = 42 * kMs,
                                .bytes = 10,
                                .drops = 2};
  const Lane lane = lane_of(header, flight);
  const auto words = words_of_envelope(header, trace::World(), flight, lane,
                                       motion_of(flight, header.links[0], 21 * kMs, 1), 21 * kMs, 2);
  EXPECT_THAT(words, ElementsAre("Message 4 and 2 more here", "On its way from ann (Ann's office) to r",
                                 "50 % after 21 ms: its octets are coming in",
                                 "2 frames of it are lost on this link and sent again"));
}

TEST(CanvasWords, CallANotificationByItsName) {
  tests::SmallRun run;
  run.happens(1, {.kind = trace::Kind::message_composed,
                  .host = {3},
                  .message = {2},
                  .size = 700,
                  .value = 1,
                  .detail = R"({"from":"","notifies":1})"});
  const trace::Flight flight = {.message = {2}, .link = {2}, .from = {3}, .to = {2}, .last_bit_in_ns = 9};
  const auto words = words_of_envelope(tests::small_header(), run.world, flight,
                                       lane_of(tests::small_header(), flight), {}, 0, 0);
  EXPECT_EQ(words[0], "Notification 2");
  EXPECT_EQ(words[1], "Tells of the failure of message 1");
  EXPECT_EQ(words[2], "From bob, 700 octets");
}

TEST(CanvasWords, WriteTimesAsPeopleReadThem) {
  EXPECT_EQ(short_time(0), "0 ns");
  EXPECT_EQ(short_time(1'500), "1.5 us");
  EXPECT_EQ(short_time(26'700'000), "26.7 ms");
  EXPECT_EQ(short_time(1'260'000'000), "1.26 s");
  EXPECT_EQ(short_time(252'000'000'000), "4 min 12 s");
  EXPECT_EQ(short_time(3 * 3'600'000'000'000), "3 h");
  EXPECT_EQ(short_time(-2'000'000'000), "-2 s");
}

TEST(CanvasWords, WriteRatesWithThreeFigures) {
  EXPECT_EQ(short_rate(300), "300 bps");
  EXPECT_EQ(short_rate(64'000), "64 kbps");
  EXPECT_EQ(short_rate(622'080'000), "622 Mbps");
  EXPECT_EQ(short_rate(2'500'000'000), "2.5 Gbps");
}

TEST(CanvasWords, KeepCountsShort) {
  EXPECT_EQ(short_count(0), "0");
  EXPECT_EQ(short_count(9'999), "9999");
  EXPECT_EQ(short_count(12'345), "12k");
  EXPECT_EQ(short_count(3'450'000), "3.5M");
}

}  // namespace
}  // namespace mailroom::viz
