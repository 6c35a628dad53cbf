// SPDX-License-Identifier: GPL-2.0-only
// Times, sizes and counts as the verbs write and read them: as whoever tells a run does.
#pragma once

#include "sim/story/quantities.hpp"

namespace mailroom::cli {

using story::clock;
using story::counted;
using story::duration;
using story::grouped;
using story::parse_time;

}  // namespace mailroom::cli
