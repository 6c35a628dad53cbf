// SPDX-License-Identifier: GPL-2.0-only
// Live runs, faults, typed SMTP and the mystery as a person has them, with a shell script in the place of the simulator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "sim/trace/note_writer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/viz/ui/fake_simulator.hpp"
#include "tests/viz/ui/screen.hpp"
#include "viz/app/live.hpp"

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LiveUi : public testing::Test {
 protected:
  void SetUp() override {
    tests::use_fake_simulator(folder_.path());
    std::ofstream(scenario()) << "mailroom: 1\n";
    Settings settings;
    settings.is_first_start = false;  // no guide lies over the panes
    screen_ = std::make_unique<Screen>(1280, 800, settings);
    live().folder = folder_.path();
    screen_->desk().settings.recent.clear();
  }
  void TearDown() override {
    screen_.reset();
    tests::use_real_simulator();
  }

  fs::path scenario() const { return folder_ / "office.yaml"; }
  Screen& screen() { return *screen_; }
  Live& live() { return *screen_->desk().live; }
  const View& view() { return screen_->view(); }

  template <class Condition>
  bool soon(const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      screen_->frames(1);
      std::this_thread::sleep_for(2ms);
    }
    screen_->frames(2);
    return true;
  }
  std::vector<std::string> lines_of(const std::string& name) {
    std::ifstream file(folder_ / name);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  bool was_said(const std::string& text) {
    return std::ranges::any_of(screen_->desk().words(), [&](const Desk::Word& word) { return word.text.find(text) != std::string::npos; });
  }
  bool was_told(const std::string& line) {
    return soon([&] {
      const auto lines = lines_of("told");
      return std::ranges::find(lines, line) != lines.end();
    });
  }
  void start() {
    ASSERT_FALSE(screen_->desk().run);
    screen_->desk().open(scenario());
    ASSERT_TRUE(soon([&] { return live().is_live() && screen_->desk().run; }));
    screen_->desk().look([](View& v) { v.layout.in_front["right"] = "faults"; });
    screen_->frames();
  }
  void open_recorded() {
    ASSERT_TRUE(screen_->open(folder_ / "run"));
    screen_->desk().look([](View& v) { v.layout.in_front["right"] = "faults"; });
    screen_->frames();
  }

  tests::TemporaryFolder folder_;
  std::unique_ptr<Screen> screen_;
};

TEST_F(LiveUi, AScenarioIsRunAndItsFileFollowed) {
  EXPECT_FALSE(screen().has("live/state"));
  start();
  EXPECT_THAT(screen().label("live/state"), HasSubstr("LIVE"));
  EXPECT_EQ(screen().desk().run->path(), folder_ / "office.mailroom");
  EXPECT_TRUE(live().follows());
  EXPECT_TRUE(soon([&] { return screen().desk().time_ns() == screen().desk().run->end_ns(); })) << "what happens now is shown";
  EXPECT_THAT(lines_of("orders"), ElementsAre(HasSubstr("run " + scenario().string() + " --out " + (folder_ / "office.mailroom").string())));
  EXPECT_TRUE(was_told("stay "));
}

TEST_F(LiveUi, IsPausedSteppedPacedFollowedAndEnded) {
  start();
  ASSERT_FALSE(screen().is_on("live/pause"));
  screen().click("live/pause");
  ASSERT_TRUE(soon([&] { return live().run()->state() == LiveRun::State::paused; }));
  EXPECT_TRUE(screen().is_on("live/pause"));
  EXPECT_THAT(screen().label("live/state"), HasSubstr("paused"));
  screen().click("live/step");
  EXPECT_TRUE(was_told("step "));
  screen().key("F9");
  EXPECT_TRUE(was_told("resume "));
  screen().click("live/faster");
  EXPECT_TRUE(was_told("pace 2x"));
  ASSERT_TRUE(soon([&] { return live().run()->pace() == "2x"; }));
  screen().click("live/slower");
  EXPECT_TRUE(was_told("pace 1x"));
  screen().click("live/max");
  EXPECT_TRUE(was_told("pace max"));
  ASSERT_TRUE(soon([&] { return live().run()->pace() == "max"; }));
  EXPECT_TRUE(screen().is_on("live/max"));

  ASSERT_TRUE(live().follows());
  screen().desk().show_time(0);
  screen().frames();
  EXPECT_FALSE(live().follows()) << "somebody went back";
  screen().click("live/follow");
  EXPECT_TRUE(live().follows());
  EXPECT_EQ(screen().desk().time_ns(), screen().desk().run->end_ns());

  screen().click("live/end");
  EXPECT_TRUE(was_told("quit"));
  EXPECT_EQ(live().run()->state(), LiveRun::State::ended);
  EXPECT_TRUE(screen().desk().run) << "what it recorded stays open";
  screen().click("live/forget");
  EXPECT_FALSE(screen().has("live/state"));
}

TEST_F(LiveUi, AFaultIsToldAndUndoneByForgettingIt) {
  start();
  screen().enter("faults/sentence", "link mx1-mx2 down for 5m");
  EXPECT_TRUE(was_told("fault link mx1-mx2 down for 5m"));
  ASSERT_TRUE(soon([&] { return screen().desk().history.can_undo(); }));
  EXPECT_EQ(screen().desk().history.undo_label(), "link mx1-mx2 down");
  screen().key("Ctrl+Z");
  EXPECT_TRUE(was_told("forget link mx1-mx2 down"));
  screen().key("Ctrl+Shift+Z");
  EXPECT_TRUE(soon([&] { return std::ranges::count(lines_of("told"), "fault link mx1-mx2 down for 5m") == 2; }));
}

TEST_F(LiveUi, WhatTheSimulatorRefusesIsSaid) {
  start();
  live().mend(screen().desk(), "never began");
  EXPECT_TRUE(soon([&] { return was_said("nothing is in force"); }));
  EXPECT_FALSE(screen().desk().history.can_undo()) << "nothing was done";
  screen().enter("faults/sentence", "link mx1-mx2 dawn");
  EXPECT_TRUE(screen().has("faults/wrong") || screen().shows("dawn"));
  EXPECT_THAT(lines_of("told"), Not(Contains(HasSubstr("dawn"))));
}

TEST_F(LiveUi, ACrashIsShownAndNotShared) {
  start();
  live().tell(screen().desk(), "crash");
  ASSERT_TRUE(soon([&] { return live().run()->is_over(); }));
  EXPECT_THAT(screen().label("live/state"), HasSubstr("crashed"));
  EXPECT_TRUE(was_said("signal 9"));
  EXPECT_TRUE(screen().desk().run) << "what it recorded is there";
  EXPECT_EQ(screen().label("scenario/last/0"), "assertion failed: queue is empty");
  EXPECT_THAT(screen().collisions(), IsEmpty());
  screen().click("scenario/recorded");
  EXPECT_FALSE(screen().has("scenario/last/0")) << "the map is in front again";
  screen().click("live/again");
  ASSERT_TRUE(soon([&] { return live().is_live(); }));
  EXPECT_EQ(screen().desk().run->path(), folder_ / "office-2.mailroom") << "the first run is not written over while it is read";
}

TEST_F(LiveUi, MistakesOfAScenarioAreReadInTheWindowAndReloaded) {
  std::ofstream(scenario()) << "mailroom: 1\nhosts:\n  nort: {}\n";
  std::ofstream(folder_ / "mistakes") << scenario().string() << ":3:3: there is no host 'nort'; did you mean 'north'?\nmailroom: 1 mistake\n";
  screen().desk().open(scenario());
  ASSERT_TRUE(soon([&] { return live().run()->state() == LiveRun::State::refused; }));
  EXPECT_TRUE(screen().has("scenario/mistake/0"));
  EXPECT_TRUE(screen().shows("line 3, column 3"));
  EXPECT_TRUE(screen().shows("there is no host 'nort'"));
  EXPECT_TRUE(screen().shows("did you mean 'north'?"));
  EXPECT_TRUE(screen().shows("nort: {}"));
  EXPECT_THAT(screen().collisions(), IsEmpty());
  EXPECT_FALSE(screen().desk().run);
  fs::remove(folder_ / "mistakes");
  screen().click("scenario/reload");
  ASSERT_TRUE(soon([&] { return live().is_live() && screen().desk().run; }));
  EXPECT_FALSE(screen().has("scenario/reload"));
}

TEST_F(LiveUi, SmtpIsTypedLineByLine) {
  start();
  screen().desk().look([](View& v) { v.layout.in_front["bottom-right"] = "terminal"; });
  screen().frames();
  ASSERT_FALSE(screen().has("terminal/input"));
  screen().click("terminal/connect");
  ASSERT_TRUE(soon([&] { return screen().has("terminal/input") && screen().shows("S: 220 mx1 ready"); }));
  EXPECT_THAT(lines_of("told"), Contains(HasSubstr("connect 1 from")));
  screen().type("RCPT TO:<nobody@south.example>");
  ASSERT_EQ(screen().label("terminal/input"), "RCPT TO:<nobody@south.example>");
  screen().key("Enter");
  EXPECT_TRUE(was_told(R"(type 1 "RCPT TO:<nobody@south.example>\r\n")"));
  ASSERT_TRUE(soon([&] { return screen().shows("550 5.1.1"); }));
  EXPECT_TRUE(screen().shows("x S: 550")) << "a sign beside the colour";
  screen().type("DATA");
  screen().key("Enter");
  ASSERT_TRUE(soon([&] { return screen().shows("> S: 354"); }));
  screen().key("Up");
  screen().frames();
  EXPECT_EQ(screen().label("terminal/input"), "DATA");
  screen().key("Up");
  screen().frames();
  EXPECT_EQ(screen().label("terminal/input"), "RCPT TO:<nobody@south.example>");
  EXPECT_THAT(screen().collisions(), IsEmpty());
  screen().click("terminal/finish");
  EXPECT_TRUE(was_told("finish 1"));
  EXPECT_TRUE(soon([&] { return screen().shows("The conversation is over."); }));
}

TEST_F(LiveUi, ARunFileWithNotesIsNotReplacedUnasked) {
  // The run that stands there has a note.
  fs::copy_file(folder_ / "run", folder_ / "office.mailroom");
  ASSERT_TRUE(trace::write_notes(folder_ / "office.mailroom", {{.id = 1, .time_ns = 0, .text = "mine"}}));
  screen().desk().open(scenario());
  screen().frames();
  ASSERT_TRUE(screen().has("notes/replace"));
  EXPECT_FALSE(live().run());
  screen().click("notes/beside");
  ASSERT_TRUE(soon([&] { return live().is_live(); }));
  EXPECT_EQ(screen().desk().run->path(), folder_ / "office-2.mailroom");
}

TEST_F(LiveUi, ALiveRunIsOursByEachNameOfItsFile) {
  live().folder = fs::relative(folder_.path());
  start();
  ASSERT_TRUE(screen().desk().run->path().is_relative());
  screen().desk().open(folder_ / "office.mailroom");  // as the list of recent files has it
  screen().frames();
  EXPECT_TRUE(live().is_live());
  EXPECT_TRUE(live().run());
}

TEST_F(LiveUi, ARunThatIsJustStartingEndsWhenAnotherFileIsOpened) {
  screen().desk().open(scenario());
  ASSERT_TRUE(live().run());
  ASSERT_TRUE(screen().desk().open(folder_ / "run"));
  EXPECT_FALSE(live().run());
  screen().frames(20);
  EXPECT_EQ(screen().desk().run->path(), folder_ / "run");
}

// --- faults for the next run

TEST_F(LiveUi, AFaultIsPlannedByItsForm) {
  open_recorded();
  ASSERT_TRUE(view().planned_faults.empty());
  screen().menu("Fault", "fault/add");
  ASSERT_TRUE(screen().has("faults/kind/link_losing"));
  screen().click("faults/kind/link_losing");
  ASSERT_TRUE(screen().has("fault/do"));
  EXPECT_TRUE(screen().is_enabled("fault/do"));
  screen().enter("fault/field/1", "lots");
  EXPECT_FALSE(screen().is_enabled("fault/do"));
  EXPECT_TRUE(screen().shows("lots"));
  EXPECT_THAT(screen().collisions(), IsEmpty());
  screen().enter("fault/field/1", "20%");
  screen().click("fault/begins/at");
  screen().enter("fault/at", "90s");
  screen().enter("fault/for", "10m");
  screen().click("fault/do");
  ASSERT_EQ(view().planned_faults.size(), 1u);
  EXPECT_THAT(view().planned_faults[0], HasSubstr("losing 20% at 90s for 10m"));
  screen().key("Ctrl+Z");
  EXPECT_TRUE(view().planned_faults.empty());
  screen().key("Ctrl+Shift+Z");
  EXPECT_EQ(view().planned_faults.size(), 1u);
  screen().frames();

  screen().click("faults/plan/0");
  ASSERT_TRUE(screen().has("fault/do"));
  screen().enter("fault/field/1", "30%");
  screen().click("fault/do");
  EXPECT_THAT(view().planned_faults[0], HasSubstr("losing 30%"));
  screen().click("faults/unplan/0");
  EXPECT_TRUE(view().planned_faults.empty());
  screen().key("Ctrl+Z");
  EXPECT_EQ(view().planned_faults.size(), 1u);
}

TEST_F(LiveUi, AConditionIsSaidInTheForm) {
  open_recorded();
  live().ask_fault(screen().desk(), faults::Kind::tcp_reset, {.of = FaultPlace::Of::conversation, .name = "mx1", .other = "mx2"});
  screen().frames();
  screen().click("fault/begins/when");
  screen().enter("fault/when/nth", "3");
  screen().enter("fault/when/object", "RCPT");
  screen().click("fault/when/each");
  EXPECT_EQ(screen().desk().ui.registry.find("fault/sentence")->label, "tcp mx1 -- mx2 reset whenever mx2 receives the 3rd RCPT");
  EXPECT_FALSE(screen().has("fault/lasts/for")) << "it happens in an instant";
  screen().click("fault/cancel");
  EXPECT_FALSE(screen().has("fault/do"));
  EXPECT_TRUE(view().planned_faults.empty());
}

TEST_F(LiveUi, WhatIsPlannedIsRunAgainAndCompared) {
  open_recorded();
  live().plan(screen().desk(), "link mx1-mx2 down at 1s for 1m");
  screen().frames();
  ASSERT_FALSE(screen().desk().other);
  screen().click("faults/run-again");
  ASSERT_TRUE(soon([&] { return screen().desk().other != nullptr; }));
  ASSERT_EQ(lines_of("orders").size(), 1u);
  EXPECT_THAT(lines_of("orders")[0], HasSubstr("--fault link mx1-mx2 down at 1s for 1m"));
  EXPECT_THAT(lines_of("orders")[0], Not(HasSubstr("--pace")));
  EXPECT_EQ(screen().desk().other->path(), folder_ / "run-branch.mailroom");
  ASSERT_TRUE(soon([&] { return live().parting.has_value(); }));
  EXPECT_TRUE(live().parting->are_same) << "the script made the same run";
  EXPECT_TRUE(screen().has("branch/parting"));
  ASSERT_EQ(live().branches().size(), 1u);
  screen().desk().open(scenario());
  ASSERT_TRUE(soon([&] { return live().is_live(); }));
  EXPECT_THAT(live().branches(), IsEmpty()) << "it was of another run";
  EXPECT_FALSE(screen().desk().other);
}

TEST_F(LiveUi, TwoBranchesAtOnceHaveFilesOfTheirOwn) {
  open_recorded();
  live().branch(screen().desk(), {.title = "one"});
  live().branch(screen().desk(), {.title = "two"});
  ASSERT_EQ(live().branches().size(), 2u);
  EXPECT_EQ(live().branches()[0].run.order().out, folder_ / "run-branch.mailroom");
  EXPECT_EQ(live().branches()[1].run.order().out, folder_ / "run-branch-2.mailroom");
}

TEST_F(LiveUi, ABranchIsChosenFromWhatCouldHaveBeen) {
  open_recorded();
  // The first reply of the run.
  const auto replies = screen().desk().run->reader().events({.kinds = {trace::Kind::reply_sent}, .limit = 2});
  ASSERT_TRUE(replies && replies->size() == 2);
  screen().desk().select((*replies)[1]);
  screen().frames();
  screen().key("Ctrl+B");
  ASSERT_TRUE(screen().has("branch/0"));
  EXPECT_TRUE(screen().shows("is lost on the way"));
  EXPECT_THAT(screen().collisions(), IsEmpty());
  screen().click("branch/0");
  ASSERT_TRUE(soon([&] { return screen().desk().other != nullptr; }));
  EXPECT_THAT(lines_of("orders").at(0), HasSubstr("--fault tcp"));
}

// --- the mystery

TEST_F(LiveUi, AMysteryIsHiddenGuessedAndRevealed) {
  std::ofstream(scenario()) << R"(mailroom: 1
topology: {links: [mx1 -- mx2]}
hosts:
  mx1: {domains: a.example, users: [ann]}
  mx2: {domains: b.example, users: [bob]}
traffic: [{from: ann@a.example, to: bob@b.example, start: 1s, every: 1s, count: 9}]
)";
  screen().menu("Lab", "lab/mystery");
  ASSERT_TRUE(screen().has("mystery/start"));
  screen().enter("mystery/path", scenario().string());
  screen().enter("mystery/seed", "x");
  EXPECT_FALSE(screen().is_enabled("mystery/start"));
  screen().enter("mystery/seed", "4");
  screen().click("mystery/start");
  ASSERT_TRUE(soon([&] { return live().is_live() && live().mystery; }));
  const std::string secret = live().mystery->sentence();
  EXPECT_THAT(lines_of("orders").at(0), HasSubstr("--fault " + secret));
  EXPECT_THAT(live().run()->order().command_line(), Not(HasSubstr(secret)));
  const std::string what = secret.substr(0, secret.find(" at "));
  EXPECT_TRUE(screen().desk().hides({.kind = trace::Kind::fault_began, .text = what}));
  EXPECT_FALSE(screen().shows(what));
  EXPECT_FALSE(screen().desk().commands.run("live/save", screen().desk())) << "it would tell";
  EXPECT_FALSE(screen().desk().commands.run("export/html", screen().desk())) << "it would tell";
  const Selection before = view().selection;
  const trace::StoredEvent fault{.id = {1}, .kind = trace::Kind::fault_began, .host = {1}, .link = {1}, .text = what};
  screen().desk().select(fault);
  EXPECT_EQ(view().selection, before) << "where it is would tell";

  screen().click("mystery/guess");
  ASSERT_TRUE(screen().has("guess/do"));
  EXPECT_FALSE(screen().is_enabled("guess/do"));
  screen().click("guess/where/mx1");
  screen().click("guess/what/host_unreachable");
  screen().click("guess/do");
  ASSERT_TRUE(live().verdict);
  EXPECT_EQ(live().mystery->tries(), 1);
  screen().click("guess/close");
  screen().menu("Lab", "lab/reveal");
  EXPECT_TRUE(live().mystery->is_revealed());
  screen().desk().select(fault);
  EXPECT_EQ(view().selection.link, trace::LinkId{1});
  EXPECT_TRUE(Commands::is_enabled(*screen().desk().commands.find("export/html"), screen().desk()));
  EXPECT_FALSE(screen().desk().hides({.kind = trace::Kind::fault_began, .text = what}));
  EXPECT_THAT(screen().label("mystery/state"), HasSubstr("It was: "));
}

TEST(GoAlong, StaysALittleBehindAndCatchesUp) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  EXPECT_EQ(go_along_ns(0, 5 * kSecond, "max", 0.016), 5 * kSecond);
  EXPECT_EQ(go_along_ns(kSecond, kSecond + kSecond / 10, "1x", 0.016), kSecond + 16'000'000);
  EXPECT_GT(go_along_ns(kSecond, 2 * kSecond, "1x", 0.016), kSecond + 16'000'000) << "it catches up";
  EXPECT_EQ(go_along_ns(kSecond, kSecond + 1, "1x", 0.016), kSecond + 1) << "never ahead";
  EXPECT_EQ(go_along_ns(0, 90 * kSecond, "10x", 0.016), 90 * kSecond) << "far behind: at once";
}

}  // namespace
}  // namespace mailroom::viz
