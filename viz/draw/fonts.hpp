// SPDX-License-Identifier: GPL-2.0-only
// The fonts: Inter for reading, JetBrains Mono for what goes over the wire, Font Awesome's icons in both; DejaVu where
// one of them is not installed, and ImGui's own where there is none at all.
//
// Belongs to the current ImGui context. load() throws away what was loaded before, so a back end has to make its
// texture anew.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct ImFont;

namespace mailroom::viz {

enum class Face : std::uint8_t { body, strong, title, mono };

struct Fonts {
  ImFont* body = nullptr;
  ImFont* strong = nullptr;
  ImFont* title = nullptr;
  ImFont* mono = nullptr;
  bool has_icons = false;
  std::string complaint{};  // which fonts are missing, and what to install; empty: none

  // Sizes in pixels: of `body`, with the person's scale in it.
  static Fonts load(float body_px);
  ImFont* of(Face face) const;
};

// Icons (Font Awesome 4.7), as UTF-8; which there are is said in icons.def.
namespace icon {
#define ICON(name, letter) inline constexpr const char* name = letter;
#include "viz/draw/icons.def"
#undef ICON
}  // namespace icon

}  // namespace mailroom::viz
