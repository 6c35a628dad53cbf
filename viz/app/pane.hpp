// SPDX-License-Identifier: GPL-2.0-only
// One pane of the window. A pane holds what is its own (scroll, camera); what others see too is on the Desk.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "viz/app/desk.hpp"

namespace mailroom::viz {

enum class Place : std::uint8_t { transport, left, center, right, strip, bottom_left, bottom_right };
std::string_view name(Place place);

class Pane {
 public:
  struct About {
    std::string_view id;     // "ladder"
    std::string_view title;  // "Ladder"; on its tab
    Place place{};
  };
  virtual ~Pane() = default;
  virtual About about() const = 0;
  // Whether it has a tab now.
  virtual bool is_shown(const Desk& desk) const { return desk.run != nullptr; }
  // Draws into the current ImGui window, whose inside is `area`.
  virtual void draw(Desk& desk, const Rect& area) = 0;
  // Something that its picture needs is still being made in the background: an export waits for it.
  virtual bool is_busy() const { return false; }
  // Once, at the start: its commands, its part in context menus, what it wants to hear of.
  virtual void join(Desk&) {}
};

// Every pane, in the order of the tabs at their places.
std::vector<std::unique_ptr<Pane>> all_panes();

}  // namespace mailroom::viz
