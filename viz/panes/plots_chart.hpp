// SPDX-License-Identifier: GPL-2.0-only
// A Plot on the screen (and in SVG): axes with ticks, steps or stacked bars, a legend of shapes and colours, statistics,
// values under the mouse. What the mouse asks for is given back; the chart changes only its own zoom.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "viz/app/desk.hpp"
#include "viz/model/plot_columns.hpp"
#include "viz/model/plot_scale.hpp"

namespace mailroom::viz {

// What a person chose of how a plot is shown.
struct ChartLook {
  bool is_log_x = false;
  bool is_log_y = false;
  bool is_log_x_chosen = false;  // by the person; else the pane does
  std::optional<std::pair<double, double>> x{};  // zoomed in; none: all
  std::optional<std::pair<double, double>> y{};
  std::set<std::string> hidden{};  // names of series
};

// What was done with the mouse in this frame.
struct ChartAsk {
  std::optional<trace::EventId> event{};              // clicked on: go there
  std::optional<double> time{};                       // clicked on an axis of time: go there
  std::optional<std::pair<double, double>> area{};    // of a time axis, dragged over
  bool fit = false;                                   // double click
};

class Chart {
 public:
  // `name`: the path of its items in the registry: "plots/chart".
  explicit Chart(std::string name) : name_(std::move(name)) {}

  ChartLook look;

  // `plot` must live until another one is shown; `key` differs when its contents do.
  void show(const Plot& plot, std::uint64_t key);
  // Draws into `area` of the current window. `now`: the moment shown, on axes of time.
  ChartAsk draw(Desk& desk, Pen& pen, const Rect& area, std::optional<double> now);
  // What the next draw() shows on the axis x; for a time axis that is given a range.
  void fit();

  static constexpr std::size_t kMostSeries = 7;  // beyond these, colours would come twice

 private:
  struct Areas {
    Rect title;
    Rect legend;
    Rect statistics;
    Rect plot;
  };
  struct Hover {
    bool is_over = false;
    Point at{};
    std::optional<PlotPoint> nearest{};
    Point nearest_px{};
    int bar = -1;
  };
  Areas divide(const Desk& desk, const Pen& pen, const Rect& area) const;
  void make_scales(const Rect& plot);
  void draw_title(const Desk& desk, Pen& pen, const Areas& areas) const;
  void draw_statistics(const Desk& desk, Pen& pen, const Rect& area) const;
  float draw_short_statistics(const Desk& desk, Pen& pen, const Rect& area) const;
  void draw_legend(Desk& desk, Pen& pen, const Rect& area);
  void draw_axes(const Desk& desk, Pen& pen, const Rect& plot);
  void draw_steps(const Desk& desk, Pen& pen, const Rect& plot);
  void draw_one(const Desk& desk, Pen& pen, std::size_t index);
  void draw_columns(Pen& pen, std::size_t index, Color color, float width) const;
  void choose_bars(const Desk& desk, const Pen& pen, const Rect& plot);
  void draw_bars(const Desk& desk, Pen& pen, const Rect& plot);
  void draw_hover(const Desk& desk, Pen& pen, const Rect& plot);
  void draw_now(const Desk& desk, Pen& pen, const Rect& plot, double now) const;
  void draw_empty(const Desk& desk, Pen& pen, const Rect& area) const;
  void find_hover(const Desk& desk, const Rect& plot);
  ChartAsk obey_mouse(const Desk& desk, const Rect& plot);
  bool is_drawn(std::size_t series) const;
  std::vector<Point> path_of(std::size_t series) const;

  std::string name_;
  const Plot* plot_ = nullptr;
  std::uint64_t key_ = 0;
  std::vector<PlotColumns> columns_;
  PlotScale x_;
  PlotScale y_;
  Hover hover_;
  float bar_px_ = 1;    // of the last frame, as drawn_bars_ is
  std::vector<PlotBar> drawn_bars_;
  std::optional<Point> pressed_;
};

// Lines of dashes, each series of another pattern; and its sign, which tells it apart without colours.
void dashed_path(Pen& pen, const std::vector<Point>& path, std::size_t pattern, Color color, float width);
void series_sign(Pen& pen, Point at, std::size_t index, Color color, float radius);
// A rectangle in a pattern of lines, each part of another.
void hatched(Pen& pen, const Rect& rect, std::size_t pattern, Color fill, Color line);
// Text over several lines; returns its height.
float wrapped_text(Pen& pen, Point at, float width, std::string_view text, const Pen::Style& style);

}  // namespace mailroom::viz
