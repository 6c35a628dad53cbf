// SPDX-License-Identifier: GPL-2.0-only
// The pane with the sequence diagram of a session or of a message: which one, how it is shown, and what a
// person does there. What it is, is viz/model/ladder.hpp's; how it is drawn, ladder_painter.hpp's.
//
// It follows what is selected or followed elsewhere, and else shows the newest session at the moment. A click
// on a row goes to its moment, and every other pane follows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "viz/app/pane.hpp"
#include "viz/model/ladder.hpp"
#include "viz/model/ladder_layout.hpp"
#include "viz/model/ladder_loader.hpp"
#include "viz/model/matcher.hpp"
#include "viz/panes/event_menu.hpp"
#include "viz/panes/ladder_painter.hpp"

namespace mailroom::viz {

class LadderPane final : public Pane {
 public:
  About about() const override { return {"ladder", "Ladder", Place::bottom_left}; }
  void join(Desk& desk) override;
  void draw(Desk& desk, const Rect& area) override;

 private:
  static constexpr float kTimes = 104;               // the column of times, at 100 %
  static constexpr float kWideEnoughForTimes = 430;  // what the pane must be for it

  // --- which
  void follow(Desk& desk);
  std::optional<LadderSubject> subject_of(Desk& desk, const Selection& selection) const;
  LadderSubject newest(const Desk& desk) const;
  bool is_in_ladder(trace::EventId event) const;
  void load(Desk& desk);
  void take(Desk& desk, std::shared_ptr<const Ladder> ladder);
  std::string title_of(const Desk& desk, const LadderSubject& subject) const;

  // --- the picture
  void draw_bar(Desk& desk);
  void draw_chooser(Desk& desk, float width_px);
  void draw_lanes(Desk& desk, const Rect& head);
  void draw_body(Desk& desk, const Rect& body);
  void draw_grips(Desk& desk, const Rect& head);
  void keep_moment_in_sight(const LadderPainter& painter, const Desk& desk, float high);
  void hear_mouse(Desk& desk, const LadderPainter& painter, const Rect& body);
  void explain(Desk& desk, const LadderRow& row) const;
  LadderPicture picture(Desk& desk, const Rect& body) const;
  void place_lanes(const Desk& desk, float wide);
  void update_filter(const Desk& desk);
  bool is_dimmed(std::size_t row) const { return row < dimmed_.size() && dimmed_[row]; }
  void go_to(Desk& desk, trace::EventId event);
  void step(Desk& desk, int by);
  void zoom(float by);
  void copy(Desk& desk) const;

  LadderSubject subject_;
  bool is_automatic_ = true;  // the newest one
  Selection seen_selection_;
  trace::MessageId seen_followed_{};
  bool names_ = false;
  bool segments_ = false;
  LadderAxis axis_ = LadderAxis::rows;
  std::shared_ptr<const Ladder> ladder_;
  LadderLayout layout_;
  LadderAxis laid_out_ = LadderAxis::rows;
  std::unique_ptr<LadderLoader> loader_;  // made when a run is too large to be read at once
  LadderLoader::Question asked_;
  double asked_s_ = -1;
  std::string failure_;

  float zoom_ = 1;
  std::vector<float> shares_;    // how wide each lane is: 1 is as wide as the others
  std::vector<float> lanes_px_;  // x of each, without scrolling
  float lanes_wide_px_ = 0;
  float scroll_x_ = 0;
  float scroll_y_ = 0;
  std::optional<float> wanted_scroll_y_;
  trace::EventId seen_event_{};
  std::int64_t seen_time_ns_ = -1;
  EventMenu menu_{"##ladder/menu"};

  std::string filter_;  // of dimmed_
  std::vector<bool> dimmed_;
};

}  // namespace mailroom::viz
