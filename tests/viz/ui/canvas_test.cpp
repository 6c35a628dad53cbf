// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/canvas.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/viz/model/canvas_run.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

using tests::kMs;
using tests::SmallRun;
using trace::Kind;

// Message 1 goes from ann over r to bob, who gives it up (550) and tells ann by message 2.
void tell_story(SmallRun& run) {
  run.happens(10 * kMs,
              {.kind = Kind::message_composed, .host = {1}, .message = {1}, .size = 4000, .value = 1});
  run.happens(
      10 * kMs,
      {.kind = Kind::message_queued, .host = {1}, .message = {1}, .size = 4000, .value = 1, .text = "A"});
  run.happens(
      10 * kMs,
      {.kind = Kind::copy_created, .host = {1}, .message = {1}, .copy = {1}, .recipient = {1}, .text = "A"});
  run.happens(20 * kMs, {.kind = Kind::copy_deferred,
                         .host = {1},
                         .message = {1},
                         .copy = {1},
                         .code = 451,
                         .value = 90 * kMs,
                         .text = "later"});
  run.happens(160 * kMs, {.kind = Kind::copy_created,
                          .host = {3},
                          .message = {1},
                          .copy = {2},
                          .parent = {1},
                          .recipient = {1}});
  run.happens(170 * kMs, {.kind = Kind::copy_relayed, .host = {1}, .message = {1}, .copy = {1}, .code = 250});
  run.happens(180 * kMs, {.kind = Kind::message_composed,
                          .host = {3},
                          .message = {2},
                          .size = 900,
                          .value = 1,
                          .detail = R"({"from":"","notifies":1})"});
  run.happens(180 * kMs,
              {.kind = Kind::copy_created, .host = {3}, .message = {2}, .copy = {3}, .recipient = {2}});
  run.happens(
      180 * kMs,
      {.kind = Kind::copy_bounced, .host = {3}, .message = {1}, .copy = {2}, .code = 550, .value = 2});
  run.happens(300 * kMs, {.kind = Kind::run_ended, .text = "duration"});
  const auto fly = [&](int message, int link, int from, int to, int ms) {
    run.flies({.message = {message},
               .link = {link},
               .from = {from},
               .to = {to},
               .first_bit_out_ns = ms * kMs,
               .last_bit_in_ns = (ms + 42) * kMs,
               .bytes = 4000});
  };
  fly(1, 1, 1, 2, 100);
  fly(1, 2, 2, 3, 115);
  fly(2, 2, 3, 2, 200);
  fly(2, 1, 2, 1, 215);
}

class UiCanvas : public testing::Test {
 protected:
  void open(std::int64_t ms) {
    tell_story(run_);
    ASSERT_TRUE(screen_.open(run_.file()));
    show(ms);
  }
  void show(std::int64_t ms) {
    screen_.desk().show_time(ms * kMs);
    screen_.frames(3);
  }
  Point center(const std::string& name) { return screen_.rect(name).center(); }
  const CanvasScene& scene() {
    return dynamic_cast<const CanvasPane*>(screen_.app().pane("topology"))->scene();
  }
  // Long enough for the camera to arrive.
  void settle() { screen_.frames(40); }
  void expect_no_collisions() { EXPECT_EQ(screen_.collisions(), std::vector<std::string>()); }

  Screen screen_;
  SmallRun run_;
};

TEST_F(UiCanvas, ShowsEveryNodeAndLink) {
  ASSERT_FALSE(screen_.has("canvas/host/ann"));
  open(0);
  for (const char* name : {"ann", "r", "bob", "lan"})
    EXPECT_TRUE(screen_.has(std::string("canvas/host/") + name));
  for (const char* name : {"1-2", "2-3", "1-4", "3-4"})
    EXPECT_TRUE(screen_.has(std::string("canvas/link/") + name));
  EXPECT_TRUE(screen_.shows("Ann's office"));
  expect_no_collisions();
}

TEST_F(UiCanvas, ChoosesWhatIsClicked) {
  open(110);
  ASSERT_EQ(screen_.view().selection.what, Selection::What::nothing);
  screen_.click("canvas/host/bob");
  EXPECT_EQ(screen_.view().selection.host.value, 3);
  EXPECT_TRUE(screen_.is_on("canvas/host/bob"));
  screen_.click("canvas/link/3-4");
  EXPECT_EQ(screen_.view().selection.what, Selection::What::link);
  EXPECT_EQ(screen_.view().selection.link.value, 4);
  screen_.click("canvas/envelope/1/1-2");
  EXPECT_EQ(screen_.view().selection.what, Selection::What::message);
  EXPECT_EQ(screen_.view().selection.message.value, 1);
  const Rect map = screen_.rect("canvas/map");
  screen_.click_at({map.left + 8, map.top + 60});
  EXPECT_EQ(screen_.view().selection.what, Selection::What::nothing);
}

TEST_F(UiCanvas, MovesAHostWithItsLinksAndUndoPutsItBack) {
  open(0);
  const Point before = center("canvas/host/ann");
  const Point link_before = center("canvas/link/1-2");
  screen_.drag(before, before + Point{60, -40});
  settle();
  EXPECT_NEAR(center("canvas/host/ann").x, before.x + 60, 2);
  EXPECT_NEAR(center("canvas/host/ann").y, before.y - 40, 2);
  EXPECT_NEAR(center("canvas/link/1-2").x, link_before.x + 30, 2);
  EXPECT_EQ(screen_.view().moved.size(), 1U);
  screen_.key("Ctrl+Z");
  settle();
  EXPECT_TRUE(screen_.view().moved.empty());
  EXPECT_NEAR(center("canvas/host/ann").x, before.x, 2);
  screen_.key("Ctrl+Shift+Z");
  EXPECT_EQ(screen_.view().moved.size(), 1U);
}

TEST_F(UiCanvas, ZoomsAroundThePointer) {
  open(0);
  const Point ann = center("canvas/host/ann");
  const double scale = scene().camera.scale;
  screen_.wheel(ann, 2);
  EXPECT_NEAR(scene().camera.scale, scale * 1.44, 0.01 * scale);
  EXPECT_NEAR(center("canvas/host/ann").x, ann.x, 1.5);
  EXPECT_NEAR(center("canvas/host/ann").y, ann.y, 1.5);
  screen_.wheel(ann, -2);
  EXPECT_NEAR(scene().camera.scale, scale, 0.01 * scale);
}

TEST_F(UiCanvas, PansByEachButton) {
  open(0);
  const Rect map = screen_.rect("canvas/map");
  const Point empty = {map.left + 30, map.top + 80};
  for (const auto button : {Screen::Button::left, Screen::Button::right, Screen::Button::middle}) {
    const Point before = center("canvas/host/bob");
    screen_.drag(empty, empty + Point{-25, 15}, button);
    EXPECT_NEAR(center("canvas/host/bob").x, before.x - 25, 4) << static_cast<int>(button);
    EXPECT_NEAR(center("canvas/host/bob").y, before.y + 15, 4) << static_cast<int>(button);
  }
  EXPECT_FALSE(screen_.has("context/view/zoom-to-fit"));
}

TEST_F(UiCanvas, FitsEverythingAgain) {
  open(0);
  const Point before = center("canvas/host/ann");
  screen_.wheel(center("canvas/map"), 8);
  ASSERT_FALSE(screen_.has("canvas/host/ann"));
  screen_.key("F");
  settle();
  EXPECT_NEAR(center("canvas/host/ann").x, before.x, 1);
  screen_.wheel(center("canvas/map"), 8);
  ASSERT_FALSE(screen_.has("canvas/host/ann"));
  screen_.click("canvas/fit");
  settle();
  EXPECT_TRUE(screen_.has("canvas/host/ann"));
}

TEST_F(UiCanvas, ZoomsIntoARectangle) {
  open(0);
  const Point r = center("canvas/host/r");
  const double scale = scene().camera.scale;
  screen_.drag(r - Point{60, 40}, r + Point{60, 40}, Screen::Button::left, false, true);
  settle();
  EXPECT_GT(scene().camera.scale, 2 * scale);
  EXPECT_NEAR(center("canvas/host/r").x, center("canvas/map").x, 6);
  EXPECT_TRUE(screen_.view().moved.empty());
}

TEST_F(UiCanvas, IsWorkedByKeys) {
  open(0);
  const double scale = scene().camera.scale;
  screen_.key("+");
  settle();
  EXPECT_NEAR(scene().camera.scale, scale * 1.25, 0.01 * scale);
  screen_.key("-");
  settle();
  EXPECT_NEAR(scene().camera.scale, scale, 0.01 * scale);
  const Point before = center("canvas/host/r");
  screen_.key("Alt+Left");
  settle();
  EXPECT_GT(center("canvas/host/r").x, before.x + 20);
  screen_.key("]");
  EXPECT_EQ(screen_.view().selection.host.value, 1);
  screen_.key("]");
  EXPECT_EQ(screen_.view().selection.host.value, 3);  // over the router
  screen_.key("[");
  EXPECT_EQ(screen_.view().selection.host.value, 1);
}

TEST_F(UiCanvas, TellsInWordsWhatIsPointedAt) {
  open(110);
  ASSERT_FALSE(screen_.shows("Takes mail for"));
  screen_.hover("canvas/host/ann");
  EXPECT_TRUE(screen_.shows("Takes mail for north.example"));
  EXPECT_TRUE(screen_.shows("Queue: 1 copy"));
  screen_.hover("canvas/link/2-3");
  EXPECT_TRUE(screen_.shows("1Mbps, 10ms delay"));
  screen_.hover("canvas/envelope/1/1-2");
  EXPECT_TRUE(screen_.shows("On its way from ann"));
}

TEST_F(UiCanvas, OffersWhatCanBeDoneByRightClick) {
  open(110);
  ASSERT_FALSE(screen_.has("context/filter"));
  bool was_asked = false;
  screen_.desk().context_menus.push_back([&](Desk&, const Spot& spot) {
    was_asked = spot.what.what == Selection::What::host && spot.what.host.value == 3;
  });
  screen_.click("canvas/host/bob", Screen::Button::right);
  EXPECT_TRUE(was_asked);
  EXPECT_EQ(screen_.view().selection.host.value, 3);
  screen_.click("context/filter");
  EXPECT_EQ(screen_.view().filter, "host:bob");
  screen_.key("Ctrl+Z");
  EXPECT_EQ(screen_.view().filter, "");
  screen_.click("canvas/host/bob", Screen::Button::right);
  screen_.click("context/until");
  EXPECT_EQ(screen_.desk().time_ns(), 160 * kMs);
  show(110);
  screen_.click("canvas/envelope/1/1-2", Screen::Button::right);
  ASSERT_FALSE(screen_.view().followed);
  screen_.click("context/follow");
  EXPECT_EQ(screen_.view().followed.value, 1);
}

TEST_F(UiCanvas, OpensTheInspectorOfADoubleClickedHost) {
  open(0);
  screen_.double_click("canvas/host/bob");
  EXPECT_EQ(screen_.view().selection.host.value, 3);
  EXPECT_EQ(screen_.view().layout.in_front.at("right"), "host");
}

TEST_F(UiCanvas, DimsWhatTheFilterDoesNotMean) {
  open(110);
  ASSERT_FALSE(scene().is_dim(std::uint32_t{0}));
  screen_.desk().edit("filter", [](View& v) { v.filter = "host:bob"; });
  screen_.frames(4);
  EXPECT_TRUE(scene().is_dim(std::uint32_t{0}));
  EXPECT_FALSE(scene().is_dim(std::uint32_t{2}));
  screen_.desk().edit("filter", [](View& v) { v.filter = "((("; });
  screen_.frames(2);
  EXPECT_FALSE(scene().is_dim(std::uint32_t{0}));
}

TEST_F(UiCanvas, FollowsAMessageAndItsBounce) {
  open(230);
  ASSERT_FALSE(screen_.view().followed);
  ASSERT_FALSE(screen_.shows("+90 ms"));
  screen_.desk().select(trace::MessageId{1});
  screen_.key("Shift+F");
  settle();
  EXPECT_EQ(screen_.view().followed.value, 1);
  EXPECT_TRUE(screen_.shows("+90 ms"));           // its first leg
  EXPECT_TRUE(screen_.shows("x +190 ms"));        // the way back
  EXPECT_TRUE(screen_.shows("x 1"));              // bounced at bob
  EXPECT_TRUE(scene().is_dim(std::uint32_t{3}));  // not on its way
  EXPECT_FALSE(scene().is_dim(std::uint32_t{1}));
  EXPECT_TRUE(screen_.shows("+105 ms"));
  show(105);
  EXPECT_FALSE(screen_.shows("x +190 ms"));  // not yet
  EXPECT_FALSE(screen_.shows("+105 ms"));
  screen_.key("Shift+F");
  EXPECT_FALSE(screen_.view().followed);
  EXPECT_FALSE(screen_.shows("+90 ms"));
}

TEST_F(UiCanvas, FollowsAnEnvelopeByDoubleClick) {
  open(110);
  screen_.double_click("canvas/envelope/1/1-2");
  EXPECT_EQ(screen_.view().followed.value, 1);
}

TEST_F(UiCanvas, KeepsAFollowedMessageInView) {
  open(101);
  screen_.desk().select(trace::MessageId{1});
  screen_.wheel(center("canvas/host/ann"), 12);
  screen_.key("Shift+F");
  settle();
  screen_.wheel(center("canvas/map"), 6);
  for (int ms = 105; ms <= 156; ms += 3) {
    show(ms);
    ASSERT_FALSE(scene().traffic.piles.empty()) << ms;
    EXPECT_TRUE(scene().viewport.contains(scene().place_of(scene().traffic.piles.back()))) << ms;
  }
}

TEST_F(UiCanvas, ColoursWhoOwesTheChosenMessage) {
  open(15);
  screen_.desk().select(trace::MessageId{1});
  ASSERT_FALSE(screen_.has("canvas/owner/ann"));
  screen_.click("canvas/responsibility");
  screen_.frames(2);
  EXPECT_EQ(screen_.label("canvas/owner/ann"), "> owes 1");
  EXPECT_FALSE(screen_.has("canvas/owner/bob"));
  show(165);  // owners overlap
  EXPECT_TRUE(screen_.has("canvas/owner/ann"));
  EXPECT_EQ(screen_.label("canvas/owner/bob"), "> owes 1");
  show(190);
  EXPECT_EQ(screen_.label("canvas/owner/ann"), "passed on");
  EXPECT_EQ(screen_.label("canvas/owner/bob"), "x 1");
  expect_no_collisions();
}

TEST_F(UiCanvas, ShowsAReceivedTraceInNumberedSteps) {
  open(0);
  ASSERT_FALSE(screen_.has("canvas/step/1"));
  screen_.desk().look([](View& v) { v.path_on_map = {{1}, {3}, {99}}; });
  screen_.frames(2);
  EXPECT_TRUE(screen_.has("canvas/step/1"));
  EXPECT_TRUE(screen_.has("canvas/step/2"));
  EXPECT_FALSE(screen_.has("canvas/step/3"));
  screen_.desk().commands.run("view/clear-path", screen_.desk());
  screen_.frames(2);
  EXPECT_FALSE(screen_.has("canvas/step/1"));
}

TEST_F(UiCanvas, ShowsWhatHappensRightWhenItDoes) {
  open(19);
  EXPECT_FALSE(screen_.shows("~ deferred 451"));
  show(20);
  EXPECT_TRUE(screen_.shows("~ deferred 451"));
  show(180);
  EXPECT_TRUE(screen_.shows("x bounced 550"));
  expect_no_collisions();
}

TEST_F(UiCanvas, KeepsWhatHappensForAMomentWhilePlaying) {
  open(19);
  screen_.desk().player.set_speed(0.01);
  screen_.desk().player.play();
  screen_.frames(20);  // 3 ms of the run
  EXPECT_GT(screen_.desk().time_ns(), 20 * kMs);
  EXPECT_TRUE(screen_.shows("~ deferred 451"));
  screen_.frames(120);  // two seconds of the screen
  EXPECT_FALSE(screen_.shows("~ deferred 451"));
}

TEST_F(UiCanvas, FoldsItsLegend) {
  open(0);
  EXPECT_TRUE(screen_.shows("~ 4xx"));
  ASSERT_FALSE(screen_.shows("a notification, coming back"));
  screen_.click("canvas/legend");
  EXPECT_TRUE(screen_.shows("a notification, coming back"));
  expect_no_collisions();
  screen_.click("canvas/legend");
  EXPECT_FALSE(screen_.shows("a notification, coming back"));
}

TEST_F(UiCanvas, MarksFaultsAndCrashes) {
  run_.happens(1 * kMs, {.kind = Kind::fault_began,
                         .link = {2},
                         .fault = {1},
                         .text = "link 2-3 down",
                         .detail = R"({"kind":"link_down","links":[2]})"});
  run_.happens(2 * kMs, {.kind = Kind::host_crashed, .host = {3}, .text = "power"});
  open(5);
  screen_.hover("canvas/link/2-3");
  EXPECT_TRUE(screen_.shows("Fault: link 2-3 down"));
  screen_.hover("canvas/host/bob");
  EXPECT_TRUE(screen_.shows("out of operation"));
}

TEST_F(UiCanvas, KeepsAFaultThatIsToBeFoundSecret) {
  run_.happens(1 * kMs, {.kind = Kind::fault_began,
                         .link = {2},
                         .fault = {1},
                         .text = "link 2-3 down",
                         .detail = R"({"kind":"link_down","links":[2]})"});
  run_.happens(2 * kMs, {.kind = Kind::host_crashed, .host = {3}, .text = "power"});
  screen_.desk().hides_event = [](const trace::StoredEvent& event) {
    return event.kind == Kind::fault_began || event.kind == Kind::host_crashed;
  };
  open(2);
  EXPECT_TRUE(scene().signs.empty());
  EXPECT_TRUE(scene().moments.empty());
  screen_.hover("canvas/host/bob");
  EXPECT_FALSE(screen_.shows("out of operation"));
  screen_.desk().hides_event = {};
  show(2);
  EXPECT_EQ(scene().signs.size(), 1U);
}

TEST_F(UiCanvas, SaysWhatToDoBeforeTheFirstEvent) {
  tell_story(run_);
  ASSERT_TRUE(screen_.open(run_.file()));
  screen_.desk().show_event({});
  screen_.frames(2);
  EXPECT_TRUE(screen_.shows("the moment before the first event"));
  show(10);
  EXPECT_FALSE(screen_.has("canvas/hint"));
}

TEST(UiCanvasRuns, SaysWhyThereAreNoEnvelopes) {
  trace::RunHeader header = tests::small_header();
  header.level = trace::Level::summary;
  SmallRun run(header);
  Screen screen;
  ASSERT_TRUE(screen.open(run.file()));
  screen.desk().show_time(kMs);
  screen.frames(2);
  EXPECT_TRUE(screen.shows("Recorded at summary: no envelopes"));
}

TEST(UiCanvasRuns, WithoutHostsSayWhatToDo) {
  SmallRun run(trace::RunHeader{});
  Screen screen;
  ASSERT_TRUE(screen.open(run.file()));
  EXPECT_TRUE(screen.shows("This run has no hosts to show"));
  screen.key("F");
  screen.key("]");
  screen.key("+");
}

TEST(UiCanvasRuns, ShowOneHost) {
  trace::RunHeader header;
  header.hosts = {{.name = "alone"}};
  SmallRun run(header);
  Screen screen;
  ASSERT_TRUE(screen.open(run.file()));
  const Rect host = screen.rect("canvas/host/alone");
  const Rect map = screen.rect("canvas/map");
  EXPECT_NEAR(host.center().x, map.center().x, 2);
  EXPECT_TRUE(screen.shows("alone"));
}

TEST(UiCanvasRuns, CutANameOfFiveHundredCharacters) {
  trace::RunHeader header = tests::small_header();
  header.hosts[0].label = std::string(500, 'W');
  header.hosts[2].label = "\xff\xfe\n\x01 odd";
  SmallRun run(header);
  for (const auto& [width, height] : {std::pair{1280, 800}, {640, 480}}) {
    Screen screen(width, height);
    ASSERT_TRUE(screen.open(run.file()));
    screen.desk().select(trace::HostId{1});
    screen.frames(3);
    EXPECT_TRUE(screen.has("canvas/label/ann"));
    EXPECT_TRUE(screen.shows("WWW"));
    EXPECT_EQ(screen.collisions(), std::vector<std::string>());
    screen.hover("canvas/host/ann");
    EXPECT_EQ(screen.collisions(), std::vector<std::string>());
  }
}

trace::RunHeader grid(int side) {
  trace::RunHeader header;
  for (int i = 0; i < side * side; ++i) {
    header.hosts.push_back({.name = "host-number-" + std::to_string(i),
                            .x = (i % side) / (side - 1.0),
                            .y = (i / side) / (side - 1.0),
                            .detail = R"({"domains":["a.example"]})"});
    if (i % side > 0)
      header.links.push_back({.name = "l" + std::to_string(i),
                              .from = {i},
                              .to = {i + 1},
                              .rate_bps = 1'000'000,
                              .delay_ns = kMs});
  }
  return header;
}

TEST(UiCanvasRuns, KeepTextsApartWhateverTheZoom) {
  SmallRun run(grid(71));
  for (int i = 1; i <= 400; ++i) {
    run.happens(
        i, {.kind = Kind::copy_created, .host = {i * 12}, .message = {i}, .copy = {i}, .recipient = {1}});
  }
  const std::filesystem::path file = run.file();
  for (const auto& [width, height] : {std::pair{1280, 800}, {640, 480}}) {
    Screen screen(width, height);
    ASSERT_TRUE(screen.open(file));
    screen.desk().show_time(1000);
    screen.desk().select(trace::HostId{2500});
    Rect map = screen.rect("canvas/map");
    for (int step = 0; step < 9; ++step) {
      screen.wheel(map.center(), 2);
      EXPECT_EQ(screen.collisions(), std::vector<std::string>()) << width << " step " << step;
    }
  }
}

TEST(UiCanvasRuns, TurnEnvelopesIntoFlowsWhenThereAreTooMany) {
  SmallRun run;
  run.happens(10 * kMs, {.kind = Kind::run_ended});
  for (int i = 1; i <= 300; ++i) {
    run.flies({.message = {i},
               .link = {1},
               .from = {1},
               .to = {2},
               .first_bit_out_ns = i * 1000,
               .last_bit_in_ns = 20 * kMs + i * 50'000,
               .bytes = 100});
  }
  run.flies({.message = {999},
             .link = {2},
             .from = {2},
             .to = {3},
             .first_bit_out_ns = 1,
             .last_bit_in_ns = 20 * kMs,
             .bytes = 9});
  Screen screen;
  ASSERT_TRUE(screen.open(run.file()));
  screen.desk().show_time(10 * kMs);
  screen.frames(3);
  EXPECT_EQ(screen.label("canvas/flow/1-2/forth"), "300");
  EXPECT_TRUE(screen.has("canvas/envelope/999/2-3"));
  // Followed, one of them is an envelope all the same.
  screen.desk().look([](View& v) { v.followed = {7}; });
  screen.frames(40);
  EXPECT_TRUE(screen.has("canvas/envelope/7/1-2"));
}

TEST(UiCanvasRuns, LeaveTheCameraOfTheLastRunBehind) {
  SmallRun run;
  const std::filesystem::path file = run.file();
  Screen screen;
  ASSERT_TRUE(screen.open(file));
  screen.wheel(screen.rect("canvas/map").center(), 9);
  ASSERT_FALSE(screen.has("canvas/host/ann"));
  ASSERT_TRUE(screen.open(file));
  EXPECT_TRUE(screen.has("canvas/host/ann"));
  screen.desk().close();
  screen.frames(3);
  EXPECT_FALSE(screen.has("canvas/host/ann"));
}

}  // namespace
}  // namespace mailroom::viz
