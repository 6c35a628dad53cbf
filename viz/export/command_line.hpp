// SPDX-License-Identifier: GPL-2.0-only
// The command line of `mailroom view`: a window, or with --render a picture, a table, a movie or a page.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "viz/export/render.hpp"

namespace mailroom::viz {

struct CommandLine {
  std::string file{};                     // a run or a scenario; empty: none
  std::optional<std::string> theme{};     // asked for
  std::optional<std::int64_t> at_ns{};
  std::string compare{};  // a second run
  std::string filter{};
  int width_px = 1280;
  int height_px = 800;
  std::string registry{};                 // for scripts that work the window
  std::optional<RenderOptions> picture{};  // none: a window
};

// The error: the exit code, after what is wrong, and what would be right, was printed (0: help was asked for).
std::expected<CommandLine, int> parse_command_line(int argc, const char* const* argv);

}  // namespace mailroom::viz
