// SPDX-License-Identifier: GPL-2.0-only
// A plot as data: named series with units and axes, bars, and the statistics that stand beside it. Whoever
// draws it (a pane, an export to CSV or SVG) needs nothing else. No ImGui here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/trace/ids.hpp"

namespace mailroom::viz {

struct PlotAxis {
  std::string name;      // "Delay"
  std::string unit{};    // "s", "messages"; empty: a bare number
  bool is_time = false;  // simulated time since the run began: an area selected on it is a range of the run
  friend bool operator==(const PlotAxis&, const PlotAxis&) = default;
};

struct PlotPoint {
  double x = 0;
  double y = 0;
  trace::EventId event{};      // that made it; 0: none did alone
  trace::MessageId message{};  // that it is about
  friend bool operator==(const PlotPoint&, const PlotPoint&) = default;
};

// By nearest rank, so that each is a value that occurred; of a quantity that stands for a time (a queue),
// each value weighs as much as it lasted.
struct Statistics {
  std::int64_t n = 0;
  double min = 0;
  double mean = 0;
  double median = 0;
  double p95 = 0;
  double p99 = 0;
  double max = 0;
  friend bool operator==(const Statistics&, const Statistics&) = default;
};
std::optional<Statistics> statistics_of(std::vector<double> values);  // nullopt: no values
// Pairs of value and how long it lasted.
std::optional<Statistics> statistics_in_time(std::vector<std::pair<double, double>> values);

struct PlotSeries {
  std::string name;
  std::vector<PlotPoint> points;  // ascending in x
  std::optional<Statistics> statistics{};
  friend bool operator==(const PlotSeries&, const PlotSeries&) = default;
};

struct PlotBar {
  std::string name;
  std::string meaning{};      // for the hover
  std::vector<double> parts;  // one each of Plot::part_names; a simple bar has one
  trace::EventId event{};     // the first that it counts
  friend bool operator==(const PlotBar&, const PlotBar&) = default;
};

struct Plot {
  enum class Form : std::uint8_t {
    steps,  // a value holds until the next point
    bars    // of categories, stacked
  };
  std::string title;
  Form form = Form::steps;
  PlotAxis x;
  PlotAxis y;
  std::vector<PlotSeries> series{};
  std::vector<std::string> part_names{};
  std::vector<PlotBar> bars{};
  std::optional<Statistics> statistics{};  // of the whole
  std::string statistics_unit{};
  std::vector<std::string> notes{};  // what a reader must know: what was left out, and why
  std::string empty{};               // why there is nothing to show; empty: there is
  friend bool operator==(const Plot&, const Plot&) = default;
};

// The value of steps at x; nullopt before the first point.
std::optional<double> value_at(const PlotSeries& steps, double x);

}  // namespace mailroom::viz
