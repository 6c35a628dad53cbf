// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/flights.hpp"

#include <gtest/gtest.h>

#include "tests/sim/net/support.hpp"

namespace mailroom::net::test {
namespace {

struct Flights : testing::Test {
  RowSink sink;
  trace::Recorder recorder{sink, trace::Level::mail};
  FlightLog log{recorder, trace::ConnectionId{9}};
  const FlightLog::Leg leg{{1}, {1}, {2}}, back{{1}, {2}, {1}};
};

TEST_F(Flights, EndWhenTheLastOfAKnownLengthArrives) {
  EXPECT_FALSE(log.is_watching());
  log.sends_content({10, 20}, {5});
  log.frame_sent(leg, {0, 20}, 100);
  log.frame_arrived(leg, {0, 20}, 150);
  EXPECT_TRUE(sink.flights.empty()) << "more may follow";
  log.sends_content({20, 30}, {5});
  log.sends_other();
  EXPECT_TRUE(sink.flights.empty());
  log.frame_sent(leg, {20, 33}, 200);
  log.frame_arrived(leg, {20, 33}, 250);
  ASSERT_EQ(sink.flights.size(), 1u);
  EXPECT_EQ(sink.flights[0].message.value, 5);
  EXPECT_EQ(sink.flights[0].connection.value, 9);
  EXPECT_EQ(sink.flights[0].first_bit_out_ns, 100);
  EXPECT_EQ(sink.flights[0].last_bit_in_ns, 250);
  EXPECT_EQ(sink.flights[0].bytes, 20);
  log.delivered(33);
  EXPECT_FALSE(log.is_watching());
}

TEST_F(Flights, AreCompleteByTheOctetThatWasMissing) {
  log.sends_content({0, 30}, {5});
  log.sends_other();
  log.frame_sent(leg, {0, 10}, 1);
  log.frame_sent(leg, {10, 20}, 2);
  log.frame_dropped(leg, {10, 20});
  log.frame_arrived(leg, {0, 10}, 11);
  log.frame_arrived(leg, {20, 30}, 13);
  log.frame_arrived(leg, {0, 10}, 14);
  EXPECT_TRUE(sink.flights.empty());
  log.frame_arrived(leg, {5, 25}, 20);
  ASSERT_EQ(sink.flights.size(), 1u);
  EXPECT_EQ(sink.flights[0].first_bit_out_ns, 1);
  EXPECT_EQ(sink.flights[0].last_bit_in_ns, 20);
  EXPECT_EQ(sink.flights[0].bytes, 30);
  EXPECT_EQ(sink.flights[0].drops, 1);
  log.frame_arrived(leg, {0, 30}, 30);
  EXPECT_EQ(sink.flights.size(), 1u);
}

TEST_F(Flights, AreOneForEachMessageAndWay) {
  log.sends_content({0, 10}, {5});
  log.sends_content({10, 20}, {6});
  log.sends_other();
  for (const FlightLog::Leg& way : {leg, back}) {
    log.frame_sent(way, {0, 20}, 1);
    log.frame_arrived(way, {0, 20}, 2);
  }
  ASSERT_EQ(sink.flights.size(), 4u);
  EXPECT_EQ(sink.flights[0].message.value, 5);
  EXPECT_EQ(sink.flights[1].message.value, 6);
  EXPECT_EQ(sink.flights[2].from.value, 2);
}

TEST_F(Flights, SayWhatNeverArrived) {
  log.sends_content({0, 30}, {5});
  log.frame_sent(leg, {0, 10}, 1);
  log.frame_arrived(leg, {0, 10}, 2);
  log.frame_sent(leg, {10, 20}, 3);
  log.frame_dropped(leg, {10, 20});
  log.end();
  ASSERT_EQ(sink.flights.size(), 1u);
  EXPECT_EQ(sink.flights[0].last_bit_in_ns, -1);
  EXPECT_EQ(sink.flights[0].bytes, 10);
  EXPECT_EQ(sink.flights[0].drops, 1);
  EXPECT_FALSE(log.is_watching());
}

}  // namespace
}  // namespace mailroom::net::test
