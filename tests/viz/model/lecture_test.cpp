// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/lecture.hpp"

#include <gtest/gtest.h>

namespace mailroom::viz {
namespace {

std::vector<trace::Note> notes_at(std::initializer_list<std::int64_t> times_ns) {
  std::vector<trace::Note> notes;
  for (const std::int64_t time_ns : times_ns) notes.push_back({.time_ns = time_ns});
  return notes;
}

TEST(Lecture, SplitsQuestionFromAnswerAtTheFirstEmptyLine) {
  const NoteText text = split("What comes next?\nThink.\n\nA 250.\n\nOr nothing.\n");
  EXPECT_EQ(text.question, "What comes next?\nThink.");
  EXPECT_EQ(text.answer, "A 250.\n\nOr nothing.");
  EXPECT_EQ(split("Look at the queue").question, "Look at the queue");
  EXPECT_EQ(split("Look at the queue").answer, "");
  EXPECT_EQ(split("").question, "");
}

TEST(Lecture, FindsStopsAroundAMoment) {
  const auto notes = notes_at({10, 20, 30});
  EXPECT_EQ(next_stop(notes, 5), 0u);
  EXPECT_EQ(next_stop(notes, 10), 1u);
  EXPECT_EQ(next_stop(notes, 30), std::nullopt);
  EXPECT_EQ(previous_stop(notes, 30), 1u);
  EXPECT_EQ(previous_stop(notes, 10), std::nullopt);
  EXPECT_EQ(stop_at(notes, 20), 1u);
  EXPECT_EQ(stop_at(notes, 21), std::nullopt);
}

TEST(Lecture, SortsByTimeAndKeepsTheOrderOfEqualOnes) {
  std::vector<trace::Note> notes = notes_at({30, 10});
  notes.push_back({.time_ns = 10, .text = "later written"});
  sort(notes);
  EXPECT_EQ(time_of(notes[0]), 10);
  EXPECT_EQ(notes[1].text, "later written");
  EXPECT_EQ(time_of(notes[2]), 30);
}

}  // namespace
}  // namespace mailroom::viz
