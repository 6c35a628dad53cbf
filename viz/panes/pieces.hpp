// SPDX-License-Identifier: GPL-2.0-only
// What the inspectors are put together from: places that can be clicked in a picture, text over several lines, long
// lists of which only the rows in sight are drawn, tables that can be sorted.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/story/words.hpp"
#include "viz/app/desk.hpp"

namespace mailroom::viz {

// A place in a picture that can be clicked; it is registered, and a hand is shown over it.
struct Touch {
  bool is_clicked = false;
  bool is_hovered = false;
};
Touch touch(Ui& ui, std::string_view name, const Rect& place, std::string_view label, bool is_on = false);

// How something is to be taken, as a colour, and as a sign for who does not see colours.
Color color_of(const Theme& theme, story::Tone tone);
std::string_view sign_of(story::Tone tone);  // "o", "~", "x"; " " for plain

// `text` in lines of at most `width_px`; it must be printable and outlive them. At most `most` lines.
std::vector<std::string_view> wrapped(const Ui& ui, std::string_view text, Face face, float width_px,
                                      std::size_t most = 200);

// A list of `count` rows of `row_px` from the cursor on, of which those in sight are to be drawn: [first, last), the
// first at `top`. Takes the place of all.
struct RowsInSight {
  std::size_t first = 0;
  std::size_t last = 0;
  float left = 0;
  float top = 0;
  float width = 0;
};
RowsInSight rows_in_sight(std::size_t count, float row_px);

// A table of one line a row. Columns that find no room are left out, those of the greatest `rank` first.
struct GridColumn {
  std::string_view id;     // the last part of the name of its heading
  std::string_view title;
  float least_px = 40;     // at 100 %
  float share = 1;         // of the room that is left over
  int rank = 0;
  bool is_number = false;  // to the right
};
struct GridCell {
  std::string text;
  Color color;
  Face face = Face::body;
};
struct GridOrder {
  std::size_t column = 0;
  bool is_down = false;  // the greatest first
  friend bool operator==(const GridOrder&, const GridOrder&) = default;
};
struct Grid {
  std::string_view name;  // "host/queue": headings are "host/queue/by/ID", rows what `row_name` says
  std::span<const GridColumn> columns;
  std::size_t count = 0;
  std::function<GridCell(std::size_t row, std::size_t column)> cell;
  std::function<std::string(std::size_t row)> row_name;
  std::function<bool(std::size_t row)> is_on;
  std::function<std::string(std::size_t row)> tip = {};
};
struct GridClick {
  bool is_row = false;
  std::size_t row = 0;
  bool order_changed = false;
};
GridClick draw_grid(Ui& ui, const Grid& grid, GridOrder& order);

// A bar that is filled to a share, with words on it.
void draw_bar(Ui& ui, float share, std::string_view words, Color color);

}  // namespace mailroom::viz
