// SPDX-License-Identifier: GPL-2.0-only
// Undo and redo over the values of View.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/app/view.hpp"

namespace mailroom::viz {

class History {
 public:
  const View& view() const { return view_; }

  // Changes that can be undone, called `label` ("move mx1"). Edits in a row with the same `gesture` are undone
  // together (a drag is many edits); "" joins none.
  void edit(std::string_view label, std::string_view gesture, const std::function<void(View&)>& change);
  // Changes that are only ways of looking (what is selected, which tab is in front): no step of their own.
  void look(const std::function<void(View&)>& change) { change(view_); }
  // Something done elsewhere that `undo` takes back: a fault that a live run was told of.
  void did(std::string_view label, std::function<void()> undo, std::function<void()> redo);
  // What comes next is not part of the last gesture.
  void end_gesture() { gesture_.clear(); }

  bool can_undo() const { return !done_.empty(); }
  bool can_redo() const { return !undone_.empty(); }
  std::string_view undo_label() const { return done_.empty() ? std::string_view() : done_.back().label; }
  std::string_view redo_label() const { return undone_.empty() ? std::string_view() : undone_.back().label; }
  void undo();
  void redo();
  // Another run: nothing to undo any more.
  void clear(View view);

 private:
  struct Step {
    std::string label;
    View before;  // of undone steps: after; of what was done elsewhere: nothing
    std::function<void()> undo{};
    std::function<void()> redo{};
  };
  static constexpr std::size_t kMaxSteps = 500;
  void swap_view(Step& step);

  View view_;
  std::string gesture_;
  std::vector<Step> done_;
  std::vector<Step> undone_;
};

}  // namespace mailroom::viz
