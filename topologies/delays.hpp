// SPDX-License-Identifier: GPL-2.0-only
// Delays and rates where a map has none.
#pragma once

#include <cstdint>

#include "topologies/graph.hpp"

namespace mailroom::topology {

// Light in fibre covers about two thirds of c.
inline constexpr std::int64_t kFibreKmPerSecond = 200'000;
inline constexpr double kEarthRadiusKm = 6371.0088;  // mean radius (IUGG)

// Along the great circle between two points given in degrees. Deterministic: no libm but sqrt.
double great_circle_km(double latitude1, double longitude1, double latitude2, double longitude2);
// What light takes in fibre for that, in nanoseconds; at least 1 us.
std::int64_t fibre_delay_ns(double latitude1, double longitude1, double latitude2, double longitude2);

struct LinkDefaults {
  std::int64_t rate_bps = 10'000'000;
  std::int64_t delay_ns = 5'000'000;
  std::int64_t lan_rate_bps = 100'000'000;  // of links that attach to a LAN
  std::int64_t lan_delay_ns = 10'000;
};

// Gives every link without a delay that of fibre along the great circle if both ends have coordinates, else
// the default; and every link without a rate the default one. Returns how many links got something.
std::size_t fill_defaults(Graph& graph, const LinkDefaults& defaults = {});

}  // namespace mailroom::topology
