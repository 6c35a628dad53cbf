// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/canvas_painter.hpp"

#include <algorithm>
#include <cmath>

namespace mailroom::viz {

CanvasPainter::CanvasPainter(Desk& desk, Pen& pen, const CanvasScene& scene, HopPaths& paths)
    : desk_(desk), pen_(pen), scene_(scene), paths_(paths), room_(scene.viewport) {}

void CanvasPainter::paint() {
  paint_links();
  paint_connections();
  paint_flows();
  paint_trail();
  paint_path();
  // The name of what is chosen comes before everything.
  for (std::size_t i = 0; i < scene_.hosts.size(); ++i) {
    if (is_selected_host(scene_.hosts[i])) label_node(i);
  }
  paint_nodes();
  number_path();
  label_moments();
  label_nodes();
  paint_envelopes();
  label_areas();
  label_flows();
  label_links();
  for (const Saying& saying : sayings_) {
    if (saying.has_halo) pen_.rect(saying.place.grown(1), theme().panel.faded(0.72f), px(3));
    pen_.text(saying.at, saying.text, saying.style);
  }
}

bool CanvasPainter::is_selected_host(std::uint32_t host) const {
  const Selection& chosen = desk_.view().selection;
  return chosen.what == Selection::What::host && chosen.host.value == static_cast<std::int64_t>(host) + 1;
}

bool CanvasPainter::is_selected_link(std::uint32_t link) const {
  const Selection& chosen = desk_.view().selection;
  return chosen.what == Selection::What::link && chosen.link.value == static_cast<std::int64_t>(link) + 1;
}

Pen::Style CanvasPainter::small(Color color) const {
  return {.color = color, .size_px = px(12)};
}

Rect CanvasPainter::place_of(Point at, std::string_view text, const Pen::Style& style) const {
  float wide = pen_.width(text, style);
  if (style.max_width > 0) wide = std::min(wide, style.max_width);
  const float left = style.align == Pen::Align::left     ? at.x
                     : style.align == Pen::Align::center ? at.x - wide / 2
                                                         : at.x - wide;
  // The pen puts letters on whole pixels.
  return {std::floor(left) - 1, std::floor(at.y), std::floor(left) + wide + 2,
          std::floor(at.y) + pen_.height(style) + 1};
}

bool CanvasPainter::say(Point at, std::string_view text, const Pen::Style& style, Rect* place) {
  if (text.empty()) return false;
  const std::string shown = printable(text.substr(0, 600));
  const Rect rect = place_of(at, shown, style);
  if (!room_.take_if_free(rect)) return false;
  sayings_.push_back({at, shown, style, rect, !(style.color == theme().panel)});
  if (place != nullptr) *place = rect;
  return true;
}

}  // namespace mailroom::viz
