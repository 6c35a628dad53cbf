// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/ladder_painter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/story/quantities.hpp"
#include "sim/story/words.hpp"

namespace mailroom::viz {

using What = LadderRow::What;
using trace::Kind;

namespace {

constexpr float kFuture = 0.42f;    // how much is seen of what is yet to come
constexpr float kDimmed = 0.22f;    // … and of what the filter does not fit
constexpr double kLostShare = 0.6;  // how far a lost line comes

Category category_of_mark(Kind kind) {
  switch (story::tone_of(kind)) {
    case story::Tone::good:
      return Category::positive;
    case story::Tone::warn:
      return Category::transient;
    case story::Tone::bad:
      return Category::permanent;
    default:
      return Category::none;
  }
}

bool is_fault(Kind kind) {
  return kind == Kind::fault_began || kind == Kind::fault_ended || kind == Kind::connection_disturbed;
}

}  // namespace

LadderPainter::LadderPainter(const LadderPicture& picture, Pen& pen)
    : picture_(picture), pen_(pen), now_(picture.ladder.row_at(picture.event)) {}

bool LadderPainter::is_drawn(const LadderRow& row) const {
  if (picture_.hides_future && is_future(row)) return false;
  return !picture_.is_hidden || !picture_.is_hidden(row);
}

LadderPainter::Ink LadderPainter::ink_of(const LadderRow& row, std::size_t index) const {
  const Theme& theme = picture_.theme;
  Ink ink{.line = theme.dim, .text = theme.text, .sign = {}};
  Category category = Category::none;
  switch (row.what) {
    case What::reply:
      category = category_of(row.code);
      break;
    case What::mark:
      category = is_fault(row.kind) ? Category::none : category_of_mark(row.kind);
      break;
    case What::connect:
      if (row.kind == Kind::connection_refused) category = Category::permanent;
      break;
    case What::command:
    case What::content:
      ink.line = theme.text;
      break;
    default:
      break;
  }
  if (category != Category::none) {
    ink.line = ink.text = theme.of(category);
    ink.sign = sign_of(category);
  }
  if (row.what == What::mark && is_fault(row.kind)) {
    ink.line = ink.text = theme.fault;
    ink.sign = "F";
  }
  if (row.kind == Kind::copy_created) ink.line = ink.text = theme.accent;
  float share = is_future(row) ? kFuture : 1.0f;
  if (picture_.is_dimmed && picture_.is_dimmed(index)) share = std::min(share, kDimmed);
  ink.line = mix(theme.panel, ink.line, share);
  ink.text = mix(theme.panel, ink.text, share);
  return ink;
}

void LadderPainter::draw() {
  pen_.clip(picture_.area);
  std::vector<std::size_t> seen;
  for (std::size_t i = 0; i < picture_.ladder.rows.size(); ++i) {
    const LadderPlace& place = picture_.layout.places[i];
    // A row's text may stand half a row above it, its arrow ends below.
    if (y(place.bottom) < picture_.area.top - 2 * picture_.row_px) continue;
    if (y(place.top) > picture_.area.bottom + 2 * picture_.row_px) continue;
    if (is_drawn(picture_.ladder.rows[i])) seen.push_back(i);
  }
  for (const std::size_t i : seen) draw_band(i);
  draw_lanes();
  draw_moment();
  draw_phases();
  for (const std::size_t i : seen) draw_row(i);
  pen_.unclip();
}

void LadderPainter::draw_lanes() {
  for (const float x : picture_.lanes)
    pen_.line({x, picture_.area.top}, {x, picture_.area.bottom}, picture_.theme.line, px(1.5f));
}

void LadderPainter::draw_phases() {
  const Theme& theme = picture_.theme;
  const Pen::Style letters{
      .color = theme.dim, .face = Face::strong, .max_width = picture_.area.width() - px(24)};
  const bool has_sessions = static_cast<bool>(picture_.ladder.question.subject.message);
  for (std::size_t i = 0; i < picture_.ladder.phases.size(); ++i) {
    const LadderPhase& phase = picture_.ladder.phases[i];
    const LadderRow& first = picture_.ladder.rows[phase.first];
    const LadderRow& last = picture_.ladder.rows[phase.last];
    if (!is_drawn(first)) continue;
    const float top = y(picture_.layout.heads[i] - 0.5 + 0.1);
    float bottom =
        y(std::max(picture_.layout.places[phase.last].bottom, picture_.layout.places[phase.last].top) + 0.3);
    if (bottom < picture_.area.top || top > picture_.area.bottom) continue;
    for (const double head : picture_.layout.heads)  // not into the next one's name
      if (head > picture_.layout.heads[i]) bottom = std::min(bottom, y(head - 0.4) - px(4));
    if (picture_.hides_future && is_future(last)) bottom = std::min(bottom, moment_y());
    if (bottom < picture_.area.top || top > picture_.area.bottom) continue;
    const Color color = is_future(first) ? mix(theme.panel, theme.dim, kFuture) : theme.dim;
    const float x = picture_.area.left + px(6);
    // A bracket: its upper end leads to the name.
    const std::array corner{Point{x + px(6), bottom}, Point{x, bottom},
                            Point{x, top + pen_.height(letters) / 2},
                            Point{x + px(6), top + pen_.height(letters) / 2}};
    pen_.polyline(corner, color, px(1.5f));
    std::string name = printable(phase.name);
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
    if (has_sessions && phase.session) name += fmt::format("  (session {})", phase.session.value);
    Pen::Style style = letters;
    style.color = color;
    const float wide = std::min(pen_.width(name, style), style.max_width);
    write({x + px(7), top - px(1), x + px(13) + wide, top + pen_.height(style) + px(1)}, name, style,
          theme.panel);
  }
}

void LadderPainter::draw_row(std::size_t index) {
  const LadderRow& row = picture_.ladder.rows[index];
  const Ink ink = ink_of(row, index);
  if (row.what == What::gap) {
    draw_gap(index, row);
  } else if (row.what == What::mark || row.from == row.to) {
    draw_mark(index, row, ink);
  } else {
    draw_arrow(index, row, ink);
  }
  if (row.what != What::gap) draw_time(row, y(picture_.layout.places[index].top));
}

// What can be clicked of a row: its band; and a band behind the row that is chosen or was last.
void LadderPainter::draw_band(std::size_t index) {
  const LadderRow& row = picture_.ladder.rows[index];
  const LadderPlace& place = picture_.layout.places[index];
  const float top = y(place.top) - picture_.row_px * (row.what == What::gap ? 0.35f : 0.45f);
  const Rect band{picture_.area.left + px(14), top, picture_.area.right, top + picture_.row_px * 0.94f};
  const bool is_selected = row.what != What::gap && row.event == picture_.selected;
  if (const Color color = ground(index); !(color == picture_.theme.panel)) pen_.rect(band, color, px(3));
  places_.push_back({index, band});
  pen_.hot(fmt::format("ladder/row/{}", index), band, row.text, is_selected);
}

// Where there is no room it is left out: a click on the row tells it.
void LadderPainter::write(Rect place, std::string_view text, const Pen::Style& style, Color plate) {
  if (!pen_.is_free(place)) return;
  pen_.reserve(place);
  pen_.rect(place, plate, px(3));
  const float x = style.align == Pen::Align::left     ? place.left + px(3)
                  : style.align == Pen::Align::center ? place.center().x
                                                      : place.right - px(3);
  pen_.text({x, place.center().y - pen_.height(style) / 2}, text, style);
}

void LadderPainter::write_around(Point center, std::string_view text, const Pen::Style& style, Color plate) {
  const float wide = std::min(pen_.width(printable(text.substr(0, 400)), style), style.max_width);
  write(around(center, wide / 2 + px(4), pen_.height(style) / 2 + px(1)), text, style, plate);
}

Color LadderPainter::ground(std::size_t index) const {
  const LadderRow& row = picture_.ladder.rows[index];
  const Theme& theme = picture_.theme;
  if (row.what != What::gap && row.event == picture_.selected) return mix(theme.panel, theme.accent, 0.20f);
  if (static_cast<std::ptrdiff_t>(index) == now_) return mix(theme.panel, theme.accent, 0.10f);
  return theme.panel;
}

void LadderPainter::draw_arrow(std::size_t index, const LadderRow& row, const Ink& ink) {
  const LadderPlace& place = picture_.layout.places[index];
  const Point from{picture_.lanes[static_cast<std::size_t>(row.from)], y(place.top)};
  Point to{picture_.lanes[static_cast<std::size_t>(row.to)], y(place.bottom)};
  const float way = to.x - from.x;
  const float room = std::abs(way) - px(36);
  const bool has_plate = room > px(24);
  const float width = row.what == What::segment ? px(1) : px(1.6f);
  const bool is_lost =
      row.is_lost && (!picture_.hides_future || picture_.ladder.is_known_lost(index, picture_.event));
  const bool is_there = row.received_ns >= 0 && row.received <= picture_.event;
  if (row.received_ns < 0) to = from + (to - from) * static_cast<float>(kLostShare);
  if (row.what == What::content) {
    draw_content(row, from, to, ink);
  } else if (is_lost) {
    pen_.line(from, to, ink.line, width);
  } else if (row.received_ns < 0) {
    pen_.dashed(from, to, ink.line, width);
  } else {
    pen_.arrow(from, to, ink.line, width, px(row.what == What::segment ? 6.0f : 9.0f));
  }
  if (is_lost)
    draw_cross(to, mix(picture_.theme.panel, picture_.theme.permanent, is_future(row) ? kFuture : 1.0f));
  if (has_plate) {
    const Pen::Style style{
        .color = ink.text,
        .face = Face::mono,
        .size_px = row.what == What::segment ? px(13) : 0,
        .align = Pen::Align::center,
        .max_width = row.received_ns < 0 ? room * static_cast<float>(kLostShare) - px(10) : room};
    // In the middle; where the line is steep, nearer to its beginning, so that it stands beside its own row.
    const std::string text = ink.sign.empty() ? row.text : fmt::format("{} {}", ink.sign, row.text);
    const float half =
        std::min(pen_.width(printable(std::string_view(text).substr(0, 400)), style), style.max_width) / 2;
    const float least = (half + px(14)) / std::max(std::abs(to.x - from.x), 1.0f);
    const float share =
        std::clamp(picture_.row_px * 0.31f / std::max(to.y - from.y, 1.0f), std::min(least, 0.5f), 0.5f);
    Point center = from + (to - from) * share;
    center.y = std::min(center.y, from.y + picture_.row_px * 0.36f);
    write_around(center, text, style,
                 row.what == What::content
                     ? mix(picture_.theme.panel, picture_.theme.accent, is_future(row) ? 0.08f : 0.2f)
                     : picture_.theme.panel);
  }
  // On its way at this moment: where it is by now.
  if (row.event <= picture_.event && !is_there && row.received_ns > row.sent_ns && !row.is_lost &&
      picture_.time_ns >= row.sent_ns && picture_.time_ns <= row.received_ns) {
    const float share = static_cast<float>(picture_.time_ns - row.sent_ns) /
                        static_cast<float>(row.received_ns - row.sent_ns);
    pen_.ring(from + (to - from) * share, px(6), picture_.theme.accent, px(3));
  }
}

// A block with its thickness: the text of a message is many octets.
void LadderPainter::draw_content(const LadderRow& row, Point from, Point to, const Ink& ink) {
  const float thick = picture_.row_px * 0.30f;
  const float inset = to.x > from.x ? px(2) : -px(2);
  const Point down{0, thick};
  const Point left = from + Point{inset, -thick};
  const Point right = to + Point{-inset, -thick};
  const std::array block{left, right, right + down * 2.0f, left + down * 2.0f};
  const Theme& theme = picture_.theme;
  pen_.polygon(block, mix(theme.panel, theme.accent, is_future(row) ? 0.08f : 0.2f));
  pen_.polyline(block, ink.line, px(1.2f), true);
}

void LadderPainter::draw_cross(Point at, Color color) {
  const float r = px(6);
  pen_.line(at + Point{-r, -r}, at + Point{r, r}, color, px(2.4f));
  pen_.line(at + Point{-r, r}, at + Point{r, -r}, color, px(2.4f));
}

void LadderPainter::draw_mark(std::size_t index, const LadderRow& row, const Ink& ink) {
  const auto lane = static_cast<std::size_t>(row.from);
  const Point at{picture_.lanes[lane], y(picture_.layout.places[index].top)};
  const float r = px(5);
  switch (row.kind) {
    case Kind::copy_created: {  // responsible from here on: a full square
      pen_.rect(around(at, r, r), ink.line, px(1));
      break;
    }
    case Kind::host_crashed:
    case Kind::connection_reset:
    case Kind::connection_refused:
    case Kind::connection_timed_out:
    case Kind::connection_unreachable:
    case Kind::timer_expired:
      draw_cross(at, ink.line);
      break;
    default:
      pen_.circle(at, r, picture_.theme.panel);
      pen_.ring(at, r, ink.line, px(2));
  }
  // On the side where there is more room: between this lane and its neighbour, or outside of the last one.
  const bool is_last = lane + 1 == picture_.lanes.size();
  const float left_end =
      lane > 0 ? picture_.lanes[lane - 1] : picture_.area.left + px(16) + picture_.times_px;
  const float right_end = is_last ? picture_.area.right : picture_.lanes[lane + 1];
  const bool goes_left = at.x - left_end > right_end - at.x + px(1);
  const float room = (goes_left ? at.x - left_end : right_end - at.x) - r - px(12);
  if (room < px(16)) return;
  const Pen::Style style{.color = ink.text,
                         .face = row.kind == Kind::copy_created ? Face::strong : Face::body,
                         .align = goes_left ? Pen::Align::right : Pen::Align::left,
                         .max_width = room};
  const std::string text = ink.sign.empty() ? row.text : fmt::format("{} {}", ink.sign, row.text);
  const float x = goes_left ? at.x - r - px(6) : at.x + r + px(6);
  const float high = pen_.height(style);
  const float wide = std::min(pen_.width(printable(std::string_view(text).substr(0, 400)), style), room);
  const float left = goes_left ? x - wide : x;
  write({left - px(3), at.y - high / 2 - px(1), left + wide + px(3), at.y + high / 2 + px(1)}, text, style,
        ground(index));
}

// Nothing happens for long: the lanes are broken, and it is said how long.
void LadderPainter::draw_gap(std::size_t index, const LadderRow& row) {
  const LadderPlace& place = picture_.layout.places[index];
  const float top = y(place.top) - picture_.row_px * 0.3f;
  const float bottom = top + picture_.row_px * 0.8f;
  const Theme& theme = picture_.theme;
  const float middle = (top + bottom) / 2;
  for (const float x : picture_.lanes) {
    pen_.rect({x - px(3), top, x + px(3), bottom}, theme.panel);
    pen_.dashed({x, top}, {x, bottom}, mix(theme.panel, theme.line, 0.8f), px(1.5f));
  }
  const Pen::Style style{.color = is_future(row) ? mix(theme.panel, theme.dim, 0.6f) : theme.dim,
                         .face = Face::strong,
                         .align = Pen::Align::center,
                         .max_width = picture_.area.width() * 0.6f};
  const float center = picture_.lanes.size() > 1 ? (picture_.lanes.front() + picture_.lanes.back()) / 2
                                                 : (picture_.area.left + picture_.area.right) / 2;
  write_around({center, middle}, fmt::format("{} {} later", icon::kClock, row.text), style, theme.panel);
}

void LadderPainter::draw_time(const LadderRow& row, float at) {
  if (picture_.times_px <= 0) return;
  const Pen::Style style{.color = mix(picture_.theme.panel, picture_.theme.dim, is_future(row) ? 0.6f : 1.0f),
                         .face = Face::mono,
                         .max_width = picture_.times_px - px(2)};
  pen_.label({picture_.area.left + px(18), at - pen_.height(style) / 2}, story::clock(row.sent_ns), style);
}

float LadderPainter::moment_y() const {
  return y(picture_.layout.at(picture_.ladder, picture_.time_ns, picture_.event));
}

void LadderPainter::draw_moment() {
  if (picture_.ladder.rows.empty() || now_ < 0) return;
  // Behind what has happened: at the lower edge of its row.
  const float at = moment_y() + picture_.row_px * 0.48f;
  const Color color = picture_.theme.accent;
  const float left = picture_.area.left;
  pen_.dashed({left + px(14) + picture_.times_px, at}, {picture_.area.right, at}, color, px(1));
  const std::array tip{Point{left, at - px(5)}, Point{left + px(9), at}, Point{left, at + px(5)}};
  pen_.polygon(tip, color);
  pen_.hot("ladder/moment", {left, at - px(5), left + px(9), at + px(5)});
}

std::optional<std::size_t> LadderPainter::row_at(Point point) const {
  if (!picture_.area.contains(point)) return std::nullopt;
  std::optional<std::size_t> best;
  float distance = picture_.row_px;
  for (const Place& place : places_) {
    if (!place.rect.contains(point)) continue;
    const float away = std::abs(place.rect.center().y - point.y);
    if (away < distance) {
      distance = away;
      best = place.row;
    }
  }
  return best;
}

}  // namespace mailroom::viz
