// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/quantities.hpp"

namespace mailroom::story {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kS = 1'000'000'000;

TEST(Quantities, TellTheClock) {
  EXPECT_EQ(clock(0), "0:00:00.000");
  EXPECT_EQ(clock(12 * kS + 345 * kMs + 999'999), "0:00:12.345");
  EXPECT_EQ(clock(26 * 3600 * kS + 61 * kS), "26:01:01.000");
  EXPECT_EQ(clock(-1), "never");
}

TEST(Quantities, TellDurationsInAtMostTwoUnits) {
  EXPECT_EQ(duration(0), "0 s");
  EXPECT_EQ(duration(999), "999 ns");
  EXPECT_EQ(duration(210'000), "0.21 ms");
  EXPECT_EQ(duration(350 * kMs), "350 ms");
  EXPECT_EQ(duration(12'345 * kMs), "12.3 s");
  EXPECT_EQ(duration(60 * kS), "1 min");
  EXPECT_EQ(duration(15 * 60 * kS + 20 * kS), "15 min 20 s");
  EXPECT_EQ(duration(3600 * kS + 1200 * kS), "1 h 20 min");
  EXPECT_EQ(duration(51 * 3600 * kS), "2 d 3 h");
  EXPECT_EQ(duration(-2 * kS), "-2 s");
}

TEST(Quantities, ReadTimesAsPeopleWriteThem) {
  EXPECT_EQ(parse_time("12.5s", 0), 12'500 * kMs);
  EXPECT_EQ(parse_time("250ms", 0), 250 * kMs);
  EXPECT_EQ(parse_time("90m", 0), 5400 * kS);
  EXPECT_EQ(parse_time("1h30m", 0), 5400 * kS);
  EXPECT_EQ(parse_time("end", 77), 77);
  EXPECT_EQ(parse_time("0:01:30.250", 0), 90'250 * kMs);
  EXPECT_EQ(parse_time("26:00:00", 0), 26 * 3600 * kS);
}

TEST(Quantities, ReadTheClockThatTheyTell) {
  for (const std::int64_t time_ns : {std::int64_t{0}, 12'345 * kMs, 3661 * kS + kMs, 100 * 3600 * kS})
    EXPECT_EQ(parse_time(clock(time_ns), 0), time_ns);
}

TEST(Quantities, RefuseWhatIsNoTime) {
  for (const char* text : {"", "soon", "12", "-1s", "1:2", "0:61:00", "0:00:60", "0:00:", "1:1:1s",
                           "9999999999:00:00", "1e400s", "12 parsecs", "::"})
    EXPECT_FALSE(parse_time(text, 5)) << text;
  EXPECT_THAT(parse_time("soon", 0).error(), testing::HasSubstr("write for example 12.5s"));
}

TEST(Quantities, GroupAndCount) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(-1'234'567), "-1,234,567");
  EXPECT_EQ(counted(1, "host"), "1 host");
  EXPECT_EQ(counted(12'000, "host"), "12,000 hosts");
  EXPECT_EQ(counted(2, "copy", "copies"), "2 copies");
}

}  // namespace
}  // namespace mailroom::story
