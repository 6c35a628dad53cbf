// SPDX-License-Identifier: GPL-2.0-only
// What series and parts are told apart by besides colour: dashes, signs, hatching.
#include <array>
#include <cmath>

#include "viz/panes/plots_chart.hpp"

namespace mailroom::viz {

void dashed_path(Pen& pen, const std::vector<Point>& path, std::size_t pattern, Color color, float width) {
  // On, off, on, off; in widths. Nothing: a line without gaps.
  constexpr std::array<std::array<float, 4>, Chart::kMostSeries> kPatterns = {{{0, 0, 0, 0},
                                                                              {6, 3, 6, 3},
                                                                              {2, 2, 2, 2},
                                                                              {8, 2.5f, 2, 2.5f},
                                                                              {12, 3, 12, 3},
                                                                              {4, 1.5f, 4, 1.5f},
                                                                              {1.5f, 3, 6, 3}}};
  const auto& dashes = kPatterns[pattern % kPatterns.size()];
  if (dashes[0] == 0 || path.size() > 20'000) {
    pen.polyline(path, color, width);
    return;
  }
  std::vector<Point> piece;
  std::size_t dash = 0;
  float left = dashes[0] * width;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    Point from = path[i];
    const Point to = path[i + 1];
    float length = std::hypot(to.x - from.x, to.y - from.y);
    if (piece.empty() && dash % 2 == 0) piece.push_back(from);
    while (length > left) {
      from = from + (to - from) * (left / length);
      length -= left;
      if (dash % 2 == 0) {
        piece.push_back(from);
        pen.polyline(piece, color, width);
        piece.clear();
      } else {
        piece = {from};
      }
      dash = (dash + 1) % 4;
      left = dashes[dash] * width;
    }
    left -= length;
    if (dash % 2 == 0) piece.push_back(to);
  }
  if (piece.size() > 1) pen.polyline(piece, color, width);
}

void series_sign(Pen& pen, Point at, std::size_t index, Color color, float r) {
  switch (index % Chart::kMostSeries) {
    case 0:
      return pen.circle(at, r, color);
    case 1:
      return pen.rect(around(at, r * 0.9f, r * 0.9f), color);
    case 2:
      return pen.polygon(std::array{Point{at.x, at.y - r * 1.2f}, Point{at.x + r * 1.1f, at.y + r * 0.8f},
                                    Point{at.x - r * 1.1f, at.y + r * 0.8f}},
                         color);
    case 3:
      return pen.polygon(std::array{Point{at.x, at.y - r * 1.3f}, Point{at.x + r * 1.3f, at.y},
                                    Point{at.x, at.y + r * 1.3f}, Point{at.x - r * 1.3f, at.y}},
                         color);
    case 4:
      pen.line({at.x - r, at.y - r}, {at.x + r, at.y + r}, color, r * 0.6f);
      return pen.line({at.x + r, at.y - r}, {at.x - r, at.y + r}, color, r * 0.6f);
    case 5:
      return pen.ring(at, r, color, r * 0.5f);
    default:
      pen.line({at.x - r * 1.2f, at.y}, {at.x + r * 1.2f, at.y}, color, r * 0.6f);
      return pen.line({at.x, at.y - r * 1.2f}, {at.x, at.y + r * 1.2f}, color, r * 0.6f);
  }
}

void hatched(Pen& pen, const Rect& rect, std::size_t pattern, Color fill, Color line) {
  if (rect.is_empty()) return;
  pen.rect(rect, fill);
  if (pattern % 4 == 0) return;
  // Whole lines in a clip would do on the screen; cut here, they are right in any SVG viewer too.
  constexpr float kEvery = 7;
  const auto stroke = [&](float from, float slope) {
    // x = from + slope * (y - top)
    Point a{from, rect.top};
    Point b{from + slope * rect.height(), rect.bottom};
    const auto cut = [&](Point& p) {
      const float x = std::clamp(p.x, rect.left, rect.right);
      p = {x, rect.top + (slope == 0 ? p.y - rect.top : (x - from) / slope)};
    };
    if (std::max(a.x, b.x) < rect.left || std::min(a.x, b.x) > rect.right) return;
    cut(a);
    cut(b);
    pen.line(a, b, line, 1);
  };
  const float from = rect.left - rect.height();
  for (float x = from - std::fmod(from, kEvery); x < rect.right + rect.height(); x += kEvery) {
    if (pattern % 4 == 1) stroke(x, 1);
    if (pattern % 4 == 2) stroke(x, -1);
    if (pattern % 4 == 3) stroke(x, 0.0001f);
  }
}

float wrapped_text(Pen& pen, Point at, float width, std::string_view text, const Pen::Style& style) {
  const float top = at.y;
  std::string line;
  const auto flush = [&] {
    pen.text(at, line, style);
    at.y += pen.height(style) * 1.25f;
    line.clear();
  };
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word(text.substr(begin, end - begin));
    const std::string longer = line.empty() ? word : line + ' ' + word;
    if (!line.empty() && pen.width(longer, style) > width) {
      flush();
      line = word;
    } else {
      line = longer;
    }
    begin = end + 1;
  }
  if (!line.empty()) flush();
  return at.y - top;
}

}  // namespace mailroom::viz
