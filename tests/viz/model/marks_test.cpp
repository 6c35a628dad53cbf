// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/marks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "viz/model/columns.hpp"
#include "viz/model/log.hpp"

namespace mailroom::viz {
namespace {

using trace::Kind;

TEST(Log, KeepsWhatItHadInACopyWhileItGrows) {
  Log<std::int64_t> log;
  for (std::int64_t i = 0; i < 100'000; ++i) log.append(i * 2);
  const Log<std::int64_t> copy = log;
  for (std::int64_t i = 100'000; i < 300'000; ++i) log.append(i * 2);
  EXPECT_EQ(copy.size(), 100'000);
  EXPECT_EQ(log.size(), 300'000);
  for (const std::int64_t i : {0L, 65'535L, 65'536L, 99'999L}) EXPECT_EQ(copy[i], i * 2);
  EXPECT_EQ(log[299'999], 599'998);
}

TEST(Log, FindsTheFirstBehindFromAnywhereBeforeIt) {
  std::mt19937 random(1);
  for (int size = 0; size < 40; ++size) {
    Log<int> log;
    std::vector<int> plain;
    for (int i = 0; i < size; ++i) plain.push_back(static_cast<int>(random() % 20));
    std::sort(plain.begin(), plain.end());
    for (const int value : plain) log.append(value);
    for (int limit = -1; limit <= 20; ++limit) {
      const auto expected = std::upper_bound(plain.begin(), plain.end(), limit) - plain.begin();
      for (std::int64_t from = 0; from <= expected; ++from) {
        ASSERT_EQ(log.partition(from, [limit](int value) { return value > limit; }), expected)
            << size << " values, beyond " << limit << " from " << from;
      }
    }
  }
}

TEST(Columns, AnswerTimesAndNumbersAndForgetWhatCannotBe) {
  Columns rows;
  EXPECT_EQ(rows.last(), trace::EventId{});
  EXPECT_EQ(rows.rows_until(5), 0);
  for (std::int64_t i = 1; i <= 10; ++i) {
    rows.append({.id = {i * 3},
                 .time_ns = i / 2 * 100,
                 .kind = Kind::reply_sent,
                 .host = {i},
                 .message = {i + 7},
                 .code = 250});
  }
  rows.append({.id = {std::int64_t{1} << 40},
               .time_ns = 500,
               .kind = Kind::copy_delivered,
               .host = {-1},
               .message = {std::int64_t{1} << 33},
               .code = 1'000'000});
  EXPECT_EQ(rows.size(), 11);
  EXPECT_EQ(rows.id(10).value, std::int64_t{1} << 40);
  EXPECT_EQ(rows.host(2), trace::HostId{3});
  EXPECT_EQ(rows.message(2), trace::MessageId{10});
  EXPECT_EQ(rows.code(2), 250);
  EXPECT_EQ(rows.kind(2), Kind::reply_sent);
  EXPECT_EQ(rows.host(10), trace::HostId{});
  EXPECT_EQ(rows.message(10), trace::MessageId{});
  EXPECT_EQ(rows.code(10), 0);
  EXPECT_EQ(rows.rows_until(-1), 0);
  EXPECT_EQ(rows.rows_until(0), 1);
  EXPECT_EQ(rows.rows_until(100), 3);
  EXPECT_EQ(rows.rows_until(99), 1);
  EXPECT_EQ(rows.rows_until(500), 11);
  EXPECT_EQ(rows.rows_up_to({0}), 0);
  EXPECT_EQ(rows.rows_up_to({5}), 1);
  EXPECT_EQ(rows.rows_up_to({6}), 2);
}

TEST(Marks, CountWhatHappenedInAnyStretchOfTime) {
  Marks marks;
  Deliveries deliveries;
  std::mt19937 random(3);
  std::vector<std::int64_t> times_ns;
  std::int64_t now_ns = 0;
  for (std::int64_t i = 1; i <= 5000; ++i) {
    now_ns += static_cast<std::int64_t>(random() % 1000 == 0 ? 1'000'000'000 : random() % 3);
    const bool is_bounce = random() % 3 == 0;
    marks.take({.id = {i}, .time_ns = now_ns, .kind = is_bounce ? Kind::copy_bounced : Kind::reply_sent},
               deliveries);
    if (is_bounce) times_ns.push_back(now_ns);
  }
  EXPECT_EQ(marks.of(MarkClass::bounced).size(), std::ssize(times_ns));
  EXPECT_EQ(marks.of(MarkClass::deferred).size(), 0);
  for (int i = 0; i < 200; ++i) {
    const auto from_ns = static_cast<std::int64_t>(random()) * 3 % now_ns;
    const std::int64_t until_ns = from_ns + static_cast<std::int64_t>(random()) * 3 % now_ns;
    const auto expected = std::count_if(times_ns.begin(), times_ns.end(), [&](std::int64_t at_ns) {
      return at_ns >= from_ns && at_ns < until_ns;
    });
    EXPECT_EQ(marks.count(MarkClass::bounced, from_ns, until_ns), expected);
    EXPECT_EQ(marks.first(MarkClass::bounced, from_ns, until_ns).has_value(), expected > 0);
    const auto buckets = marks.histogram(MarkClass::bounced, from_ns, until_ns, 7);
    ASSERT_EQ(buckets.size(), 7U);
    EXPECT_EQ(std::accumulate(buckets.begin(), buckets.end(), std::int64_t{0}), expected);
    EXPECT_EQ(buckets[3], marks.count(MarkClass::bounced, bucket_start_ns(from_ns, until_ns, 7, 3),
                                      bucket_start_ns(from_ns, until_ns, 7, 4)));
  }
}

TEST(Marks, TellASecondDeliveryToTheSameMailboxFromAFirst) {
  Marks marks;
  Deliveries deliveries;
  const auto deliver = [&](std::int64_t message, std::int64_t host, const char* mailbox) {
    marks.take(
        {.id = {1}, .kind = Kind::copy_delivered, .host = {host}, .message = {message}, .text = mailbox},
        deliveries);
  };
  deliver(1, 1, "bob");
  deliver(1, 1, "carol");
  deliver(1, 2, "bob");
  deliver(2, 1, "bob");
  EXPECT_EQ(marks.of(MarkClass::delivered).size(), 4);
  EXPECT_EQ(marks.of(MarkClass::duplicate).size(), 0);
  deliver(1, 1, "bob");
  EXPECT_EQ(marks.of(MarkClass::delivered).size(), 4);
  EXPECT_EQ(marks.of(MarkClass::duplicate).size(), 1);
}

TEST(Marks, KnowFromWhenToWhenAFaultWasInForce) {
  Marks marks;
  Deliveries none;
  marks.take({.id = {1}, .time_ns = 10, .kind = Kind::fault_began, .link = {2}, .fault = {1}}, none);
  marks.take({.id = {2}, .time_ns = 20, .kind = Kind::fault_began, .fault = {2}}, none);
  marks.take({.id = {3}, .time_ns = 25, .kind = Kind::host_crashed, .host = {4}}, none);
  marks.take({.id = {4}, .time_ns = 30, .kind = Kind::fault_ended, .fault = {1}}, none);
  marks.take({.id = {5}, .time_ns = 40, .kind = Kind::fault_began, .fault = {1}}, none);
  marks.take({.id = {6}, .time_ns = 50, .kind = Kind::host_restarted, .host = {4}}, none);
  marks.take({.id = {7}, .time_ns = 60, .kind = Kind::fault_ended, .fault = {9}}, none);
  ASSERT_EQ(marks.spans().size(), 4U);
  EXPECT_EQ(marks.spans()[0].until_ns, 30);
  EXPECT_EQ(marks.spans()[0].ended, trace::EventId{4});
  EXPECT_EQ(marks.spans()[1].until_ns, -1) << "it is still in force";
  EXPECT_EQ(marks.spans()[2].host, trace::HostId{4});
  EXPECT_EQ(marks.spans()[2].until_ns, 50);
  EXPECT_EQ(marks.spans()[3].from_ns, 40);
  EXPECT_EQ(marks.spans()[3].until_ns, -1);
  EXPECT_EQ(marks.of(MarkClass::fault).size(), 3);
  EXPECT_EQ(marks.of(MarkClass::crash).size(), 1);
}

TEST(Marks, BucketsOfTheLongestRunDoNotOverflow) {
  constexpr std::int64_t kLong = std::int64_t{1} << 62;
  EXPECT_EQ(bucket_start_ns(0, kLong, 4000, 0), 0);
  EXPECT_EQ(bucket_start_ns(0, kLong, 4000, 2000), kLong / 2);
  EXPECT_EQ(bucket_start_ns(0, kLong, 4000, 4000), kLong);
}

}  // namespace
}  // namespace mailroom::viz
