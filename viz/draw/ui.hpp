// SPDX-License-Identifier: GPL-2.0-only
// The widgets of the panes: Dear ImGui's, in our theme, that tell the Registry their place, their text and their state.
// Panes use these and not ImGui's own, so that everything a person can click is known to the tests by its name.
//
// Labels that do not fit end in an ellipsis. A name is a path: "transport/play". Sizes are pixels.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "viz/draw/fonts.hpp"
#include "viz/draw/pen.hpp"
#include "viz/draw/registry.hpp"
#include "viz/draw/theme.hpp"

namespace mailroom::viz {

class Ui {
 public:
  Registry registry;
  Fonts fonts;
  const Theme* theme = &Theme::of(ThemeName::light);
  float scale = 1;  // what a person chose, times the screen's own

  // --- text
  void text(std::string_view text);
  void text(std::string_view text, Color color, Face face = Face::body);
  // Over several lines, as wide as the window (or `wrap_px`).
  void paragraph(std::string_view text, Color color, float wrap_px = 0);
  void heading(std::string_view text);
  // "name   value", the value on the same line at `column_px`; both keep to their place.
  void pair(std::string_view name, std::string_view value, float column_px);

  // --- what can be clicked: true when it was
  struct Look {
    bool is_enabled = true;
    bool is_on = false;         // pressed in, chosen
    bool is_primary = false;    // what a person most likely wants
    float width = 0;            // 0: as wide as its label
    std::string_view tip = {};  // shown when the mouse rests on it
  };
  bool button(std::string_view name, std::string_view label) { return button(name, label, Look()); }
  bool button(std::string_view name, std::string_view label, const Look& look);
  bool checkbox(std::string_view name, std::string_view label, bool& value, std::string_view tip = {});
  // A row over the whole width. `is_on`: it is the chosen one.
  bool row(std::string_view name, std::string_view label, bool is_on, Color color, Face face = Face::body);
  // A text that can be clicked, as in a page.
  bool link(std::string_view name, std::string_view label);
  // A line of tabs: `chosen` is changed by a click.
  struct Tab {
    std::string_view id;  // the last part of its name
    std::string_view label;
  };
  bool tabs(std::string_view name, std::span<const Tab> all, std::string& chosen);

  // --- fields: true when the value was changed
  struct Field {
    std::string_view hint = {};  // shown while it is empty
    float width = 0;             // 0: what is left of the line
    bool is_mono = false;
    bool takes_focus = false;    // in this frame
    bool is_wrong = false;       // drawn as a mistake
    bool* entered = nullptr;     // set when Enter was pressed in it
    std::string_view tip = {};
  };
  bool field(std::string_view name, std::string& value, const Field& look);
  // Of several lines.
  bool area(std::string_view name, std::string& value, float height, bool takes_focus = false);
  bool slider(std::string_view name, std::string_view label, float& value, float low, float high, const char* format,
              bool is_logarithmic = false, float width = 0);
  // Chooses one of the labels.
  bool combo(std::string_view name, std::span<const std::string> labels, int& chosen, float width = 0);

  // --- menus
  bool begin_menu(std::string_view name, std::string_view label);
  void end_menu();
  bool menu_item(std::string_view name, std::string_view label, std::string_view shortcut, bool is_on, bool is_enabled);

  // A tip at the mouse for the last widget (or always, with `force`), of several lines.
  void tip(std::string_view text, bool force = false);
  // Registers the last ImGui widget: for those that are not in this list.
  void note_item(std::string_view name, std::string_view label = {}, bool is_on = false, bool is_enabled = true);
  // Registers a text that ImGui drew itself.
  void note_text(const Rect& rect, std::string_view text);

  // A pen for a picture in the current window. `svg` may be null.
  Pen pen(Svg* svg = nullptr);

  // A size in pixels at 100 %, as it is now.
  float px(float at_100) const { return at_100 * scale; }
  float line_height() const;

  // --- how ImGui looks: after the theme or the scale changed, outside of a frame
  void dress();
};

}  // namespace mailroom::viz
