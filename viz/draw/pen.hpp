// SPDX-License-Identifier: GPL-2.0-only
// Draws shapes and text of a picture into a pane: onto the screen and, when the pane is being exported, into an SVG as
// well. What the canvas, the ladder, the timeline and the plots are drawn with.
//
// Lives for a frame. Coordinates are pixels of the window. Text that is drawn is told to the Registry.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "viz/draw/color.hpp"
#include "viz/draw/fonts.hpp"
#include "viz/draw/registry.hpp"
#include "viz/draw/svg.hpp"
#include "viz/model/geometry.hpp"

struct ImDrawList;

namespace mailroom::viz {

class Pen {
 public:
  enum class Align : std::uint8_t { left, center, right };
  struct Style {
    Color color;
    Face face = Face::body;
    float size_px = 0;  // 0: the face's own
    Align align = Align::left;  // where the given point is in the text
    float max_width = 0;        // 0: no limit; what does not fit ends in an ellipsis
  };

  // `svg` may be null. `layer` is the window's, for the Registry.
  Pen(ImDrawList& list, const Fonts& fonts, Registry& registry, std::uint32_t layer, Svg* svg)
      : list_(list), fonts_(fonts), registry_(registry), layer_(layer), svg_(svg) {}
  Pen(const Pen&) = delete;
  Pen& operator=(const Pen&) = delete;

  void line(Point from, Point to, Color color, float width = 1);
  void dashed(Point from, Point to, Color color, float width = 1);
  void polyline(std::span<const Point> points, Color color, float width = 1, bool is_closed = false);
  void polygon(std::span<const Point> points, Color fill);  // convex
  void rect(const Rect& rect, Color fill, float rounding = 0);
  void frame(const Rect& rect, Color color, float width = 1, float rounding = 0);
  void circle(Point center, float radius, Color fill);
  void ring(Point center, float radius, Color color, float width = 1);
  // A line with a head of `head_px` at its end.
  void arrow(Point from, Point to, Color color, float width = 1, float head_px = 7);

  // One line of text, its upper edge at `at.y`. Returns where it is; empty if nothing of it is seen.
  // Octets that are no printable UTF-8 are shown as U+FFFD.
  Rect text(Point at, std::string_view text, const Style& style);
  // The same, but only where no label of this pen is yet: false if there is no room, and nothing is drawn. Draw the
  // most important ones first.
  bool label(Point at, std::string_view text, const Style& style);
  // A place that labels keep clear of.
  void reserve(const Rect& rect) { taken_.push_back(rect); }
  bool is_free(const Rect& rect) const;

  float width(std::string_view text, const Style& style) const;
  float height(const Style& style) const;

  void clip(const Rect& rect);
  void unclip();
  Rect clipped() const;  // what can be seen now

  Registry& registry() { return registry_; }
  // Registers what can be clicked, as far as it is seen.
  void hot(std::string_view name, const Rect& rect, std::string_view label = {}, bool is_on = false);

 private:
  ImDrawList& list_;
  const Fonts& fonts_;
  Registry& registry_;
  std::uint32_t layer_;
  Svg* svg_;
  std::vector<Rect> taken_;
};

// `text` as far as it is printable UTF-8 on one line: other octets, and control characters, become U+FFFD.
std::string printable(std::string_view text);

}  // namespace mailroom::viz
