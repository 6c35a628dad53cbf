// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/units.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace mailroom::topology {
namespace {

constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

TEST(Units, ReadRatesAsPeopleWriteThem) {
  EXPECT_EQ(parse_rate_bps("64kbps"), 64'000);
  EXPECT_EQ(parse_rate_bps("10Mbps"), 10'000'000);
  EXPECT_EQ(parse_rate_bps("2.5Gbps"), 2'500'000'000);
  EXPECT_EQ(parse_rate_bps(" 2.5 Gbit/s "), 2'500'000'000);
  EXPECT_EQ(parse_rate_bps("10mbps"), 10'000'000);
  EXPECT_EQ(parse_rate_bps("10 Mbit"), 10'000'000);
  EXPECT_EQ(parse_rate_bps("10M"), 10'000'000);
  EXPECT_EQ(parse_rate_bps("9600bps"), 9600);
  EXPECT_EQ(parse_rate_bps("1.000Tbps"), 1'000'000'000'000);
  EXPECT_EQ(parse_rate_bps("0.064Mbit/s"), 64'000);
}

TEST(Units, SayWhatIsWrongWithARate) {
  const auto bytes = parse_rate_bps("10MB/s");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().right, "write 80Mbps");
  EXPECT_NE(bytes.error().wrong.find("bytes"), std::string::npos);
  for (const char* text :
       {"", "   ", "fast", "10", "10 parsecs", "-1Mbps", "0Mbps", "0.0001bps", "1.5bps", "10Mps", "10Mbpsx",
        "99999999999999999999Gbps", "1e3bps", "10 Mbps 5", "..5kbps", "5.kbps"}) {
    const auto rate = parse_rate_bps(text);
    ASSERT_FALSE(rate) << text;
    EXPECT_NE(rate.error().wrong.find("is not a rate"), std::string::npos) << rate.error().wrong;
    EXPECT_NE(rate.error().right.find("write"), std::string::npos) << text;
  }
  EXPECT_EQ(parse_rate_bps("10 parsecs").error().offset, 3u);
}

TEST(Units, ReadDurationsExactly) {
  EXPECT_EQ(parse_duration_ns("40ms"), 40'000'000);
  EXPECT_EQ(parse_duration_ns("5us"), 5'000);
  EXPECT_EQ(parse_duration_ns("5\xC2\xB5s"), 5'000);
  EXPECT_EQ(parse_duration_ns("5\xCE\xBCs"), 5'000);
  EXPECT_EQ(parse_duration_ns("1h30m"), 5'400'000'000'000);
  EXPECT_EQ(parse_duration_ns("1h 30min 5.5s"), 5'405'500'000'000);
  EXPECT_EQ(parse_duration_ns("2d"), 172'800'000'000'000);
  EXPECT_EQ(parse_duration_ns("1.5h"), 5'400'000'000'000);
  EXPECT_EQ(parse_duration_ns("0"), 0);
  EXPECT_EQ(parse_duration_ns("0ms"), 0);
  EXPECT_EQ(parse_duration_ns("0.1s"), 100'000'000);
  EXPECT_EQ(parse_duration_ns("0.000000001s"), 1);
  EXPECT_EQ(parse_duration_ns("9223372036854775807ns"), kMax);
}

TEST(Units, SayWhatIsWrongWithADuration) {
  for (const char* text :
       {"", "40", "ms", "-1s", "1.5ns", "30m1h", "1m1m", "1min1m", "5 fortnights", "1h30",
        "9223372036854775808ns", "106752d", "1d 9223372036854775807ns", "1.s", "1 h 30 m x"}) {
    const auto duration = parse_duration_ns(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_NE(duration.error().wrong.find("is not a duration"), std::string::npos) << duration.error().wrong;
    EXPECT_NE(duration.error().right.find("40ms"), std::string::npos);
  }
  EXPECT_EQ(parse_duration_ns("5 fortnights").error().offset, 2u);
}

TEST(Units, ReadSizes) {
  EXPECT_EQ(parse_size_bytes("10240000"), 10'240'000);
  EXPECT_EQ(parse_size_bytes("10MB"), 10'000'000);
  EXPECT_EQ(parse_size_bytes("4KiB"), 4096);
  EXPECT_EQ(parse_size_bytes("1.5 GiB"), 1'610'612'736);
  EXPECT_EQ(parse_size_bytes("2k"), 2000);
  EXPECT_EQ(parse_size_bytes("100 bytes"), 100);
  EXPECT_EQ(parse_size_bytes("0"), 0);
  for (const char* text : {"", "MB", "-5", "1.5", "10 MBit", "8388608TiB", "4Kibi", "1e3"})
    EXPECT_FALSE(parse_size_bytes(text)) << text;
}

TEST(Units, ReadPacketsAndProbabilities) {
  EXPECT_EQ(parse_packets("100p"), 100);
  EXPECT_EQ(parse_packets("100"), 100);
  EXPECT_EQ(parse_packets("1 packet"), 1);
  for (const char* text : {"", "p", "1.5p", "100MB", "-1"}) EXPECT_FALSE(parse_packets(text)) << text;

  EXPECT_EQ(parse_per_billion("1%"), 10'000'000);
  EXPECT_EQ(parse_per_billion("0.01"), 10'000'000);
  EXPECT_EQ(parse_per_billion("100%"), 1'000'000'000);
  EXPECT_EQ(parse_per_billion("1"), 1'000'000'000);
  EXPECT_EQ(parse_per_billion("1e-6"), 1'000);
  EXPECT_EQ(parse_per_billion("2.5e-3"), 2'500'000);
  EXPECT_EQ(parse_per_billion("0"), 0);
  EXPECT_EQ(parse_per_billion("0e-999999999999"), 0);
  for (const char* text :
       {"", "%", "101%", "1.1", "-1%", "1e-10", "1e3", "1e", "1%%", "99999999999999999999"})
    EXPECT_FALSE(parse_per_billion(text)) << text;
}

TEST(Units, FormatAsPeopleWrite) {
  EXPECT_EQ(format_rate(2'500'000'000), "2.5Gbps");
  EXPECT_EQ(format_rate(64'000), "64kbps");
  EXPECT_EQ(format_rate(1), "1bps");
  EXPECT_EQ(format_duration(5'400'000'000'000), "1h30m");
  EXPECT_EQ(format_duration(40'000'000), "40ms");
  EXPECT_EQ(format_duration(1'500'000), "1.5ms");
  EXPECT_EQ(format_duration(0), "0s");
  EXPECT_EQ(format_duration(60'000'000'001), "1m1ns");
  EXPECT_EQ(format_size(10'000'000), "10MB");
  EXPECT_EQ(format_size(4096), "4KiB");
  EXPECT_EQ(format_size(0), "0B");
  EXPECT_EQ(format_packets(100), "100p");
  EXPECT_EQ(format_per_billion(10'000'000), "1%");
  EXPECT_EQ(format_per_billion(1'000), "0.0001%");
}

TEST(Units, ReadBackExactlyWhatTheyFormat) {
  std::mt19937_64 draw(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::int64_t>(draw() >> (1 + draw() % 63));
    ASSERT_EQ(parse_duration_ns(format_duration(value)), value) << format_duration(value);
    ASSERT_EQ(parse_size_bytes(format_size(value)), value) << format_size(value);
    ASSERT_EQ(parse_packets(format_packets(value)), value);
    const std::int64_t rate = std::max<std::int64_t>(1, value);
    ASSERT_EQ(parse_rate_bps(format_rate(rate)), rate) << format_rate(rate);
    const std::int64_t chance = value % 1'000'000'001;
    ASSERT_EQ(parse_per_billion(format_per_billion(chance)), chance) << format_per_billion(chance);
  }
  EXPECT_EQ(parse_duration_ns(format_duration(kMax)), kMax);
}

TEST(Units, TakeAnyOctets) {
  std::mt19937_64 draw(2);
  constexpr std::string_view kAlphabet = "0123456789.-+eEkKmMgGiIbBpPs/%uhdn \t\xC2\xB5\xFF";
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (auto length = draw() % 12; length > 0; --length) text += kAlphabet[draw() % kAlphabet.size()];
    for (const auto& result : {parse_rate_bps(text), parse_duration_ns(text), parse_size_bytes(text),
                               parse_packets(text), parse_per_billion(text)}) {
      if (result) {
        ASSERT_GE(*result, 0) << text;
      } else {
        ASSERT_LE(result.error().offset, text.size()) << text;
      }
    }
  }
}

}  // namespace
}  // namespace mailroom::topology
