// SPDX-License-Identifier: GPL-2.0-only
// How far a run is: a bar that redraws itself on a terminal, a plain line now and then elsewhere.
#pragma once

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace mailroom::run {

struct Standing {
  std::int64_t simulated_ns = 0;
  std::int64_t duration_ns = 0;  // 0: open
  std::int64_t sent = 0;         // messages that user agents were asked for
  std::int64_t planned = 0;
  std::int64_t queued = 0;  // messages in all queues now
  std::int64_t events = 0;  // recorded so far
  bool paused = false;
};

// The line itself, at most `width` columns. events_per_s is of wall time.
std::string progress_line(const Standing& standing, std::int64_t events_per_s, int width);

enum class Show { bar, lines, nothing };

class Progress {
 public:
  Progress(std::ostream& out, Show how, int width);
  // Shows it if enough time has passed since the last time.
  void show(const Standing& standing);
  // Takes the bar away, so that what follows starts on a fresh line.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::ostream& out_;
  Show how_;
  int width_;
  Clock::time_point shown_;
  std::int64_t shown_events_ = 0;
  bool is_drawn_ = false;
};

}  // namespace mailroom::run
