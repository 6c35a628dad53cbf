// SPDX-License-Identifier: GPL-2.0-only
// The rows of the ladder: the picture, what the mouse does there, and what each line means.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "sim/story/quantities.hpp"
#include "viz/model/explain.hpp"
#include "viz/panes/ladder.hpp"

namespace mailroom::viz {

using What = LadderRow::What;

namespace {

constexpr float kRowHeight = 27;  // at 100 % and zoom 1

constexpr ImGuiWindowFlags kBodyFlags = ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoNav |
                                        ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoSavedSettings;

// "250-mx1.example\n250 SIZE" without the codes.
std::string without_codes(std::string_view lines) {
  std::string result;
  while (true) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    result += line.substr(std::min<std::size_t>(4, line.size()));
    if (end == lines.size()) return result;
    result += '\n';
    lines.remove_prefix(end + 1);
  }
}

}  // namespace

LadderPicture LadderPane::picture(Desk& desk, const Rect& body) const {
  const Ui& ui = desk.ui;
  LadderPicture picture{.ladder = *ladder_, .layout = layout_, .theme = *ui.theme};
  picture.scale = ui.scale;
  picture.row_px = ui.px(kRowHeight) * zoom_;
  picture.area = body;
  picture.top = body.top + picture.row_px * 0.7f - scroll_y_;
  for (const float x : lanes_px_) picture.lanes.push_back(body.left + x - scroll_x_);
  picture.times_px =
      body.width() >= ui.px(kWideEnoughForTimes) - ImGui::GetStyle().ScrollbarSize ? ui.px(kTimes) : 0;
  picture.event = desk.run->event();
  picture.time_ns = desk.time_ns();
  picture.selected = desk.view().selection.event;
  picture.hides_future = desk.view().hides_answers;
  picture.is_hidden = [this, &desk](const LadderRow& row) {
    return row.what != What::gap && desk.hides(ladder_->event_of(row));
  };
  picture.is_dimmed = [this](std::size_t row) { return is_dimmed(row); };
  return picture;
}

void LadderPane::draw_body(Desk& desk, const Rect& body) {
  if (body.height() < 4 || body.width() < 4) return;
  Ui& ui = desk.ui;
  const float row_px = ui.px(kRowHeight) * zoom_;
  const float high = static_cast<float>(layout_.height) * row_px + row_px;
  ImGui::SetCursorScreenPos({body.left, body.top});
  ImGui::SetNextWindowContentSize({lanes_wide_px_, high});
  if (wanted_scroll_y_) ImGui::SetNextWindowScroll({-1, std::max(*wanted_scroll_y_, 0.0f)});
  wanted_scroll_y_.reset();
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
  ImGui::BeginChild("##ladder/body", {body.width(), body.height()}, false, kBodyFlags);
  ImGui::PopStyleVar();
  scroll_x_ = ImGui::GetScrollX();
  scroll_y_ = ImGui::GetScrollY();
  const ImRect inner = ImGui::GetCurrentWindow()->InnerRect;
  const Rect seen{inner.Min.x, inner.Min.y, inner.Max.x, inner.Max.y};
  Pen pen = desk.pen("ladder");
  const LadderPicture shown = picture(desk, seen);
  LadderPainter painter(shown, pen);
  painter.draw();
  pen.hot("ladder/body", seen);
  hear_mouse(desk, painter, seen);
  menu_.draw(desk);
  keep_moment_in_sight(painter, desk, seen.height());
  if (ladder_->is_cut) {
    const Pen::Style style{.color = ui.theme->dim, .max_width = seen.width() - ui.px(30)};
    pen.label({seen.left + ui.px(20), shown.top + high - row_px * 1.4f},
              "… there is more, which is not shown here", style);
  }
  ImGui::EndChild();
}

// The picture follows the moment when it goes out of sight; a person who scrolls is left alone.
void LadderPane::keep_moment_in_sight(const LadderPainter& painter, const Desk& desk, float high) {
  if (seen_event_ == desk.run->event() && seen_time_ns_ == desk.time_ns()) return;
  seen_event_ = desk.run->event();
  seen_time_ns_ = desk.time_ns();
  if (!ladder_ || ladder_->row_at(seen_event_) < 0) return;
  const float top = ImGui::GetCurrentWindow()->InnerRect.Min.y;
  const float at = painter.moment_y() - top;
  if (at > high * 0.08f && at < high * 0.82f) return;
  wanted_scroll_y_ = scroll_y_ + at - high * 0.6f;
}

void LadderPane::hear_mouse(Desk& desk, const LadderPainter& painter, const Rect& body) {
  if (body.width() < 1 || body.height() < 1) return;
  const ImGuiIO& io = ImGui::GetIO();
  ImGui::SetCursorScreenPos({body.left, body.top});
  const bool clicked =
      ImGui::InvisibleButton("##ladder/rows", {body.width(), body.height()},
                             ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonMiddle);
  const bool is_dragged = ImGui::IsItemActive() && (ImGui::IsMouseDragging(0) || ImGui::IsMouseDragging(2));
  if (is_dragged) {
    ImGui::SetScrollX(std::max(ImGui::GetScrollX() - io.MouseDelta.x, 0.0f));
    ImGui::SetScrollY(std::max(ImGui::GetScrollY() - io.MouseDelta.y, 0.0f));
  }
  if (!ImGui::IsItemHovered()) return;
  if (io.MouseWheel != 0 && io.KeyCtrl) {
    zoom(std::pow(1.15f, io.MouseWheel));
  } else if (io.MouseWheel != 0 && io.KeyShift) {
    ImGui::SetScrollX(std::max(ImGui::GetScrollX() - io.MouseWheel * desk.ui.px(60), 0.0f));
  } else if (io.MouseWheel != 0) {
    ImGui::SetScrollY(std::max(ImGui::GetScrollY() - io.MouseWheel * desk.ui.px(70), 0.0f));
  }
  if (io.MouseWheelH != 0)
    ImGui::SetScrollX(std::max(ImGui::GetScrollX() - io.MouseWheelH * desk.ui.px(60), 0.0f));
  const auto row = painter.row_at({io.MousePos.x, io.MousePos.y});
  if (!row) return;
  const LadderRow& at = ladder_->rows[*row];
  const bool was_a_drag = ImGui::GetMouseDragDelta(0).x != 0 || ImGui::GetMouseDragDelta(0).y != 0;
  if (clicked && !was_a_drag && ImGui::IsMouseReleased(0)) {
    go_to(desk, at.event);
  } else if (ImGui::IsMouseReleased(1) && at.what != What::gap) {
    if (const auto event = desk.run->reader().event(at.event); event && *event) menu_.open(**event);
  } else if (!is_dragged && !menu_.is_open()) {
    explain(desk, at);
  }
}

// What the line means, and when it was where.
void LadderPane::explain(Desk& desk, const LadderRow& row) const {
  Explanation words;
  switch (row.what) {
    case What::command:
      words = row.is_response ? Explanation{"the answer to the challenge", "A part of the proof, in base64.",
                                            "RFC 4954 §4"}
                              : explain_command(row.text);
      break;
    case What::reply:
      words = row.confirms ? explain_confirmation(row.code, without_codes(row.full))
                           : explain_reply(row.code, without_codes(row.full), row.answers);
      break;
    case What::content:
      words = explain_content(row.answers == smtp::Verb::bdat);
      break;
    default:
      words = explain_kind(row.kind);
  }
  std::string text;
  const auto add = [&](std::string_view line) {
    if (line.empty()) return;
    if (!text.empty()) text += '\n';
    text += line;
  };
  if (row.what == What::gap) {
    add(fmt::format("Nothing happens here for {}", row.text));
  } else {
    add(row.full.empty() ? row.text : row.full);
    if (!words.title.empty()) add("\n" + words.title);
    add(words.text);
    if (!words.source.empty()) add("(" + words.source + ")");
  }
  if (row.is_arrow()) {
    add(fmt::format("\nsent {}", story::clock(row.sent_ns)));
    const bool hides_future = desk.view().hides_answers;
    const auto place = static_cast<std::size_t>(&row - ladder_->rows.data());
    const bool is_lost = hides_future ? ladder_->is_known_lost(place, desk.run->event()) : row.is_lost;
    if (row.received_ns >= 0 && !(hides_future && row.received_ns > desk.time_ns()))
      add(fmt::format("received {}, {} later", story::clock(row.received_ns),
                      story::duration(row.received_ns - row.sent_ns)));
    else
      add(is_lost ? "never received" : "not received yet");
  } else if (row.what == What::mark) {
    add("\nat " + story::clock(row.sent_ns));
  }
  desk.ui.tip(text, true);
}

}  // namespace mailroom::viz
