// SPDX-License-Identifier: GPL-2.0-only
// Steps, bars and the legend of a chart.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "viz/panes/plots_chart.hpp"

namespace mailroom::viz {
namespace {

constexpr float kLeastStep = 1.5f;  // pixels

}  // namespace

// The corners of the steps; nothing where two of them are so close that lines through them would not be seen as such.
std::vector<Point> Chart::path_of(std::size_t index) const {
  const std::vector<PlotPoint>& points = plot_->series[index].points;
  const float right = x_.high_px;
  const auto before = [](const PlotPoint& point, double x) { return point.x < x; };
  const auto first = std::lower_bound(points.begin(), points.end(), x_.low, before);
  const auto last = std::lower_bound(first, points.end(), x_.high, before);
  if (last - first > static_cast<std::ptrdiff_t>(right - x_.low_px)) return {};
  double value = first != points.begin() ? std::prev(first)->y : 0;
  std::vector<Point> path = {{x_.low_px, y_.px(value)}};
  const auto end = last == points.end() ? last : std::next(last);
  bool was_up = false;
  for (auto point = first; point != end; ++point) {
    const float x = x_.px(point->x);
    if (x > right) break;
    if (point->y == value) continue;
    // There and back within a pixel: no line can turn so sharply. What only rises is a line however steep it is.
    const bool turns = path.size() > 2 && (point->y > value) != was_up;
    if (turns && x - path.back().x < kLeastStep) return {};
    was_up = point->y > value;
    path.push_back({x, path.back().y});
    value = point->y;
    path.push_back({x, y_.px(value)});
  }
  // On an axis of time nobody knows what comes; a distribution stays at 1.
  const float until = plot_->x.is_time && !points.empty() ? std::min(right, x_.px(points.back().x)) : right;
  if (path.back().x < until) path.push_back({until, path.back().y});
  return path;
}

// A pixel at a time, from the least to the greatest that the steps are in it: no peak is lost, however short.
void Chart::draw_columns(Pen& pen, std::size_t index, Color color, float width) const {
  const float left = std::floor(x_.low_px);
  const auto& points = plot_->series[index].points;
  const float right = plot_->x.is_time ? std::min(x_.high_px, x_.px(points.back().x) + 1) : x_.high_px;
  std::optional<Rect> open;  // columns that are alike become one
  for (float x = left; x < right; ++x) {
    const PlotColumn column = columns_[index].over(x_.value(x), x_.value(x + 1), 1).front();
    if (!column.has) continue;
    const Rect rect{x, y_.px(column.max) - width / 2, x + 1, y_.px(column.min) + width / 2};
    if (open && open->top == rect.top && open->bottom == rect.bottom) {
      open->right = rect.right;
      continue;
    }
    if (open) pen.rect(*open, color);
    open = rect;
  }
  if (open) pen.rect(*open, color);
}

void Chart::draw_one(const Desk& desk, Pen& pen, std::size_t index) {
  const Ui& ui = desk.ui;
  const Color color = ui.theme->series_color(static_cast<std::int64_t>(index));
  const std::vector<Point> path = path_of(index);
  const float width = ui.px(index == 0 ? 2.2f : 1.8f);
  if (!path.empty()) {
    dashed_path(pen, path, index, color, width);
  } else {
    draw_columns(pen, index, color, width);
  }
  if (plot_->series.size() < 2) return;
  // Signs along the line, each series at places of its own.
  const float every = ui.px(110);
  const float at_first = x_.low_px + every * (0.35f + 0.13f * static_cast<float>(index));
  for (float x = at_first; x < x_.high_px; x += every) {
    const auto value = value_at(plot_->series[index], x_.value(x));
    if (value) series_sign(pen, {x, y_.px(*value)}, index, color, ui.px(4));
  }
}

void Chart::draw_steps(const Desk& desk, Pen& pen, const Rect& plot) {
  pen.clip(plot.grown(2));
  // The first is the most important: on top.
  for (std::size_t i = plot_->series.size(); i-- > 0;)
    if (is_drawn(i)) draw_one(desk, pen, i);
  pen.unclip();
}

namespace {

// The category of a bar that is called by a reply code.
Category category_of_bar(const PlotBar& bar) {
  return bar.name.size() == 3 && bar.name[0] >= '2' && bar.name[0] <= '5' ? category_of((bar.name[0] - '0') * 100)
                                                                          : Category::none;
}

}  // namespace

// As many as there is room for; the rest in one.
void Chart::choose_bars(const Desk& desk, const Pen& pen, const Rect& plot) {
  const float least = pen.height({.color = {}}) + desk.ui.px(3);
  const std::size_t room = std::max<std::size_t>(2, static_cast<std::size_t>(plot.height() / least));
  drawn_bars_ = plot_->bars;
  if (drawn_bars_.size() <= room) return;
  PlotBar rest{.name = fmt::format("{} others", drawn_bars_.size() - room + 1),
               .meaning = "each of them is shown in a larger pane, and in the CSV"};
  rest.parts.resize(std::max<std::size_t>(plot_->part_names.size(), 1));
  for (std::size_t i = room - 1; i < drawn_bars_.size(); ++i)
    for (std::size_t part = 0; part < rest.parts.size(); ++part) rest.parts[part] += drawn_bars_[i].parts[part];
  drawn_bars_.resize(room - 1);
  drawn_bars_.push_back(std::move(rest));
}

void Chart::draw_bars(const Desk& desk, Pen& pen, const Rect& plot) {
  const Ui& ui = desk.ui;
  const float line = pen.height({.color = {}});
  const std::size_t count = drawn_bars_.size();
  const float high = std::min(plot.height() / static_cast<float>(std::max<std::size_t>(count, 1)), ui.px(46));
  bar_px_ = high;
  const bool is_parted = plot_->part_names.size() > 1;
  for (std::size_t i = 0; i < count; ++i) {
    const PlotBar& bar = drawn_bars_[i];
    const Rect row{plot.left, plot.top + high * static_cast<float>(i), plot.right, plot.top + high * static_cast<float>(i + 1)};
    const float inset = std::min(high * 0.16f, ui.px(6));
    const Category category = is_parted ? Category::none : category_of_bar(bar);
    if (hover_.bar == static_cast<int>(i)) pen.rect(row, ui.theme->accent.faded(0.12f));
    const std::string label =
        category == Category::none ? bar.name : fmt::format("{} {}", sign_of(category), bar.name);
    pen.text({row.left - ui.px(8), row.center().y - line / 2}, label,
             {.color = category == Category::none ? ui.theme->text : ui.theme->of(category),
              .align = Pen::Align::right,
              .max_width = plot.left - ui.px(12)});
    double sum = 0;
    for (std::size_t part = 0; part < bar.parts.size(); ++part) {
      if (is_parted && look.hidden.contains(plot_->part_names[part])) continue;
      const Rect piece{x_.px(sum), row.top + inset, x_.px(sum + bar.parts[part]), row.bottom - inset};
      sum += bar.parts[part];
      const Color fill = is_parted ? ui.theme->series_color(static_cast<std::int64_t>(part)) : ui.theme->of(category);
      hatched(pen, piece, is_parted ? part : 0, fill, ui.theme->panel.faded(0.6f));
    }
    const std::string value = quantity(sum, plot_->y.unit);
    pen.text({x_.px(sum) + ui.px(6), row.center().y - line / 2}, value,
             {.color = ui.theme->text, .max_width = std::max(plot.right + ui.px(4) - x_.px(sum), 1.0f)});
    pen.hot(fmt::format("{}/bar/{}", name_, bar.name), row, value);
  }
}

void Chart::draw_legend(Desk& desk, Pen& pen, const Rect& area) {
  const Ui& ui = desk.ui;
  const bool is_bars = plot_->form == Plot::Form::bars;
  const std::size_t count = is_bars ? plot_->part_names.size() : plot_->series.size();
  float left = area.left;
  // Where the mouse is: first, so that the values that follow are of it.
  if (hover_.is_over && !is_bars) {
    const double x = x_.value(hover_.at.x);
    const Rect at = pen.text({left, area.top}, quantity(x, plot_->x.unit), {.color = ui.theme->accent, .face = Face::strong});
    left = at.right + ui.px(14);
  }
  if (count < 2 && is_bars) {
    if (hover_.bar >= 0)
      pen.text({left, area.top}, drawn_bars_[static_cast<std::size_t>(hover_.bar)].meaning,
               {.color = ui.theme->text, .max_width = area.right - left});
    return;
  }
  const std::size_t shown = std::min(count, kMostSeries);
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string& series = is_bars ? plot_->part_names[i] : plot_->series[i].name;
    const bool is_hidden = look.hidden.contains(series);
    std::string label = series;
    if (is_bars && hover_.bar >= 0) {
      label += "  " + quantity(drawn_bars_[static_cast<std::size_t>(hover_.bar)].parts[i], plot_->y.unit);
    } else if (!is_bars && hover_.is_over && !is_hidden) {
      const auto value = value_at(plot_->series[i], x_.value(hover_.at.x));
      if (value) label += "  " + quantity(*value, plot_->y.unit);
    }
    const Color color = ui.theme->series_color(static_cast<std::int64_t>(i)).faded(is_hidden ? 0.35f : 1);
    const float wide = ui.px(26);
    const Pen::Style style{.color = is_hidden ? ui.theme->dim.faded(0.6f) : ui.theme->text,
                           .max_width = std::max(area.right - left - wide, 1.0f)};
    if (area.right - left < wide + ui.px(30)) break;
    const float middle = area.center().y;
    if (is_bars) {
      hatched(pen, {left, area.top + ui.px(2), left + ui.px(20), area.bottom - ui.px(2)}, i, color, ui.theme->panel.faded(0.6f));
    } else {
      dashed_path(pen, {{left, middle}, {left + ui.px(20), middle}}, i, color, ui.px(2));
      series_sign(pen, {left + ui.px(10), middle}, i, color, ui.px(4));
    }
    const Rect text = pen.text({left + wide, area.top}, label, style);
    const Rect all{left, area.top, text.right, area.bottom};
    pen.hot(fmt::format("{}/legend/{}", name_, series), all, label, !is_hidden);
    ImGui::SetCursorScreenPos({all.left, all.top});
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::InvisibleButton("##legend", {std::max(all.width(), 1.0f), std::max(all.height(), 1.0f)}) &&
        !look.hidden.erase(series))
      look.hidden.insert(series);
    ImGui::PopID();
    left = text.right + ui.px(14);
  }
  if (count > shown && area.right - left > ui.px(60))
    pen.text({left, area.top}, fmt::format("{} more hosts are not drawn", count - shown),
             {.color = ui.theme->dim, .max_width = area.right - left});
}

}  // namespace mailroom::viz
