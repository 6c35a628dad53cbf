// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/plots_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mailroom::viz {

void Chart::show(const Plot& plot, std::uint64_t key) {
  if (plot_ == &plot && key_ == key) return;
  plot_ = &plot;
  key_ = key;
  columns_.clear();
  for (const PlotSeries& series : plot.series) columns_.emplace_back(series);
}

void Chart::fit() {
  look.x.reset();
  look.y.reset();
}

bool Chart::is_drawn(std::size_t series) const {
  return series < kMostSeries && !look.hidden.contains(plot_->series[series].name);
}

Chart::Areas Chart::divide(const Desk& desk, const Pen& pen, const Rect& area) const {
  const Ui& ui = desk.ui;
  const float line = pen.height({.color = {}});
  Areas areas;
  Rect rest = {area.left + ui.px(8), area.top + ui.px(4), area.right - ui.px(10), area.bottom - ui.px(4)};
  // In a low pane the curve comes before its legend, and that before its title.
  const bool has_title = !plot_->empty.empty() || rest.height() > line * 7;
  const bool has_legend = rest.height() > line * 5;
  if (has_title) {
    areas.title = {rest.left, rest.top, rest.right, rest.top + line};
    rest.top += line + ui.px(4);
  }
  if (has_legend || has_title) {
    areas.legend = {rest.left, rest.top, rest.right, rest.top + line};
    rest.top += line + ui.px(10);
  }
  // Beside the plot where there is room, and none where there is none.
  const bool has_two = !plot_->statistics && plot_->series.size() == 2;
  const float wide = ui.px(has_two ? 210 : 150);
  if ((plot_->statistics || has_two) && rest.width() > ui.px(430) && rest.height() > line * 7.5f) {
    areas.statistics = {rest.right - wide, rest.top, rest.right, rest.bottom};
    rest.right -= wide + ui.px(10);
  }
  float left = 0;
  if (plot_->form == Plot::Form::bars) {
    for (const PlotBar& bar : plot_->bars) left = std::max(left, pen.width(bar.name, {.color = {}}));
    left = std::min(left + ui.px(22), rest.width() * 0.4f);
  } else {
    left = pen.width("0.0000", {.color = {}}) + ui.px(6);
  }
  areas.plot = {rest.left + left, rest.top, rest.right, rest.bottom - line * 2 - ui.px(8)};
  return areas;
}

void Chart::make_scales(const Rect& plot) {
  double most = 0;
  if (plot_->form == Plot::Form::bars) {
    for (const PlotBar& bar : drawn_bars_) {
      double sum = 0;
      for (const double part : bar.parts) sum += part;
      most = std::max(most, sum);
    }
    x_ = sound({.low = 0, .high = most * 1.22, .low_px = plot.left, .high_px = plot.right}, 0);
    return;
  }
  double low = 1e300;
  double high = -1e300;
  double least_x = 1e300;
  for (const PlotSeries& series : plot_->series) {
    if (series.points.empty()) continue;
    low = std::min(low, series.points.front().x);
    high = std::max(high, series.points.back().x);
    for (const PlotPoint& point : series.points) {
      if (point.x <= 0) continue;
      least_x = std::min(least_x, point.x);
      break;
    }
  }
  if (low > high) low = high = 0;
  if (!plot_->x.is_time) low = std::min(low, 0.0);
  const auto range_x = look.x.value_or(std::pair(low, high));
  x_ = sound({.low = range_x.first, .high = range_x.second, .is_log = look.is_log_x, .low_px = plot.left,
              .high_px = plot.right},
             least_x < 1e300 ? least_x : 1e-3);
  for (std::size_t i = 0; i < plot_->series.size(); ++i) {
    if (!is_drawn(i)) continue;
    for (const PlotColumn& column : columns_[i].over(x_.low, x_.high, 1))
      if (column.has) most = std::max(most, column.max);
  }
  // A share goes to the very top; counts have some air over them.
  const bool is_share = plot_->y.unit.empty() && most <= 1;
  const auto range_y = look.y.value_or(std::pair(0.0, is_share ? 1.0 : most * 1.08));
  y_ = sound({.low = range_y.first, .high = range_y.second, .is_log = look.is_log_y, .low_px = plot.bottom,
              .high_px = plot.top},
             is_share ? 0.01 : 1);
}

ChartAsk Chart::draw(Desk& desk, Pen& pen, const Rect& area, std::optional<double> now) {
  hover_ = {};
  if (plot_ == nullptr) return {};
  const Areas areas = divide(desk, pen, area);
  if (!areas.title.is_empty()) draw_title(desk, pen, areas);
  if (!plot_->empty.empty()) {
    draw_empty(desk, pen, {areas.title.left, areas.legend.top, areas.title.right, area.bottom});
    return {};
  }
  if (areas.plot.width() < desk.ui.px(40) || areas.plot.height() < desk.ui.px(24)) {
    pen.text({area.left + desk.ui.px(8), area.top}, "There is no room for the plot: make this pane larger",
             {.color = desk.ui.theme->dim, .max_width = std::max(area.width() - desk.ui.px(16), 1.0f)});
    return {};
  }
  choose_bars(desk, pen, areas.plot);
  make_scales(areas.plot);
  ChartAsk ask = obey_mouse(desk, areas.plot);
  find_hover(desk, areas.plot);
  draw_statistics(desk, pen, areas.statistics);
  draw_axes(desk, pen, areas.plot);
  if (plot_->form == Plot::Form::bars) {
    draw_bars(desk, pen, areas.plot);
  } else {
    draw_steps(desk, pen, areas.plot);
    if (now && plot_->x.is_time) draw_now(desk, pen, areas.plot, *now);
  }
  draw_hover(desk, pen, areas.plot);
  Rect legend = areas.legend;
  if (legend.is_empty()) return ask;
  if (areas.statistics.is_empty()) legend.right -= draw_short_statistics(desk, pen, legend);
  draw_legend(desk, pen, legend);
  return ask;
}

void Chart::draw_title(const Desk& desk, Pen& pen, const Areas& areas) const {
  const Ui& ui = desk.ui;
  Rect title = pen.text({areas.title.left, areas.title.top}, plot_->title,
                              {.color = ui.theme->text, .face = Face::strong, .max_width = areas.title.width()});
  const std::string beside = plot_->notes.empty() ? "" : plot_->notes.front();
  const std::string up = plot_->y.unit.empty() ? plot_->y.name : plot_->y.unit;
  if (plot_->form == Plot::Form::steps && plot_->empty.empty() && areas.title.right - title.right - pen.width(beside, {.color = {}}) > ui.px(100))
    title = pen.text({title.right + ui.px(10), areas.title.top}, up,
                     {.color = ui.theme->dim, .max_width = areas.title.right - title.right - ui.px(10)});
  if (beside.empty()) return;
  const float left = title.right + ui.px(12);
  if (areas.title.right - left < ui.px(80)) return;
  pen.text({areas.title.right, areas.title.top}, beside,
           {.color = ui.theme->dim, .align = Pen::Align::right, .max_width = areas.title.right - left});
}

void Chart::draw_empty(const Desk& desk, Pen& pen, const Rect& area) const {
  const Ui& ui = desk.ui;
  pen.clip(area);
  wrapped_text(pen, {area.left, area.top + ui.px(10)}, area.width() - ui.px(8), plot_->empty, {.color = ui.theme->dim});
  pen.unclip();
}

void Chart::draw_statistics(const Desk& desk, Pen& pen, const Rect& area) const {
  if (area.is_empty()) return;
  const Ui& ui = desk.ui;
  std::vector<const Statistics*> all;
  if (plot_->statistics) {
    all.push_back(&*plot_->statistics);
  } else {
    for (const PlotSeries& series : plot_->series)
      if (series.statistics) all.push_back(&*series.statistics);
  }
  if (all.empty()) return;
  struct Row {
    const char* name;
    double Statistics::* value;
  };
  constexpr Row kRows[] = {{"min", &Statistics::min}, {"mean", &Statistics::mean}, {"median", &Statistics::median},
                           {"p95", &Statistics::p95}, {"p99", &Statistics::p99},   {"max", &Statistics::max}};
  const float high = pen.height({.color = {}}) * 1.25f;
  const float names = ui.px(56);
  const float cell = (area.width() - names) / static_cast<float>(all.size());
  float top = area.top;
  const auto row = [&](std::string_view name, const auto& value_of, Color color) {
    if (top + high > area.bottom) return;
    pen.text({area.left, top}, name, {.color = ui.theme->dim, .max_width = names - ui.px(4)});
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string value = value_of(i);
      pen.text({area.left + names + cell * static_cast<float>(i + 1), top}, value,
               {.color = color, .align = Pen::Align::right, .max_width = cell - ui.px(4)});
      pen.registry().item(fmt::format("{}/statistic/{}{}", name_, name, i == 0 ? "" : "/b"),
                          {.rect = {}, .visible = {}, .label = value});
    }
    top += high;
  };
  if (all.size() == 2) row("", [](std::size_t i) { return std::string(i == 0 ? "A" : "B"); }, ui.theme->dim);
  // Of a quantity in time the number of steps says nothing.
  if (!plot_->x.is_time) row("n", [&](std::size_t i) { return fmt::format("{}", all[i]->n); }, ui.theme->text);
  for (const Row& one : kRows)
    row(one.name,
        [&](std::size_t i) { return quantity(all[i]->*one.value, plot_->statistics_unit == "s" ? "s" : ""); },
        ui.theme->text);
  if (plot_->x.is_time && top + high <= area.bottom)
    pen.text({area.left, top}, "over the time shown", {.color = ui.theme->dim, .max_width = area.width()});
}

// In a line, at the right end of `area`, if half of that is enough. Returns how wide that is.
float Chart::draw_short_statistics(const Desk& desk, Pen& pen, const Rect& area) const {
  if (!plot_->statistics) return 0;
  const Statistics& s = *plot_->statistics;
  const auto show = [&](double value) { return quantity(value, plot_->statistics_unit == "s" ? "s" : ""); };
  const std::string text = fmt::format("{}median {}   p95 {}   max {}", plot_->x.is_time ? "" : fmt::format("n {}   ", s.n),
                                       show(s.median), show(s.p95), show(s.max));
  const float wide = pen.width(text, {.color = {}});
  if (wide > area.width() * 0.8f) return 0;
  pen.text({area.right, area.top}, text, {.color = desk.ui.theme->dim, .align = Pen::Align::right});
  return wide + desk.ui.px(12);
}

void Chart::draw_axes(const Desk& desk, Pen& pen, const Rect& plot) {
  const Ui& ui = desk.ui;
  const Color grid = ui.theme->line.faded(0.55f);
  const float line = pen.height({.color = {}});
  const bool is_bars = plot_->form == Plot::Form::bars;
  const PlotAxis& along = is_bars ? plot_->y : plot_->x;
  const bool is_whole = is_bars && plot_->y.unit.empty();
  const Ticks ticks = ticks_of(x_, static_cast<int>(plot.width() / ui.px(64)), along.unit, is_whole);
  const std::string title = ticks.unit.empty() ? along.name : fmt::format("{} ({})", along.name, ticks.unit);
  for (const Tick& tick : ticks.ticks) {
    const float x = x_.px(tick.value);
    if (x < plot.left - 0.5f || x > plot.right + 0.5f) continue;
    pen.line({x, plot.top}, {x, plot.bottom}, tick.label.empty() ? grid.faded(0.5f) : grid);
    pen.line({x, plot.bottom}, {x, plot.bottom + ui.px(tick.label.empty() ? 2 : 4)}, ui.theme->dim);
    if (!tick.label.empty())
      pen.label({x, plot.bottom + ui.px(5)}, tick.label, {.color = ui.theme->dim, .align = Pen::Align::center});
  }
  pen.label({(plot.left + plot.right) / 2, plot.bottom + ui.px(6) + line}, title,
            {.color = ui.theme->text, .align = Pen::Align::center, .max_width = plot.width()});
  if (!is_bars) {
    const bool counts = plot_->x.is_time && plot_->y.unit.empty();
    const Ticks up = ticks_of(y_, static_cast<int>(plot.height() / (line * 1.6f)), plot_->y.unit, counts);
    for (const Tick& tick : up.ticks) {
      const float y = y_.px(tick.value);
      if (y < plot.top - 0.5f || y > plot.bottom + 0.5f) continue;
      pen.line({plot.left, y}, {plot.right, y}, tick.label.empty() ? grid.faded(0.5f) : grid);
      if (!tick.label.empty())
        pen.label({plot.left - ui.px(5), y - line / 2}, tick.label, {.color = ui.theme->dim, .align = Pen::Align::right});
    }
  }
  pen.line({plot.left, plot.bottom}, {plot.right, plot.bottom}, ui.theme->dim);
  pen.line({plot.left, plot.top}, {plot.left, plot.bottom}, ui.theme->dim);
  pen.hot(name_ + "/plot", plot, plot_->title);
}

void Chart::draw_now(const Desk& desk, Pen& pen, const Rect& plot, double now) const {
  const float x = x_.px(now);
  if (x < plot.left || x > plot.right) return;
  const Ui& ui = desk.ui;
  pen.line({x, plot.top}, {x, plot.bottom}, ui.theme->accent, ui.px(1.5f));
  const float r = ui.px(5);
  pen.polygon(std::array{Point{x - r, plot.top}, Point{x + r, plot.top}, Point{x, plot.top + r * 1.4f}},
              ui.theme->accent);
  pen.registry().item(name_ + "/now", {.rect = around({x, plot.top}, r, r), .visible = around({x, plot.top}, r, r)});
}

}  // namespace mailroom::viz
