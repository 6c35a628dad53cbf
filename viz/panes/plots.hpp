// SPDX-License-Identifier: GPL-2.0-only
// The pane of plots: delay CDF, queue(t), per hop, replies, throughput, A vs B; over what the filter lets through and the
// range of time chosen. The plots are made in the background (PlotPass).
#pragma once

#include <array>
#include <memory>
#include <string>

#include "viz/app/pane.hpp"
#include "viz/model/plot_pass.hpp"
#include "viz/panes/plots_chart.hpp"

namespace mailroom::viz {

class PlotsPane final : public Pane {
 public:
  About about() const override { return {"plots", "Plots", Place::bottom_right}; }
  bool is_busy() const override { return is_drawn_ && (pass_.busy() || pass_b_.busy()); }
  void join(Desk& desk) override;
  void draw(Desk& desk, const Rect& area) override;

 private:
  void add_commands(Desk& desk);
  void ask(Desk& desk);
  void draw_tools(Desk& desk);
  void draw_progress(Desk& desk);
  void draw_plots(Desk& desk, const Rect& area);
  void draw_compare(Desk& desk, const Rect& area);
  void draw_table(Desk& desk, const Comparison& comparison);
  void draw_row(Desk& desk, const DeliveryPair& pair, std::size_t row, float width);
  void sort_rows(const Comparison& comparison);
  void draw_chart(Desk& desk, Chart& chart, const Plot& plot, std::uint64_t key, const Rect& area);
  void obey(Desk& desk, const ChartAsk& ask);
  // What the tab in front shows, the first of two; nullptr: nothing yet.
  const Plot* front() const;
  Chart& chart();
  void copy_csv(Desk& desk) const;

  std::string tab_ = "delay";
  PlotPass pass_;
  PlotPass pass_b_;
  std::int64_t run_number_ = 0;
  std::int64_t other_number_ = 0;
  const Recording* other_ = nullptr;
  std::shared_ptr<const PlotAnswer> answer_;
  std::shared_ptr<const PlotAnswer> answer_b_;
  bool is_drawn_ = false;
  bool is_cancelled_ = false;
  std::array<Chart, 8> charts_{Chart("plots/delay"),    Chart("plots/queue"),  Chart("plots/hops"),
                               Chart("plots/replies"),  Chart("plots/messages"), Chart("plots/octets"),
                               Chart("plots/compare-delay"), Chart("plots/compare-queue")};

  // --- A vs B
  Plot overlay_delay_;
  Plot overlay_queue_;
  std::pair<std::shared_ptr<const PlotAnswer>, std::shared_ptr<const PlotAnswer>> overlaid_;
  std::uint64_t overlay_number_ = 0;  // grows with each that is made
  bool shows_queue_ = false;        // else the delays
  std::vector<std::size_t> rows_;   // of the comparison's pairs, as sorted
  std::shared_ptr<const PlotAnswer> sorted_;  // whose comparison they are of
  std::string sort_by_ = "difference";
  std::string sorted_by_;
};

}  // namespace mailroom::viz
