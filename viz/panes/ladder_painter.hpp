// SPDX-License-Identifier: GPL-2.0-only
// Draws a ladder with a Pen, onto the screen or into an SVG: lanes, arrows, marks, waits, phases, the moment
// shown. Draws only what can be seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "viz/draw/pen.hpp"
#include "viz/draw/theme.hpp"
#include "viz/model/ladder.hpp"
#include "viz/model/ladder_layout.hpp"

namespace mailroom::viz {

struct LadderPicture {
  const Ladder& ladder;
  const LadderLayout& layout;
  const Theme& theme;
  float scale = 1;             // of letters: Ui::scale
  float row_px = 28;           // of a row
  Rect area{};                 // what can be seen
  float top = 0;               // where row 0 begins, in the window
  std::vector<float> lanes{};  // x of each
  float times_px = 0;          // how wide the times at the left are; 0: there are none
  trace::EventId event{};      // the moment shown
  std::int64_t time_ns = 0;
  trace::EventId selected{};
  bool hides_future = false;                             // what comes after the moment is not drawn
  std::function<bool(const LadderRow&)> is_hidden = {};  // never drawn
  std::function<bool(std::size_t)> is_dimmed = {};       // [row]: the filter does not fit it
};

class LadderPainter {
 public:
  LadderPainter(const LadderPicture& picture, Pen& pen);
  void draw();
  // The row at a point; nullopt: none. After draw().
  std::optional<std::size_t> row_at(Point point) const;
  // Where the moment's line is, in the window.
  float moment_y() const;

 private:
  struct Ink {
    Color line;
    Color text;
    std::string_view sign;  // in front of the text
  };
  Ink ink_of(const LadderRow& row, std::size_t index) const;
  float y(double place) const { return picture_.top + static_cast<float>(place) * picture_.row_px; }
  float px(float at_100) const { return at_100 * picture_.scale; }
  bool is_future(const LadderRow& row) const { return row.event > picture_.event; }
  bool is_drawn(const LadderRow& row) const;

  void draw_lanes();
  void draw_phases();
  void draw_row(std::size_t index);
  void draw_band(std::size_t index);
  void draw_arrow(std::size_t index, const LadderRow& row, const Ink& ink);
  void draw_content(const LadderRow& row, Point from, Point to, const Ink& ink);
  void draw_cross(Point at, Color color);
  void draw_mark(std::size_t index, const LadderRow& row, const Ink& ink);
  void draw_gap(std::size_t index, const LadderRow& row);
  void draw_time(const LadderRow& row, float y);
  void draw_moment();
  void write(Rect place, std::string_view text, const Pen::Style& style, Color plate);
  void write_around(Point center, std::string_view text, const Pen::Style& style, Color plate);
  Color ground(std::size_t index) const;  // what is behind a row

  const LadderPicture& picture_;
  Pen& pen_;
  std::ptrdiff_t now_ = -1;  // the row of the moment
  struct Place {
    std::size_t row;
    Rect rect;
  };
  std::vector<Place> places_;
};

}  // namespace mailroom::viz
