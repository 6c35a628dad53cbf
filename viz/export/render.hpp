// SPDX-License-Identifier: GPL-2.0-only
// Pictures of a run without a window: `mailroom view RUN --render picture.png --at 12.5s`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "viz/draw/theme.hpp"

namespace mailroom::viz {

struct RenderOptions {
  std::filesystem::path run;
  std::filesystem::path out;
  std::int64_t at_ns = -1;  // -1: the end of the run
  int width_px = 1280;
  int height_px = 800;
  std::string pane = "all";
  ThemeName theme = ThemeName::light;
  float scale = 1;
};

// What went wrong, as a sentence; nullopt: the picture is there.
std::optional<std::string> render(const RenderOptions& options);

}  // namespace mailroom::viz
