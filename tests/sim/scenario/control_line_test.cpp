// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/control_line.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mailroom::control {
namespace {

std::string all_octets() {
  std::string octets;
  for (int octet = 0; octet < 256; ++octet) octets += static_cast<char>(octet);
  return octets;
}

TEST(ControlLine, EveryKindOfLineSurvivesBeingWrittenAndRead) {
  const Line lines[] = {
      Connect{{1, 0}, "pc", {"mx1", 25}},
      Listen{{2, 0}, {"mx9.north", 2525}},
      Datagram{{3, 0}, "pc", {"ns1", 53}, all_octets()},
      Type{{1, 0}, "EHLO pc.example\r\n"},
      Type{{2, 7}, all_octets()},
      Type{{999'999'999, 0}, ""},
      Finish{{1, 0}},
      Reset{{2, 1}, ""},
      Reset{{2, 1}, "more than \"64 MB\""},
      Hold{{4, 0}, true},
      Hold{{4, 0}, false},
      Other{"link a-b down for 5m"},
  };
  for (const Line& line : lines) {
    const std::string text = to_string(line);
    EXPECT_EQ(text.find_first_of("\r\n"), std::string::npos) << text;
    const auto again = parse(text);
    ASSERT_TRUE(again.has_value()) << text << ": " << again.error();
    EXPECT_EQ(*again, line) << text;
    EXPECT_EQ(to_string(*again), text);
  }
}

TEST(ControlLine, ReadsWhatPeopleWrite) {
  EXPECT_EQ(parse("  connect  1 from north\tto south:25 \r").value(),
            Line(Connect{{1, 0}, "north", {"south", 25}}));
  EXPECT_EQ(parse(R"(type 1 "a\x41\"\\\t\r\n")").value(), Line(Type{{1, 0}, "aA\"\\\t\r\n"}));
  EXPECT_EQ(parse("type 1 \"M\xc3\xbcller\"").value(), Line(Type{{1, 0}, "M\xc3\xbcller"}));
  EXPECT_EQ(to_string(parse("type 1 \"M\xc3\xbcller\"").value()), R"(type 1 "M\xc3\xbcller")");
  EXPECT_EQ(parse("fault link a-b down").value(), Line(Other{"fault link a-b down"}));
  EXPECT_TRUE(is_verb("unhold"));
  EXPECT_FALSE(is_verb("fault"));
}

struct Mistake {
  const char* line;
  const char* said;
};

TEST(ControlLine, SaysWhatIsWrongAndWhatWouldBeRight) {
  const Mistake mistakes[] = {
      {"", "says nothing"},
      {"connect", "'' is no number of a connection"},
      {"connect 0 from a to b:25", "'0' is no number"},
      {"connect 1.2 from a to b:25", "a listener took"},
      {"connect 1000000000 from a to b:25", "is no number"},
      {"connect -1 from a to b:25", "is no number"},
      {"connect 1 to b:25", "'from' should stand where 'to' does"},
      {"connect 1 from a to b", "write HOST:PORT"},
      {"connect 1 from a to :25", "write HOST:PORT"},
      {"connect 1 from a to b:0", "'0' is no port"},
      {"connect 1 from a to b:65536", "'65536' is no port"},
      {"connect 1 from a to b:25 now", "behind the end of the line: 'now'"},
      {"type 1", "double quotes are missing"},
      {"type 1 EHLO", "double quotes are missing"},
      {"type 1 \"EHLO", "the closing double quote is missing"},
      {"type 1 \"\\", "'\\' is no escape"},
      {"type 1 \"\\q\"", "'\\q' is no escape"},
      {"type 1 \"\\x4\"", "'\\x' is no escape"},
      {"type 1 \"a\" \"b\"", "behind the end"},
      {"type 1.0 \"a\"", "'1.0' is no number"},
      {"listen 1.1 at a:25", "has no dot"},
      {"listen 1 on a:25", "'at' should stand where 'on' does"},
      {"datagram 1 from a to b:53", "double quotes are missing"},
      {"finish", "is no number"},
      {"reset 1 why", "double quotes are missing"},
  };
  for (const auto& [line, said] : mistakes) {
    const auto parsed = parse(line);
    ASSERT_FALSE(parsed.has_value()) << line;
    EXPECT_NE(parsed.error().find(said), std::string::npos) << line << ": " << parsed.error();
  }
  const std::string most(kMostOctets, 'x');
  EXPECT_TRUE(parse("type 1 \"" + most + "\"").has_value());
  EXPECT_FALSE(parse("type 1 \"" + most + "x\"").has_value());
}

// Whatever is read is written so that it reads as the same; nothing is asserted on the way.
TEST(ControlLine, GarbageIsRefusedOrReadStably) {
  std::mt19937 random(4711);
  const std::string words[] = {"connect", "type",  "datagram", "listen", "reset", "hold", "from",
                               "to",      "at",    "1",        "2.1",    "a:25",  "\"",   "\\x",
                               "\\",      "\"x\"", " ",        "\t",     ":",     "\r",   "\xff"};
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string line;
    for (auto parts = random() % 9; parts > 0; --parts) {
      line += words[random() % std::size(words)];
      if (random() % 3 != 0) line += ' ';
    }
    const auto parsed = parse(line);
    if (!parsed) {
      EXPECT_FALSE(parsed.error().empty());
      continue;
    }
    ++read;
    const auto again = parse(to_string(*parsed));
    ASSERT_TRUE(again.has_value()) << line;
    EXPECT_EQ(*again, *parsed) << line;
  }
  EXPECT_GT(read, 100);
}

}  // namespace
}  // namespace mailroom::control
