// SPDX-License-Identifier: GPL-2.0-only
// The pane with the sequence diagram, worked as a person works it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include "tests/support/temporary_folder.hpp"
#include "tests/viz/model/ladder_run.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

using tests::LadderRun;
constexpr std::int64_t kMs = LadderRun::kMs;
constexpr std::int64_t kS = LadderRun::kS;
constexpr std::int64_t kSecondSession = 932 * kS;  // somewhat behind its end

class UiLadder : public testing::Test {
 protected:
  static Settings settings() {
    Settings settings;
    settings.is_first_start = false;
    return settings;
  }
  void open(std::int64_t time_ns, trace::Level level = trace::Level::packets) {
    const auto path = folder_ / "run.mailroom";
    LadderRun::write(path, level);
    ASSERT_TRUE(screen_.open(path));
    screen_.desk().look([](View& v) { v.layout.maximized = "ladder"; });
    go(time_ns);
  }
  void go(std::int64_t time_ns) {
    screen_.desk().show_time(time_ns);
    screen_.frames(4);
  }
  // The name of the first row in sight with this text; empty: none.
  std::string row(std::string_view text) {
    for (const std::string& name : screen_.names("ladder/row/"))
      if (screen_.label(name).contains(text)) return name;
    return {};
  }
  std::string svg() {
    Svg svg({0, 0, 1400, 1000});
    screen_.desk().svg = &svg;
    screen_.desk().svg_pane = "ladder";
    screen_.frames(1);
    screen_.desk().svg = nullptr;
    return svg.finish({});
  }

  mailroom::tests::TemporaryFolder folder_;
  Screen screen_{1400, 1000, settings()};
};

TEST_F(UiLadder, ShowsTheNewestSessionOfTheMoment) {
  open(0);
  EXPECT_EQ(screen_.label("ladder/subject"), "Newest: nothing yet");
  EXPECT_TRUE(screen_.shows("No session has begun"));
  go(kS + 200 * kMs);
  EXPECT_EQ(screen_.label("ladder/subject"), "Newest: Session 1: north to south");
  EXPECT_NE(row("EHLO north.example"), "");
  go(kSecondSession);
  EXPECT_EQ(screen_.label("ladder/subject"), "Newest: Session 2: north to south");
  EXPECT_EQ(row("EHLO north.example"), "");
  EXPECT_NE(row("HELO north.example"), "");
}

TEST_F(UiLadder, AClickOnALineGoesToItsMomentAndChoosesIt) {
  open(kSecondSession);
  const trace::EventId before = screen_.desk().run->event();
  ASSERT_NE(row("MAIL FROM:"), "");
  ASSERT_FALSE(screen_.is_on(row("MAIL FROM:")));
  screen_.desk().player.play();
  screen_.click(row("MAIL FROM:"));
  EXPECT_LT(screen_.desk().run->event(), before);
  EXPECT_FALSE(screen_.desk().player.is_playing());
  EXPECT_EQ(screen_.view().selection.what, Selection::What::event);
  EXPECT_EQ(screen_.view().selection.event, screen_.desk().run->event());
  EXPECT_TRUE(screen_.is_on(row("MAIL FROM:")));
  EXPECT_EQ(screen_.view().selection.session.value, 2);
  EXPECT_NE(row("RCPT TO:"), "");  // what is to come is still to be seen
}

TEST_F(UiLadder, TheMomentsLineFollowsTime) {
  open(931 * kS + 200 * kMs);
  const float before = screen_.rect("ladder/moment").top;
  go(931 * kS + 300 * kMs);
  EXPECT_GT(screen_.rect("ladder/moment").top, before);
  screen_.key(",");
  const float back = screen_.rect("ladder/moment").top;
  EXPECT_LT(back, screen_.rect("ladder/body").bottom);
  const trace::EventId event = screen_.desk().run->event();
  screen_.key(".");
  EXPECT_GT(screen_.desk().run->event(), event);
  EXPECT_GT(screen_.rect("ladder/moment").top, back);
}

TEST_F(UiLadder, FollowsWhatIsChosenElsewhere) {
  open(kSecondSession);
  ASSERT_THAT(screen_.label("ladder/subject"), testing::HasSubstr("Session 2"));
  screen_.desk().select(trace::SessionId{1});
  screen_.frames(3);
  EXPECT_EQ(screen_.label("ladder/subject"), "Session 1: north to south");
  screen_.desk().look([](View& v) { v.followed = {1}; });
  screen_.frames(3);
  EXPECT_EQ(screen_.label("ladder/subject"), "Message 1 from isg@north.example");
  // An event of another conversation, chosen on the timeline.
  const auto refused = screen_.desk().run->reader().events({.kinds = {trace::Kind::connection_refused}});
  ASSERT_TRUE(refused);
  ASSERT_EQ(refused->size(), 1U);
  screen_.desk().select(refused->front());
  screen_.frames(3);
  EXPECT_EQ(screen_.label("ladder/subject"), "Connection 3: north to south");
  EXPECT_NE(row("refused (reset)"), "");
}

TEST_F(UiLadder, AnEventOfTheMessageShownDoesNotChangeToItsSession) {
  open(kSecondSession);
  screen_.desk().select(trace::MessageId{1});
  screen_.frames(3);
  ASSERT_THAT(screen_.label("ladder/subject"), testing::HasSubstr("Message 1"));
  screen_.click(screen_.names("ladder/row/").back());  // here
  EXPECT_THAT(screen_.label("ladder/subject"), testing::HasSubstr("Message 1"));
  const auto sent = screen_.desk().run->reader().events({.kinds = {trace::Kind::command_sent}, .limit = 1});
  ASSERT_TRUE(sent);
  ASSERT_EQ(sent->front().session.value, 1);
  screen_.desk().select(sent->front());  // elsewhere
  screen_.frames(3);
  EXPECT_THAT(screen_.label("ladder/subject"), testing::HasSubstr("Message 1"));
}

TEST_F(UiLadder, TheChooserOffersSessionsAndMessages) {
  open(kSecondSession);
  screen_.click("ladder/subject");
  screen_.click("ladder/subject/Message 1 from isg@north.example");
  EXPECT_EQ(screen_.label("ladder/subject"), "Message 1 from isg@north.example");
  go(kS + 10 * kMs);
  EXPECT_EQ(screen_.label("ladder/subject"), "Message 1 from isg@north.example");  // stays
  screen_.click("ladder/subject");
  screen_.click("ladder/subject/Newest: Message 1 from isg@north.example");
  EXPECT_THAT(screen_.label("ladder/subject"), testing::StartsWith("Newest"));
}

TEST_F(UiLadder, EachLineIsExplainedWhereTheMouseRests) {
  open(kSecondSession);
  ASSERT_FALSE(screen_.shows("reverse path"));
  screen_.hover(row("MAIL FROM:"));
  EXPECT_TRUE(screen_.shows("reverse path"));
  EXPECT_TRUE(screen_.shows("RFC 5321 §4.1.1.2"));
  EXPECT_TRUE(screen_.shows("10 ms later"));
  screen_.hover(row("354 "));
  EXPECT_TRUE(screen_.shows("positive intermediate"));
}

TEST_F(UiLadder, TrueTimeNamesAndSegmentsAreSwitches) {
  open(kSecondSession);
  screen_.desk().select(trace::MessageId{1});
  screen_.frames(3);
  screen_.wheel(screen_.rect("ladder/body").center(), 100);
  ASSERT_EQ(row("MX south.example"), "");
  screen_.click("ladder/names");
  screen_.wheel(screen_.rect("ladder/body").center(), 100);
  EXPECT_NE(row("MX south.example"), "");
  EXPECT_TRUE(screen_.is_on("ladder/names"));
  ASSERT_EQ(row("SYN seq 0"), "");
  screen_.click("ladder/segments");
  screen_.wheel(screen_.rect("ladder/body").center(), 100);
  EXPECT_NE(row("SYN seq 0"), "");
  const Rect before = screen_.rect(row("220 south"));
  screen_.click("ladder/true-time");
  screen_.wheel(screen_.rect("ladder/body").center(), 100);
  EXPECT_TRUE(screen_.is_on("ladder/true-time"));
  EXPECT_NE(row("220 south").empty() ? Rect{} : screen_.rect(row("220 south")), before);
}

TEST_F(UiLadder, SaysThatARunHasNoSegments) {
  open(kSecondSession, trace::Level::full);
  ASSERT_FALSE(screen_.shows("--record packets"));
  screen_.click("ladder/segments");
  EXPECT_TRUE(screen_.shows("--record packets"));
}

TEST_F(UiLadder, RowsGetHigherByButtonsAndWheel) {
  open(kSecondSession);
  const auto high = [&] {
    return screen_.desk().ui.registry.find(row("QUIT").empty() ? "ladder/row/2" : row("QUIT"))->rect.height();
  };
  const float before = high();
  screen_.click("ladder/zoom-in");
  EXPECT_GT(high(), before);
  screen_.click("ladder/zoom-out");
  EXPECT_NEAR(high(), before, 0.5);
  ImGui::GetIO().KeyCtrl = true;
  screen_.wheel(screen_.rect("ladder/body").center(), -3);
  ImGui::GetIO().KeyCtrl = false;
  EXPECT_LT(high(), before);
}

TEST_F(UiLadder, AColumnIsDrawnWiderByItsGrip) {
  open(kSecondSession);
  const auto apart = [&] {
    return screen_.desk().ui.registry.find("ladder/lane/south")->rect.center().x -
           screen_.rect("ladder/lane/north").center().x;
  };
  const float before = apart();
  const Point grip = screen_.rect("ladder/grip/1").center();
  screen_.drag(grip, {grip.x - 60, grip.y});
  EXPECT_LT(apart(), before - 40);
  screen_.double_click("ladder/grip/1");
  EXPECT_NEAR(apart(), before, 2);
}

TEST_F(UiLadder, ALaneChoosesItsHost) {
  open(kSecondSession);
  ASSERT_NE(screen_.view().selection.what, Selection::What::host);
  screen_.click("ladder/lane/south");
  EXPECT_EQ(screen_.view().selection.what, Selection::What::host);
  EXPECT_EQ(screen_.view().selection.host, LadderRun::kSouth);
  EXPECT_THAT(screen_.label("ladder/subject"), testing::HasSubstr("Session 2"));
}

TEST_F(UiLadder, CopiesWhatTheLectureWouldWrite) {
  open(kSecondSession);
  ImGui::SetClipboardText("");
  screen_.click("ladder/copy");
  const std::string text = ImGui::GetClipboardText();
  EXPECT_THAT(text, testing::HasSubstr("C: HELO north.example\nS: 250 south.example\n"));
  EXPECT_THAT(text, testing::HasSubstr("S: 221 "));
}

TEST_F(UiLadder, WhatComesLaterIsHiddenFromAClass) {
  open(931 * kS + 240 * kMs);
  ASSERT_NE(row("QUIT"), "");
  ASSERT_NE(row("HELO"), "");
  screen_.desk().edit("hide", [](View& v) { v.hides_answers = true; });
  screen_.frames(3);
  EXPECT_EQ(row("QUIT"), "");
  EXPECT_NE(row("HELO"), "");
  ImGui::SetClipboardText("");
  screen_.click("ladder/copy");
  EXPECT_THAT(ImGui::GetClipboardText(), testing::Not(testing::HasSubstr("QUIT")));
  EXPECT_THAT(ImGui::GetClipboardText(), testing::HasSubstr("HELO"));
}

TEST_F(UiLadder, ARightClickOffersWhatCanBeDoneWithALine) {
  open(kSecondSession);
  std::vector<Spot> spots;
  screen_.desk().context_menus.push_back([&](Desk&, const Spot& spot) { spots.push_back(spot); });
  ASSERT_FALSE(screen_.has("context/message"));
  screen_.click(row("RCPT TO:"), Screen::Button::right);
  ASSERT_FALSE(spots.empty());
  EXPECT_EQ(spots.back().what.what, Selection::What::event);
  EXPECT_EQ(spots.back().what.session.value, 2);
  EXPECT_EQ(spots.back().what.host, LadderRun::kNorth);
  EXPECT_NE(screen_.desk().run->event(), spots.back().what.event);
  screen_.click("context/message");
  EXPECT_THAT(screen_.label("ladder/subject"), testing::HasSubstr("Message 1"));
  screen_.click(row("message 1 is made"), Screen::Button::right);
  screen_.click("context/go");
  EXPECT_EQ(screen_.desk().time_ns(), kS);
}

TEST_F(UiLadder, AHiddenFaultIsNotTold) {
  open(kSecondSession);
  screen_.desk().select(trace::SessionId{1});
  screen_.frames(3);
  ASSERT_NE(row("fault: tcp north"), "");
  screen_.desk().hides_event = [](const trace::StoredEvent& event) { return static_cast<bool>(event.fault); };
  screen_.frames(3);
  EXPECT_EQ(row("fault: tcp north"), "");
  EXPECT_EQ(row("disturbed"), "");
  screen_.click("ladder/copy");
  EXPECT_THAT(ImGui::GetClipboardText(), testing::Not(testing::HasSubstr("cut")));
}

TEST_F(UiLadder, TheFilterDimsWhatItDoesNotLetThrough) {
  open(kSecondSession);
  const std::string all = svg();
  ASSERT_THAT(all, testing::HasSubstr("HELO north.example"));
  screen_.desk().edit("filter", [](View& v) { v.filter = "reply:354"; });
  screen_.frames(2);
  const std::string dimmed = svg();
  EXPECT_THAT(dimmed, testing::HasSubstr("HELO north.example"));  // still there
  EXPECT_NE(dimmed, all);
  screen_.desk().edit("filter", [](View& v) { v.filter.clear(); });
  screen_.frames(2);
  EXPECT_EQ(svg(), all);
}

TEST_F(UiLadder, GrowsWithALiveRun) {
  const auto path = folder_ / "live.mailroom";
  auto writer = trace::RunFileWriter::create(path, LadderRun::header(trace::Level::full));
  ASSERT_TRUE(writer);
  trace::Recorder recorder(**writer, trace::Level::full);
  const auto say = [&](trace::Event event) {
    event.connection = {1};
    event.session = {1};
    recorder.set_time(recorder.time_ns() + kS / 10);
    recorder.context.event = recorder.record(event);
    (*writer)->commit();
  };
  say({.kind = trace::Kind::session_opened, .host = {1}, .text = "SMTP sender"});
  say({.kind = trace::Kind::command_sent, .host = {1}, .text = "NOOP first"});
  ASSERT_TRUE(screen_.open(path));
  screen_.desk().bring_to_front("bottom-left", "ladder");
  screen_.desk().select(trace::SessionId{1});
  ASSERT_TRUE(screen_.until([&] { return !row("NOOP first").empty(); }));
  ASSERT_EQ(row("NOOP second"), "");
  say({.kind = trace::Kind::command_sent, .host = {1}, .text = "NOOP second"});
  EXPECT_TRUE(screen_.until([&] { return !row("NOOP second").empty(); }));
}

TEST_F(UiLadder, NoTextLiesOverAnotherWhateverIsShown) {
  open(0);
  for (const auto& [width, height] : {std::pair{1400, 1000}, {640, 480}, {900, 700}}) {
    screen_.resize(width, height);
    for (const std::int64_t time_ns : {kS + 100 * kMs, 20 * kS, 931 * kS + 250 * kMs, 1001 * kS}) {
      go(time_ns);
      screen_.desk().select(trace::MessageId{1});
      screen_.frames(3);
      EXPECT_THAT(screen_.collisions(), testing::IsEmpty()) << width << " at " << time_ns;
      screen_.desk().commands.run("ladder/true-time", screen_.desk());
      screen_.frames(3);
      EXPECT_THAT(screen_.collisions(), testing::IsEmpty()) << width << " in true time at " << time_ns;
      screen_.desk().commands.run("ladder/true-time", screen_.desk());
      screen_.desk().select(trace::SessionId{1});
      screen_.frames(3);
      EXPECT_THAT(screen_.collisions(), testing::IsEmpty()) << width << " of a session at " << time_ns;
    }
  }
}

}  // namespace
}  // namespace mailroom::viz
