// SPDX-License-Identifier: GPL-2.0-only
// A picture as SVG 1.1: true vectors, and text that stays text. Pen writes into it beside the screen.
//
// Order of calls: shapes in the order in which they are painted; finish() gives the document. Coordinates are pixels of
// the window; the picture is the part of it that was given.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "viz/draw/color.hpp"
#include "viz/model/geometry.hpp"

namespace mailroom::viz {

class Svg {
 public:
  // `name` tells the clips of this picture from those of others on one page.
  explicit Svg(const Rect& area, std::string_view name = "c") : area_(area), name_(name) {}

  struct Stroke {
    Color color;
    float width = 1;
    bool is_dashed = false;
  };
  void line(std::span<const Point> points, const Stroke& stroke, bool is_closed);
  void polygon(std::span<const Point> points, Color fill);
  void rect(const Rect& rect, float rounding, Color fill);
  void frame(const Rect& rect, float rounding, const Stroke& stroke);
  void circle(Point center, float radius, Color fill);
  void ring(Point center, float radius, const Stroke& stroke);
  // `baseline` is where the letters stand. `family` and `weight` as in CSS.
  void text(Point baseline, float size_px, std::string_view family, int weight, Color color, float width_px,
            std::string_view text);
  void clip(const Rect& rect);
  void unclip();

  bool is_empty() const { return body_.empty(); }  // nothing was drawn
  // The whole document; `background` is painted first.
  std::string finish(Color background);

  // Documents as parts of one page of this size, each with its upper left corner at its place.
  struct Part {
    Point at;
    std::string document;
  };
  static std::string page(float width, float height, Color background, std::span<const Part> parts);

  // Text as XML character data: what XML 1.0 does not allow is replaced.
  static std::string escaped(std::string_view text);

 private:
  void paint(std::string_view attribute, Color color);

  Rect area_;
  std::string name_;
  std::string body_;
  std::string clips_;  // <clipPath> elements
  int clip_count_ = 0;
  int open_clips_ = 0;
};

}  // namespace mailroom::viz
