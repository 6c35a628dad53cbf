// SPDX-License-Identifier: GPL-2.0-only
// Notes as the stops of a lecture: at each, the run stands still, a question is shown, and what comes after is hidden
// until the answer is revealed.
//
// A note's first paragraph is the question; what follows after an empty line is the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::viz {

struct NoteText {
  std::string_view question;
  std::string_view answer;  // empty: there is none
};
NoteText split(std::string_view note);

// Where the note stands; notes without a time stand at 0.
std::int64_t time_of(const trace::Note& note);

// Places in `notes`, which is in the order of their times (sorted()). nullopt: there is none.
std::optional<std::size_t> next_stop(const std::vector<trace::Note>& notes, std::int64_t after_ns);      // later than
std::optional<std::size_t> previous_stop(const std::vector<trace::Note>& notes, std::int64_t before_ns);  // earlier
std::optional<std::size_t> stop_at(const std::vector<trace::Note>& notes, std::int64_t time_ns);          // exactly there

void sort(std::vector<trace::Note>& notes);

}  // namespace mailroom::viz
