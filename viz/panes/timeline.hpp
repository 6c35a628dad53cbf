// SPDX-License-Identifier: GPL-2.0-only
// The timeline: the whole run in a strip, with what happened in it and where it is shown from. Internal to
// viz/panes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "viz/app/pane.hpp"
#include "viz/model/overview.hpp"
#include "viz/model/time_axis.hpp"

namespace mailroom::viz {

class TimelinePane final : public Pane {
 public:
  About about() const override { return {"timeline", "Timeline", Place::strip}; }
  void join(Desk& desk) override;
  void draw(Desk& desk, const Rect& area) override;

 private:
  // From above: flags, faults, troubles, deliveries, the scale.
  struct Lanes {
    Rect track;  // all of them
    Rect flags, faults, troubles, delivered, scale;
  };
  static Lanes lanes_of(Desk& desk, const Rect& track);
  void follow(Desk& desk);
  void count(Desk& desk, const Rect& track);

  void draw_clock(Desk& desk, const Rect& area);
  std::string status(Desk& desk) const;
  void draw_track(Desk& desk, Pen& pen, const Lanes& lanes);
  void draw_scale(Desk& desk, Pen& pen, const Lanes& lanes);
  void draw_load(Desk& desk, Pen& pen, const Lanes& lanes);
  void draw_range(Desk& desk, Pen& pen, const Lanes& lanes);
  void draw_spans(Desk& desk, Pen& pen, const Lanes& lanes);
  void draw_marks(Desk& desk, Pen& pen, const Lanes& lanes);
  void draw_mark(Desk& desk, Pen& pen, const Rect& lane, const Overview::Bin& bin, MarkClass mark,
                 std::int64_t count);
  void draw_skip(Desk& desk, Pen& pen, const Lanes& lanes);
  void draw_cursor(Desk& desk, Pen& pen, const Lanes& lanes);
  void draw_flags(Desk& desk, Pen& pen, const Lanes& lanes);

  void obey_mouse(Desk& desk, const Lanes& lanes);
  void press(Desk& desk, const Lanes& lanes, Point mouse);
  void hold(Desk& desk, const Lanes& lanes, Point mouse);
  void hover(Desk& desk, const Lanes& lanes, Point mouse);
  void open_mark(Desk& desk, const Overview::Bin& bin, MarkClass mark);
  void open_event(Desk& desk, trace::EventId id);
  std::string tip_of(Desk& desk, const Overview::Bin& bin) const;
  void choose_range(Desk& desk, std::int64_t a_ns, std::int64_t b_ns);
  std::string tip_of(Desk& desk, const Span& span) const;
  bool hides(Desk& desk, std::int64_t time_ns) const;
  bool hides(Desk& desk, const Span& span) const;

  TimeAxis axis_;
  bool is_whole_ = true;  // follows a run that grows
  Overview overview_;
  // What it was counted for.
  struct Counted {
    TimeAxis axis;
    std::int64_t rows = -1;
    std::int64_t limit_ns = 0;
    std::int64_t pixels = 0;
    std::int64_t places = 0;
    friend bool operator==(const Counted&, const Counted&) = default;
  };
  Counted counted_;

  // What can be clicked, of the last frame drawn.
  struct Hot {
    Rect rect;
    std::size_t bin = 0;
    MarkClass mark{};
  };
  std::vector<Hot> marks_;
  std::vector<std::pair<Rect, std::size_t>> spans_;  // places in Marks::spans()
  std::vector<TimelineFlag> flags_;
  std::vector<Rect> flag_rects_;

  // What the mouse does while it is held.
  enum class Grip : std::uint8_t { none, cursor, pan, range, flag, mark, span };
  Grip grip_ = Grip::none;
  Point pressed_at_;
  std::int64_t pressed_ns_ = 0;       // under the mouse
  std::int64_t shown_before_ns_ = 0;  // of a double click, the first one is taken back
  bool has_moved_ = false;
  std::string flag_;  // by name: others may come and go meanwhile
  std::int64_t flag_from_ns_ = 0;
  std::optional<Hot> mark_;
  std::size_t span_ = 0;
};

}  // namespace mailroom::viz
