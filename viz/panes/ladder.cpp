// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/ladder.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "sim/story/quantities.hpp"
#include "viz/model/explain.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {

using What = LadderRow::What;

namespace {

constexpr float kRowHeight = 27;  // at 100 % and zoom 1
constexpr float kLeastZoom = 0.5f;
constexpr float kMostZoom = 3;
constexpr float kLeastLane = 110;  // between two lanes
constexpr float kTimes = 104;      // the column of times
constexpr float kWideEnoughForTimes = 430;
constexpr std::size_t kMostChoices = 24;  // of sessions and of messages each

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

// --- commands

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

// --- a frame

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

// --- lanes

void LadderPane::place_lanes(const Desk& desk, float wide) {
  const Ui& ui = desk.ui;
  const std::size_t count = ladder_->lanes.size();
  shares_.resize(count, 1.0f);
  const float left = ui.px(18) + (wide >= ui.px(kWideEnoughForTimes) ? ui.px(kTimes) : 0);
  const float scroll_bar = ImGui::GetStyle().ScrollbarSize;
  // Half a lane's name stands on each side of the first and of the last lane.
  const float margin = ui.px(58);
  const float room = wide - left - 2 * margin - scroll_bar;
  const float unit = count > 1 ? std::max(room / static_cast<float>(count - 1), ui.px(kLeastLane)) : 0;
  lanes_px_.assign(count, left + margin);
  for (std::size_t i = 1; i < count; ++i)
    lanes_px_[i] = lanes_px_[i - 1] + std::max(unit * shares_[i], ui.px(60));
  lanes_wide_px_ = (count > 0 ? lanes_px_.back() : left) + margin;
}

void LadderPane::draw_lanes(Desk& desk, const Rect& head) {
  Ui& ui = desk.ui;
  Pen pen = desk.pen("ladder");
  pen.clip(head);
  pen.rect(head, ui.theme->panel);
  for (std::size_t i = 0; i < lanes_px_.size(); ++i) {
    const float x = head.left + lanes_px_[i] - scroll_x_;
    const float to_left = i > 0 ? lanes_px_[i] - lanes_px_[i - 1] : ui.px(110);
    const float to_right = i + 1 < lanes_px_.size() ? lanes_px_[i + 1] - lanes_px_[i] : ui.px(110);
    const float room = std::min(to_left, to_right) - ui.px(14);
    const LadderLane& lane = ladder_->lanes[i];
    const Pen::Style style{.color = ui.theme->text,
                           .face = Face::strong,
                           .align = Pen::Align::center,
                           .max_width = room - ui.px(12)};
    const float half =
        std::min(pen.width(printable(std::string_view(lane.name).substr(0, 400)), style), style.max_width) /
            2 +
        ui.px(8);
    const Rect box{x - half, head.top + ui.px(2), x + half, head.bottom - ui.px(3)};
    const bool is_selected = lane.host && desk.view().selection.host == lane.host;
    pen.rect(box, is_selected ? mix(ui.theme->panel, ui.theme->accent, 0.22f) : ui.theme->raised, ui.px(4));
    pen.frame(box, is_selected ? ui.theme->accent : ui.theme->line, 1, ui.px(4));
    pen.text({x, box.center().y - pen.height(style) / 2}, lane.name, style);
    pen.hot(fmt::format("ladder/lane/{}", lane.name), box, lane.name, is_selected);
    const Rect seen = intersection(box, pen.clipped());
    if (seen.is_empty() || seen.width() < 1 || seen.height() < 1) continue;
    ImGui::SetCursorScreenPos({seen.left, seen.top});
    if (ImGui::InvisibleButton(fmt::format("##ladder/lane/{}", i).c_str(), {seen.width(), seen.height()}) &&
        lane.host) {
      desk.select(lane.host);
      seen_selection_ = desk.view().selection;
    }
    ui.tip(fmt::format(
        "{}: click to look at this host; drag the line between two names to give a column more room",
        lane.name));
  }
  draw_grips(desk, head);
  pen.unclip();
  ImGui::SetCursorScreenPos({head.left, head.bottom});
}

// Between two lanes: dragging makes the column at its left wider.
void LadderPane::draw_grips(Desk& desk, const Rect& head) {
  Ui& ui = desk.ui;
  for (std::size_t i = 1; i < lanes_px_.size(); ++i) {
    const float x = head.left + (lanes_px_[i - 1] + lanes_px_[i]) / 2 - scroll_x_;
    const Rect grip{x - ui.px(4), head.top, x + ui.px(4), head.bottom};
    if (grip.left < head.left || grip.right > head.right) continue;
    ImGui::SetCursorScreenPos({grip.left, grip.top});
    ImGui::InvisibleButton(fmt::format("##ladder/grip/{}", i).c_str(), {grip.width(), grip.height()});
    if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
      ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
      Pen pen = ui.pen();
      pen.rect({x - ui.px(1), grip.top + ui.px(4), x + ui.px(1), grip.bottom - ui.px(4)}, ui.theme->accent);
    }
    if (ImGui::IsItemActive()) {
      const float column = std::max(lanes_px_[i] - lanes_px_[i - 1], 1.0f);
      shares_[i] = std::clamp(shares_[i] * (1 + 2 * ImGui::GetIO().MouseDelta.x / column), 0.2f, 8.0f);
    }
    if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) shares_.assign(shares_.size(), 1.0f);
    ui.note_item(fmt::format("ladder/grip/{}", i));
  }
}

// --- rows

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
    if (row.received_ns >= 0)
      add(fmt::format("received {}, {} later", story::clock(row.received_ns),
                      story::duration(row.received_ns - row.sent_ns)));
    else
      add(row.is_lost ? "never received" : "not received yet");
  } else if (row.what == What::mark) {
    add("\nat " + story::clock(row.sent_ns));
  }
  desk.ui.tip(text, true);
}

std::unique_ptr<Pane> ladder_pane() {
  return std::make_unique<LadderPane>();
}

}  // namespace mailroom::viz
