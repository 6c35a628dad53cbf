// SPDX-License-Identifier: GPL-2.0-only
// Where the nodes of a run lie on the map: by latitude and longitude (Mercator's projection, which keeps
// shapes), else by the coordinates of the run file, else by force-directed layout. Nodes at one place, or
// nearly so, are spread until each can be seen. The same header gives the same places; what a person drags is
// kept by the view, in the same units.
#pragma once

#include <future>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "viz/model/map_geometry.hpp"

namespace mailroom::viz {

// A place for each node: [i] is that of HostId i + 1. One map unit is the distance that neighbours would have
// if all nodes stood evenly on the ground that they cover. A layout of 5,000 nodes can take seconds.
std::vector<MapPoint> places_of(const trace::RunHeader& header);

// The box around the places; around 0 if there are none.
MapBox bounds_of(const std::vector<MapPoint>& places);

// Finds them for a window, which must not wait: what takes long is done by a thread, and until it is ready
// the nodes stand on a grid.
class PlaceFinder {
 public:
  explicit PlaceFinder(const trace::RunHeader& header);
  // The places as far as they are known. They change once at most, when is_final() becomes true.
  const std::vector<MapPoint>& places();
  bool is_final();

 private:
  void take_result();
  std::vector<MapPoint> places_;
  std::future<std::vector<MapPoint>> result_;  // valid while the thread works
};

}  // namespace mailroom::viz
