// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/pen.hpp"

#include <imgui.h>

#include <array>
#include <cmath>
#include <string>

namespace mailroom::viz {
namespace {

ImVec2 vec(Point p) {
  return {p.x, p.y};
}
ImU32 col(Color c) {
  return IM_COL32(c.red, c.green, c.blue, c.alpha);
}

constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

struct Css {
  std::string_view family;
  int weight;
};
Css css_of(Face face) {
  switch (face) {
    case Face::body: return {"Inter, DejaVu Sans, sans-serif", 400};
    case Face::strong:
    case Face::title: return {"Inter, DejaVu Sans, sans-serif", 600};
    case Face::mono: return {"JetBrains Mono, DejaVu Sans Mono, monospace", 400};
  }
  return {"sans-serif", 400};
}

bool is_plain(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) return false;
  return true;
}

}  // namespace

std::string printable(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const auto first = static_cast<unsigned char>(*at);
    std::size_t length = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : 0;
    if (length > static_cast<std::size_t>(end - at)) length = 0;
    for (std::size_t i = 1; i < length; ++i)
      if ((static_cast<unsigned char>(at[i]) & 0xC0U) != 0x80U) length = 0;
    if (length == 0 || (length == 1 && (first < 0x20 || first == 0x7F))) {
      out += "\xEF\xBF\xBD";
      ++at;
    } else {
      out.append(at, length);
      at += length;
    }
  }
  return out;
}

void Pen::line(Point from, Point to, Color color, float width) {
  list_.AddLine(vec(from), vec(to), col(color), width);
  const std::array points{from, to};
  if (svg_) svg_->line(points, {color, width}, false);
}

void Pen::dashed(Point from, Point to, Color color, float width) {
  constexpr float kDash = 6;
  constexpr float kGap = 4;
  const Point way = to - from;
  const float length = std::hypot(way.x, way.y);
  // A line far longer than any screen is not worth its dashes.
  if (length > 20'000) return line(from, to, color, width);
  for (float at = 0; at < length; at += kDash + kGap) {
    const float until = std::min(at + kDash, length);
    list_.AddLine(vec(from + way * (at / length)), vec(from + way * (until / length)), col(color), width);
  }
  const std::array points{from, to};
  if (svg_) svg_->line(points, {color, width, true}, false);
}

void Pen::polyline(std::span<const Point> points, Color color, float width, bool is_closed) {
  if (points.size() < 2) return;
  for (const Point p : points) list_.PathLineTo(vec(p));
  list_.PathStroke(col(color), is_closed ? ImDrawFlags_Closed : ImDrawFlags_None, width);
  if (svg_) svg_->line(points, {color, width}, is_closed);
}

void Pen::polygon(std::span<const Point> points, Color fill) {
  if (points.size() < 3) return;
  for (const Point p : points) list_.PathLineTo(vec(p));
  list_.PathFillConvex(col(fill));
  if (svg_) svg_->polygon(points, fill);
}

void Pen::rect(const Rect& rect, Color fill, float rounding) {
  list_.AddRectFilled({rect.left, rect.top}, {rect.right, rect.bottom}, col(fill), rounding);
  if (svg_) svg_->rect(rect, rounding, fill);
}

void Pen::frame(const Rect& rect, Color color, float width, float rounding) {
  list_.AddRect({rect.left, rect.top}, {rect.right, rect.bottom}, col(color), rounding, 0, width);
  if (svg_) svg_->frame(rect, rounding, {color, width});
}

void Pen::circle(Point center, float radius, Color fill) {
  list_.AddCircleFilled(vec(center), radius, col(fill));
  if (svg_) svg_->circle(center, radius, fill);
}

void Pen::ring(Point center, float radius, Color color, float width) {
  list_.AddCircle(vec(center), radius, col(color), 0, width);
  if (svg_) svg_->ring(center, radius, {color, width});
}

void Pen::arrow(Point from, Point to, Color color, float width, float head_px) {
  const Point way = to - from;
  const float length = std::hypot(way.x, way.y);
  if (length < 0.5f) return;
  const Point along = way * (1 / length);
  const Point across{-along.y, along.x};
  const float head = std::min(head_px, length);
  const Point neck = to - along * head;
  line(from, neck, color, width);
  const std::array tip{to, neck + across * (head * 0.45f), neck - across * (head * 0.45f)};
  polygon(tip, color);
}

float Pen::width(std::string_view text, const Style& style) const {
  const ImFont& font = *fonts_.of(style.face);
  const float size = style.size_px > 0 ? style.size_px : font.FontSize;
  return font.CalcTextSizeA(size, 1e9f, 0, text.data(), text.data() + text.size()).x;
}

float Pen::height(const Style& style) const {
  return style.size_px > 0 ? style.size_px : fonts_.of(style.face)->FontSize;
}

Rect Pen::text(Point at, std::string_view raw, const Style& style) {
  if (raw.empty()) return {};
  const ImFont& font = *fonts_.of(style.face);
  const float size = style.size_px > 0 ? style.size_px : font.FontSize;
  // A text of thousands of letters is not measured whole, only as far as it could be seen.
  std::string shown = printable(raw.substr(0, 2000));
  float wide = width(shown, style);
  if (style.max_width > 0 && wide > style.max_width) {
    const float room = style.max_width - width(kEllipsis, style);
    const char* rest = shown.data();
    if (room > 0) font.CalcTextSizeA(size, room, 0, shown.data(), shown.data() + shown.size(), &rest);
    if (room <= 0) return {};
    shown.resize(static_cast<std::size_t>(rest - shown.data()));
    shown += kEllipsis;
    wide = width(shown, style);
  }
  const float left = style.align == Align::left     ? at.x
                     : style.align == Align::center ? at.x - wide / 2
                                                    : at.x - wide;
  const Rect place{std::floor(left), std::floor(at.y), std::floor(left) + wide, std::floor(at.y) + size};
  const Rect seen = intersection(place, clipped());
  if (seen.is_empty()) return {};
  if (svg_)
    svg_->text({place.left, place.top + size * font.Ascent / font.FontSize}, size, css_of(style.face).family,
               css_of(style.face).weight, style.color, wide, shown);
  list_.AddText(&font, size, {place.left, place.top}, col(style.color), shown.data(), shown.data() + shown.size());
  registry_.text(seen, layer_, shown);
  return place;
}

bool Pen::is_free(const Rect& rect) const {
  for (const Rect& other : taken_)
    if (rect.intersects(other)) return false;
  return true;
}

bool Pen::label(Point at, std::string_view text, const Style& style) {
  float wide = width(text, style);
  if (style.max_width > 0) wide = std::min(wide, style.max_width);
  const float left = style.align == Align::left     ? at.x
                     : style.align == Align::center ? at.x - wide / 2
                                                    : at.x - wide;
  const Rect place{left - 1, at.y, left + wide + 1, at.y + height(style)};
  if (!is_free(place)) return false;
  reserve(place);
  this->text(at, text, style);
  return true;
}

void Pen::clip(const Rect& rect) {
  list_.PushClipRect({rect.left, rect.top}, {rect.right, rect.bottom}, true);
  if (svg_) svg_->clip(rect);
}

void Pen::unclip() {
  list_.PopClipRect();
  if (svg_) svg_->unclip();
}

Rect Pen::clipped() const {
  const ImVec2 low = list_.GetClipRectMin();
  const ImVec2 high = list_.GetClipRectMax();
  return {low.x, low.y, high.x, high.y};
}

void Pen::hot(std::string_view name, const Rect& rect, std::string_view label, bool is_on) {
  if (!registry_.is_on()) return;
  registry_.item(name, {.rect = rect, .visible = intersection(rect, clipped()), .is_on = is_on,
                        .label = std::string(label)});
}

}  // namespace mailroom::viz
