// SPDX-License-Identifier: GPL-2.0-only
#include <gtest/gtest.h>

#include <imgui.h>

#include "tests/support/temporary_folder.hpp"
#include "tests/viz/ui/screen.hpp"
#include "tests/viz/ui/time_run.hpp"

namespace mailroom::viz {
namespace {

using tests::kSecond_ns;
using tests::used_before;
using trace::EventId;

class UiTimeline : public testing::Test {
 protected:
  UiTimeline() {
    tests::write_time_run(folder_ / "run.mailroom");
    EXPECT_TRUE(screen_.open(folder_ / "run.mailroom"));
    screen_.desk().show_time(0);
    screen_.frames();
  }
  double seconds() { return static_cast<double>(screen_.desk().time_ns()) / 1e9; }
  EventId event() { return screen_.desk().run->event(); }
  // A place on the track where it is `share` of its width, in the lane of deliveries or lower.
  Point on_track(float share, float down = 0.7f) {
    const Rect track = screen_.rect("timeline/track");
    return {track.left + share * track.width(), track.top + down * track.height()};
  }
  std::string mark(std::string_view name) {
    const auto names = screen_.names("timeline/mark/" + std::string(name) + "/");
    return names.empty() ? std::string() : names.front();
  }
  float cursor_x() { return screen_.rect("timeline/cursor").center().x; }

  tests::TemporaryFolder folder_;
  Screen screen_{1280, 800, used_before()};
};

TEST_F(UiTimeline, ShowsWhatHappenedWhereItHappened) {
  EXPECT_NE(mark("delivered"), "");
  EXPECT_NE(mark("deferred"), "");
  EXPECT_NE(mark("bounced"), "");
  EXPECT_EQ(mark("lost"), "");
  EXPECT_TRUE(screen_.has("timeline/fault/1"));
  const Rect track = screen_.rect("timeline/track");
  const auto share = [&](const std::string& name) {
    return (screen_.rect(name).center().x - track.left) / track.width();
  };
  EXPECT_NEAR(share(mark("deferred")), 0.2, 0.01);
  EXPECT_NEAR(share(mark("delivered")), 0.6, 0.01);
  EXPECT_NEAR(share(mark("bounced")), 0.9, 0.01);
  EXPECT_NEAR(share("timeline/fault/1"), 0.4, 0.01);
  EXPECT_NEAR(screen_.rect("timeline/fault/1").width() / track.width(), 0.2, 0.01)
      << "as long as it was in force";
  EXPECT_EQ(screen_.collisions(), std::vector<std::string>());
}

TEST_F(UiTimeline, AClickOnAMarkShowsAndSelectsIt) {
  ASSERT_EQ(event(), EventId{1});
  screen_.click(mark("bounced"));
  EXPECT_EQ(event(), EventId{19});
  EXPECT_EQ(screen_.view().selection.what, Selection::What::event);
  EXPECT_EQ(screen_.view().selection.event, EventId{19});
  EXPECT_EQ(screen_.view().selection.message, trace::MessageId{2});
  screen_.click("timeline/fault/1");
  EXPECT_EQ(event(), EventId{5});
  EXPECT_EQ(screen_.view().selection.fault, trace::FaultId{1});
}

TEST_F(UiTimeline, SaysWhatAMarkIs) {
  screen_.hover(mark("deferred"));
  EXPECT_TRUE(screen_.shows("try again later"));
  EXPECT_TRUE(screen_.shows("message 1 at mx1"));
  screen_.hover("timeline/fault/1");
  EXPECT_TRUE(screen_.shows("link mx1-mx2 down"));
}

TEST_F(UiTimeline, MergesMarksThatAreTooCloseAndCountsThem) {
  // Zoomed out as far as it goes nothing is merged; a window so narrow merges.
  EXPECT_EQ(screen_.label(mark("bounced")), "1");
  screen_.resize(200, 480);
  screen_.frames();
  const std::string merged = mark("deferred") + mark("bounced");
  EXPECT_NE(merged, "");
  EXPECT_EQ(screen_.collisions(), std::vector<std::string>());
}

TEST_F(UiTimeline, ScrubsByDragging) {
  const float before = cursor_x();
  screen_.drag(on_track(0.30f, 0.9f), on_track(0.75f, 0.9f));
  EXPECT_NEAR(seconds(), 750, 2);
  EXPECT_GT(cursor_x(), before + 100);
  const std::int64_t there = screen_.desk().time_ns();
  screen_.drag({cursor_x(), on_track(0, 0.9f).y}, on_track(0.45f, 0.9f));
  EXPECT_NEAR(seconds(), 450, 2);
  EXPECT_NE(screen_.desk().time_ns(), there);
  EXPECT_EQ(event(), EventId{5});
}

TEST_F(UiTimeline, ZoomsAroundThePointerAndFitsAgain) {
  const Rect wide = screen_.rect("timeline/fault/1");
  const Point at = on_track(0.4f, 0.9f);
  screen_.wheel(at, 3);
  const Rect zoomed = screen_.rect("timeline/fault/1");
  EXPECT_GT(zoomed.width(), wide.width() * 1.5f);
  EXPECT_NEAR(zoomed.center().x, wide.center().x, 3) << "what is under the pointer stays";
  EXPECT_EQ(seconds(), 0);
  screen_.key("Shift+T");
  EXPECT_NEAR(screen_.rect("timeline/fault/1").width(), wide.width(), 1);
  screen_.wheel(at, 3);
  ASSERT_GT(screen_.rect("timeline/fault/1").width(), wide.width() * 1.5f);
  screen_.double_click_at(at);
  EXPECT_NEAR(screen_.rect("timeline/fault/1").width(), wide.width(), 1);
  EXPECT_EQ(seconds(), 0) << "a double click goes nowhere";
}

TEST_F(UiTimeline, PansWithTheRightAndTheMiddleButton) {
  screen_.wheel(on_track(0.4f, 0.9f), 4);
  for (const auto button : {Screen::Button::right, Screen::Button::middle}) {
    const float before = screen_.rect("timeline/fault/1").center().x;
    screen_.drag(on_track(0.5f, 0.9f), on_track(0.55f, 0.9f), button);
    EXPECT_GT(screen_.rect("timeline/fault/1").center().x, before + 20);
  }
  EXPECT_EQ(seconds(), 0);
  // A right click without a drag is a menu.
  screen_.click_at(on_track(0.5f, 0.9f), Screen::Button::right);
  ASSERT_TRUE(screen_.has("timeline/menu/show"));
  screen_.click("timeline/menu/show");
  EXPECT_GT(seconds(), 100);
}

TEST_F(UiTimeline, ChoosesAnAreaByShiftAndTakesItBack) {
  ASSERT_FALSE(screen_.view().range);
  screen_.drag(on_track(0.25f, 0.9f), on_track(0.65f, 0.9f), Screen::Button::left, true);
  ASSERT_TRUE(screen_.view().range);
  EXPECT_NEAR(static_cast<double>(screen_.view().range->from_ns) / 1e9, 250, 2);
  EXPECT_NEAR(static_cast<double>(screen_.view().range->until_ns) / 1e9, 650, 2);
  EXPECT_TRUE(screen_.has("timeline/area"));
  EXPECT_EQ(seconds(), 0);
  const Rect wide = screen_.rect("timeline/fault/1");
  screen_.key("Shift+A");
  EXPECT_GT(screen_.rect("timeline/fault/1").width(), wide.width() * 2);
  screen_.key("Shift+Escape");
  EXPECT_FALSE(screen_.view().range);
  screen_.key("Ctrl+Z");
  EXPECT_TRUE(screen_.view().range);
}

TEST_F(UiTimeline, NotesStandOverItAndCanBeDragged) {
  screen_.desk().edit("notes", [](View& v) {
    v.notes = {{.time_ns = 200 * kSecond_ns, .text = "first"},
               {.time_ns = 700 * kSecond_ns, .text = "second"}};
  });
  screen_.frames();
  ASSERT_TRUE(screen_.has("timeline/note/1"));
  EXPECT_TRUE(screen_.shows("second"));
  screen_.click("timeline/note/2");
  EXPECT_EQ(seconds(), 700);
  const Point from = screen_.rect("timeline/note/1").center();
  screen_.drag(from, {from.x + screen_.rect("timeline/track").width() * 0.6f, from.y});
  ASSERT_EQ(screen_.view().notes.size(), 2U);
  EXPECT_EQ(screen_.view().notes[0].text, "second") << "in the order of their times";
  EXPECT_NEAR(static_cast<double>(*screen_.view().notes[1].time_ns) / 1e9, 800, 3);
  EXPECT_EQ(seconds(), 700) << "the moment shown is not dragged with it";
  screen_.key("Ctrl+Z");
  EXPECT_EQ(screen_.view().notes[0].text, "first") << "one undo for the whole drag";
  EXPECT_EQ(screen_.view().notes[0].time_ns, 200 * kSecond_ns);
}

TEST_F(UiTimeline, HidesWhatComesAfterTheMomentShown) {
  screen_.desk().show_time(400 * kSecond_ns);
  screen_.frames();
  ASSERT_NE(mark("bounced"), "");
  const float before = screen_.rect("timeline/fault/1").width();
  screen_.key("H");
  screen_.frames();
  EXPECT_EQ(mark("bounced"), "");
  EXPECT_EQ(mark("delivered"), "");
  EXPECT_NE(mark("deferred"), "");
  EXPECT_NEAR(screen_.rect("timeline/fault/1").width(), before / 2, 2) << "nor how long it will last";
  screen_.desk().hides_event = [](const trace::StoredEvent& one) { return one.fault == trace::FaultId{1}; };
  screen_.frames();
  EXPECT_FALSE(screen_.has("timeline/fault/1")) << "a mystery";
}

TEST_F(UiTimeline, FollowsTheCursorWhenItLeavesThePicture) {
  screen_.wheel(on_track(0.1f, 0.9f), 12);
  screen_.desk().player.set_speed(1000);
  screen_.key("Space");
  screen_.frames(20, 0.05);
  EXPECT_GT(seconds(), 500);
  EXPECT_TRUE(screen_.has("timeline/cursor"));
}

TEST_F(UiTimeline, StandsInEveryThemeSizeAndScaleWithoutCollisions) {
  for (const int width : {300, 640, 1280, 2560}) {
    for (const float scale : {0.75f, 1.0f, 2.0f, 3.0f}) {
      screen_.resize(width, 800);
      screen_.desk().settings.scale = scale;
      screen_.frames();
      EXPECT_EQ(screen_.collisions(), std::vector<std::string>()) << width << " " << scale;
    }
  }
}

}  // namespace
}  // namespace mailroom::viz
