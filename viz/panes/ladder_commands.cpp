// SPDX-License-Identifier: GPL-2.0-only
// What a person can tell the ladder by commands, and what its text is on the clipboard.
#include <imgui.h>

#include <algorithm>
#include <utility>

#include "viz/panes/ladder.hpp"

namespace mailroom::viz {

using What = LadderRow::What;

namespace {

constexpr float kLeastZoom = 0.5f;
constexpr float kMostZoom = 3;

// For the clipboard: lines stay lines.
std::string printable_lines(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    result += printable(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace

void LadderPane::join(Desk& desk) {
  const auto has_run = [](const Desk& d) { return d.run != nullptr; };
  const auto add = [&](const char* id, const char* title, const char* menu, const char* tip,
                       std::function<void(Desk&)> run, std::function<bool(const Desk&)> is_on = {}) {
    desk.commands.add({.id = id,
                       .title = title,
                       .menu = menu,
                       .shortcut = "",
                       .tip = tip,
                       .run = std::move(run),
                       .is_enabled = has_run,
                       .is_on = std::move(is_on)});
  };
  add(
      "ladder/true-time", "Ladder in true time", "View", "Rows at their times instead of at equal distances",
      [this](Desk& d) {
        axis_ = axis_ == LadderAxis::rows ? LadderAxis::time : LadderAxis::rows;
        d.bring_to_front("bottom-left", "ladder");
      },
      [this](const Desk&) { return axis_ == LadderAxis::time; });
  add(
      "ladder/names", "Name servers in the ladder", "View", "Questions to name servers, and their answers",
      [this](Desk& d) {
        names_ = !names_;
        d.bring_to_front("bottom-left", "ladder");
      },
      [this](const Desk&) { return names_; });
  add(
      "ladder/segments", "TCP segments in the ladder", "View",
      "Each TCP segment; the run must have been recorded with --record packets",
      [this](Desk& d) {
        segments_ = !segments_;
        d.bring_to_front("bottom-left", "ladder");
      },
      [this](const Desk&) { return segments_; });
  add("ladder/copy", "Copy the ladder as text", "Export", "As the lecture writes it: C: and S: lines",
      [this](Desk& d) { copy(d); });
  desk.commands.add({.id = "ladder/next",
                     .title = "Next line of the ladder",
                     .menu = "",
                     .shortcut = ".",
                     .tip = "Goes to the moment of the next line",
                     .run = [this](Desk& d) { step(d, 1); },
                     .is_enabled = has_run,
                     .repeats = true});
  desk.commands.add({.id = "ladder/previous",
                     .title = "Previous line of the ladder",
                     .menu = "",
                     .shortcut = ",",
                     .tip = "Goes to the moment of the line before",
                     .run = [this](Desk& d) { step(d, -1); },
                     .is_enabled = has_run,
                     .repeats = true});
  desk.on_run_changed.push_back([this](Desk&) {
    LadderPane fresh;  // how it is shown stays as it was
    fresh.axis_ = axis_;
    fresh.names_ = names_;
    fresh.segments_ = segments_;
    fresh.zoom_ = zoom_;
    *this = std::move(fresh);
  });
}

void LadderPane::copy(Desk& desk) const {
  if (!ladder_ || ladder_->rows.empty())
    return desk.say(Desk::Tone::plain, "There is no ladder to copy yet.");
  Ladder shown = *ladder_;
  // What is hidden on the screen is not given away by a copy.
  if (desk.view().hides_answers) {
    const auto last = shown.row_at(desk.run->event());
    shown.rows.resize(static_cast<std::size_t>(last + 1));
    for (std::size_t i = 0; i < shown.rows.size(); ++i)
      shown.rows[i].is_lost = ladder_->is_known_lost(i, desk.run->event());
    std::erase_if(shown.phases, [&](const LadderPhase& phase) { return phase.first >= shown.rows.size(); });
  }
  const auto is_hidden = [&](const LadderRow& row) { return desk.hides(ladder_->event_of(row)); };
  for (LadderRow& row : shown.rows)
    if (row.what != What::gap && is_hidden(row)) row.text = row.full = "hidden";
  ImGui::SetClipboardText(printable_lines(as_text(shown)).c_str());
  desk.say(Desk::Tone::good, "The ladder is copied as text.");
}

// --- moments

void LadderPane::go_to(Desk& desk, trace::EventId event) {
  const auto found = desk.run->reader().event(event);
  if (!found) {
    desk.trouble = found.error();
    return;
  }
  desk.player.pause();
  desk.show_event(event);
  if (*found) desk.select(**found);
  seen_selection_ = desk.view().selection;  // chosen here: it is in this ladder already
}

void LadderPane::step(Desk& desk, int by) {
  follow(desk);
  load(desk);
  if (!ladder_) return;
  std::ptrdiff_t at = ladder_->row_at(desk.run->event());
  const auto& rows = ladder_->rows;
  do at += by;
  while (at >= 0 && at < std::ssize(rows) && rows[static_cast<std::size_t>(at)].what == What::gap);
  if (at >= 0 && at < std::ssize(rows)) go_to(desk, rows[static_cast<std::size_t>(at)].event);
}

void LadderPane::zoom(float by) {
  const float before = zoom_;
  zoom_ = std::clamp(zoom_ * by, kLeastZoom, kMostZoom);
  wanted_scroll_y_ = scroll_y_ * zoom_ / before;
}

}  // namespace mailroom::viz
