// SPDX-License-Identifier: GPL-2.0-only
// The first steps: a card that says what to do next and ticks off what was done. Shown at the first start, and again on
// demand.
#pragma once

#include <array>
#include <cstdint>

#include "viz/app/desk.hpp"

namespace mailroom::viz {

class Guide {
 public:
  void join(Desk& desk);
  void draw(Desk& desk);
  void show() { is_shown_ = true; }

 private:
  static constexpr std::size_t kSteps = 6;
  void observe(const Desk& desk);

  bool is_shown_ = false;
  std::array<bool, kSteps> is_done_{};
  std::int64_t last_ns_ = 0;
};

}  // namespace mailroom::viz
