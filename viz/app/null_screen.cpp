// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/null_screen.hpp"

#include <imgui.h>

#include <utility>

namespace mailroom::viz {

NullScreen::NullScreen(Settings settings, int width_px, int height_px) : app_(std::move(settings)) {
  resize(width_px, height_px);
}

void NullScreen::resize(int width_px, int height_px) {
  ImGui::GetIO().DisplaySize = {static_cast<float>(width_px), static_cast<float>(height_px)};
}

void NullScreen::frame(double wall_s) {
  if (app_.needs_dress()) app_.dress();
  ImGui::GetIO().DeltaTime = wall_s > 1e-6 ? static_cast<float>(wall_s) : 1e-6f;
  ImGui::NewFrame();
  app_.frame(wall_s);
  ImGui::Render();
}

}  // namespace mailroom::viz
