// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/lecture.hpp"

#include <algorithm>

namespace mailroom::viz {

NoteText split(std::string_view note) {
  const auto trimmed = [](std::string_view text) {
    while (text.starts_with('\n') || text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with('\n') || text.ends_with(' ')) text.remove_suffix(1);
    return text;
  };
  const std::size_t gap = note.find("\n\n");
  if (gap == std::string_view::npos) return {trimmed(note), {}};
  return {trimmed(note.substr(0, gap)), trimmed(note.substr(gap))};
}

std::int64_t time_of(const trace::Note& note) {
  return note.time_ns.value_or(0);
}

std::optional<std::size_t> next_stop(const std::vector<trace::Note>& notes, std::int64_t after_ns) {
  for (std::size_t i = 0; i < notes.size(); ++i)
    if (time_of(notes[i]) > after_ns) return i;
  return std::nullopt;
}

std::optional<std::size_t> previous_stop(const std::vector<trace::Note>& notes, std::int64_t before_ns) {
  for (std::size_t i = notes.size(); i-- > 0;)
    if (time_of(notes[i]) < before_ns) return i;
  return std::nullopt;
}

std::optional<std::size_t> stop_at(const std::vector<trace::Note>& notes, std::int64_t time_ns) {
  for (std::size_t i = 0; i < notes.size(); ++i)
    if (time_of(notes[i]) == time_ns) return i;
  return std::nullopt;
}

void sort(std::vector<trace::Note>& notes) {
  std::ranges::stable_sort(notes, {}, time_of);
}

}  // namespace mailroom::viz
