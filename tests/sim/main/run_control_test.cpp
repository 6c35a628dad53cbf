// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/run_control.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace mailroom::run {
namespace {

TEST(RunControl, ReadsPacesAsPeopleWriteThem) {
  EXPECT_EQ(parse_pace("1x").value(), 1.0);
  EXPECT_EQ(parse_pace("0.5x").value(), 0.5);
  ASSERT_TRUE(parse_pace("max").has_value());
  EXPECT_FALSE(parse_pace("max")->has_value()) << "as fast as it goes";
  for (const std::string_view bad : {"", "x", "0x", "-1x", "10", "1xx", "nanx", "infx", "1e99x"}) {
    EXPECT_FALSE(parse_pace(bad).has_value()) << bad;
  }
}

TEST(RunControl, UnderstandsEveryCommandAndSaysWhatItDoesNot) {
  EXPECT_EQ(parse_command("pause").command->verb, Command::Verb::pause);
  EXPECT_EQ(parse_command(" resume\r").command->verb, Command::Verb::resume);
  EXPECT_EQ(parse_command("step").command->verb, Command::Verb::step);
  EXPECT_EQ(parse_command("quit").command->verb, Command::Verb::quit);
  EXPECT_EQ(parse_command("pace 10x").command->pace, Pace{10.0});
  const ParsedCommand unknown = parse_command("stop");
  EXPECT_FALSE(unknown.command);
  EXPECT_NE(unknown.error.find("quit"), std::string::npos);
  EXPECT_NE(parse_command("pace fast").error.find("pace 10x"), std::string::npos);
}

TEST(RunControl, ANumberInFrontOfALineIsTakenOff) {
  EXPECT_EQ(parse_command("stay").command->verb, Command::Verb::stay);
  EXPECT_EQ(split_number("#12 pace 10x").number, "#12");
  EXPECT_EQ(split_number("#12 pace 10x").line, "pace 10x");
  EXPECT_EQ(split_number("#1   ").line, "");
  for (const std::string_view plain : {"pause", "", "#", "# 1 pause", "#x pause", "#12pause", "#1234567890123456789 pause"}) {
    EXPECT_EQ(split_number(plain).number, "") << plain;
    EXPECT_EQ(split_number(plain).line, plain);
  }
}

class Pipe : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(pipe(ends_.data()), 0); }
  void TearDown() override {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  void write_all(std::string_view text) {
    ASSERT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end() { close(std::exchange(ends_[1], -1)); }
  std::array<int, 2> ends_{};
};

TEST_F(Pipe, AnotherOctetCanEndALineAndIsPartOfIt) {
  LineInput input(ends_[0], '!');
  write_all("HELO!QUIT\nre");
  EXPECT_EQ(input.next(0), "HELO!");
  EXPECT_EQ(input.next(0), "QUIT");
  EXPECT_EQ(input.next(0), std::nullopt);
  write_all("st!");
  EXPECT_EQ(input.next(0), "rest!");
}

TEST_F(Pipe, LinesComeWholeHoweverTheyAreCut) {
  LineInput input(ends_[0]);
  EXPECT_EQ(input.next(0), std::nullopt);
  write_all("pau");
  EXPECT_EQ(input.next(0), std::nullopt);
  write_all("se\nresume\nst");
  EXPECT_EQ(input.next(0), "pause");
  EXPECT_EQ(input.next(0), "resume");
  EXPECT_EQ(input.next(0), std::nullopt);
  EXPECT_FALSE(input.ended());
  end();
  EXPECT_EQ(input.next(0), "st") << "a last line without its end counts";
  EXPECT_EQ(input.next(0), std::nullopt);
  EXPECT_TRUE(input.ended());
}

TEST_F(Pipe, AnEndlessLineTakesNoMemory) {
  LineInput input(ends_[0]);
  const std::string noise(1000, 'x');
  for (int i = 0; i < 50; ++i) {
    write_all(noise);
    EXPECT_EQ(input.next(0), std::nullopt);
  }
  write_all("\npause\n");
  static_cast<void>(input.next(0));  // what is left of the noise
  EXPECT_EQ(input.next(0), "pause");
}

}  // namespace
}  // namespace mailroom::run
