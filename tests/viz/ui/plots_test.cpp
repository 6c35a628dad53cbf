// SPDX-License-Identifier: GPL-2.0-only
// The pane of plots, by the mouse: tabs, values, zoom, ranges of time, the way to an event, two runs.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include <chrono>
#include <thread>

#include "tests/viz/model/hand_made_run.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using trace::Kind;

// Messages 1, 2, … delivered after so many seconds, composed 100 s apart; queued meanwhile.
void deliver(HandMadeRun& run, const std::vector<double>& delays_s) {
  const auto session = run.session();
  for (std::size_t i = 0; i < delays_s.size(); ++i) {
    const double begin = 100 * static_cast<double>(i + 1);
    run.at(begin);
    const auto message = run.compose(1, 1000, fmt::format("<{}@example>", i + 1));
    run.queue(message, 1);
    const auto copy = run.create(message, 1, {}, i % 2 == 0 ? "bob@example" : "carol@example");
    run.reply(session, i % 2 == 0 ? 250 : 451);
    run.at(begin + delays_s[i]);
    run.end(copy, Kind::copy_delivered, message, 1);
    run.unqueue(message, 1);
  }
}

class UiPlots : public testing::Test {
 protected:
  UiPlots() : screen_(1600, 1000, settings()) {
    deliver(run_, {10, 20, 30, 40});
    run_.finish();
  }
  static Settings settings() {
    Settings settings;
    settings.is_first_start = false;
    settings.layout.bottom = 0.5f;
    return settings;
  }
  void open() {
    ASSERT_TRUE(screen_.open(run_.path()));
    screen_.desk().commands.run("plots/delay", screen_.desk());
    settle();
  }
  void settle() {
    screen_.frames(3);
    for (int i = 0; i < 1000 && screen_.app().is_busy(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      screen_.frames(1);
    }
    screen_.frames(2);
    ASSERT_FALSE(screen_.app().is_busy());
  }
  std::string statistic(const std::string& name) {
    const auto* item = screen_.desk().ui.registry.find("plots/" + name);
    return item != nullptr ? item->label : "not there";
  }
  // A point of a chart, in shares of its inside from the left and from the top.
  Point in(const std::string& chart, float x, float y) {
    const Rect rect = screen_.rect("plots/" + chart + "/plot");
    return {rect.left + x * rect.width(), rect.top + y * rect.height()};
  }

  HandMadeRun run_;
  Screen screen_;
};

TEST_F(UiPlots, ShowsEachPlotByItsTab) {
  open();
  EXPECT_TRUE(screen_.has("plots/delay/plot"));
  EXPECT_EQ(statistic("delay/statistic/n"), "4");
  EXPECT_EQ(statistic("delay/statistic/median"), "20 s");
  EXPECT_EQ(statistic("delay/statistic/max"), "40 s");
  for (const auto& [tab, chart] : {std::pair("queue", "queue"), std::pair("replies", "replies"), std::pair("hops", "hops"),
                                   std::pair("throughput", "octets"), std::pair("delay", "delay")}) {
    const std::string place = fmt::format("plots/{}/plot", chart);
    EXPECT_FALSE(tab != std::string("delay") && screen_.has(place)) << tab;
    screen_.click(fmt::format("plots/tab/{}", tab));
    screen_.frames(3);
    EXPECT_TRUE(screen_.is_on(fmt::format("plots/tab/{}", tab)));
    EXPECT_TRUE(screen_.has(place)) << tab;
    EXPECT_THAT(screen_.collisions(), IsEmpty()) << tab;
  }
}

TEST_F(UiPlots, CountOnlyWhatTheFilterLetsThrough) {
  open();
  EXPECT_EQ(statistic("delay/statistic/n"), "4");
  screen_.desk().look([](View& v) { v.filter = "rcpt:bob"; });
  settle();
  EXPECT_EQ(statistic("delay/statistic/n"), "2");
  EXPECT_TRUE(screen_.shows("only rcpt:bob"));
}

TEST_F(UiPlots, AValueStandsUnderTheMouse) {
  open();
  EXPECT_FALSE(screen_.label("plots/delay/legend/deliveries").ends_with("0.75"));
  // 40 s are the whole width.
  screen_.move_to(in("delay", 0.8f, 0.5f));
  screen_.frames(2);
  EXPECT_EQ(screen_.label("plots/delay/legend/deliveries"), "deliveries  0.75");
}

TEST_F(UiPlots, AClickOnAPointGoesToItsMessage) {
  open();
  screen_.desk().show_time(0);
  ASSERT_FALSE(screen_.view().selection.message);
  screen_.click_at(in("delay", 0.5f, 0.5f));  // 20 s, a half
  EXPECT_EQ(screen_.view().selection.message.value, 2);
  EXPECT_EQ(screen_.desk().time_ns(), 220 * kSecond);
}

TEST_F(UiPlots, AnAreaOfTheDelaysIsZoomedIntoAndADoubleClickFits) {
  open();
  EXPECT_FALSE(screen_.is_enabled("plots/fit"));
  screen_.drag(in("delay", 0.25f, 0.5f), in("delay", 0.75f, 0.5f));
  screen_.frames(2);
  EXPECT_TRUE(screen_.is_enabled("plots/fit"));
  // From 10 s to 30 s now: the middle is 20 s.
  screen_.move_to(in("delay", 0.45f, 0.9f));
  screen_.frames(2);
  EXPECT_EQ(screen_.label("plots/delay/legend/deliveries"), "deliveries  0.25");
  EXPECT_FALSE(screen_.view().range) << "a delay is no time of the run";
  screen_.double_click_at(in("delay", 0.5f, 0.8f));
  screen_.frames(2);
  EXPECT_FALSE(screen_.is_enabled("plots/fit"));
}

TEST_F(UiPlots, AnAreaOfTimeIsTheRangeOfAll) {
  open();
  screen_.click("plots/tab/queue");
  settle();
  ASSERT_FALSE(screen_.view().range);
  screen_.drag(in("queue", 0.02f, 0.5f), in("queue", 0.5f, 0.6f));
  settle();
  ASSERT_TRUE(screen_.view().range);
  EXPECT_NEAR(static_cast<double>(screen_.view().range->until_ns), 220e9, 2e9);
  screen_.click("plots/tab/delay");
  settle();
  EXPECT_THAT(statistic("delay/statistic/n"), testing::AnyOf("1", "2"));
  screen_.desk().undo();
  settle();
  EXPECT_FALSE(screen_.view().range);
  EXPECT_EQ(statistic("delay/statistic/n"), "4");
}

TEST_F(UiPlots, AClickOnTheTimeGoesThereAndTheMomentIsMarked) {
  open();
  screen_.click("plots/tab/queue");
  settle();
  screen_.desk().show_time(0);
  screen_.frames(2);
  const float before = screen_.rect("plots/queue/now").center().x;
  screen_.click_at(in("queue", 0.37f, 0.05f));
  screen_.frames(2);
  EXPECT_NEAR(static_cast<double>(screen_.desk().time_ns()), 0.37 * 440e9, 3e9);
  EXPECT_GT(screen_.rect("plots/queue/now").center().x, before + 20);
}

TEST_F(UiPlots, AxesAreLinearOrLogarithmic) {
  open();
  EXPECT_FALSE(screen_.is_on("plots/log-x"));
  screen_.click("plots/log-x");
  EXPECT_TRUE(screen_.is_on("plots/log-x"));
  // From 10 s to 40 s by powers: the middle is 20 s.
  screen_.move_to(in("delay", 0.45f, 0.95f));
  screen_.frames(2);
  EXPECT_EQ(screen_.label("plots/delay/legend/deliveries"), "deliveries  0.25");
  screen_.click("plots/log-y");
  EXPECT_TRUE(screen_.is_on("plots/log-y"));
  EXPECT_THAT(screen_.collisions(), IsEmpty());
  screen_.click("plots/tab/hops");
  EXPECT_FALSE(screen_.is_enabled("plots/log-x"));
}

TEST_F(UiPlots, ALegendHidesItsSeries) {
  HandMadeRun two;
  two.at(1);
  const auto message = two.compose(1);
  two.queue(message, 1);
  two.queue(message, 2);
  two.at(9);
  two.unqueue(message, 1);
  two.finish();
  ASSERT_TRUE(screen_.open(two.path()));
  screen_.desk().commands.run("plots/queue", screen_.desk());
  settle();
  EXPECT_TRUE(screen_.is_on("plots/queue/legend/h1"));
  screen_.click("plots/queue/legend/h1");
  screen_.frames(2);
  EXPECT_FALSE(screen_.is_on("plots/queue/legend/h1"));
  EXPECT_TRUE(screen_.is_on("plots/queue/legend/h2"));
}

TEST_F(UiPlots, ABarGoesToTheFirstThatItCounts) {
  open();
  screen_.click("plots/tab/replies");
  settle();
  EXPECT_EQ(screen_.label("plots/replies/bar/451"), "2");
  screen_.click("plots/replies/bar/451");
  EXPECT_EQ(screen_.desk().time_ns(), 200 * kSecond);
}

TEST_F(UiPlots, NumbersGoToTheClipboard) {
  open();
  ImGui::SetClipboardText("");
  screen_.click("plots/copy");
  EXPECT_THAT(ImGui::GetClipboardText(), HasSubstr("series,delay (s),share of deliveries,message,event\r\n"
                                                   "deliveries,10,0.25,1,"));
}

TEST_F(UiPlots, TwoRunsLieOverEachOtherWithATableOfDifferences) {
  HandMadeRun b;
  deliver(b, {10, 25, 30});
  b.finish();
  open();
  screen_.click("plots/tab/compare");
  screen_.frames(2);
  EXPECT_TRUE(screen_.has("plots/open-b"));
  ASSERT_TRUE(screen_.desk().open_to_compare(b.path()));
  settle();
  EXPECT_FALSE(screen_.has("plots/open-b"));
  EXPECT_TRUE(screen_.has("plots/compare-delay/plot"));
  EXPECT_TRUE(screen_.shows("later 1, same 2; delivered only in A 1"));
  // What ended differently comes first, then the greatest difference.
  EXPECT_TRUE(screen_.shows("not there"));
  EXPECT_TRUE(screen_.shows("+5 s"));
  EXPECT_THAT(screen_.collisions(), IsEmpty());
  screen_.desk().show_time(0);
  screen_.click("plots/row/1");
  EXPECT_EQ(screen_.view().selection.message.value, 2);
  EXPECT_EQ(screen_.desk().time_ns(), 220 * kSecond);
  EXPECT_FALSE(screen_.is_on("plots/sort/recipient"));
  screen_.click("plots/sort/recipient");
  EXPECT_TRUE(screen_.is_on("plots/sort/recipient"));
  EXPECT_EQ(screen_.label("plots/row/0"), "bob@example");
  EXPECT_EQ(screen_.label("plots/row/1"), "bob@example");
  EXPECT_EQ(screen_.label("plots/row/3"), "carol@example");
  screen_.click("plots/which/queue");
  settle();
  EXPECT_TRUE(screen_.has("plots/compare-queue/plot"));
}

TEST_F(UiPlots, AreHiddenWhileAnswersAre) {
  open();
  screen_.desk().look([](View& v) { v.hides_answers = true; });
  screen_.frames(2);
  EXPECT_FALSE(screen_.has("plots/delay/plot"));
  EXPECT_TRUE(screen_.shows("hidden while answers are"));
}

TEST_F(UiPlots, AnEmptyPlotSaysWhy) {
  HandMadeRun summary(trace::Level::summary);
  deliver(summary, {1});
  summary.finish();
  ASSERT_TRUE(screen_.open(summary.path()));
  screen_.desk().commands.run("plots/queue", screen_.desk());
  settle();
  EXPECT_FALSE(screen_.has("plots/queue/plot"));
  EXPECT_TRUE(screen_.shows("recorded at 'summary'"));
}

TEST_F(UiPlots, StatisticsAreInALineWhereThereIsNoRoomBesideThePlot) {
  open();
  EXPECT_FALSE(screen_.shows("median 20 s"));
  screen_.resize(900, 700);
  open();
  EXPECT_TRUE(screen_.has("plots/delay/plot"));
  EXPECT_EQ(statistic("delay/statistic/median"), "not there");
  EXPECT_TRUE(screen_.shows("n 4   median 20 s   p95 40 s   max 40 s"));
}

TEST_F(UiPlots, FitIntoASmallWindow) {
  screen_.resize(640, 480);
  open();
  for (const char* tab : {"queue", "hops", "replies", "throughput", "compare", "delay"}) {
    screen_.desk().commands.run(fmt::format("plots/{}", tab), screen_.desk());
    settle();
    EXPECT_TRUE(screen_.has(fmt::format("plots/tab/{}", tab)));
    EXPECT_THAT(screen_.collisions(), IsEmpty()) << tab;
  }
}

}  // namespace
}  // namespace mailroom::viz
