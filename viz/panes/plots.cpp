// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/plots.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "viz/model/event_test.hpp"
#include "viz/model/plot_csv.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

constexpr Ui::Tab kTabs[] = {{"delay", "Delay CDF"},  {"queue", "Queue(t)"},         {"hops", "Per hop"},
                             {"replies", "Replies"},  {"throughput", "Throughput"},  {"compare", "A vs B"}};

bool has_run(const Desk& desk) {
  return desk.run != nullptr;
}

// Delays over more than three powers of ten: on a linear axis most of them would stand in its first pixels.
bool spreads_widely(const Plot& plot) {
  if (plot.form != Plot::Form::steps || plot.x.is_time) return false;
  double low = 1e300;
  double high = 0;
  for (const PlotSeries& series : plot.series) {
    if (!series.statistics) continue;
    low = std::min(low, series.statistics->median);
    high = std::max(high, series.statistics->max);
  }
  return low > 0 && high / low > 1000;
}

}  // namespace

void PlotsPane::join(Desk& desk) {
  add_commands(desk);
  desk.on_run_changed.push_back([this](Desk&) {
    ++run_number_;
    answer_.reset();
    answer_b_.reset();
    for (Chart& one : charts_) one.fit();
  });
}

void PlotsPane::add_commands(Desk& desk) {
  for (const Ui::Tab& tab : kTabs)
    desk.commands.add({.id = fmt::format("plots/{}", tab.id), .title = fmt::format("Plot: {}", tab.label), .menu = {},
                       .shortcut = {}, .tip = "Brings this plot to the front",
                       .run = [this, id = std::string(tab.id)](Desk& d) {
                         tab_ = id;
                         d.bring_to_front(name(Place::bottom_right), "plots");
                       },
                       .is_enabled = has_run});
  desk.commands.add({.id = "plots/log-x", .title = "Plot: logarithmic axis to the right", .menu = {}, .shortcut = {},
                     .tip = "Powers of ten at equal distances, to the right",
                     .run = [this](Desk&) {
                       chart().look.is_log_x = !chart().look.is_log_x;
                       chart().look.is_log_x_chosen = true;
                       chart().fit();
                     },
                     .is_enabled = has_run, .is_on = [this](const Desk&) { return chart().look.is_log_x; }});
  desk.commands.add({.id = "plots/log-y", .title = "Plot: logarithmic axis upwards", .menu = {}, .shortcut = {},
                     .tip = "Powers of ten at equal distances, upwards",
                     .run = [this](Desk&) {
                       chart().look.is_log_y = !chart().look.is_log_y;
                       chart().fit();
                     },
                     .is_enabled = has_run, .is_on = [this](const Desk&) { return chart().look.is_log_y; }});
  desk.commands.add({.id = "plots/copy-csv", .title = "Copy the plot as CSV", .menu = "Export", .shortcut = {},
                     .tip = "The numbers of the plot in front, as a table for other programs, into the clipboard",
                     .run = [this](Desk& d) { copy_csv(d); }, .is_enabled = has_run});
}

Chart& PlotsPane::chart() {
  if (tab_ == "compare") return charts_[shows_queue_ ? 7 : 6];
  for (std::size_t i = 0; i < 5; ++i)
    if (kTabs[i].id == tab_) return charts_[i];
  return charts_[0];
}

const Plot* PlotsPane::front() const {
  if (!answer_) return nullptr;
  if (tab_ == "queue") return &answer_->plots.queue;
  if (tab_ == "hops") return &answer_->plots.hops;
  if (tab_ == "replies") return &answer_->plots.replies;
  if (tab_ == "throughput") return &answer_->plots.messages;
  if (tab_ == "compare") return shows_queue_ ? &overlay_queue_ : &overlay_delay_;
  return &answer_->plots.delay;
}

void PlotsPane::copy_csv(Desk& desk) const {
  if (tab_ == "compare" && answer_b_ && answer_b_->comparison) {
    ImGui::SetClipboardText(csv_of(*answer_b_->comparison).c_str());
    desk.say(Desk::Tone::good, "The delivery table of both runs is in the clipboard, as CSV.");
    return;
  }
  const Plot* plot = front();
  if (plot == nullptr || !plot->empty.empty()) {
    desk.say(Desk::Tone::bad, plot == nullptr ? "There is no plot yet to copy." : plot->empty);
    return;
  }
  std::string text = csv_of(*plot);
  if (tab_ == "throughput") text += csv_of(answer_->plots.octets);
  ImGui::SetClipboardText(text.c_str());
  desk.say(Desk::Tone::good, "The numbers of this plot are in the clipboard, as CSV.");
}

void PlotsPane::ask(Desk& desk) {
  // A filter that cannot be read lets everything through; its field says what is wrong with it.
  const auto filter = Filter::parse(desk.view().filter);
  PlotQuestion question{.path = desk.run->path(),
                        .filter = filter ? filter->print() : std::string(),
                        .test_maker = filter ? event_test_of(*filter) : EventTestMaker(),
                        .range = {},
                        .up_to = desk.run->last_event(),
                        .file_number = run_number_,
                        .with_deliveries = desk.other != nullptr};
  if (desk.view().range) question.range = {desk.view().range->from_ns, desk.view().range->until_ns};
  if (!is_cancelled_) pass_.ask(question);
  answer_ = pass_.result();
  if (desk.other.get() != other_) {
    other_ = desk.other.get();
    ++other_number_;
    answer_b_.reset();
  }
  if (desk.other && answer_ && answer_->complete && !is_cancelled_) {
    question.path = desk.other->path();
    question.up_to = desk.other->last_event();
    question.file_number = other_number_;
    question.a = answer_;
    pass_b_.ask(question);
  }
  answer_b_ = desk.other ? pass_b_.result() : nullptr;
  if (pass_.busy() || pass_b_.busy()) desk.animate(0.05);
}

void PlotsPane::draw_tools(Desk& desk) {
  Ui& ui = desk.ui;
  const std::string before = tab_;
  ui.tabs("plots/tab", kTabs, tab_);
  Chart& front_chart = chart();
  const bool is_steps = tab_ != "hops" && tab_ != "replies";
  const bool is_time = tab_ == "queue" || tab_ == "throughput";
  if (ui.button("plots/log-x", "log x", {.is_enabled = is_steps && !is_time, .is_on = front_chart.look.is_log_x,
                                         .tip = "Powers of ten at equal distances, to the right"}))
    desk.commands.run("plots/log-x", desk);
  ImGui::SameLine();
  if (ui.button("plots/log-y", "log y", {.is_enabled = is_steps, .is_on = front_chart.look.is_log_y,
                                         .tip = "Powers of ten at equal distances, upwards"}))
    desk.commands.run("plots/log-y", desk);
  ImGui::SameLine();
  const bool is_zoomed = front_chart.look.x || front_chart.look.y || (is_time && desk.view().range);
  if (ui.button("plots/fit", "Fit", {.is_enabled = is_zoomed, .tip = "All of it again (or: double click)"})) {
    front_chart.fit();
    if (is_time) obey(desk, {.fit = true});
  }
  ImGui::SameLine();
  if (ui.button("plots/copy", "Copy CSV", {.is_enabled = front() != nullptr, .tip = "The numbers, as a table, into the clipboard"}))
    copy_csv(desk);
  ImGui::SameLine();
  draw_progress(desk);
}

void PlotsPane::draw_progress(Desk& desk) {
  Ui& ui = desk.ui;
  const PlotPass& busy = pass_.busy() ? pass_ : pass_b_;
  ImGui::AlignTextToFramePadding();
  if (busy.busy()) {
    ui.text(fmt::format("reading {:.0f} %", busy.progress() * 100), ui.theme->dim);
    ImGui::SameLine();
    if (ui.button("plots/cancel", "Stop", {.tip = "Shows what is known by now"})) {
      pass_.cancel();
      pass_b_.cancel();
      is_cancelled_ = true;
    }
    return;
  }
  if (is_cancelled_) {
    if (ui.button("plots/resume", "Read on", {.tip = "Not all events were read"})) is_cancelled_ = false;
    return;
  }
  std::string what;
  if (answer_ && !answer_->filter.empty()) what = "only " + answer_->filter;
  if (desk.view().range) what += fmt::format("{}in the range of time", what.empty() ? "only " : ", ");
  ui.text(what, ui.theme->dim);
}

void PlotsPane::obey(Desk& desk, const ChartAsk& ask) {
  if (ask.area)
    desk.edit("choose a range of time", [&](View& v) {
      v.range = TimeRange{std::llround(ask.area->first * 1e9), std::llround(ask.area->second * 1e9)};
    });
  if (ask.fit && desk.view().range) desk.edit("all of the time", [](View& v) { v.range.reset(); });
  if (ask.time) {
    desk.player.pause();
    desk.show_time(std::llround(*ask.time * 1e9));
  }
  if (!ask.event) return;
  desk.player.pause();
  const auto event = desk.run->reader().event(*ask.event);
  if (!event || !*event) {
    desk.say(Desk::Tone::bad, event ? "That event is not in the file any more." : event.error().text);
    return;
  }
  desk.show_event(*ask.event);
  desk.select(**event);
  if ((*event)->message) desk.select((*event)->message);
}

void PlotsPane::draw_chart(Desk& desk, Chart& one, const Plot& plot, std::uint64_t key, const Rect& area) {
  one.show(plot, key);
  if (!one.look.is_log_x_chosen) one.look.is_log_x = spreads_widely(plot);
  // On an axis of time the range is the run's, and the plot shows that.
  if (plot.x.is_time) {
    one.look.x.reset();
    if (desk.view().range)
      one.look.x = {static_cast<double>(desk.view().range->from_ns) / 1e9,
                    static_cast<double>(desk.view().range->until_ns) / 1e9};
  }
  Pen pen = desk.pen("plots");
  const ChartAsk ask = one.draw(desk, pen, area, static_cast<double>(desk.time_ns()) / 1e9);
  obey(desk, ask.fit && !plot.x.is_time ? ChartAsk{} : ask);
}

void PlotsPane::draw_plots(Desk& desk, const Rect& area) {
  const PlotSet& plots = answer_->plots;
  if (tab_ == "throughput") {
    const float middle = area.center().y;
    draw_chart(desk, charts_[4], plots.messages, answer_->number, {area.left, area.top, area.right, middle});
    draw_chart(desk, charts_[5], plots.octets, answer_->number, {area.left, middle, area.right, area.bottom});
    charts_[5].look.is_log_y = charts_[4].look.is_log_y;
    return;
  }
  draw_chart(desk, chart(), *front(), answer_->number, area);
}

void PlotsPane::draw(Desk& desk, const Rect& area) {
  is_drawn_ = true;
  Ui& ui = desk.ui;
  ask(desk);
  draw_tools(desk);
  const Rect rest{area.left, ImGui::GetCursorScreenPos().y, area.right, area.bottom};
  if (desk.view().hides_answers) {
    ui.paragraph("Plots tell what comes. They are hidden while answers are (presenter mode).", ui.theme->dim);
    return;
  }
  if (answer_ && !answer_->error.empty()) ui.paragraph("x  " + answer_->error, ui.theme->permanent);
  if (!answer_ || (answer_->header.hosts.empty() && !answer_->error.empty())) {
    if (answer_ == nullptr) ui.text("Reading the run…", ui.theme->dim);
    return;
  }
  if (tab_ == "compare") {
    draw_compare(desk, rest);
  } else {
    draw_plots(desk, rest);
  }
}

std::unique_ptr<Pane> plots_pane() {
  return std::make_unique<PlotsPane>();
}

}  // namespace mailroom::viz
