// SPDX-License-Identifier: GPL-2.0-only
// What a person has chosen and made in the window: a plain value. Undo goes back to an earlier one (History), so
// whatever belongs here can be undone, and nothing else needs to know how.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "viz/model/geometry.hpp"

namespace mailroom::viz {

// What was last chosen, and of each noun the last that was: an inspector keeps its subject while another is looked at.
struct Selection {
  enum class What : std::uint8_t { nothing, host, link, message, session, event, fault } what = What::nothing;
  trace::HostId host{};
  trace::LinkId link{};
  trace::MessageId message{};
  trace::CopyId copy{};  // of the message: one recipient's
  trace::SessionId session{};
  trace::EventId event{};
  trace::FaultId fault{};
  friend bool operator==(const Selection&, const Selection&) = default;
};

// From `from_ns` up to and including `until_ns`.
struct TimeRange {
  std::int64_t from_ns = 0;
  std::int64_t until_ns = 0;
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

// How the window is divided, in shares of its size; and which pane is in front at each place.
struct Layout {
  float left = 0.15f;
  float right = 0.24f;
  float bottom = 0.34f;
  float bottom_left = 0.55f;
  std::map<std::string, std::string> in_front{};  // place -> pane
  std::string maximized{};                        // a pane that has the whole window; empty: none
  friend bool operator==(const Layout&, const Layout&) = default;
};

struct View {
  Selection selection;
  trace::MessageId followed{};       // camera, ladder and trail are about it; 0: none
  bool shows_responsibility = false;  // who owes the copies of the chosen message
  std::vector<trace::HostId> path_on_map{};  // numbered in this order on the canvas: a Received trace
  std::string filter{};
  std::optional<TimeRange> range{};  // an area of the timeline
  std::map<trace::HostId, Point> moved{};  // nodes put elsewhere by hand, in the map's coordinates
  std::vector<trace::Note> notes{};        // in the order of their times; kept in the run file
  std::vector<std::string> planned_faults{};  // sentences of the language of faults, for the next run
  bool is_presenting = false;  // playing stops at each note
  bool hides_answers = false;  // presenter: nothing of what comes after the moment shown
  Layout layout;
  friend bool operator==(const View&, const View&) = default;
};

}  // namespace mailroom::viz
