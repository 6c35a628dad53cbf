// SPDX-License-Identifier: GPL-2.0-only
#include "viz/export/render.hpp"

#include <utility>

#include "viz/app/egl_screen.hpp"
#include "viz/export/png.hpp"

namespace mailroom::viz {
namespace {

// Enough for what is laid out over several frames, and for what fades in.
constexpr int kFrames = 4;

}  // namespace

std::optional<std::string> render(const RenderOptions& options) {
  Settings settings;
  settings.theme = options.theme;
  settings.scale = options.scale;
  settings.is_first_start = false;
  auto screen = EglScreen::create(std::move(settings), options.width_px, options.height_px);
  if (!screen) return screen.error();
  App& app = (*screen)->app();
  if (options.pane != "all") {
    if (!app.pane(options.pane)) return "there is no pane '" + options.pane + "'";
    app.show_only(options.pane);
  }
  Desk& desk = app.desk();
  if (!desk.open(options.run)) return desk.words().back().text;
  desk.show_time(options.at_ns < 0 ? desk.run->end_ns() : options.at_ns);
  if (const auto shown = desk.run->settle(); !shown) return shown.error().text;
  for (int i = 0; i < kFrames; ++i) (*screen)->frame();
  if (!write_png(options.out, (*screen)->pixels(), options.width_px, options.height_px))
    return options.out.string() + " cannot be written; is there such a folder, and room on the disk?";
  return std::nullopt;
}

}  // namespace mailroom::viz
