// SPDX-License-Identifier: GPL-2.0-only
// Moves points that lie on top of each other apart, and others as little as possible.
#pragma once

#include <vector>

#include "viz/model/map_geometry.hpp"

namespace mailroom::viz {

// Until (nearly) every two points are `least` apart, or the rounds are used up. Deterministic.
void spread(std::vector<MapPoint>& points, double least);

}  // namespace mailroom::viz
