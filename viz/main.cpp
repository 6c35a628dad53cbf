// SPDX-License-Identifier: GPL-2.0-only
// mailroom-view: the visualizer. `mailroom view …` starts it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "topologies/units.hpp"
#include "viz/app/demos.hpp"
#include "viz/app/window.hpp"
#include "viz/export/render.hpp"

namespace {

using namespace mailroom::viz;

// "1920x1080"
bool read_size(const std::string& text, int& width, int& height) {
  char after = 0;
  return std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &after) == 2 && width >= 64 && height >= 64 &&
         width <= 8192 && height <= 8192;
}

int complain(const std::string& text) {
  fmt::print(stderr, "mailroom view: {}\n", text);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli("watch a run: envelopes in motion, queues, dialogues, causes", "mailroom view");
  std::string file;
  std::string at;
  std::string size = "1280x800";
  std::string theme;
  WindowOptions window;
  RenderOptions picture;
  cli.add_option("FILE", file, "a run file (.mailroom), or a scenario (.yaml) to be run here");
  cli.add_option("--render", picture.out, "make a picture instead of opening a window")->type_name("FILE");
  cli.add_option("--at", at, "the moment: 12.5s (default: the end)")->type_name("TIME");
  cli.add_option("--size", size, "of the window or the picture in pixels")->type_name("WxH");
  cli.add_option("--pane", picture.pane, "topology, ladder, …, or all")->type_name("PANE");
  cli.add_option("--theme", theme, "light, dark or projector")->type_name("THEME");
  cli.add_option("--scale", picture.scale, "of letters and signs: 0.75 to 3")->check(CLI::Range(0.75, 3.0));
  cli.add_option("--registry", window.registry, "for scripts: keep the places of all widgets in this file")
      ->type_name("FILE");
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = cli.exit(error);
    return code == 0 ? 0 : 2;
  }
  if (!read_size(size, window.width_px, window.height_px))
    return complain("--size " + size + " is no size; write it as 1280x800 (64 to 8192 pixels each)");
  for (int i = 0; i < kThemeCount; ++i)
    if (name(static_cast<ThemeName>(i)) == theme) picture.theme = static_cast<ThemeName>(i);
  if (!theme.empty() && name(picture.theme) != theme)
    return complain("there is no theme '" + theme + "'; there are light, dark and projector");
  if (!at.empty()) {
    const auto time = mailroom::topology::parse_duration_ns(at);
    if (!time) return complain("--at " + at + ": " + "a time is written as 12.5s, 3m or 1h2m");
    picture.at_ns = *time;
  }
  if (!picture.out.empty()) {
    if (file.empty()) return complain("--render needs a run file: mailroom view RUN.mailroom --render picture.png");
    picture.run = file;
    picture.width_px = window.width_px;
    picture.height_px = window.height_px;
    const auto problem = render(picture);
    return problem ? complain(*problem) : 0;
  }
  window.settings = Settings::default_path();
  window.begin = [&](App& app) {
    if (!theme.empty()) app.desk().settings.theme = picture.theme;
    if (file.empty() && app.desk().settings.is_first_start && app.desk().open_scenario) {
      // Somebody who has never been here sees mail move at once.
      if (const auto demos = shipped_demos(); !demos.empty()) app.desk().open(demos.front().path);
    }
    if (!file.empty() && app.desk().open(file) && picture.at_ns >= 0) app.desk().show_time(picture.at_ns);
  };
  return show_window(window);
}
