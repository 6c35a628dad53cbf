// SPDX-License-Identifier: GPL-2.0-only
// The field for the filter: what is typed is applied when it is right and the person pauses or presses Enter;
// what is wrong is told under it, in words. Offers what can be written next, and filters used before.
//
// Order of calls: join() once; draw() in each frame, inside of the window and at the place where it is to
// stand. Names: filter/box, filter/clear, filter/error, filter/complete/0 …, filter/recent/0 ….
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "viz/app/desk.hpp"
#include "viz/model/filter.hpp"
#include "viz/model/filter_completion.hpp"

namespace mailroom::viz {

class FilterBox {
 public:
  // Its commands: to go to it, to clear it.
  void join(Desk& desk);
  // As wide as `width_px`, one line high.
  void draw(Desk& desk, float width_px);

 private:
  struct Typing;
  static int hear(void* callback_data);
  void draw_field(Desk& desk, float width_px);
  void draw_list(Desk& desk, float left_px, float top_px, float width_px);
  bool draw_choice(Desk& desk, const std::string& name, std::string_view label, std::string_view meaning,
                   bool is_on);
  void offer(Desk& desk);
  void apply(Desk& desk);
  void take(const FilterCompletion& completion);
  void take(const std::string& whole);

  std::string text_;     // as typed
  std::string applied_;  // what View had when it was last looked at
  std::optional<FilterError> error_;
  std::vector<FilterCompletion> offered_;
  std::optional<std::pair<std::string, std::size_t>> offered_for_;  // the text and cursor of offered_
  std::size_t cursor_ = 0;                                          // octets before it
  std::optional<std::size_t> jump_to_;                              // where the cursor is to be put
  std::ptrdiff_t chosen_ = -1;                                      // in the list, by the arrow keys
  bool is_active_ = false;
  bool takes_focus_ = false;
  bool is_list_hovered_ = false;
  bool is_list_shut_ = false;  // until something is typed
  double changed_s_ = -1;      // when it was last typed into and not applied; -1: applied
};

}  // namespace mailroom::viz
