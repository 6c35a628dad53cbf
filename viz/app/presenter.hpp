// SPDX-License-Identifier: GPL-2.0-only
// Presenter mode: the notes of a run as stops of a lecture. Playing halts at each; its question is shown large, and what
// comes after is hidden until it is revealed.
#pragma once

#include <cstdint>

#include "viz/app/desk.hpp"

namespace mailroom::viz {

class Presenter {
 public:
  void join(Desk& desk);
  void draw(Desk& desk);
  // Whether a stop lies between the moment shown and `then_ns`, which is moved back onto it.
  bool stops_before(Desk& desk, std::int64_t now_ns, std::int64_t& then_ns);

 private:
  void keep_notes(Desk& desk);
  std::vector<trace::Note> kept_;  // as the run file has them
  bool has_complained_ = false;
  double next_try_s_ = 0;
};

}  // namespace mailroom::viz
