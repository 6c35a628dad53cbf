// SPDX-License-Identifier: GPL-2.0-only
// The list of all events of the run, or of those that the filter lets through. Only what can be seen is read
// from the file, so it does not matter whether there are ten or ten million. A click on an event goes there;
// the last one that has happened is marked.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "viz/app/pane.hpp"
#include "viz/model/filtered_events.hpp"
#include "viz/panes/event_menu.hpp"

namespace mailroom::viz {

class EventsPane final : public Pane {
 public:
  About about() const override { return {"events", "Events", Place::bottom_left}; }
  void join(Desk& desk) override;
  void draw(Desk& desk, const Rect& area) override;

 private:
  enum class Clock : std::uint8_t { absolute, since_previous, time_of_day };
  struct Line {
    trace::StoredEvent event;
    std::string sentence;
  };

  // --- the list: rows are counted from 0
  void update(Desk& desk);
  std::int64_t count(const Desk& desk) const;
  trace::EventId id_at(const Desk& desk, std::int64_t row) const;
  std::int64_t row_of(const Desk& desk, trace::EventId event) const;  // the last one up to it; -1: none
  void read_window(Desk& desk, std::int64_t first, std::int64_t rows);
  std::string time_text(const Desk& desk, const Line& line, std::int64_t previous_ns) const;

  // --- the picture
  void draw_bar(Desk& desk);
  void draw_head(Desk& desk, const Rect& head);
  void draw_rows(Desk& desk, const Rect& body);
  void draw_line(Desk& desk, Pen& pen, const Rect& place, const Line& line, std::int64_t previous_ns,
                 bool is_now);
  void draw_scroll_bar(Desk& desk, const Rect& bar, std::int64_t rows);
  void hear_keys(Desk& desk, std::int64_t rows);
  void go_to(Desk& desk, std::int64_t row);
  void copy(Desk& desk);

  std::unique_ptr<FilteredEvents> filtered_;
  FilteredEvents::Found found_;
  std::string filter_text_;
  Filter filter_;
  Clock clock_ = Clock::absolute;
  std::array<float, 3> columns_{104, 90, 150};  // widths at 100 %: time, host, kind

  double first_ = 0;  // the row at the top; with a fraction while it is scrolled finely
  std::int64_t window_first_ = -1;
  trace::EventId window_id_{};
  std::int64_t window_rows_ = 0;
  std::vector<Line> window_;
  std::int64_t before_window_ns_ = -1;  // time of the row above it
  trace::EventId seen_event_{};
  EventMenu menu_{"##events/menu"};
  bool has_focus_ = false;
  std::string failure_;
};

}  // namespace mailroom::viz
