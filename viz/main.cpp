// SPDX-License-Identifier: GPL-2.0-only
// mailroom-view: the visualizer. `mailroom view …` starts it.
#include <fmt/format.h>
#include <signal.h>

#include "viz/app/demos.hpp"
#include "viz/app/window.hpp"
#include "viz/export/command_line.hpp"
#include "viz/model/run_order.hpp"

int main(int argc, char** argv) {
  using namespace mailroom::viz;
  // Whoever starts this may ignore it, and then nobody could ask how a simulator or an export ended.
  signal(SIGCHLD, SIG_DFL);
  const auto line = parse_command_line(argc, argv);
  if (!line) return line.error();
  if (line->picture) {
    const auto problem = render(*line->picture);
    if (problem) fmt::print(stderr, "mailroom view: {}\n", *problem);
    return problem ? 2 : 0;
  }
  WindowOptions window;
  window.width_px = line->width_px;
  window.height_px = line->height_px;
  window.registry = line->registry;
  window.settings = Settings::default_path();
  window.begin = [&](App& app) {
    Desk& desk = app.desk();
    for (int i = 0; i < kThemeCount; ++i)
      if (line->theme == name(static_cast<ThemeName>(i))) desk.settings.theme = static_cast<ThemeName>(i);
    if (line->file.empty() && desk.settings.is_first_start && desk.open_scenario) {
      // Somebody who has never been here sees mail move at once.
      if (const auto demos = shipped_demos(); !demos.empty()) desk.open(demos.front().path);
    }
    if (line->file.empty() || !desk.open(line->file)) return;
    if (!line->compare.empty()) desk.open_to_compare(line->compare);
    desk.look([&](View& v) { v.filter = line->filter; });
    if (line->at_ns) desk.show_time(*line->at_ns);
  };
  const int result = show_window(window);
  remove_scratch();
  return result;
}
