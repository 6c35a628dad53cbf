// SPDX-License-Identifier: GPL-2.0-only
// What a person's eyes need: light, dark, and a projector's theme (larger, of high contrast). The colours that mean
// something are Okabe and Ito's, which people tell apart who see colours differently; a sign always goes with them.
#pragma once

#include <cstdint>
#include <string_view>

#include "viz/draw/color.hpp"

namespace mailroom::viz {

// The categories of replies, by the leading digit (RFC 5321 §4.2.1), and what else stands for the fate of mail.
enum class Category : std::uint8_t { none, positive, intermediate, transient, permanent };
constexpr Category category_of(int code) {
  switch (code / 100) {
    case 2: return Category::positive;
    case 3: return Category::intermediate;
    case 4: return Category::transient;
    case 5: return Category::permanent;
    default: return Category::none;
  }
}
// "o", ">", "~", "x"; "" for none
std::string_view sign_of(Category category);
// "positive completion", … in the lecture's words
std::string_view name(Category category);

enum class ThemeName : std::uint8_t { light, dark, projector };
inline constexpr int kThemeCount = 3;
std::string_view name(ThemeName theme);

struct Theme {
  ThemeName name{};
  bool is_dark = false;
  float font_px = 15;  // of body text at 100 %

  Color background;  // of the window
  Color panel;       // of a pane
  Color raised;      // of a field, a button
  Color line;        // between panes, axes
  Color text;
  Color dim;      // text of less weight
  Color accent;   // what is selected, what can be clicked
  Color on_accent;
  Color shade;    // over what lies behind a dialogue

  Color positive;
  Color intermediate;
  Color transient;
  Color permanent;
  Color fault;
  Color note;
  // For what is told apart only by its place in a list (series, hosts, messages): Okabe and Ito's, the most distinct first.
  Color series[7];

  Color of(Category category) const;
  Color series_color(std::int64_t index) const { return series[static_cast<std::size_t>(index < 0 ? 0 : index) % 7]; }

  static const Theme& of(ThemeName name);
};

}  // namespace mailroom::viz
