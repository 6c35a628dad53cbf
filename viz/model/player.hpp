// SPDX-License-Identifier: GPL-2.0-only
// A clock that plays a run: simulated seconds pass as wall time does, times a speed.
//
// Order of calls: play() or pause(); advance() with each frame's wall time, and show the moment that it gives.
#pragma once

#include <cstdint>

namespace mailroom::viz {

class Player {
 public:
  static constexpr double kMinSpeed = 0.01;
  static constexpr double kMaxSpeed = 10'000;

  bool is_playing() const { return is_playing_; }
  void play() { is_playing_ = true; }
  void pause() { is_playing_ = false; }
  double speed() const { return speed_; }  // simulated seconds a second
  void set_speed(double speed);

  // The moment to show after `wall_ns` more, at `now_ns` before; stops at `end_ns`.
  std::int64_t advance(std::int64_t now_ns, std::int64_t wall_ns, std::int64_t end_ns);

 private:
  bool is_playing_ = false;
  double speed_ = 1;
};

}  // namespace mailroom::viz
