// SPDX-License-Identifier: GPL-2.0-only
// What a right click on an event offers, in the ladder and in the list of events: its moment, its session,
// its message, and whatever others add to context menus (why?, faults of its conversation, branches).
//
// Order of calls: open() when it was clicked; draw() in each frame, in the same ImGui window.
#pragma once

#include <string>

#include "viz/app/desk.hpp"

namespace mailroom::viz {

class EventMenu {
 public:
  // `id`: of the popup, another one for each pane.
  explicit EventMenu(std::string id) : id_(std::move(id)) {}

  void open(const trace::StoredEvent& event);
  void draw(Desk& desk);
  bool is_open() const;

 private:
  std::string id_;
  trace::StoredEvent event_;
};

}  // namespace mailroom::viz
