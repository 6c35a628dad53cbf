// SPDX-License-Identifier: GPL-2.0-only
// What stands on the timeline, and what is said of it.
#include <fmt/format.h>

#include <algorithm>

#include "sim/story/quantities.hpp"
#include "viz/panes/timeline.hpp"
#include "viz/panes/timeline_signs.hpp"

namespace mailroom::viz {
namespace {

// More bars than this are not to be told apart in a strip.
constexpr std::size_t kMostBars = 2000;

std::string compact(std::int64_t count) {
  if (count < 10'000) return std::to_string(count);
  if (count < 10'000'000) return fmt::format("{}k", count / 1000);
  return fmt::format("{}M", count / 1'000'000);
}

}  // namespace

void TimelinePane::draw_spans(Desk& desk, Pen& pen, const Lanes& lanes) {
  const Theme& theme = *desk.ui.theme;
  const float width = lanes.track.width();
  const std::vector<Span>& spans = desk.run->index().marks.spans();
  const float high = lanes.faults.height();
  float free_from = lanes.track.left - 1;  // where no label is
  for (std::size_t i = 0; i < spans.size() && spans_.size() < kMostBars; ++i) {
    const Span& span = spans[i];
    if (span.from_ns > axis_.until_ns()) break;
    std::int64_t until_ns = span.until_ns >= 0 ? span.until_ns : desk.run->end_ns();
    if (until_ns < axis_.from_ns() || hides(desk, span)) continue;
    if (desk.view().hides_answers) until_ns = std::min(until_ns, desk.time_ns());
    const float left = lanes.track.left + std::max(axis_.x_of(span.from_ns, width), 0.0f);
    const float right =
        std::max(lanes.track.left + std::min(axis_.x_of(until_ns, width), width), left + desk.ui.px(3));
    const Rect bar{left, lanes.faults.top + 1, right, lanes.faults.bottom - 1};
    const MarkClass mark = span.fault ? MarkClass::fault : MarkClass::crash;
    const bool is_chosen = span.fault && desk.view().selection.what == Selection::What::fault &&
                           desk.view().selection.fault == span.fault;
    pen.rect(bar, color_of(theme, mark).faded(is_chosen ? 0.55f : 0.3f), desk.ui.px(2));
    if (span.until_ns < 0 && !desk.view().hides_answers) {  // it has no end yet
      pen.dashed({bar.right, bar.top}, {bar.right, bar.bottom}, color_of(theme, mark), desk.ui.px(1.5f));
    }
    const float radius = std::min(high * 0.42f, desk.ui.px(5));
    if (left + radius * 2.4f > free_from) {
      draw_sign(pen, theme, mark, {left + radius, bar.center().y}, radius);
      const std::string name = span.fault ? span.what : desk.name_of(span.host);
      const float at = left + radius * 2.6f;
      const Pen::Style style{.color = theme.text, .size_px = std::min(desk.ui.px(11), high), .max_width = right - at};
      if (!name.empty() && right - at > desk.ui.px(30) && at > free_from &&
          pen.label({at, bar.center().y - pen.height(style) / 2}, name, style))
        free_from = std::min(at + pen.width(name, style), right);
    }
    spans_.emplace_back(bar, i);
    pen.hot(span.fault ? fmt::format("timeline/fault/{}", span.fault.value)
                       : fmt::format("timeline/crash/{}", desk.name_of(span.host)),
            bar);
  }
}

void TimelinePane::draw_marks(Desk& desk, Pen& pen, const Lanes& lanes) {
  for (std::size_t i = 0; i < overview_.bins.size(); ++i) {
    const Overview::Bin& bin = overview_.bins[i];
    std::int64_t troubles = 0;
    std::optional<MarkClass> worst;
    for (const MarkClass mark : kTroubles) {
      // A host out of operation has its bar.
      if (mark == MarkClass::crash || bin.count(mark) == 0) continue;
      troubles += bin.count(mark);
      if (!worst) worst = mark;
    }
    if (worst) draw_mark(desk, pen, lanes.troubles, bin, *worst, troubles);
    if (const std::int64_t delivered = bin.count(MarkClass::delivered)) {
      draw_mark(desk, pen, lanes.delivered, bin, MarkClass::delivered, delivered);
    }
  }
}

void TimelinePane::draw_mark(Desk& desk, Pen& pen, const Rect& lane, const Overview::Bin& bin, MarkClass mark,
                             std::int64_t count) {
  const float width = lane.width();
  const float place = width / static_cast<float>(overview_.places);
  const float radius = std::min(lane.height() * 0.36f, desk.ui.px(5));
  float x = (static_cast<float>(bin.place) + 0.5f) * place;
  if (count == 1) {
    const auto only = desk.run->index().marks.first(mark, bin.from_ns, bin.until_ns);
    if (only) x = axis_.x_of(only->time_ns, width);
  }
  x = lane.left + std::clamp(x, radius, std::max(width - radius, radius));
  const Point center{x, lane.center().y};
  const Rect rect = around(center, std::max(place * 0.5f, radius), lane.height() / 2);
  const std::size_t index = static_cast<std::size_t>(&bin - overview_.bins.data());
  if (count > 1) {
    // The sign and, beside it, how many there are.
    const std::string words = compact(count);
    const Pen::Style style{.color = desk.ui.theme->text,
                           .size_px = std::min(desk.ui.px(10.5f), lane.height())};
    const float wide = pen.width(words, style);
    const float left = x - place / 2;
    if (radius * 2 + wide + 1 <= place * 1.6f &&
        pen.label({left + radius * 2 + 1, center.y - pen.height(style) / 2}, words, style)) {
      draw_sign(pen, *desk.ui.theme, mark, {left + radius, center.y}, radius);
    } else {
      draw_sign(pen, *desk.ui.theme, mark, center, radius * 1.15f);
    }
  } else {
    draw_sign(pen, *desk.ui.theme, mark, center, radius);
  }
  marks_.push_back({rect, index, mark});
  pen.hot(fmt::format("timeline/mark/{}/{}", name(mark), bin.place), rect, compact(count));
}

void TimelinePane::draw_flags(Desk& desk, Pen& pen, const Lanes& lanes) {
  const Theme& theme = *desk.ui.theme;
  const float width = lanes.track.width();
  flag_rects_.assign(flags_.size(), Rect());
  for (std::size_t i = 0; i < flags_.size(); ++i) {
    const TimelineFlag& flag = flags_[i];
    const float x = lanes.track.left + axis_.x_of(flag.time_ns, width);
    if (x < lanes.track.left - 1 || x > lanes.track.right + 1) continue;
    const Pen::Style style{.color = theme.text, .size_px = std::min(desk.ui.px(11), lanes.flags.height())};
    const Pen::Style sign{.color = theme.on_accent,
                          .face = Face::strong,
                          .size_px = style.size_px,
                          .align = Pen::Align::center};
    const float wide = pen.width(flag.sign, sign) + desk.ui.px(8);
    // At the right end the flag flies to the left.
    const bool is_left = x + wide > lanes.track.right;
    const Rect cloth{is_left ? x - wide : x, lanes.flags.top, is_left ? x : x + wide,
                     lanes.flags.bottom - desk.ui.px(2)};
    if (flag.until_ns > flag.time_ns) {
      const float until = lanes.track.left + std::min(axis_.x_of(flag.until_ns, width), width);
      pen.rect({x, lanes.flags.bottom - desk.ui.px(4), until, lanes.flags.bottom - desk.ui.px(1)},
               flag.color.faded(0.6f));
    }
    pen.line({x, lanes.flags.top}, {x, lanes.delivered.bottom}, flag.color.faded(0.75f), desk.ui.px(1));
    pen.rect(cloth, flag.color, desk.ui.px(2));
    if (pen.is_free(cloth)) {
      pen.label({cloth.center().x, cloth.center().y - pen.height(sign) / 2}, flag.sign, sign);
      pen.reserve(cloth);
    }
    flag_rects_[i] = cloth;
    pen.hot("timeline/" + flag.name, cloth, flag.label);
  }
  // Words where there is room, once all flags have their places.
  for (std::size_t i = 0; i < flags_.size(); ++i) {
    if (flag_rects_[i].is_empty() || flags_[i].label.empty()) continue;
    const Pen::Style style{.color = theme.text,
                           .size_px = std::min(desk.ui.px(11), lanes.flags.height()),
                           .max_width = desk.ui.px(160)};
    const float at = flag_rects_[i].right + desk.ui.px(3);
    if (at + desk.ui.px(24) > lanes.track.right) continue;
    pen.label({at, flag_rects_[i].center().y - pen.height(style) / 2}, flags_[i].label, style);
  }
}

// --- words

std::string TimelinePane::tip_of(Desk& desk, const Overview::Bin& bin) const {
  std::string tip;
  std::int64_t all = 0;
  for (const std::int64_t count : bin.counts) all += count;
  for (int i = 0; i < kMarkClassCount; ++i) {
    const auto mark = static_cast<MarkClass>(i);
    const std::int64_t count = bin.count(mark);
    if (count == 0 || mark == MarkClass::fault) continue;
    const auto first = desk.run->index().marks.first(mark, bin.from_ns, bin.until_ns);
    if (!first) continue;
    const auto event = desk.run->reader().event(first->event);
    std::string what;
    if (count == 1 && event && *event) {
      what = fmt::format("{} {}", sign(mark), name(mark));
      if ((*event)->message) what += fmt::format(": message {}", (*event)->message.value);
      if ((*event)->host) what += " at " + desk.name_of((*event)->host);
      if (!(*event)->text.empty()) what += "\n   " + (*event)->text.substr(0, 200);
    } else {
      what = fmt::format("{} {} {}", sign(mark), story::grouped(count), name(mark));
    }
    tip += (tip.empty() ? "" : "\n") + what;
  }
  const std::string when =
      all == 1 || bin.until_ns - bin.from_ns <= 1
          ? story::clock(bin.from_ns)
          : fmt::format("{} to {}", story::clock(bin.from_ns), story::clock(bin.until_ns));
  return when + "\n" + tip + "\nA click shows it; another one, the next";
}

std::string TimelinePane::tip_of(Desk& desk, const Span& span) const {
  const auto event = desk.run->reader().event(span.began);
  std::string tip = span.fault ? "F fault" : "! out of operation: " + desk.name_of(span.host);
  if (event && *event && !(*event)->text.empty()) tip += ": " + (*event)->text.substr(0, 200);
  tip += "\nfrom " + story::clock(span.from_ns);
  if (desk.view().hides_answers) return tip;
  return tip + (span.until_ns >= 0 ? fmt::format(" to {} ({})", story::clock(span.until_ns),
                                                 story::duration(span.until_ns - span.from_ns))
                                   : std::string(", still in force at the end"));
}

}  // namespace mailroom::viz
