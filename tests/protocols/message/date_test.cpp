// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/date.hpp"

#include <ctime>

namespace mailroom::message {
namespace {

std::int64_t seconds(std::string_view text) {
  const auto parsed = parse_date_time(text);
  EXPECT_TRUE(parsed) << text << ": expected " << (parsed ? "" : parsed.error().expected);
  return parsed ? parsed->unix_s : -1;
}

TEST(Date, WritesUtc) {
  EXPECT_EQ(format_date_time(0), "Thu, 01 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(format_date_time(-1), "Wed, 31 Dec 1969 23:59:59 +0000");
  EXPECT_EQ(format_date_time(951782400), "Tue, 29 Feb 2000 00:00:00 +0000");
  EXPECT_EQ(format_date_time(4107542400), "Mon, 01 Mar 2100 00:00:00 +0000");
}

TEST(Date, ReadsZones) {
  EXPECT_EQ(seconds("Fri, 21 Nov 1997 09:55:06 -0600"), 880127706);
  const auto east = parse_date_time("1 Jan 1970 05:30 +0530");
  ASSERT_TRUE(east);
  EXPECT_EQ(*east, (DateTime{0, 330, true}));
  EXPECT_EQ(parse_date_time("1 Jan 1970 00:00 -0000"), (DateTime{0, 0, false}));
  EXPECT_EQ(parse_date_time("1 Jan 1970 00:00 GMT"), (DateTime{0, 0, true}));
  EXPECT_EQ(parse_date_time("1 Jan 1970 00:00 ut"), (DateTime{0, 0, true}));
  EXPECT_EQ(parse_date_time("1 Jan 1970 00:00 EST"), (DateTime{18000, -300, true}));
  EXPECT_EQ(parse_date_time("1 Jan 1970 00:00 PDT"), (DateTime{25200, -420, true}));
  EXPECT_EQ(parse_date_time("1 Jan 1970 00:00 Z"), (DateTime{0, 0, false})) << "military zones mean nothing";
  EXPECT_EQ(parse_date_time("1 Jan 1970 00:00 CEST"), (DateTime{0, 0, false}));
}

TEST(Date, ReadsTheObsoleteForms) {
  EXPECT_EQ(seconds("21 Nov 97 09:55:06 GMT"), 880106106);
  EXPECT_EQ(seconds("21 Nov 097 09:55:06 GMT"), 880106106) << "three digits: 1900 and on";
  EXPECT_EQ(seconds("1 Jan 00 00:00 GMT"), 946684800);
  EXPECT_EQ(seconds("1 Jan 49 00:00 GMT"), 2493072000);
  EXPECT_EQ(seconds("1 Jan 50 00:00 GMT"), -631152000);
  EXPECT_EQ(seconds("Fri (day), 21 Nov 1997 09(comment):   55  :  06 -0600"), 880127706);
  EXPECT_EQ(seconds("Thu,\r\n      13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)"), -27723480);
}

TEST(Date, ReadsLeapDaysAndLeapSeconds) {
  EXPECT_EQ(seconds("29 Feb 2000 00:00 +0000"), 951782400);
  EXPECT_FALSE(parse_date_time("29 Feb 1900 00:00 +0000"));
  EXPECT_FALSE(parse_date_time("29 Feb 2001 00:00 +0000"));
  EXPECT_EQ(seconds("31 Dec 1998 23:59:60 +0000"), seconds("1 Jan 1999 00:00:00 +0000"));
}

TEST(Date, AgreesWithTheLibraryOnEveryDayOfSixCenturies) {
  int days = 0;
  for (std::int64_t unix_s = -2208988800; unix_s < 17'000'000'000; unix_s += 86400 + 37) {
    const std::time_t time = unix_s;
    std::tm broken{};
    ASSERT_NE(gmtime_r(&time, &broken), nullptr);
    char expected[64];
    ASSERT_GT(std::strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S +0000", &broken), 0U);
    ASSERT_EQ(format_date_time(unix_s), expected);
    ASSERT_EQ(parse_date_time(expected), (DateTime{unix_s, 0, true}));
    ++days;
  }
  EXPECT_GT(days, 200'000);
}

TEST(Date, SaysWhereAndWhatIsWrong) {
  struct Case {
    std::string_view text;
    std::size_t offset;
  };
  for (const Case& each : std::vector<Case>{{"", 0},
                                            {"Foo, 1 Jan 2000 00:00 +0000", 0},
                                            {"Thu 1 Jan 2000 00:00 +0000", 4},
                                            {"Thu, Jan 1 2000 00:00 +0000", 5},
                                            {"1 Foo 2000 00:00 +0000", 2},
                                            {"123 Jan 2000 00:00 +0000", 0},
                                            {"31 Apr 2000 00:00 +0000", 0},
                                            {"0 Apr 2000 00:00 +0000", 0},
                                            {"1 Jan 1899 00:00 +0000", 6},
                                            {"1 Jan 20000 00:00 +0000", 6},
                                            {"1 Jan 2000 24:00 +0000", 11},
                                            {"1 Jan 2000 1:00 +0000", 11},
                                            {"1 Jan 2000 00:60 +0000", 11},
                                            {"1 Jan 2000 00.00 +0000", 13},
                                            {"1 Jan 2000 00:00:61 +0000", 11},
                                            {"1 Jan 2000 00:00:00", 19},
                                            {"1 Jan 2000 00:00:00 +00", 21},
                                            {"1 Jan 2000 00:00:00 +0060", 21},
                                            {"1 Jan 2000 00:00:00 +0000 x", 26}}) {
    const auto parsed = parse_date_time(each.text);
    ASSERT_FALSE(parsed) << each.text;
    EXPECT_EQ(parsed.error().offset, each.offset) << each.text << ": " << parsed.error().expected;
  }
}

}  // namespace
}  // namespace mailroom::message
