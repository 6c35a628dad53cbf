// SPDX-License-Identifier: GPL-2.0-only
// What is remembered from one start to the next: theme, scale, how the window was divided, recent files. A file of
// JSON in the person's configuration folder (XDG Base Directory Specification); one that is missing or damaged counts
// as none.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "viz/app/view.hpp"
#include "viz/draw/theme.hpp"

namespace mailroom::viz {

struct Settings {
  static constexpr float kMinScale = 0.75f;
  static constexpr float kMaxScale = 3.0f;
  static constexpr std::size_t kMaxRecent = 12;

  ThemeName theme = ThemeName::light;
  float scale = 1;  // kMinScale … kMaxScale
  Layout layout;
  std::vector<std::string> recent{};   // the last one first
  std::vector<std::string> filters{};  // likewise
  bool is_first_start = true;

  void remember_file(const std::string& path);
  void remember_filter(const std::string& filter);

  static std::filesystem::path default_path();  // "": nowhere to keep them
  static Settings load(const std::filesystem::path& path);
  // False: they could not be written.
  bool save(const std::filesystem::path& path) const;
};

}  // namespace mailroom::viz
