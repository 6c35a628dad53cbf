// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/ladder.hpp"

#include <imgui.h>

#include <algorithm>

#include "viz/panes/panes.hpp"

namespace mailroom::viz {

namespace {

constexpr std::size_t kMostChoices = 24;  // of sessions and of messages each

}  // namespace

void LadderPane::draw(Desk& desk, const Rect& area) {
  follow(desk);
  load(desk);
  if (laid_out_ != axis_ && ladder_) {
    layout_ = lay_out(*ladder_, axis_);
    laid_out_ = axis_;
  }
  update_filter(desk);
  Ui& ui = desk.ui;
  draw_bar(desk);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  Rect rest{area.left, at.y, area.right, area.bottom};
  if (rest.is_empty()) return;
  std::string words;
  if (!failure_.empty()) {
    words = failure_;
  } else if (!subject_) {
    words =
        desk.run->header().level < trace::Level::full
            ? "Choose a message. This run has no lines of dialogues: it was recorded without --record full."
            : "No session has begun at this moment. Go on in time, or choose a session or a message here.";
  } else if (loader_ && loader_->is_busy() && !(ladder_ && ladder_->question == asked_.ladder)) {
    words = "Reading …";
  } else if (ladder_ && ladder_->rows.empty()) {
    words = ladder_->lacks.empty() ? "The run says nothing about this." : ladder_->lacks;
  } else if (ladder_ && !ladder_->lacks.empty()) {
    ui.paragraph(ladder_->lacks, ui.theme->dim, rest.width() - ui.px(12));
    rest.top = ImGui::GetCursorScreenPos().y;
  }
  if (!words.empty() || !ladder_) {
    ui.paragraph(words, ui.theme->dim, rest.width() - ui.px(12));
    return;
  }
  const float head = ui.px(26);
  place_lanes(desk, rest.width());
  draw_lanes(desk, {rest.left, rest.top, rest.right, rest.top + head});
  draw_body(desk, {rest.left, rest.top + head, rest.right, rest.bottom});
}

void LadderPane::draw_bar(Desk& desk) {
  Ui& ui = desk.ui;
  const float room = ImGui::GetContentRegionAvail().x;
  const float button = ImGui::GetFrameHeight();
  const bool is_narrow = room < ui.px(470);
  const float buttons = is_narrow ? button * 3 + ui.px(20) : button * 3 + ui.px(215);
  draw_chooser(desk, std::max(room - buttons - ui.px(8), ui.px(60)));
  const auto toggle = [&](const char* name, const char* label, const char* tip, bool& value) {
    ImGui::SameLine(0, ui.px(4));
    if (ui.button(name, label, {.is_on = value, .tip = tip})) value = !value;
  };
  if (!is_narrow) {
    bool is_time = axis_ == LadderAxis::time;
    toggle("ladder/true-time", "True time", "Rows at their times instead of at equal distances", is_time);
    axis_ = is_time ? LadderAxis::time : LadderAxis::rows;
    toggle("ladder/names", "DNS", "Questions to name servers, and their answers", names_);
    toggle("ladder/segments", "TCP", "Each TCP segment (runs recorded with --record packets)", segments_);
  }
  const auto action = [&](const char* name, const char* label, const char* tip) {
    ImGui::SameLine(0, ui.px(4));
    return ui.button(name, label, {.width = button, .tip = tip});
  };
  if (action("ladder/zoom-out", "-", "Lower rows (Ctrl + wheel)")) zoom(1 / 1.2f);
  if (action("ladder/zoom-in", "+", "Higher rows (Ctrl + wheel)")) zoom(1.2f);
  if (action("ladder/copy", icon::kList, "Copy as text, as the lecture writes it")) copy(desk);
}

// The newest, some sessions and messages before the moment; and what is shown, if it is none of these.
void LadderPane::draw_chooser(Desk& desk, float width_px) {
  const trace::World& world = desk.run->world();
  std::vector<LadderSubject> subjects{LadderSubject{}};
  const LadderSubject newest_one = newest(desk);
  std::vector<std::string> labels{newest_one ? "Newest: " + title_of(desk, newest_one)
                                             : "Newest: nothing yet"};
  const auto offer = [&](const LadderSubject& subject) {
    subjects.push_back(subject);
    labels.push_back(title_of(desk, subject));
  };
  if (!is_automatic_ && subject_) offer(subject_);
  std::size_t count = 0;
  for (std::int64_t id = world.messages.size(); id >= 1 && count < kMostChoices; --id)
    if (world.messages.find({id})->composed && subject_.message.value != id) {
      offer({.message = {id}});
      ++count;
    }
  count = 0;
  for (std::int64_t id = world.sessions.size(); id >= 1 && count < kMostChoices; --id) {
    const trace::SessionState* session = world.sessions.find({id});
    if ((session->sender.opened_ns < 0 && session->receiver.opened_ns < 0) || subject_.session.value == id)
      continue;
    offer({.session = {id}});
    ++count;
  }
  int chosen = is_automatic_ || !subject_ ? 0 : 1;
  if (!desk.ui.combo("ladder/subject", labels, chosen, width_px)) return;
  is_automatic_ = chosen == 0;
  subject_ = is_automatic_ ? newest_one : subjects[static_cast<std::size_t>(chosen)];
  wanted_scroll_y_ = 0.0f;
}

std::unique_ptr<Pane> ladder_pane() {
  return std::make_unique<LadderPane>();
}

}  // namespace mailroom::viz
