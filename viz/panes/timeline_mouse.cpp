// SPDX-License-Identifier: GPL-2.0-only
// What the mouse does on the timeline: scrub, zoom, pan, choose an area, go to a mark, drag a flag.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "sim/story/quantities.hpp"
#include "viz/panes/timeline.hpp"

namespace mailroom::viz {
namespace {

constexpr double kWheelZoom = 0.8;  // a notch
constexpr float kDragFrom = 3;      // pixels at 100 %: what moves less is a click
constexpr const char* kMenu = "##timeline/menu";

}  // namespace

void TimelinePane::obey_mouse(Desk& desk, const Lanes& lanes) {
  const ImGuiIO& io = ImGui::GetIO();
  const Point mouse{io.MousePos.x, io.MousePos.y};
  const float width = lanes.track.width();
  const bool is_over = ImGui::IsItemHovered();
  const std::int64_t end_ns = desk.run->end_ns();
  if (is_over && io.MouseWheel != 0) {
    if (io.KeyShift) {
      axis_.pan(io.MouseWheel * width * 0.1f, width, end_ns);
    } else {
      axis_.zoom(std::pow(kWheelZoom, static_cast<double>(io.MouseWheel)), mouse.x - lanes.track.left, width,
                 end_ns);
    }
    is_whole_ = axis_ == TimeAxis::whole(end_ns);
  }
  if (is_over && io.MouseWheelH != 0) {
    axis_.pan(io.MouseWheelH * width * 0.1f, width, end_ns);
    is_whole_ = axis_ == TimeAxis::whole(end_ns);
  }
  const bool is_any_clicked =
      ImGui::IsMouseClicked(0) || ImGui::IsMouseClicked(1) || ImGui::IsMouseClicked(2);
  if (is_over && is_any_clicked) {
    press(desk, lanes, mouse);
  } else if (grip_ != Grip::none) {
    hold(desk, lanes, mouse);
  } else if (is_over) {
    hover(desk, lanes, mouse);
  }
  if (ImGui::BeginPopup(kMenu)) {
    const Spot spot{.what = {}, .time_ns = pressed_ns_};
    desk.ui.text(story::clock(pressed_ns_), desk.ui.theme->dim, Face::strong);
    if (desk.ui.menu_item("timeline/menu/show", "Show this moment", "", false, true))
      desk.show_time(pressed_ns_);
    for (const auto& add : desk.context_menus) add(desk, spot);
    ImGui::EndPopup();
  }
}

void TimelinePane::press(Desk& desk, const Lanes& lanes, Point mouse) {
  const float width = lanes.track.width();
  pressed_at_ = mouse;
  pressed_ns_ =
      std::clamp<std::int64_t>(axis_.time_at(mouse.x - lanes.track.left, width), 0, desk.run->end_ns());
  has_moved_ = false;
  if (!ImGui::IsMouseClicked(0)) {
    grip_ = Grip::pan;
    return;
  }
  if (ImGui::IsMouseDoubleClicked(0) && grip_ == Grip::none) {
    // The first of the two clicks went to a moment, which nobody wanted.
    desk.show_time(shown_before_ns_);
    is_whole_ = true;
    return;
  }
  shown_before_ns_ = desk.time_ns();
  if (ImGui::GetIO().KeyShift) {
    grip_ = Grip::range;
    return;
  }
  for (std::size_t i = 0; i < flag_rects_.size() && i < flags_.size(); ++i) {
    if (!flag_rects_[i].contains(mouse)) continue;
    grip_ = Grip::flag;
    flag_ = flags_[i].name;
    flag_from_ns_ = flags_[i].time_ns;
    return;
  }
  mark_.reset();
  const float x = lanes.track.left + axis_.x_of(desk.time_ns(), width);
  const bool is_on_cursor = std::abs(mouse.x - x) <= desk.ui.px(4);
  for (const Hot& hot : marks_) {
    if (hot.rect.contains(mouse) && hot.bin < overview_.bins.size()) mark_ = hot;
  }
  if (mark_ && !is_on_cursor) {
    grip_ = Grip::mark;
    return;
  }
  for (const auto& [rect, place] : spans_) {
    if (is_on_cursor || !rect.contains(mouse)) continue;
    grip_ = Grip::span;
    span_ = place;
    return;
  }
  grip_ = Grip::cursor;
  desk.player.pause();
  if (!is_on_cursor) desk.show_time(pressed_ns_);
}

void TimelinePane::hold(Desk& desk, const Lanes& lanes, Point mouse) {
  const float width = lanes.track.width();
  const Point moved = mouse - pressed_at_;
  const bool is_held = ImGui::IsMouseDown(0) || ImGui::IsMouseDown(1) || ImGui::IsMouseDown(2);
  has_moved_ =
      has_moved_ || std::abs(moved.x) > desk.ui.px(kDragFrom) || std::abs(moved.y) > desk.ui.px(kDragFrom);
  const std::int64_t here_ns =
      std::clamp<std::int64_t>(axis_.time_at(mouse.x - lanes.track.left, width), 0, desk.run->end_ns());
  if (has_moved_) {
    switch (grip_) {
      case Grip::pan:
        if (ImGui::GetIO().MouseDelta.x != 0) {
          axis_.pan(ImGui::GetIO().MouseDelta.x, width, desk.run->end_ns());
          is_whole_ = axis_ == TimeAxis::whole(desk.run->end_ns());
        }
        break;
      case Grip::span:
      case Grip::mark:  // a drag that begins on a mark scrubs as well
        grip_ = Grip::cursor;
        desk.player.pause();
        [[fallthrough]];
      case Grip::cursor:
        if (here_ns != desk.time_ns()) desk.show_time(here_ns);
        break;
      case Grip::range:
        choose_range(desk, pressed_ns_, here_ns);
        break;
      case Grip::flag:
        for (const TimelineFlag& flag : flags_) {
          if (flag.name != flag_ || !flag.move) continue;
          const std::int64_t by_ns = here_ns - pressed_ns_;
          const auto move = flag.move;  // it may change the flags
          move(desk, std::max<std::int64_t>(flag_from_ns_ + by_ns, 0));
          break;
        }
        break;
      case Grip::none:
        break;
    }
  }
  if (is_held) return;
  const Grip grip = grip_;
  grip_ = Grip::none;
  const auto of_flag = [&](auto TimelineFlag::*what) {
    const auto flag = std::ranges::find(flags_, flag_, &TimelineFlag::name);
    if (flag == flags_.end() || !((*flag).*what)) return;
    const auto call = (*flag).*what;  // it may change the flags
    call(desk);
  };
  if (has_moved_ && grip == Grip::flag) return of_flag(&TimelineFlag::drop);
  if (has_moved_) return;
  if (grip == Grip::flag) return of_flag(&TimelineFlag::open);
  if (grip == Grip::span && span_ < desk.run->index().marks.spans().size()) {
    open_event(desk, desk.run->index().marks.spans()[span_].began);
  }
  if (grip == Grip::pan && ImGui::IsMouseReleased(1)) ImGui::OpenPopup(kMenu);
  if (grip == Grip::mark && mark_ && mark_->bin < overview_.bins.size())
    open_mark(desk, overview_.bins[mark_->bin], mark_->mark);
  if (grip == Grip::range && desk.view().range) desk.edit("choose no area", [](View& v) { v.range.reset(); });
}

void TimelinePane::choose_range(Desk& desk, std::int64_t a_ns, std::int64_t b_ns) {
  const TimeRange range{std::min(a_ns, b_ns), std::max(a_ns, b_ns)};
  if (desk.view().range != range)
    desk.edit(
        "choose an area of time", [&](View& v) { v.range = range; }, "timeline/area");
}

// To the first event of the class there; if that is shown already, to the next.
void TimelinePane::open_mark(Desk& desk, const Overview::Bin& bin, MarkClass mark) {
  const Log<Mark>& all = desk.run->index().marks.of(mark);
  const std::int64_t first = all.partition(0, [&](const Mark& one) { return one.time_ns >= bin.from_ns; });
  std::int64_t at = all.partition(first, [&](const Mark& one) { return one.event > desk.run->event(); });
  const bool is_shown = at > first && all[at - 1].event == desk.run->event();
  if (!is_shown || at == all.size() || all[at].time_ns >= bin.until_ns) at = first;
  if (at == all.size()) return;
  open_event(desk, all[at].event);
}

void TimelinePane::open_event(Desk& desk, trace::EventId id) {
  desk.player.pause();
  desk.show_event(id);
  if (const auto event = desk.run->reader().event(id); event && *event) desk.select(**event);
}

void TimelinePane::hover(Desk& desk, const Lanes& lanes, Point mouse) {
  for (std::size_t i = 0; i < flag_rects_.size() && i < flags_.size(); ++i) {
    if (!flag_rects_[i].contains(mouse)) continue;
    if (flags_[i].move) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
    return desk.ui.tip(flags_[i].tip, true);
  }
  for (const Hot& hot : marks_) {
    if (!hot.rect.contains(mouse) || hot.bin >= overview_.bins.size()) continue;
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    return desk.ui.tip(tip_of(desk, overview_.bins[hot.bin]), true);
  }
  const std::vector<Span>& spans = desk.run->index().marks.spans();
  for (const auto& [rect, place] : spans_) {
    if (rect.contains(mouse) && place < spans.size()) return desk.ui.tip(tip_of(desk, spans[place]), true);
  }
  const std::int64_t here_ns = std::clamp<std::int64_t>(
      axis_.time_at(mouse.x - lanes.track.left, lanes.track.width()), 0, desk.run->end_ns());
  desk.ui.tip(story::clock(here_ns) +
              "\nDrag: scrub   wheel: zoom   right drag: pan   Shift+drag: choose an area");
}

}  // namespace mailroom::viz
