// SPDX-License-Identifier: GPL-2.0-only
// Where everything is that a person can see or click in this frame, by name: what tests click on, what a script drives
// the real window with, and how it is proved that no text lies over another.
//
// Names are paths: "transport/play", "canvas/host/mx1". It costs nothing while it is off.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "viz/model/geometry.hpp"

namespace mailroom::viz {

class Registry {
 public:
  struct Item {
    Rect rect;     // as drawn
    Rect visible;  // the part that is not clipped; empty: scrolled out of sight
    bool is_enabled = true;
    bool is_on = false;  // a toggle, a tab, a selected row
    std::string label{};
  };
  struct Text {
    Rect rect;  // the part that is seen
    std::uint32_t layer = 0;  // texts of other windows (menus, tips) may lie over it
    std::string text;
  };

  void set_on(bool on) { is_on_ = on; }
  bool is_on() const { return is_on_; }
  void begin_frame() {
    items_.clear();
    texts_.clear();
  }

  // Nothing if it is off. A name that comes twice in a frame stands for the first.
  void item(std::string_view name, const Item& item) {
    if (is_on_) items_.emplace(name, item);
  }
  void text(const Rect& seen, std::uint32_t layer, std::string_view text) {
    if (is_on_ && !seen.is_empty() && !text.empty()) texts_.push_back({seen, layer, std::string(text)});
  }

  const Item* find(std::string_view name) const {
    const auto at = items_.find(name);
    return at == items_.end() ? nullptr : &at->second;
  }
  const std::map<std::string, Item, std::less<>>& items() const { return items_; }
  const std::vector<Text>& texts() const { return texts_; }

 private:
  bool is_on_ = false;
  std::map<std::string, Item, std::less<>> items_;
  std::vector<Text> texts_;
};

}  // namespace mailroom::viz
