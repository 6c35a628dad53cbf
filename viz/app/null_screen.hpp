// SPDX-License-Identifier: GPL-2.0-only
// A window that nobody sees: everything is laid out and nothing is painted. For tests, measurements and vector export.
#pragma once

#include "viz/app/app.hpp"
#include "viz/app/context.hpp"

namespace mailroom::viz {

class NullScreen {
 public:
  NullScreen(Settings settings, int width_px, int height_px);

  App& app() { return app_; }
  void resize(int width_px, int height_px);
  // One frame, `wall_s` after the last.
  void frame(double wall_s = 1.0 / 60);

 private:
  Context context_;
  App app_;
};

}  // namespace mailroom::viz
