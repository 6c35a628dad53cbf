// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/history.hpp"

#include <gtest/gtest.h>

namespace mailroom::viz {
namespace {

TEST(History, UndoesAndRedoesEdits) {
  History history;
  history.edit("filter", "", [](View& v) { v.filter = "rcpt:bob"; });
  history.edit("filter", "", [](View& v) { v.filter = "reply:4xx"; });
  ASSERT_EQ(history.view().filter, "reply:4xx");
  history.undo();
  EXPECT_EQ(history.view().filter, "rcpt:bob");
  history.undo();
  EXPECT_EQ(history.view().filter, "");
  EXPECT_FALSE(history.can_undo());
  history.redo();
  history.redo();
  EXPECT_EQ(history.view().filter, "reply:4xx");
  EXPECT_FALSE(history.can_redo());
}

TEST(History, OneGestureIsOneStep) {
  History history;
  for (int x = 1; x <= 5; ++x)
    history.edit("move", "drag mx1", [&](View& v) { v.moved[{1}] = {static_cast<float>(x), 0}; });
  history.end_gesture();
  history.edit("move", "drag mx1", [](View& v) { v.moved[{1}] = {9, 0}; });
  history.undo();
  EXPECT_EQ(history.view().moved.at({1}).x, 5);
  history.undo();
  EXPECT_TRUE(history.view().moved.empty());
}

TEST(History, WhatChangesNothingIsNoStep) {
  History history;
  history.edit("filter", "", [](View& v) { v.filter = ""; });
  EXPECT_FALSE(history.can_undo());
  history.look([](View& v) { v.selection.host = {1}; });
  EXPECT_FALSE(history.can_undo());
}

TEST(History, TakesBackWhatWasDoneElsewhere) {
  History history;
  int faults = 1;
  history.did("link a-b down", [&] { --faults; }, [&] { ++faults; });
  history.undo();
  EXPECT_EQ(faults, 0);
  history.redo();
  EXPECT_EQ(faults, 1);
}

TEST(History, AnEditAfterUndoForgetsWhatWasUndone) {
  History history;
  history.edit("a", "", [](View& v) { v.filter = "a"; });
  history.undo();
  ASSERT_TRUE(history.can_redo());
  history.edit("b", "", [](View& v) { v.filter = "b"; });
  EXPECT_FALSE(history.can_redo());
}

}  // namespace
}  // namespace mailroom::viz
