// SPDX-License-Identifier: GPL-2.0-only
// Messages on their way, as they can be read at the size that the map has now: an envelope each while there
// is room, a pile with a number where some are at nearly the same place, and a flow (an arrow with a number,
// as wide as the load) where there are more than can be told apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "viz/model/map_geometry.hpp"
#include "viz/model/motion.hpp"

namespace mailroom::viz {

// Messages at one place of a lane.
struct Pile {
  std::uint32_t lane = 0;    // place in Traffic::lanes
  std::uint32_t flight = 0;  // place in the flights given: the first of them
  std::uint32_t count = 1;
  Motion motion{};  // of the first
};

// All that goes over one link in one direction.
struct LaneTraffic {
  Lane lane;
  std::uint32_t flight = 0;  // the first of them
  std::uint32_t count = 0;
  double load = 0;  // of the link's rate, 0 … 1
  bool has_losses = false;
  bool is_flow = false;  // to be drawn as one arrow
};

struct Traffic {
  std::vector<LaneTraffic> lanes;
  std::vector<Pile> piles;  // of the lanes that are no flow, in the order of lanes
};

// What there is room for.
struct TrafficRoom {
  float envelope_px = 20;               // width of an envelope
  bool has_envelopes = true;            // the map is near enough for any
  std::uint32_t most_envelopes = 1500;  // in the whole picture
};

// Counts what is on each lane, whose nodes are at `at` (by HostId − 1, in pixels); lanes that do not come
// into `seen` are left out. `always` is drawn as an envelope whatever the room: a message that is being
// followed.
Traffic traffic_of(const trace::RunHeader& header, const trace::World& world,
                   std::span<const trace::Flight> flights, std::int64_t time_ns, std::span<const Point> at,
                   const Rect& seen, const TrafficRoom& room, trace::MessageId always);

// Where a share of a lane's way is, on the side on which its direction runs. `edge_px` are left out at both
// ends: what is drawn there is not seen behind the nodes.
Point on_lane(const Lane& lane, std::span<const Point> at, float share, float aside_px, float edge_px = 0);

}  // namespace mailroom::viz
