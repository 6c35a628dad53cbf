// SPDX-License-Identifier: GPL-2.0-only
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.hpp"
#include "tests/viz/ui/screen.hpp"
#include "tests/viz/ui/time_run.hpp"

namespace mailroom::viz {
namespace {

using tests::kSecond_ns;
using tests::used_before;
using trace::EventId;

class UiTransport : public testing::Test {
 protected:
  UiTransport() {
    tests::write_time_run(folder_ / "run.mailroom");
    EXPECT_TRUE(screen_.open(folder_ / "run.mailroom"));
    screen_.desk().show_time(0);
    screen_.frames();
  }
  std::int64_t seconds() { return screen_.desk().time_ns() / kSecond_ns; }
  EventId event() { return screen_.desk().run->event(); }

  tests::TemporaryFolder folder_;
  Screen screen_{1280, 800, used_before()};
};

TEST_F(UiTransport, ButtonsGoToTheEndsAndFromEventToEvent) {
  ASSERT_EQ(seconds(), 0);
  screen_.click("transport/last");
  EXPECT_EQ(event(), EventId{20});
  EXPECT_FALSE(screen_.is_enabled("transport/next"));
  EXPECT_FALSE(screen_.is_enabled("transport/last"));
  screen_.click("transport/previous");
  EXPECT_EQ(seconds(), 900);
  EXPECT_EQ(event(), EventId{19});
  screen_.click("transport/next");
  EXPECT_EQ(event(), EventId{20});
  screen_.click("transport/first");
  EXPECT_EQ(event(), EventId{});
  EXPECT_FALSE(screen_.is_enabled("transport/previous"));
  EXPECT_FALSE(screen_.is_enabled("transport/first"));
}

TEST_F(UiTransport, ArrowKeysStepOverDialoguesAndWithShiftThroughThem) {
  screen_.desk().show_time(500 * kSecond_ns);
  ASSERT_EQ(event(), EventId{6});
  screen_.key("Right");
  EXPECT_EQ(event(), EventId{17}) << "ten replies were passed over";
  screen_.key("Shift+Left");
  EXPECT_EQ(event(), EventId{16});
  screen_.key("Shift+Right");
  EXPECT_EQ(event(), EventId{17});
  screen_.key("Left");
  EXPECT_EQ(event(), EventId{6});
  screen_.key("End");
  EXPECT_EQ(event(), EventId{20});
  screen_.key("Home");
  EXPECT_EQ(event(), EventId{});
}

TEST_F(UiTransport, PlayPassesTimeAndPausesAndAtTheEndBeginsAnew) {
  ASSERT_FALSE(screen_.is_on("transport/play"));
  screen_.click("transport/play");
  EXPECT_TRUE(screen_.is_on("transport/play"));
  const std::int64_t before = screen_.desk().time_ns();
  screen_.frames(10, 0.1);
  EXPECT_NEAR(static_cast<double>(screen_.desk().time_ns() - before), 1e9, 1e3);
  screen_.key("Space");
  EXPECT_FALSE(screen_.is_on("transport/play"));
  const std::int64_t paused = screen_.desk().time_ns();
  screen_.frames(5, 0.1);
  EXPECT_EQ(screen_.desk().time_ns(), paused);
  screen_.key("End");
  screen_.key("Space");
  EXPECT_LT(seconds(), 2) << "from the beginning";
  EXPECT_TRUE(screen_.is_on("transport/play"));
}

TEST_F(UiTransport, PlaysBackwards) {
  screen_.desk().show_time(500 * kSecond_ns);
  screen_.desk().player.set_speed(100);
  screen_.click("transport/play-back");
  EXPECT_TRUE(screen_.is_on("transport/play-back"));
  EXPECT_FALSE(screen_.is_on("transport/play"));
  screen_.frames(10, 0.1);
  EXPECT_LT(seconds(), 401);
  screen_.key("Shift+Space");
  EXPECT_FALSE(screen_.desk().player.is_playing());
}

TEST_F(UiTransport, SpeedIsChosenOrTypedOrChangedByKeys) {
  ASSERT_EQ(screen_.label("transport/speed"), "1x");
  screen_.key(">");
  EXPECT_EQ(screen_.label("transport/speed"), "2x");
  screen_.key("<");
  screen_.key("<");
  EXPECT_EQ(screen_.label("transport/speed"), "0.5x");
  screen_.key("\\");
  EXPECT_EQ(screen_.label("transport/speed"), "1x");
  screen_.click("transport/speed");
  screen_.click("transport/speed/100x");
  EXPECT_EQ(screen_.desk().player.speed(), 100);
  screen_.click("transport/speed");
  screen_.enter("transport/speed/any", "fast");
  EXPECT_TRUE(screen_.shows("a speed is"));
  EXPECT_EQ(screen_.desk().player.speed(), 100);
  screen_.enter("transport/speed/any", "3.7");
  EXPECT_EQ(screen_.desk().player.speed(), 3.7);
  screen_.frames();
  EXPECT_FALSE(screen_.has("transport/speed/any"));
}

TEST_F(UiTransport, SkipsIdleTimeAndShowsIt) {
  ASSERT_FALSE(screen_.is_on("transport/skip-idle"));
  screen_.click("transport/skip-idle");
  EXPECT_TRUE(screen_.is_on("transport/skip-idle"));
  screen_.click("transport/play");
  screen_.frames(2);
  EXPECT_GE(seconds(), 99);
  EXPECT_TRUE(screen_.has("timeline/skipped"));
  EXPECT_TRUE(screen_.shows("skipped 1 min 40 s")) << screen_.label("timeline/skipped");
  screen_.key("Space");
  screen_.frames(40, 0.1);
  EXPECT_FALSE(screen_.has("timeline/skipped")) << "only for a while";
  screen_.key("I");
  EXPECT_FALSE(screen_.is_on("transport/skip-idle"));
}

TEST_F(UiTransport, RunsUntilWhatIsTyped) {
  screen_.key("U");
  screen_.type("5xx");
  screen_.key("Enter");
  screen_.frames(5);
  EXPECT_EQ(event(), EventId{19});
  EXPECT_EQ(screen_.view().selection.event, EventId{19});
  screen_.enter("transport/until", "hots:mx1");
  EXPECT_EQ(event(), EventId{19}) << "it makes no sense";
  screen_.hover("transport/until");
  EXPECT_TRUE(screen_.shows("host")) << "it says what would";
  screen_.desk().show_time(0);
  screen_.enter("transport/until", "250s");
  screen_.frames(5);
  EXPECT_EQ(seconds(), 250);
  screen_.enter("transport/until", "is:lost");
  screen_.frames(5);
  EXPECT_EQ(seconds(), 250);
  EXPECT_TRUE(screen_.shows("Nothing from here to the end fits"));
}

TEST_F(UiTransport, RunsUntilByAPresetAndByTheButton) {
  screen_.click("transport/until/presets");
  screen_.click("transport/until/preset/4xx");
  screen_.frames(5);
  EXPECT_EQ(event(), EventId{4});
  EXPECT_EQ(screen_.label("transport/until"), "4xx");
  screen_.desk().show_time(0);
  screen_.click("transport/until/go");
  screen_.frames(5);
  EXPECT_EQ(event(), EventId{4});
}

TEST_F(UiTransport, WhoPlaysStopsWhereItWasToRunUntil) {
  screen_.click("transport/until");
  screen_.type("is:fault");
  screen_.click("transport/play");
  screen_.desk().player.set_speed(10'000);
  screen_.frames(200);
  EXPECT_EQ(event(), EventId{5});
  EXPECT_FALSE(screen_.desk().player.is_playing());
}

TEST_F(UiTransport, LeavesOutWhatHasNoRoomAndNeverPlay) {
  for (const int width : {1920, 1280, 900, 640, 400}) {
    screen_.resize(width, 480);
    screen_.frames();
    EXPECT_TRUE(screen_.has("transport/play")) << width;
    EXPECT_EQ(screen_.has("transport/first"), width > 600) << width;
    EXPECT_EQ(screen_.collisions(), std::vector<std::string>()) << width;
  }
}

}  // namespace
}  // namespace mailroom::viz
