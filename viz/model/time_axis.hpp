// SPDX-License-Identifier: GPL-2.0-only
// The stretch of simulated time that a picture shows, over so many pixels: which pixel is which time, zoom
// and pan within the run, and where its labels stand. A value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailroom::viz {

class TimeAxis {
 public:
  static constexpr std::int64_t kLeastSpan_ns = 1000;

  // The whole of a run that ends then.
  static TimeAxis whole(std::int64_t end_ns);

  std::int64_t from_ns() const { return from_ns_; }
  std::int64_t until_ns() const { return until_ns_; }
  std::int64_t span_ns() const { return until_ns_ - from_ns_; }

  // Pixels are counted from the left end of `width`. A time outside is outside.
  float x_of(std::int64_t time_ns, float width) const;
  std::int64_t time_at(float x, float width) const;

  // All within a run that ends at `end_ns`. `factor` below 1 shows less; the time at `x` stays where it is.
  void zoom(double factor, float x, float width, std::int64_t end_ns);
  void pan(float by_x, float width, std::int64_t end_ns);
  void show(std::int64_t from_ns, std::int64_t until_ns, std::int64_t end_ns);

  struct Tick {
    std::int64_t time_ns = 0;
    std::string label;
  };
  // At round times, `apart` pixels from each other at least.
  std::vector<Tick> ticks(float width, float apart) const;

  friend bool operator==(const TimeAxis&, const TimeAxis&) = default;

 private:
  std::int64_t from_ns_ = 0;
  std::int64_t until_ns_ = 1'000'000'000;
};

// A point of time as exact as steps of `step_ns` ask for: "0:12:07", "0:12:07.4", "1 d 0:00:00",
// "0:00:00.000001".
std::string time_label(std::int64_t time_ns, std::int64_t step_ns);

}  // namespace mailroom::viz
