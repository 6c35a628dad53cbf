// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/timeline_signs.hpp"

#include <algorithm>
#include <cmath>

namespace mailroom::viz {

Color color_of(const Theme& theme, MarkClass mark) {
  switch (mark) {
    case MarkClass::delivered:
      return theme.positive;
    case MarkClass::deferred:
      return theme.transient;
    case MarkClass::bounced:
    case MarkClass::lost:
      return theme.permanent;
    case MarkClass::duplicate:
      return theme.intermediate;
    case MarkClass::fault:
    case MarkClass::crash:
      return theme.fault;
  }
  return theme.text;
}

void draw_sign(Pen& pen, const Theme& theme, MarkClass mark, Point c, float r) {
  const Color color = color_of(theme, mark);
  const float width = std::max(r * 0.42f, 1.5f);
  switch (mark) {
    case MarkClass::delivered:
      return pen.ring(c, r * 0.8f, color, width);
    case MarkClass::duplicate:  // two that overlap
      pen.ring({c.x - r * 0.35f, c.y}, r * 0.6f, color, width * 0.8f);
      return pen.ring({c.x + r * 0.35f, c.y}, r * 0.6f, color, width * 0.8f);
    case MarkClass::deferred: {
      Point wave[9];
      for (int i = 0; i < 9; ++i) {
        const float x = static_cast<float>(i - 4) / 4;
        wave[i] = {c.x + x * r, c.y - std::sin(x * 3.14159f) * r * 0.55f};
      }
      return pen.polyline(wave, color, width);
    }
    case MarkClass::bounced:
      pen.line({c.x - r * 0.8f, c.y - r * 0.8f}, {c.x + r * 0.8f, c.y + r * 0.8f}, color, width);
      return pen.line({c.x - r * 0.8f, c.y + r * 0.8f}, {c.x + r * 0.8f, c.y - r * 0.8f}, color, width);
    case MarkClass::lost: {  // a solid L
      const Point letter[] = {{c.x - r * 0.5f, c.y - r * 0.9f},
                              {c.x - r * 0.5f, c.y + r * 0.8f},
                              {c.x + r * 0.7f, c.y + r * 0.8f}};
      return pen.polyline(letter, color, width * 1.3f);
    }
    case MarkClass::fault: {  // a flag
      pen.line({c.x - r * 0.6f, c.y - r}, {c.x - r * 0.6f, c.y + r}, color, width * 0.8f);
      const Point cloth[] = {
          {c.x - r * 0.6f, c.y - r}, {c.x + r, c.y - r * 0.4f}, {c.x - r * 0.6f, c.y + r * 0.2f}};
      return pen.polygon(cloth, color);
    }
    case MarkClass::crash: {  // a filled triangle, as on warnings
      const Point triangle[] = {{c.x, c.y - r}, {c.x + r, c.y + r * 0.8f}, {c.x - r, c.y + r * 0.8f}};
      return pen.polygon(triangle, color);
    }
  }
}

}  // namespace mailroom::viz
