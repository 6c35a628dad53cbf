// SPDX-License-Identifier: GPL-2.0-only
// A clock that plays a run, forwards or backwards: simulated time passes as wall time does, times a speed,
// without drift: what a frame leaves of a nanosecond is the next frame's.
//
// Order of calls: play() or pause(); advance() with each frame's wall time, and show the moment that it
// gives.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "viz/model/until.hpp"

namespace mailroom::viz {

class Player {
 public:
  static constexpr double kMinSpeed = 0.01;
  static constexpr double kMaxSpeed = 10'000;
  static std::span<const double> speeds();  // 0.01, 0.02, 0.05, 0.1, … 10,000

  bool is_playing() const { return is_playing_; }
  bool is_backwards() const { return is_backwards_; }
  void play() { start(false); }
  void play_backwards() { start(true); }
  void pause() { is_playing_ = false; }

  double speed() const { return static_cast<double>(speed_millionths_) / 1e6; }  // simulated seconds a second
  void set_speed(double speed);  // to the millionth, within the limits
  void faster();                 // to the next of speeds()
  void slower();

  // Whether time in which nothing is recorded and nothing flies is left out, where watching it would take
  // longer than kPatience.
  bool skips_idle() const { return skips_idle_; }
  void set_skips_idle(bool skips) { skips_idle_ = skips; }
  static constexpr std::int64_t kPatience_ns = 500'000'000;  // of wall time
  struct Skip {
    std::int64_t from_ns = 0;
    std::int64_t to_ns = 0;
  };

  // --- run until. Who plays forwards stops there; search() goes there at once.
  void set_until(std::optional<Until> until);
  const std::optional<Until>& until() const { return until_; }
  void search() { is_searching_ = until_.has_value(), is_playing_ = false; }
  void stop_searching() { is_searching_ = false; }
  bool is_searching() const { return is_searching_; }
  // Of the events from here on, how many were looked at: from 0 to 1.
  double search_progress(const Recording& run) const;

  // --- the frame
  struct Step {
    std::int64_t time_ns = 0;                   // the moment to show …
    trace::EventId event{};                     // … or, unless 0, the one right after this event
    std::optional<Skip> skipped{};              // on the way there
    std::optional<trace::StoredEvent> found{};  // `event`, if it was run until this
    // At what was run until; or, if that was searched for in a run that is over, there is no such event.
    bool has_arrived = false;
  };
  // What to show after `wall_ns` more. At the end of a run that is over, and at the beginning, it pauses; at
  // the end of one that goes on it waits there, as it does for a moment that the run cannot show yet.
  std::expected<Step, trace::FileError> advance(Recording& run, std::int64_t wall_ns);

 private:
  void start(bool backwards);
  std::int64_t passes_ns(std::int64_t wall_ns);
  std::optional<Skip> idle_at(const Recording& run, std::int64_t now_ns) const;
  Step move(const Recording& run, std::int64_t wall_ns);
  Search& searching(const Recording& run);
  std::expected<Step, trace::FileError> search_on(Recording& run);
  std::expected<void, trace::FileError> stop_at_until(Recording& run, Step& step);

  bool is_playing_ = false;
  bool is_backwards_ = false;
  bool skips_idle_ = false;
  std::int64_t speed_millionths_ = 1'000'000;
  std::int64_t rest_millionths_ = 0;  // of a nanosecond
  std::optional<Until> until_;
  bool is_searching_ = false;
  std::optional<Search> search_;  // for until_
  trace::EventId search_from_{};
};

// "1x", "0.25x", "10,000x"
std::string speed_text(double speed);
// What a person types into the speed box: "2", "2.5x", "1/10", "10,000x". Why not: a sentence.
std::expected<double, std::string> parse_speed(std::string_view text);

}  // namespace mailroom::viz
