// SPDX-License-Identifier: GPL-2.0-only
// The commands that move through time.
#pragma once

#include "viz/app/desk.hpp"

namespace mailroom::viz {

void add_time_commands(Desk& desk);
inline bool has_run(const Desk& desk) {
  return desk.run != nullptr;
}

}  // namespace mailroom::viz
