// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/player.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <thread>

#include "sim/trace/run_file_writer.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::viz {
namespace {

using trace::EventId;
using trace::Kind;

constexpr std::int64_t kSecond = 1'000'000'000;

// A message that is deferred at 10 s, tried again at 1000 s, with a flight for some milliseconds each time;
// refused for good at 2000 s. The events of the second try are at 1000 s + i ms.
class PlayerOfARun : public testing::Test {
 protected:
  void SetUp() override { make(true); }

  void make(bool finish) {
    trace::RunHeader header;
    header.hosts = {{.name = "mx1"}, {.name = "mx2"}};
    header.links = {{.name = "mx1-mx2", .from = {1}, .to = {2}, .delay_ns = 5'000'000}};
    auto made = trace::RunFileWriter::create(path_, header, {.overwrite = true});
    ASSERT_TRUE(made) << made.error().text;
    writer_ = std::move(*made);
    put(10 * kSecond, {.kind = Kind::message_composed, .host = {1}, .message = {1}});
    put(10 * kSecond, {.kind = Kind::message_queued, .host = {1}, .message = {1}, .text = "Q1"});
    put(10 * kSecond, {.kind = Kind::copy_created, .host = {1}, .message = {1}, .copy = {1}, .text = "Q1"});
    put(11 * kSecond, {.kind = Kind::copy_deferred,
                       .host = {1},
                       .message = {1},
                       .copy = {1},
                       .code = 451,
                       .value = 1000 * kSecond});
    for (int i = 0; i < 100; ++i) {
      put(1000 * kSecond + i * 1'000'000,
          {.kind = Kind::reply_received, .host = {2}, .message = {1}, .code = 250});
    }
    put(2000 * kSecond, {.kind = Kind::copy_bounced, .host = {1}, .message = {1}, .copy = {1}, .code = 550});
    writer_->write(trace::Flight{
        .message = {1}, .link = {1}, .first_bit_out_ns = 500 * kSecond, .last_bit_in_ns = 501 * kSecond});
    if (finish) {
      ASSERT_TRUE(writer_->finish());
    } else {
      writer_->commit();
    }
    auto run = Recording::open(path_);
    ASSERT_TRUE(run) << run.error().text;
    run_ = std::move(*run);
  }
  void put(std::int64_t time_ns, const trace::Event& event) { writer_->write({++last_}, time_ns, {}, event); }

  // A frame, as the window does it.
  Player::Step frame(std::int64_t wall_ns) {
    const auto step = player_.advance(*run_, wall_ns);
    EXPECT_TRUE(step) << step.error().text;
    EXPECT_TRUE(step->event ? run_->seek_event(step->event) : run_->seek_time(step->time_ns));
    return *step;
  }
  void until(std::string_view text) {
    auto parsed = Until::parse(text, run_->time_ns(), run_->end_ns());
    ASSERT_TRUE(parsed) << parsed.error();
    player_.set_until(std::move(*parsed));
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
  std::unique_ptr<trace::RunFileWriter> writer_;
  std::int64_t last_ = 0;
  std::unique_ptr<Recording> run_;
  Player player_;
};

TEST_F(PlayerOfARun, PassesTimeAtItsSpeedWithoutDrift) {
  std::mt19937 random(7);
  for (const double speed : {0.01, 0.013, 1.0, 3.3, 10'000.0}) {
    player_.set_speed(speed);
    EXPECT_EQ(player_.speed(), speed);
    ASSERT_TRUE(run_->seek_time(0));
    player_.play();
    std::int64_t wall_ns = 0;
    while (wall_ns < 100'000'000) {
      const auto one = static_cast<std::int64_t>(random() % 2'000'001);
      wall_ns += one;
      frame(one);
    }
    const double expected = static_cast<double>(wall_ns) * speed;
    EXPECT_NEAR(static_cast<double>(run_->time_ns()), expected, 1.5) << speed;
    player_.pause();
    const std::int64_t before = run_->time_ns();
    frame(kSecond);
    EXPECT_EQ(run_->time_ns(), before);
    player_ = Player();
  }
}

TEST_F(PlayerOfARun, GoesBackwardsAsItGoesForwards) {
  ASSERT_TRUE(run_->seek_time(1000 * kSecond));
  EXPECT_EQ(run_->event(), EventId{5});
  player_.set_speed(2);
  player_.play_backwards();
  EXPECT_TRUE(player_.is_backwards());
  frame(5 * kSecond);
  EXPECT_EQ(run_->time_ns(), 990 * kSecond);
  EXPECT_EQ(run_->event(), EventId{4});
  player_.play();
  frame(5 * kSecond);
  EXPECT_EQ(run_->time_ns(), 1000 * kSecond);
  EXPECT_EQ(run_->event(), EventId{5});
}

TEST_F(PlayerOfARun, StopsAtBothEnds) {
  ASSERT_TRUE(run_->seek_time(1999 * kSecond));
  player_.play();
  frame(kSecond / 2);
  EXPECT_TRUE(player_.is_playing());
  frame(kSecond);
  EXPECT_FALSE(player_.is_playing());
  EXPECT_EQ(run_->time_ns(), 2000 * kSecond);
  EXPECT_EQ(run_->event(), run_->last_event());
  ASSERT_TRUE(run_->seek_time(kSecond));
  player_.play_backwards();
  frame(2 * kSecond);
  EXPECT_FALSE(player_.is_playing());
  EXPECT_EQ(run_->time_ns(), 0);
}

TEST_F(PlayerOfARun, WaitsAtTheEndOfARunThatGoesOn) {
  make(false);
  ASSERT_TRUE(run_->seek_time(1999 * kSecond));
  player_.play();
  frame(5 * kSecond);
  EXPECT_TRUE(player_.is_playing()) << "more may come";
  EXPECT_EQ(run_->time_ns(), 2000 * kSecond);
  frame(5 * kSecond);
  EXPECT_EQ(run_->time_ns(), 2000 * kSecond);
  put(3000 * kSecond, {.kind = Kind::run_ended});
  ASSERT_TRUE(writer_->finish());
  for (int i = 0; i < 1000 && !run_->index().is_over(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ASSERT_TRUE(run_->refresh());
  }
  frame(5 * kSecond);
  EXPECT_EQ(run_->time_ns(), 2005 * kSecond);
}

TEST_F(PlayerOfARun, SkipsWhatIsIdleAndSaysSo) {
  player_.play();
  EXPECT_FALSE(frame(kSecond).skipped) << "nobody asked for it";
  player_.set_skips_idle(true);
  const auto first = frame(0);
  ASSERT_TRUE(first.skipped);
  EXPECT_EQ(first.skipped->from_ns, kSecond);
  EXPECT_EQ(run_->time_ns(), 10 * kSecond - 150'000'000) << "with a moment to see what comes";
  EXPECT_FALSE(frame(kSecond / 10).skipped);
  // From 11 s to the flight at 500 s, which is not skipped although nothing is recorded meanwhile.
  ASSERT_TRUE(run_->seek_time(11 * kSecond));
  EXPECT_EQ(frame(0).skipped->to_ns, 500 * kSecond - 150'000'000);
  ASSERT_TRUE(run_->seek_time(500 * kSecond + kSecond / 2));
  EXPECT_FALSE(frame(0).skipped);
  ASSERT_TRUE(run_->seek_time(501 * kSecond));
  EXPECT_EQ(frame(0).skipped->to_ns, 1000 * kSecond - 150'000'000);
  // Fast enough, nothing is worth skipping.
  player_.set_speed(10'000);
  ASSERT_TRUE(run_->seek_time(501 * kSecond));
  EXPECT_FALSE(frame(0).skipped);
  // And back.
  player_.set_speed(1);
  player_.play_backwards();
  ASSERT_TRUE(run_->seek_time(900 * kSecond));
  EXPECT_EQ(frame(0).skipped->to_ns, 501 * kSecond + 150'000'000);
  ASSERT_TRUE(run_->seek_time(499 * kSecond));
  EXPECT_EQ(frame(0).skipped->to_ns, 11 * kSecond + 150'000'000);
}

TEST_F(PlayerOfARun, StopsRightAfterTheFirstEventThatFits) {
  until("5xx");
  player_.set_speed(10'000);
  player_.play();
  int frames = 0;
  Player::Step step;
  while (!step.has_arrived && ++frames < 1000) step = frame(16'000'000);
  EXPECT_GT(frames, 5) << "it was played, not jumped";
  ASSERT_TRUE(step.found);
  EXPECT_EQ(step.found->kind, Kind::copy_bounced);
  EXPECT_EQ(run_->event(), run_->last_event());
  EXPECT_FALSE(player_.is_playing());
}

TEST_F(PlayerOfARun, RunsUntilAtOnce) {
  const auto run_until = [&](std::string_view text) {
    until(text);
    player_.search();
    EXPECT_TRUE(player_.is_searching());
    Player::Step step;
    for (int i = 0; i < 100 && player_.is_searching(); ++i) step = frame(0);
    EXPECT_FALSE(player_.is_searching());
    EXPECT_TRUE(step.has_arrived);
    return run_->event().value;
  };
  EXPECT_EQ(run_until("4xx"), 4);
  EXPECT_EQ(run_until("host:mx2"), 5);
  EXPECT_EQ(run_until("host:mx2"), 6) << "the next one";
  EXPECT_EQ(run_until("+10s"), 104);
  EXPECT_EQ(run_->time_ns(), 1010 * kSecond + 1'000'000);
  EXPECT_EQ(run_until("msg:1"), 105);
  ASSERT_TRUE(run_->seek_time(0));
  EXPECT_EQ(run_until("queue>0"), 2);
  EXPECT_EQ(run_until("t>=500"), 4);
  EXPECT_EQ(run_->time_ns(), 500 * kSecond);
  EXPECT_EQ(run_until("kind:copy.bounced"), 105);
  EXPECT_EQ(run_until("reply:4xx"), 105) << "there is none any more: it stays";
}

TEST_F(PlayerOfARun, SearchesOnFromWhereSomebodyWentMeanwhile) {
  until("4xx");
  ASSERT_TRUE(run_->seek_time(11 * kSecond));
  player_.play();
  frame(kSecond);
  ASSERT_TRUE(run_->seek_time(0));
  player_.set_speed(1000);
  const auto step = frame(kSecond);
  ASSERT_TRUE(step.found);
  EXPECT_EQ(step.event, EventId{4});
}

TEST(Player, HasSpeedsInStepsAndAnyBetween) {
  Player player;
  EXPECT_EQ(player.speed(), 1);
  player.faster();
  EXPECT_EQ(player.speed(), 2);
  player.set_speed(3);
  player.faster();
  EXPECT_EQ(player.speed(), 5);
  player.set_speed(3);
  player.slower();
  EXPECT_EQ(player.speed(), 2);
  for (int i = 0; i < 40; ++i) player.slower();
  EXPECT_EQ(player.speed(), Player::kMinSpeed);
  for (int i = 0; i < 40; ++i) player.faster();
  EXPECT_EQ(player.speed(), Player::kMaxSpeed);
  player.set_speed(1e9);
  EXPECT_EQ(player.speed(), Player::kMaxSpeed);
}

TEST(Player, ReadsAndWritesSpeeds) {
  for (const double speed : Player::speeds()) EXPECT_EQ(parse_speed(speed_text(speed)), speed);
  EXPECT_EQ(speed_text(10'000), "10,000x");
  EXPECT_EQ(speed_text(0.01), "0.01x");
  EXPECT_EQ(parse_speed(" 2.5 "), 2.5);
  EXPECT_EQ(parse_speed("1/10"), 0.1);
  for (const char* wrong :
       {"", "x", "fast", "0", "-1", "1/0", "0.001", "20000", "nan", "inf", "1//2", "1e"}) {
    EXPECT_FALSE(parse_speed(wrong)) << wrong;
  }
}

TEST(Until, UnderstandsTimesRepliesAndFilters) {
  const auto parse = [](std::string_view text) { return Until::parse(text, 5 * kSecond, 100 * kSecond); };
  EXPECT_EQ(parse("12.5s")->time_ns, 12'500'000'000);
  EXPECT_EQ(parse("0:01:30")->time_ns, 90 * kSecond);
  EXPECT_EQ(parse("+1m")->time_ns, 65 * kSecond);
  EXPECT_EQ(parse("end")->time_ns, 100 * kSecond);
  EXPECT_EQ(parse("t>30")->time_ns.has_value(), true);
  EXPECT_FALSE(parse("451")->time_ns);
  EXPECT_EQ(parse(" 5xx ")->filter, *Filter::parse("reply:5xx"));
  EXPECT_EQ(parse("host:mx1 is:bounced")->filter, *Filter::parse("host:mx1 is:bounced"));
  EXPECT_FALSE(parse("t>30 host:mx1")->time_ns) << "a filter with more in it is about events";
  for (const char* wrong : {"", "  ", "hots:mx1", "+soon", "queue>x"}) {
    const auto until = parse(wrong);
    ASSERT_FALSE(until) << wrong;
    EXPECT_FALSE(until.error().empty());
  }
}

}  // namespace
}  // namespace mailroom::viz
