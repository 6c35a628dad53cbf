// SPDX-License-Identifier: GPL-2.0-only
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/ui/odd_runs.hpp"
#include "tests/viz/ui/screen.hpp"

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;

class UiNotes : public testing::Test {
 protected:
  UiNotes() : path_(fs::temp_directory_path() / ("mailroom-ui-notes-" + std::to_string(getpid()) + ".mailroom")) {
    fs::remove(path_);
    tests::write_scripted_run(path_);
  }
  ~UiNotes() override { fs::remove(path_); }

  void write_note(Screen& screen, std::int64_t time_ns, std::string_view text) {
    screen.desk().show_time(time_ns);
    screen.key("N");
    screen.frames(3);
    screen.type(text);
    screen.key("Escape");
    screen.frames(3);
  }

  fs::path path_;
};

TEST_F(UiNotes, ANoteIsWrittenAtTheMomentShownAndKeptInTheRunFile) {
  {
    Screen screen;
    ASSERT_TRUE(screen.open(path_));
    ASSERT_TRUE(screen.view().notes.empty());
    write_note(screen, 5'000'000'000, "What comes next?");
    ASSERT_EQ(screen.view().notes.size(), 1u);
    EXPECT_EQ(screen.view().notes[0].text, "What comes next?");
    EXPECT_EQ(screen.view().notes[0].time_ns, 5'000'000'000);
    screen.frames(2, 1.5);
  }
  Screen again;
  ASSERT_TRUE(again.open(path_));
  ASSERT_EQ(again.view().notes.size(), 1u);
  EXPECT_EQ(again.view().notes[0].text, "What comes next?");
}

TEST_F(UiNotes, UndoTakesTheTextAndThenTheNoteBack) {
  Screen screen;
  ASSERT_TRUE(screen.open(path_));
  write_note(screen, 5'000'000'000, "Why?");
  ASSERT_EQ(screen.view().notes.at(0).text, "Why?");
  screen.key("Ctrl+Z");
  ASSERT_EQ(screen.view().notes.size(), 1u);
  EXPECT_EQ(screen.view().notes[0].text, "");
  screen.key("Ctrl+Z");
  EXPECT_TRUE(screen.view().notes.empty());
  screen.key("Ctrl+Shift+Z");
  screen.key("Ctrl+Shift+Z");
  ASSERT_EQ(screen.view().notes.size(), 1u);
  EXPECT_EQ(screen.view().notes[0].text, "Why?");
}

TEST_F(UiNotes, PresenterHaltsAtEachStopHidesAndReveals) {
  Screen screen;
  ASSERT_TRUE(screen.open(path_));
  screen.desk().edit("notes", [](View& v) {
    v.notes = {{.time_ns = 1'000'000'000, .text = "Who owes it now?\n\nThe sender."}, {.time_ns = 2'000'000'000, .text = "And now?"}};
  });
  screen.desk().show_time(0);
  screen.key("F5");
  ASSERT_TRUE(screen.view().is_presenting);
  EXPECT_TRUE(screen.view().hides_answers);
  screen.click("presenter/next");
  EXPECT_EQ(screen.desk().time_ns(), 1'000'000'000);
  EXPECT_TRUE(screen.shows("Who owes it now?"));
  EXPECT_FALSE(screen.shows("The sender."));
  EXPECT_FALSE(screen.shows("And now?")) << "a later one, neither on the timeline nor among the notes";
  screen.desk().look([](View& v) { v.layout.in_front["right"] = "notes"; });
  screen.frames();
  ASSERT_TRUE(screen.has("notes/2"));
  EXPECT_TRUE(screen.shows("(later)"));
  EXPECT_FALSE(screen.shows("And now?"));
  screen.click("notes/1");
  EXPECT_FALSE(screen.has("notes/text")) << "the answer would be read there";
  screen.click("presenter/reveal");
  screen.frames();
  EXPECT_TRUE(screen.has("notes/text"));
  EXPECT_TRUE(screen.shows("The sender."));
  EXPECT_FALSE(screen.view().hides_answers);
  // Playing halts at the next one by itself.
  screen.desk().player.play();
  screen.frames(60, 0.1);
  EXPECT_EQ(screen.desk().time_ns(), 2'000'000'000);
  EXPECT_FALSE(screen.desk().player.is_playing());
  EXPECT_TRUE(screen.view().hides_answers);
  EXPECT_TRUE(screen.shows("And now?"));
  screen.click("presenter/previous");
  EXPECT_EQ(screen.desk().time_ns(), 1'000'000'000);
  screen.click("presenter/end");
  EXPECT_FALSE(screen.view().is_presenting);
  EXPECT_FALSE(screen.has("presenter/next"));
}

TEST_F(UiNotes, WhatIsStillBeingTypedIsKeptWhenTheWindowCloses) {
  {
    Screen screen;
    ASSERT_TRUE(screen.open(path_));
    screen.desk().show_time(5'000'000'000);
    screen.key("N");
    screen.frames(3);
    screen.type("half a thought");
    EXPECT_EQ(screen.app().finish(), std::nullopt);
  }
  Screen again;
  ASSERT_TRUE(again.open(path_));
  ASSERT_EQ(again.view().notes.size(), 1u);
  EXPECT_EQ(again.view().notes[0].text, "half a thought");
}

TEST_F(UiNotes, OfARunThatStillGrewAreKeptWhenItIsOver) {
  const fs::path live = path_.string() + ".live.mailroom";
  {
    tests::GrowingRun growing(live, {.hosts = 2, .links = 1, .messages = 2});
    Screen screen;
    ASSERT_TRUE(screen.open(live));
    write_note(screen, 1'000'000, "while it runs");
    screen.frames(2, 1.5);
    // Another run is looked at meanwhile.
    ASSERT_TRUE(screen.open(path_));
    ASSERT_TRUE(screen.view().notes.empty());
    growing.finish();
    screen.frames(3, 1.5);
  }
  Screen again;
  ASSERT_TRUE(again.open(live));
  ASSERT_EQ(again.view().notes.size(), 1u);
  EXPECT_EQ(again.view().notes[0].text, "while it runs");
  fs::remove(live);
}

TEST_F(UiNotes, MovesAndDeletesByTheirButtons) {
  Screen screen;
  ASSERT_TRUE(screen.open(path_));
  write_note(screen, 1'000'000'000, "here");
  screen.desk().show_time(3'000'000'000);
  screen.frames();
  screen.click("notes/move");
  EXPECT_EQ(screen.view().notes.at(0).time_ns, 3'000'000'000);
  screen.click("notes/1");
  screen.click("notes/delete");
  EXPECT_TRUE(screen.view().notes.empty());
}

}  // namespace
}  // namespace mailroom::viz
