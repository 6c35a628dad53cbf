// SPDX-License-Identifier: GPL-2.0-only
// What the mouse does on a chart: values under it, the nearest point, an area, a way back to all.
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "viz/panes/plots_chart.hpp"

namespace mailroom::viz {
namespace {

constexpr float kClickSlack = 4;  // pixels that a hand moves in a click
constexpr float kNear = 12;       // pixels within which a point is meant

Point mouse() {
  const ImVec2 at = ImGui::GetIO().MousePos;
  return {at.x, at.y};
}

}  // namespace

void Chart::find_hover(const Desk& desk, const Rect& plot) {
  const Point at = mouse();
  if (!ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) || !plot.contains(at)) return;
  hover_.is_over = true;
  hover_.at = at;
  if (plot_->form == Plot::Form::bars) {
    const auto row = static_cast<int>((at.y - plot.top) / bar_px_);
    if (row < std::ssize(drawn_bars_)) hover_.bar = row;
    return;
  }
  float best = desk.ui.px(kNear);
  for (std::size_t i = 0; i < plot_->series.size(); ++i) {
    if (!is_drawn(i)) continue;
    const auto& points = plot_->series[i].points;
    const auto before = [](const PlotPoint& point, double x) { return point.x < x; };
    auto point = std::lower_bound(points.begin(), points.end(), x_.value(at.x - desk.ui.px(kNear)), before);
    const auto end = std::lower_bound(point, points.end(), x_.value(at.x + desk.ui.px(kNear)), before);
    // Of thousands under the mouse any one is as good as another.
    for (int left = 2000; point != end && left > 0; ++point, --left) {
      if (!point->event) continue;
      const Point px{x_.px(point->x), y_.px(point->y)};
      const float far = std::hypot(px.x - at.x, px.y - at.y);
      if (far >= best) continue;
      best = far;
      hover_.nearest = *point;
      hover_.nearest_px = px;
    }
  }
}

void Chart::draw_hover(const Desk& desk, Pen& pen, const Rect& plot) {
  const Ui& ui = desk.ui;
  if (pressed_ && ImGui::IsMouseDown(0) && std::hypot(mouse().x - pressed_->x, mouse().y - pressed_->y) > kClickSlack) {
    const float a = std::clamp(pressed_->x, plot.left, plot.right);
    const float b = std::clamp(mouse().x, plot.left, plot.right);
    Rect area{std::min(a, b), plot.top, std::max(a, b), plot.bottom};
    if (!plot_->x.is_time) {
      area.top = std::clamp(std::min(pressed_->y, mouse().y), plot.top, plot.bottom);
      area.bottom = std::clamp(std::max(pressed_->y, mouse().y), plot.top, plot.bottom);
    }
    pen.rect(area, ui.theme->accent.faded(0.18f));
    pen.frame(area, ui.theme->accent);
  }
  if (!hover_.is_over || plot_->form == Plot::Form::bars) return;
  pen.line({hover_.at.x, plot.top}, {hover_.at.x, plot.bottom}, ui.theme->dim.faded(0.6f));
  pen.line({plot.left, hover_.at.y}, {plot.right, hover_.at.y}, ui.theme->dim.faded(0.35f));
  if (hover_.nearest) pen.ring(hover_.nearest_px, ui.px(6), ui.theme->accent, ui.px(2));
}

ChartAsk Chart::obey_mouse(const Desk& desk, const Rect& plot) {
  ChartAsk ask;
  ImGui::SetCursorScreenPos({plot.left, plot.top});
  ImGui::PushID(name_.c_str());
  ImGui::InvisibleButton("##plot", {plot.width(), plot.height()});
  ImGui::PopID();
  if (ImGui::IsItemActivated()) pressed_ = mouse();
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) {
    pressed_.reset();
    fit();
    ask.fit = true;
    return ask;
  }
  if (!ImGui::IsItemDeactivated() || !pressed_) return ask;
  const Point from = *pressed_;
  const Point to = mouse();
  pressed_.reset();
  find_hover(desk, plot);
  if (std::hypot(to.x - from.x, to.y - from.y) <= kClickSlack) {
    if (hover_.nearest) {
      ask.event = hover_.nearest->event;
    } else if (hover_.bar >= 0) {
      const trace::EventId first = drawn_bars_[static_cast<std::size_t>(hover_.bar)].event;
      if (first) ask.event = first;
    } else if (plot_->x.is_time && hover_.is_over) {
      ask.time = x_.value(to.x);
    }
    return ask;
  }
  if (plot_->form == Plot::Form::bars) return ask;
  const auto clamp_x = [&](float x) { return x_.value(std::clamp(x, plot.left, plot.right)); };
  const std::pair range(clamp_x(std::min(from.x, to.x)), clamp_x(std::max(from.x, to.x)));
  if (!(range.second > range.first)) return ask;
  if (plot_->x.is_time) {
    ask.area = range;
    return ask;
  }
  look.x = range;
  const auto clamp_y = [&](float y) { return y_.value(std::clamp(y, plot.top, plot.bottom)); };
  const std::pair heights(clamp_y(std::max(from.y, to.y)), clamp_y(std::min(from.y, to.y)));
  // A line along the axis chooses the axis alone.
  if (std::abs(from.y - to.y) > desk.ui.px(12) && heights.second > heights.first) look.y = heights;
  return ask;
}

}  // namespace mailroom::viz
