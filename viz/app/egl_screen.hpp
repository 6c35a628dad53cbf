// SPDX-License-Identifier: GPL-2.0-only
// Paints into memory by OpenGL without any window system (EGL, surfaceless): what --render uses. With software OpenGL,
// the same picture comes out byte for byte.
//
// Order of calls: create(); frame() as often as needed for things to settle; pixels().
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "viz/app/app.hpp"
#include "viz/app/context.hpp"

namespace mailroom::viz {

class EglScreen {
 public:
  // The error: a sentence that says what to install.
  static std::expected<std::unique_ptr<EglScreen>, std::string> create(Settings settings, int width_px, int height_px);
  ~EglScreen();
  EglScreen(const EglScreen&) = delete;
  EglScreen& operator=(const EglScreen&) = delete;

  App& app() { return *app_; }
  void frame(double wall_s = 1.0 / 60);
  // Of the last frame: rows from the top, four octets (RGBA) a pixel.
  std::vector<std::uint8_t> pixels() const;
  int width_px() const { return width_px_; }
  int height_px() const { return height_px_; }

 private:
  EglScreen() = default;

  void* display_ = nullptr;
  void* surface_ = nullptr;
  void* gl_ = nullptr;
  int width_px_ = 0;
  int height_px_ = 0;
  bool has_renderer_ = false;
  std::unique_ptr<Context> context_;
  std::unique_ptr<App> app_;
};

}  // namespace mailroom::viz
