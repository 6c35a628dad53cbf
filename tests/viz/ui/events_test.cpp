// SPDX-License-Identifier: GPL-2.0-only
// The list of events, worked as a person works it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include "tests/support/temporary_folder.hpp"
#include "tests/viz/model/ladder_run.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

using tests::LadderRun;
constexpr std::int64_t kS = LadderRun::kS;

class UiEvents : public testing::Test {
 protected:
  static Settings settings() {
    Settings settings;
    settings.is_first_start = false;
    return settings;
  }
  void SetUp() override {
    const auto path = folder_ / "run.mailroom";
    LadderRun::write(path);
    ASSERT_TRUE(screen_.open(path));
    screen_.desk().look([](View& v) { v.layout.maximized = "events"; });
    go(0);
  }
  void go(std::int64_t time_ns) {
    screen_.desk().show_time(time_ns);
    screen_.frames(4);
  }
  void filter(std::string_view text) {
    screen_.desk().edit("filter", [&](View& v) { v.filter = text; });
    screen_.frames(3);
  }
  std::string row(std::string_view text) {
    for (const std::string& name : screen_.names("events/row/"))
      if (screen_.label(name).contains(text)) return name;
    return {};
  }
  // The row that is marked as the last that has happened.
  std::string now() {
    for (const std::string& name : screen_.names("events/row/"))
      if (screen_.is_on(name)) return name;
    return {};
  }

  mailroom::tests::TemporaryFolder folder_;
  Screen screen_{1280, 800, settings()};
};

TEST_F(UiEvents, ShowsTheEventsAndWhereTheMomentIs) {
  EXPECT_TRUE(screen_.has("events/row/0"));
  EXPECT_EQ(now(), "events/row/0");
  EXPECT_TRUE(screen_.shows("run.began"));
  go(kS);
  EXPECT_NE(now(), "events/row/0");
  EXPECT_NE(now(), "");
  go(1001 * kS);  // far down: the list follows
  EXPECT_FALSE(screen_.has("events/row/0"));
  EXPECT_NE(now(), "");
}

TEST_F(UiEvents, AClickGoesThereAndChoosesIt) {
  screen_.desk().player.play();
  ASSERT_NE(screen_.desk().run->event().value, 4);
  screen_.click("events/row/3");
  EXPECT_EQ(screen_.desk().run->event(), screen_.desk().run->index().rows.id(3));
  EXPECT_EQ(screen_.view().selection.event, screen_.desk().run->event());
  EXPECT_FALSE(screen_.desk().player.is_playing());
  EXPECT_EQ(now(), "events/row/3");
}

TEST_F(UiEvents, KeysMoveThroughItWhileItIsWhatWasClickedLast) {
  screen_.click("events/row/3");
  screen_.key("Down");
  EXPECT_EQ(now(), "events/row/4");
  screen_.key("Up");
  screen_.key("Up");
  EXPECT_EQ(now(), "events/row/2");
}

TEST_F(UiEvents, TheFilterLeavesOnlyWhatItLetsThrough) {
  ASSERT_TRUE(screen_.shows("run.began"));
  filter("reply:5xx");
  EXPECT_FALSE(screen_.shows("run.began"));
  EXPECT_TRUE(screen_.shows("x "));
  const auto rows = screen_.names("events/row/");
  EXPECT_EQ(rows.size(), 3U);  // 550 sent, 550 received, and the copy that bounces for it
  screen_.click(rows[0]);
  EXPECT_EQ(screen_.desk().run->world().last_event, screen_.desk().run->event());
  const trace::EventId first = screen_.desk().run->event();
  screen_.key("Down");
  EXPECT_GT(screen_.desk().run->event(), first);
  EXPECT_EQ(now(), "events/row/1");
  filter("rcpt:nobody");
  EXPECT_TRUE(screen_.names("events/row/").empty());
  EXPECT_TRUE(screen_.shows("No event passes the filter."));
  filter("");
  EXPECT_TRUE(screen_.names("events/row/").size() > 3);
}

TEST_F(UiEvents, ScrollsByWheelAndByItsBar) {
  screen_.wheel(screen_.rect("events/row/2").center(), -2);
  EXPECT_FALSE(screen_.has("events/row/0"));
  EXPECT_TRUE(screen_.has("events/row/6"));
  const Rect bar = screen_.rect("events/scroll");
  screen_.drag({bar.center().x, bar.top + 3}, {bar.center().x, bar.bottom - 1});
  const std::int64_t last = screen_.desk().run->index().rows.size() - 1;
  EXPECT_TRUE(screen_.has("events/row/" + std::to_string(last)));
}

TEST_F(UiEvents, TimesAreOfTheRunOrSinceTheOneBeforeOrOfTheDay) {
  go(kS);
  ASSERT_TRUE(screen_.shows("0:00:01.000"));
  screen_.click("events/time");
  screen_.click("events/time/Since the one before");
  EXPECT_TRUE(screen_.shows("+10 ms"));
  EXPECT_FALSE(screen_.shows("0:00:01.000"));
  screen_.click("events/time");
  screen_.click("events/time/Time of day");
  EXPECT_TRUE(screen_.shows("12:00:01.000"));  // the epoch is noon
}

TEST_F(UiEvents, ColumnsAreDrawnWider) {
  const float before = screen_.rect("events/grip/0").center().x;
  const Point grip = screen_.rect("events/grip/0").center();
  screen_.drag(grip, {grip.x + 50, grip.y});
  EXPECT_NEAR(screen_.rect("events/grip/0").center().x, before + 50, 3);
}

TEST_F(UiEvents, CopiesAsCsv) {
  filter("kind:copy.delivered");
  ImGui::SetClipboardText("");
  screen_.click("events/copy");
  const std::string text = ImGui::GetClipboardText();
  EXPECT_THAT(text, testing::StartsWith("time_s,event,host,kind,text\r\n1."));
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
  EXPECT_THAT(text, testing::HasSubstr(",south,copy.delivered,"));
}

TEST_F(UiEvents, WhatComesLaterIsHiddenFromAClass) {
  go(kS);
  const std::int64_t all = std::ssize(screen_.names("events/row/"));
  screen_.desk().edit("hide", [](View& v) { v.hides_answers = true; });
  screen_.frames(3);
  const std::int64_t happened = screen_.desk().run->index().rows.rows_up_to(screen_.desk().run->event());
  ASSERT_LT(happened, all);
  EXPECT_EQ(std::ssize(screen_.names("events/row/")), happened);
  EXPECT_TRUE(screen_.shows("what comes later is hidden"));
}

TEST_F(UiEvents, ARightClickOffersWhatCanBeDoneWithIt) {
  filter("kind:command.sent text:HELO");
  ASSERT_FALSE(screen_.has("context/session"));
  screen_.click("events/row/0", Screen::Button::right);
  ASSERT_TRUE(screen_.has("context/follow"));
  screen_.click("context/follow");
  EXPECT_EQ(screen_.view().followed.value, 1);
  screen_.click("events/row/0", Screen::Button::right);
  screen_.click("context/filter");
  EXPECT_EQ(screen_.view().filter, "msg:1");
  screen_.key("Ctrl+Z");
  EXPECT_EQ(screen_.view().filter, "kind:command.sent text:HELO");
}

TEST_F(UiEvents, AHiddenFaultIsNotTold) {
  filter("fault:1");
  ASSERT_TRUE(screen_.shows("fault.began"));
  screen_.desk().hides_event = [](const trace::StoredEvent& event) { return static_cast<bool>(event.fault); };
  screen_.frames(3);
  EXPECT_FALSE(screen_.shows("fault.began"));
  EXPECT_FALSE(screen_.shows("cut"));
  EXPECT_TRUE(screen_.shows("hidden"));
  screen_.click("events/copy");
  EXPECT_THAT(ImGui::GetClipboardText(), testing::Not(testing::HasSubstr("cut")));
}

TEST_F(UiEvents, NoTextLiesOverAnother) {
  for (const auto& [width, height] : {std::pair{1280, 800}, {640, 480}}) {
    screen_.resize(width, height);
    for (const std::int64_t time_ns : {std::int64_t{0}, kS, 931 * kS, 1001 * kS}) {
      go(time_ns);
      EXPECT_FALSE(screen_.names("events/row/").empty());
      EXPECT_THAT(screen_.collisions(), testing::IsEmpty()) << width;
    }
  }
}

}  // namespace
}  // namespace mailroom::viz
