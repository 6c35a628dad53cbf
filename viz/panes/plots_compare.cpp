// SPDX-License-Identifier: GPL-2.0-only
// A vs B: two runs over each other, and what became of each delivery in both.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <numeric>

#include "viz/app/secret.hpp"
#include "viz/model/plot_scale.hpp"
#include "viz/panes/plots.hpp"

namespace mailroom::viz {
namespace {

std::string outcome_of(const std::optional<DeliveryRow>& row) {
  if (!row) return "not there";
  if (row->fate != MailFate::delivered) return std::string(name(row->fate));
  return quantity(static_cast<double>(row->delay_ns) / 1e9, "s");
}

std::string difference_of(const DeliveryPair& pair) {
  const auto ns = pair.difference_ns();
  if (!ns) return pair.differs_in_fate() ? "differs" : "";
  if (*ns == 0) return "same";
  return (*ns > 0 ? "+" : "-") + quantity(static_cast<double>(std::abs(*ns)) / 1e9, "s");
}

// `tells`: what was changed in a run may be said; a mystery is among that.
std::string run_name(const PlotAnswer& answer, std::string_view letter, const Recording& run, bool tells) {
  return fmt::format("{}: {}", letter, printable(run.path().stem().string())) +
         (!tells || answer.header.overrides.empty() ? "" : " (" + printable(answer.header.overrides.substr(0, 40)) + ")");
}

}  // namespace

void PlotsPane::sort_rows(const Comparison& comparison) {
  if (sorted_ == answer_b_ && sorted_by_ == sort_by_) return;
  sorted_ = answer_b_;
  sorted_by_ = sort_by_;
  rows_.resize(comparison.pairs.size());
  std::iota(rows_.begin(), rows_.end(), std::size_t{0});
  const auto& pairs = comparison.pairs;
  const auto by = [&](auto key) {
    std::stable_sort(rows_.begin(), rows_.end(), [&](std::size_t a, std::size_t b) { return key(pairs[a]) < key(pairs[b]); });
  };
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto delay = [](const std::optional<DeliveryRow>& row) { return row ? -row->delay_ns : kMost; };
  if (sort_by_ == "recipient") by([](const DeliveryPair& pair) -> std::string_view { return pair.any().recipient; });
  if (sort_by_ == "message") by([](const DeliveryPair& pair) -> std::string_view { return pair.any().message_id; });
  if (sort_by_ == "a") by([&](const DeliveryPair& pair) { return delay(pair.a); });
  if (sort_by_ == "b") by([&](const DeliveryPair& pair) { return delay(pair.b); });
  // What ended differently first, then the greatest differences.
  if (sort_by_ == "difference")
    by([](const DeliveryPair& pair) {
      const auto ns = pair.difference_ns();
      return pair.differs_in_fate() ? -kMost : ns ? -std::abs(*ns) : kMost;
    });
}

void PlotsPane::draw_row(Desk& desk, const DeliveryPair& pair, std::size_t row, float width) {
  Ui& ui = desk.ui;
  Pen pen = desk.pen("plots");
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float high = ui.line_height() + ui.px(4);
  const Rect rect{at.x, at.y, at.x + width, at.y + high};
  ImGui::PushID(static_cast<int>(row));
  const bool is_clicked = ImGui::InvisibleButton("##row", {width, high});
  ImGui::PopID();
  const DeliveryRow& shown = pair.any();
  const bool is_chosen = pair.a && desk.view().selection.message == pair.a->message;
  if (is_chosen || ImGui::IsItemHovered()) pen.rect(rect, ui.theme->accent.faded(is_chosen ? 0.2f : 0.1f));
  pen.hot(fmt::format("plots/row/{}", row), rect, shown.recipient, is_chosen);
  const float top = at.y + ui.px(2);
  const auto ns = pair.difference_ns();
  const Color ink = pair.differs_in_fate() || (ns && *ns > 0) ? ui.theme->permanent
                    : ns && *ns < 0                           ? ui.theme->positive
                                                              : ui.theme->dim;
  const float cell = width * 0.16f;
  const auto put = [&](float left, float room, std::string_view text, Color color, Pen::Align align = Pen::Align::left) {
    pen.text({align == Pen::Align::right ? left + room - ui.px(8) : left, top}, text,
             {.color = color, .align = align, .max_width = room - ui.px(12)});
  };
  put(rect.left + ui.px(6), width * 0.27f, shown.recipient, ui.theme->text);
  put(rect.left + width * 0.28f, width * 0.24f, shown.message_id, ui.theme->dim);
  put(rect.left + width * 0.52f, cell, outcome_of(pair.a), ui.theme->text, Pen::Align::right);
  put(rect.left + width * 0.68f, cell, outcome_of(pair.b), ui.theme->text, Pen::Align::right);
  put(rect.left + width * 0.84f, cell, difference_of(pair), ink, Pen::Align::right);
  if (is_clicked && pair.a) obey(desk, {.event = pair.a->event});
  if (is_clicked && !pair.a) desk.say(Desk::Tone::plain, "This message is only in run B; open that to look at it.");
}

void PlotsPane::draw_table(Desk& desk, const Comparison& comparison) {
  Ui& ui = desk.ui;
  sort_rows(comparison);
  const float width = ImGui::GetContentRegionAvail().x;
  struct Heading {
    const char* id;
    const char* label;
    float at;
    float share;
  };
  constexpr Heading kHeadings[] = {{"recipient", "Recipient", 0, 0.27f},
                                   {"message", "Message-ID", 0.28f, 0.23f},
                                   {"a", "A", 0.52f, 0.15f},
                                   {"b", "B", 0.68f, 0.15f},
                                   {"difference", "B - A", 0.84f, 0.15f}};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  for (const Heading& heading : kHeadings) {
    ImGui::SetCursorScreenPos({at.x + heading.at * width, at.y});
    if (ui.button(fmt::format("plots/sort/{}", heading.id), heading.label,
                  {.is_on = sort_by_ == heading.id, .width = heading.share * width, .tip = "Sort by it"}))
      sort_by_ = heading.id;
  }
  ImGui::BeginChild("##pairs");
  const float row_width = ImGui::GetContentRegionAvail().x;
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(rows_.size()), ui.line_height() + ui.px(4) + ImGui::GetStyle().ItemSpacing.y);
  while (clipper.Step())
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
      draw_row(desk, comparison.pairs[rows_[static_cast<std::size_t>(i)]], static_cast<std::size_t>(i), row_width);
  ImGui::EndChild();
}

void PlotsPane::draw_compare(Desk& desk, const Rect& area) {
  Ui& ui = desk.ui;
  if (!desk.other) {
    ui.paragraph("No second run is open. Run the scenario again with one change and the same seed (mailroom run … --set), "
                 "or branch a run, and open both: delays and queues lie over each other, and a table shows what became of each "
                 "message in both.",
                 ui.theme->dim);
    if (ui.button("plots/open-b", "Compare with another run…", {.is_primary = true}))
      desk.commands.run("file/compare", desk);
    return;
  }
  if (!answer_b_ || !answer_b_->comparison) {
    ui.paragraph(answer_b_ && !answer_b_->error.empty() ? "x  " + answer_b_->error : "Reading the second run…",
                 ui.theme->dim);
    return;
  }
  const bool tells = !keeps_secret(desk);
  if (overlaid_ != std::pair(answer_, answer_b_)) {
    overlaid_ = {answer_, answer_b_};
    ++overlay_number_;
    const std::string a = run_name(*answer_, "A", *desk.run, tells);
    const std::string b = run_name(*answer_b_, "B", *desk.other, tells);
    overlay_delay_ = overlaid(answer_->plots.delay, answer_b_->plots.delay, a, b);
    overlay_queue_ = overlaid(answer_->plots.queue, answer_b_->plots.queue, a, b);
  }
  const Comparison& comparison = *answer_b_->comparison;
  std::string told = fmt::format("in B sooner {}, later {}, same {}; delivered only in A {}, only in B {}", comparison.faster,
                                 comparison.slower, comparison.same, comparison.delivered_only_in_a,
                                 comparison.delivered_only_in_b);
  for (const std::string& difference : answer_b_->differences) told += ". " + difference;
  constexpr Ui::Tab kWhich[] = {{"delay", "Delays"}, {"queue", "Queues"}};
  std::string which = shows_queue_ ? "queue" : "delay";
  ui.tabs("plots/which", kWhich, which);
  shows_queue_ = which == "queue";
  ui.text(told, ui.theme->dim);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  Rect rest{area.left, at.y, area.right, area.bottom};
  // Side by side where it is wide.
  Rect chart_area = rest;
  Rect table_area = rest;
  if (rest.width() > ui.px(820)) {
    chart_area.right = table_area.left = rest.left + rest.width() * 0.5f;
  } else {
    chart_area.bottom = table_area.top = rest.top + rest.height() * 0.5f;
  }
  draw_chart(desk, chart(), *front(), overlay_number_, chart_area);
  ImGui::SetCursorScreenPos({table_area.left + ui.px(6), table_area.top + ui.px(4)});
  ImGui::BeginChild("##table", {table_area.width() - ui.px(10), table_area.height() - ui.px(8)});
  draw_table(desk, comparison);
  ImGui::EndChild();
}

}  // namespace mailroom::viz
