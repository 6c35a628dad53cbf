// SPDX-License-Identifier: GPL-2.0-only
// The window as a test has it: an App that nobody sees, worked by the names in its registry.
//
//     Screen screen;                       // 1280 x 800, no run
//     screen.open(run_file);
//     screen.click("transport/play");      // fails the test if there is no such thing, or something lies over it
//     screen.key("Ctrl+Z");
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/app/null_screen.hpp"

namespace mailroom::viz {

class Screen {
 public:
  explicit Screen(int width_px = 1280, int height_px = 800, Settings settings = {});

  App& app() { return null_.app(); }
  Desk& desk() { return app().desk(); }
  const View& view() { return desk().view(); }
  NullScreen& null() { return null_; }
  void resize(int width_px, int height_px);

  bool open(const std::filesystem::path& run_file);  // and a few frames
  void frames(int count = 3, double each_s = 1.0 / 60);
  // Frames until it holds, while other threads do their part; false if it does not within ten seconds.
  bool until(const std::function<bool()>& holds);

  // --- what is there
  bool has(std::string_view name);          // in sight
  Rect rect(std::string_view name);         // as far as it is seen; fails the test if it is not
  bool is_on(std::string_view name);        // a toggle, a tab, a row
  bool is_enabled(std::string_view name);
  std::string label(std::string_view name);
  // The names in sight that begin so.
  std::vector<std::string> names(std::string_view prefix);
  // Whether a text in sight contains this.
  bool shows(std::string_view text);
  // Pairs of texts of one layer that lie over each other, as sentences; none if all is well.
  std::vector<std::string> collisions();

  // --- what a person does: each with the frames that it takes
  enum class Button : int { left = 0, right = 1, middle = 2 };
  void move_to(Point at);
  void hover(std::string_view name);  // long enough for a tip
  void click(std::string_view name, Button button = Button::left);
  void click_at(Point at, Button button = Button::left);
  void double_click(std::string_view name);
  void double_click_at(Point at);
  void drag(Point from, Point to, Button button = Button::left, bool shift = false, bool ctrl = false);
  void wheel(Point at, float notches);
  void key(std::string_view chord);  // "Ctrl+Shift+P", "?"
  void type(std::string_view text);  // into the field that has the focus
  // Replaces what is in a field and presses Enter.
  void enter(std::string_view field, std::string_view text);
  // By the menu, as with the mouse: menu("View", "view/palette").
  void menu(std::string_view menu, std::string_view command);

 private:
  void press(Button button, bool down);

  NullScreen null_;
};

}  // namespace mailroom::viz
