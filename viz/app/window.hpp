// SPDX-License-Identifier: GPL-2.0-only
// The window on a person's screen, by GLFW and OpenGL 3. It paints when something has changed, and sleeps else.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "viz/app/app.hpp"

namespace mailroom::viz {

struct WindowOptions {
  int width_px = 1280;
  int height_px = 800;
  std::filesystem::path settings;   // where they are kept; empty: nowhere
  std::filesystem::path registry;   // written after each frame that was painted, for whoever drives the window; empty: no
  std::function<void(App&)> begin;  // once, before the first frame: open a run
};

// Until it is closed. The exit code: 0, or 2 with a sentence on the error stream.
int show_window(const WindowOptions& options);

}  // namespace mailroom::viz
