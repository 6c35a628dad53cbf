// SPDX-License-Identifier: GPL-2.0-only
// Whether the open run has a mystery that nobody may be told yet.
#pragma once

#include "viz/app/live.hpp"

namespace mailroom::viz {

inline bool keeps_secret(const Desk& desk) {
  return desk.live && desk.live->mystery && !desk.live->mystery->is_revealed();
}

}  // namespace mailroom::viz
