// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/delays.hpp"

#include <algorithm>
#include <cmath>

#include "topologies/real_math.hpp"

namespace mailroom::topology {

double great_circle_km(double latitude1, double longitude1, double latitude2, double longitude2) {
  constexpr double kDegree = kPi / 180;
  // The haversine formula, which is good for short distances too.
  const double half_north = exact_sin((latitude2 - latitude1) * kDegree / 2);
  const double half_east = exact_sin((longitude2 - longitude1) * kDegree / 2);
  const double haversine = half_north * half_north + exact_cos(latitude1 * kDegree) *
                                                         exact_cos(latitude2 * kDegree) * half_east *
                                                         half_east;
  return 2 * kEarthRadiusKm * exact_asin(std::sqrt(std::clamp(haversine, 0.0, 1.0)));
}

std::int64_t fibre_delay_ns(double latitude1, double longitude1, double latitude2, double longitude2) {
  constexpr double kNanosecondsPerKm = 1e9 / kFibreKmPerSecond;
  const double delay = great_circle_km(latitude1, longitude1, latitude2, longitude2) * kNanosecondsPerKm;
  return std::max<std::int64_t>(1'000, std::llround(delay));
}

std::size_t fill_defaults(Graph& graph, const LinkDefaults& defaults) {
  std::size_t filled = 0;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    const Node& a = graph[boost::source(e, graph)];
    const Node& b = graph[boost::target(e, graph)];
    Link& link = graph[e];
    const bool is_attachment = a.is_lan || b.is_lan;
    const bool has_places = a.latitude && a.longitude && b.latitude && b.longitude;
    if (link.delay_ns >= 0 && link.rate_bps > 0) continue;
    ++filled;
    if (link.delay_ns < 0) {
      if (has_places)
        link.delay_ns = fibre_delay_ns(*a.latitude, *a.longitude, *b.latitude, *b.longitude);
      else
        link.delay_ns = is_attachment ? defaults.lan_delay_ns : defaults.delay_ns;
    }
    if (link.rate_bps <= 0) link.rate_bps = is_attachment ? defaults.lan_rate_bps : defaults.rate_bps;
  }
  return filled;
}

}  // namespace mailroom::topology
