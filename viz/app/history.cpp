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
  done_.push_back({.label = std::string(label), .before = {}, .undo = std::move(undo), .redo = std::move(redo)});
  if (done_.size() > kMaxSteps) done_.erase(done_.begin());
}

// An edit of View: what is only a way of looking stays as it is.
void History::swap_view(Step& step) {
  step.before.layout = view_.layout;
  step.before.is_presenting = view_.is_presenting;
  step.before.hides_answers = view_.hides_answers;
  std::swap(step.before, view_);
}

void History::undo() {
  if (done_.empty()) return;
  Step step = std::move(done_.back());
  done_.pop_back();
  gesture_.clear();
  if (step.undo) {
    step.undo();
  } else {
    swap_view(step);
  }
  undone_.push_back(std::move(step));
}

void History::redo() {
  if (undone_.empty()) return;
  Step step = std::move(undone_.back());
  undone_.pop_back();
  gesture_.clear();
  if (step.redo) {
    step.redo();
  } else {
    swap_view(step);
  }
  done_.push_back(std::move(step));
}

void History::clear(View view) {
  view_ = std::move(view);
  gesture_.clear();
  done_.clear();
  undone_.clear();
}

}  // namespace mailroom::viz
