// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/timeline.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/story/quantities.hpp"
#include "viz/model/lecture.hpp"
#include "viz/panes/panes.hpp"
#include "viz/panes/time_commands.hpp"

namespace mailroom::viz {
namespace {

// Pixels at 100 %: of a mark, and of one with a number beside it.
constexpr float kMarkWidth = 18;
constexpr float kCountWidth = 42;
// How long it is shown that time was skipped.
constexpr double kSkipShown_s = 3;

void add_note_flags(Desk& desk, std::vector<TimelineFlag>& flags) {
  const std::vector<trace::Note>& notes = desk.view().notes;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const bool is_hidden = desk.view().hides_answers && time_of(notes[i]) > desk.time_ns();
    const std::string_view question = is_hidden ? std::string_view() : split(notes[i].text).question;
    flags.push_back({.name = fmt::format("note/{}", i + 1),
                     .sign = "#",
                     .label = std::string(question.substr(0, question.find('\n'))),
                     .tip = fmt::format("Note at {}\n{}", story::clock(time_of(notes[i])), is_hidden ? "(later)" : question),
                     .color = desk.ui.theme->note,
                     .time_ns = time_of(notes[i]),
                     .move =
                         [i](Desk& d, std::int64_t time_ns) {
                           d.edit(
                               "move a note",
                               [&](View& v) {
                                 if (i >= v.notes.size()) return;
                                 v.notes[i].time_ns = time_ns;
                                 v.notes[i].event = {};
                               },
                               "timeline/note");
                         },
                     // Only now: while it is dragged it keeps its place among the others.
                     .drop =
                         [](Desk& d) {
                           d.edit(
                               "move a note", [](View& v) { sort(v.notes); }, "timeline/note");
                         },
                     .open =
                         [i](Desk& d) {
                           if (i >= d.view().notes.size()) return;
                           d.player.pause();
                           d.show_time(time_of(d.view().notes[i]));
                           d.bring_to_front(name(Place::right), "notes");
                         }});
  }
}

}  // namespace

void TimelinePane::join(Desk& desk) {
  desk.timeline_flags.push_back(add_note_flags);
  desk.on_run_changed.push_back([this](Desk&) {
    is_whole_ = true;
    grip_ = Grip::none;
    counted_ = {};
  });
  Commands& c = desk.commands;
  const auto is_zoomed = [this](const Desk& d) { return d.run && !is_whole_; };
  const auto zoom = [this](double factor) {
    return [this, factor](Desk& d) {
      const float x = axis_.x_of(d.time_ns(), 1);
      axis_.zoom(factor, x >= 0 && x <= 1 ? x : 0.5f, 1, d.run->end_ns());
      is_whole_ = axis_ == TimeAxis::whole(d.run->end_ns());
    };
  };
  c.add({.id = "timeline/fit",
         .title = "The whole run on the timeline",
         .menu = "View",
         .shortcut = "Shift+T",
         .tip = "Also by a double click on the timeline",
         .run = [this](Desk&) { is_whole_ = true; },
         .is_enabled = is_zoomed});
  c.add({.id = "timeline/zoom-in",
         .title = "Timeline: less time",
         .menu = {},
         .shortcut = "Shift+Up",
         .tip = "Around the moment shown; with the wheel, around the pointer",
         .run = zoom(0.5),
         .is_enabled = has_run,
         .repeats = true});
  c.add({.id = "timeline/zoom-out",
         .title = "Timeline: more time",
         .menu = {},
         .shortcut = "Shift+Down",
         .tip = "Up to the whole run",
         .run = zoom(2),
         .is_enabled = is_zoomed,
         .repeats = true});
  c.add({.id = "timeline/zoom-to-area",
         .title = "Timeline: the chosen area",
         .menu = {},
         .shortcut = "Shift+A",
         .tip = "Choose an area by Shift and dragging",
         .run =
             [this](Desk& d) {
               axis_.show(d.view().range->from_ns, d.view().range->until_ns, d.run->end_ns());
               is_whole_ = false;
             },
         .is_enabled = [](const Desk& d) { return d.run && d.view().range.has_value(); }});
  c.add({.id = "timeline/clear-area",
         .title = "Choose no area of time",
         .menu = "View",
         .shortcut = "Shift+Escape",
         .tip = "Filter and plots are about the whole run again",
         .run = [](Desk& d) { d.edit("choose no area", [](View& v) { v.range.reset(); }); },
         .is_enabled = [](const Desk& d) { return d.run && d.view().range.has_value(); }});
}

bool TimelinePane::hides(Desk& desk, std::int64_t time_ns) const {
  return desk.view().hides_answers && time_ns > desk.time_ns();
}

bool TimelinePane::hides(Desk& desk, const Span& span) const {
  return hides(desk, span.from_ns) ||
         desk.hides({.id = span.began,
                     .time_ns = span.from_ns,
                     .kind = span.fault ? trace::Kind::fault_began : trace::Kind::host_crashed,
                     .host = span.host,
                     .link = span.link,
                     .fault = span.fault});
}

TimelinePane::Lanes TimelinePane::lanes_of(Desk& desk, const Rect& track) {
  const float scale = std::min(desk.ui.px(15), track.height() * 0.3f);
  const float flags = std::min(desk.ui.px(16), track.height() * 0.25f);
  const float rest = track.height() - scale - flags;
  Lanes lanes;
  lanes.track = track;
  float y = track.top;
  const auto take = [&](float height) {
    const Rect lane{track.left, y, track.right, y + height};
    y += height;
    return lane;
  };
  lanes.flags = take(flags);
  if (rest < desk.ui.px(32)) {
    // Where there is little room, bars lie behind signs.
    lanes.faults = lanes.troubles = take(rest * 0.5f);
    lanes.delivered = take(rest * 0.5f);
  } else {
    lanes.faults = take(rest * 0.26f);
    lanes.troubles = take(rest * 0.37f);
    lanes.delivered = take(rest * 0.37f);
  }
  lanes.scale = take(scale);
  return lanes;
}

// The end grows; and who plays is not to run out of the picture.
void TimelinePane::follow(Desk& desk) {
  const std::int64_t end_ns = desk.run->end_ns();
  if (is_whole_) {
    axis_ = TimeAxis::whole(end_ns);
    return;
  }
  axis_.show(axis_.from_ns(), axis_.until_ns(), end_ns);
  if (!desk.player.is_playing()) return;
  const float x = axis_.x_of(desk.time_ns(), 1);
  if (x >= 0 && x <= 0.97f) return;
  const auto lead = static_cast<std::int64_t>(static_cast<double>(axis_.span_ns()) *
                                              (desk.player.is_backwards() ? 0.8 : 0.2));
  axis_.show(desk.time_ns() - lead, desk.time_ns() - lead + axis_.span_ns(), end_ns);
}

void TimelinePane::count(Desk& desk, const Rect& track) {
  const auto parts = [&](float each) {
    return std::max<std::int64_t>(static_cast<std::int64_t>(track.width() / desk.ui.px(each)), 1);
  };
  const Counted wanted{
      .axis = axis_,
      .rows = desk.run->index().rows.size(),
      .limit_ns = desk.view().hides_answers ? desk.time_ns() : std::numeric_limits<std::int64_t>::max(),
      .pixels = parts(1 / desk.ui.px(1)),
      .places = parts(kMarkWidth)};
  if (wanted == counted_) return;
  counted_ = wanted;
  overview_ = Overview::of(desk.run->index(), axis_, wanted.pixels, wanted.places, wanted.limit_ns);
  // Where many are merged, their numbers need room.
  const auto is_many = [](const Overview::Bin& bin) { return std::ranges::max(bin.counts) >= 10; };
  if (std::ranges::count_if(overview_.bins, is_many) > 8)
    overview_ = Overview::of(desk.run->index(), axis_, wanted.pixels, parts(kCountWidth), wanted.limit_ns);
}

void TimelinePane::draw(Desk& desk, const Rect& area) {
  const float gutter = std::clamp(desk.ui.px(150), 60.0f, area.width() * 0.35f);
  draw_clock(desk, {area.left, area.top, area.left + gutter - desk.ui.px(8), area.bottom});
  const Rect track{area.left + gutter, area.top, area.right, area.bottom};
  if (track.is_empty()) return;
  const Lanes lanes = lanes_of(desk, track);
  follow(desk);
  flags_.clear();
  for (const auto& add : desk.timeline_flags) add(desk, flags_);
  ImGui::SetCursorScreenPos({track.left, track.top});
  ImGui::InvisibleButton("##timeline/track", {track.width(), track.height() - 1},
                         ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonMiddle |
                             ImGuiButtonFlags_MouseButtonRight);
  desk.ui.note_item("timeline/track");
  obey_mouse(desk, lanes);
  if (!desk.run) return;  // a click on a flag can close it
  count(desk, track);
  Pen pen = desk.pen("timeline");
  pen.clip(track);
  draw_track(desk, pen, lanes);
  pen.unclip();
}

// What the strip is about, at its left: the time, where it is in the run, and what goes on with the file.
void TimelinePane::draw_clock(Desk& desk, const Rect& area) {
  Pen pen = desk.pen("timeline");
  const Theme& theme = *desk.ui.theme;
  const Recording& run = *desk.run;
  const Pen::Style large{.color = theme.text, .face = Face::title, .max_width = area.width()};
  const Pen::Style small{.color = theme.dim, .max_width = area.width()};
  const std::int64_t shown_ns = run.is_waiting() ? run.awaited_ns() : run.time_ns();
  const Rect clock = pen.text({area.left, area.top}, "t " + story::clock(shown_ns), large);
  pen.hot("timeline/clock", clock, story::clock(shown_ns));
  const float second = area.top + pen.height(large) + desk.ui.px(1);
  if (second + pen.height(small) <= area.bottom) pen.text({area.left, second}, status(desk), small);
  const float third = second + pen.height(small) + desk.ui.px(1);
  if (third + pen.height(small) > area.bottom) return;
  pen.text({area.left, third}, fmt::format("of {}", story::clock(run.end_ns())), small);
}

std::string TimelinePane::status(Desk& desk) const {
  const Recording& run = *desk.run;
  const auto percent = [](double share) { return static_cast<int>(share * 100); };
  if (desk.player.is_searching())
    return fmt::format("searching {} %", percent(desk.player.search_progress(run)));
  if (run.is_waiting()) return fmt::format("waiting: reading {} %", percent(run.index().progress()));
  if (run.is_indexing() && run.index().progress() < 0.99)
    return fmt::format("reading {} %", percent(run.index().progress()));
  if (run.index().error) return "x  no more to come";
  if (!run.is_complete())
    return desk.player.is_playing() && run.time_ns() >= run.end_ns() ? "live, waits for more" : "live";
  return fmt::format("event {}", story::grouped(run.event().value));
}

// --- the picture

void TimelinePane::draw_track(Desk& desk, Pen& pen, const Lanes& lanes) {
  const Theme& theme = *desk.ui.theme;
  marks_.clear();
  spans_.clear();
  const Rect body{lanes.track.left, lanes.faults.top, lanes.track.right, lanes.delivered.bottom};
  pen.rect(body, mix(theme.panel, theme.raised, 0.55f), desk.ui.px(3));
  draw_load(desk, pen, lanes);
  draw_range(desk, pen, lanes);
  draw_scale(desk, pen, lanes);
  draw_spans(desk, pen, lanes);
  draw_skip(desk, pen, lanes);
  draw_marks(desk, pen, lanes);
  draw_cursor(desk, pen, lanes);
  draw_flags(desk, pen, lanes);
}

void TimelinePane::draw_scale(Desk& desk, Pen& pen, const Lanes& lanes) {
  const Theme& theme = *desk.ui.theme;
  const float width = lanes.track.width();
  const float size = std::min(desk.ui.px(11), lanes.scale.height() * 0.85f);
  for (const TimeAxis::Tick& tick : axis_.ticks(width, desk.ui.px(120))) {
    const float x = lanes.track.left + axis_.x_of(tick.time_ns, width);
    pen.line({x, lanes.faults.top}, {x, lanes.scale.top + desk.ui.px(3)}, theme.line);
    const Pen::Style style{.color = theme.dim, .size_px = size};
    const float wide = pen.width(tick.label, style);
    const float at =
        std::clamp(x - wide / 2, lanes.track.left, std::max(lanes.track.right - wide, lanes.track.left));
    pen.label({at, lanes.scale.top + desk.ui.px(2)}, tick.label, style);
  }
}

// Events per pixel, of which the most fills the height; the root shows what is little too.
void TimelinePane::draw_load(Desk& desk, Pen& pen, const Lanes& lanes) {
  if (overview_.most_load == 0) return;
  const Color color = mix(desk.ui.theme->panel, desk.ui.theme->accent, 0.28f);
  const float bottom = lanes.delivered.bottom;
  const float high = lanes.delivered.bottom - lanes.faults.top;
  for (std::size_t i = 0; i < overview_.load.size(); ++i) {
    if (overview_.load[i] == 0) continue;
    // Equal neighbours are one rectangle.
    std::size_t end = i + 1;
    while (end < overview_.load.size() && overview_.load[end] == overview_.load[i]) ++end;
    const float share =
        std::sqrt(static_cast<float>(overview_.load[i]) / static_cast<float>(overview_.most_load));
    const float left = lanes.track.left + static_cast<float>(i);
    pen.rect(
        {left, bottom - std::max(high * share, 1.0f), lanes.track.left + static_cast<float>(end), bottom},
        color);
    i = end - 1;
  }
}

void TimelinePane::draw_range(Desk& desk, Pen& pen, const Lanes& lanes) {
  const auto& range = desk.view().range;
  if (!range) return;
  const float width = lanes.track.width();
  const float left = lanes.track.left + std::max(axis_.x_of(range->from_ns, width), 0.0f);
  const float right = lanes.track.left + std::min(axis_.x_of(range->until_ns, width), width);
  if (right < left) return;
  const Rect area{left, lanes.faults.top, std::max(right, left + 1), lanes.delivered.bottom};
  pen.rect(area, desk.ui.theme->accent.faded(0.16f));
  pen.line({area.left, area.top}, {area.left, area.bottom}, desk.ui.theme->accent, desk.ui.px(1.5f));
  pen.line({area.right, area.top}, {area.right, area.bottom}, desk.ui.theme->accent, desk.ui.px(1.5f));
  pen.hot("timeline/area", area,
          fmt::format("{} to {}", story::clock(range->from_ns), story::clock(range->until_ns)));
}

// For a moment: over which time the player jumped.
void TimelinePane::draw_skip(Desk& desk, Pen& pen, const Lanes& lanes) {
  if (!desk.skipped || desk.seconds() - desk.skipped_s >= kSkipShown_s) return;
  const Theme& theme = *desk.ui.theme;
  const float width = lanes.track.width();
  const auto x_of = [&](std::int64_t time_ns) { return lanes.track.left + axis_.x_of(time_ns, width); };
  const float from = x_of(desk.skipped->from_ns);
  const float to = x_of(desk.skipped->to_ns);
  const Rect band{std::min(from, to), lanes.troubles.top, std::max(from, to), lanes.delivered.bottom};
  pen.rect(band, theme.note.faded(0.3f));
  const std::string words =
      "skipped " + story::duration(std::abs(desk.skipped->to_ns - desk.skipped->from_ns));
  const Pen::Style style{.color = theme.text, .face = Face::strong, .align = Pen::Align::center};
  const float half = pen.width(words, style) / 2 + desk.ui.px(4);
  const float center = std::clamp(band.center().x, lanes.track.left + half,
                                  std::max(lanes.track.right - half, lanes.track.left + half));
  const float top = lanes.delivered.bottom - pen.height(style) - desk.ui.px(2);
  const Rect place{center - half, top, center + half, top + pen.height(style)};
  pen.rect(place, theme.panel.faded(0.85f), desk.ui.px(3));
  pen.text({center, top}, words, style);
  pen.hot("timeline/skipped", place, words);
  pen.reserve(place);
  desk.animate(0.1);
}

void TimelinePane::draw_cursor(Desk& desk, Pen& pen, const Lanes& lanes) {
  const Theme& theme = *desk.ui.theme;
  const float width = lanes.track.width();
  const auto x_of = [&](std::int64_t time_ns) { return lanes.track.left + axis_.x_of(time_ns, width); };
  if (desk.run->is_waiting()) {
    const float x = x_of(desk.run->awaited_ns());
    pen.dashed({x, lanes.faults.top}, {x, lanes.scale.top}, theme.accent, desk.ui.px(2));
  }
  const float x = x_of(desk.time_ns());
  if (x < lanes.track.left - 1 || x > lanes.track.right + 1) return;
  const float head = desk.ui.px(5);
  pen.line({x, lanes.faults.top}, {x, lanes.scale.top}, theme.accent, desk.ui.px(2));
  const Point shape[] = {{x - head, lanes.faults.top - head},
                         {x + head, lanes.faults.top - head},
                         {x, lanes.faults.top + head * 0.6f}};
  pen.polygon(shape, theme.accent);
  pen.hot("timeline/cursor", {x - head, lanes.faults.top - head, x + head, lanes.scale.top},
          story::clock(desk.time_ns()));
}

std::unique_ptr<Pane> timeline_pane() {
  return std::make_unique<TimelinePane>();
}

}  // namespace mailroom::viz
