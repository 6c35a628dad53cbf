// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/history.hpp"

#include <utility>

namespace mailroom::viz {

void History::edit(std::string_view label, std::string_view gesture, const std::function<void(View&)>& change) {
  View before = view_;
  change(view_);
  if (before == view_) return;
  undone_.clear();
  const bool joins = !gesture.empty() && gesture == gesture_ && !done_.empty();
  gesture_ = gesture;
  if (joins) return;
  done_.push_back({.label = std::string(label), .before = std::move(before)});
  if (done_.size() > kMaxSteps) done_.erase(done_.begin());
}

void History::did(std::string_view label, std::function<void()> undo, std::function<void()> redo) {
  undone_.clear();
  gesture_.clear();
  done_.push_back({.label = std::string(label), .before = view_, .undo = std::move(undo), .redo = std::move(redo)});
}

void History::undo() {
  if (done_.empty()) return;
  Step step = std::move(done_.back());
  done_.pop_back();
  gesture_.clear();
  if (step.undo) step.undo();
  // The window stays divided as it is: nobody undoes a change of mail to get a pane back.
  step.before.layout = view_.layout;
  std::swap(step.before, view_);
  undone_.push_back(std::move(step));
}

void History::redo() {
  if (undone_.empty()) return;
  Step step = std::move(undone_.back());
  undone_.pop_back();
  gesture_.clear();
  if (step.redo) step.redo();
  step.before.layout = view_.layout;
  std::swap(step.before, view_);
  done_.push_back(std::move(step));
}

void History::clear(View view) {
  view_ = std::move(view);
  gesture_.clear();
  done_.clear();
  undone_.clear();
}

}  // namespace mailroom::viz
