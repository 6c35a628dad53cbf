// SPDX-License-Identifier: GPL-2.0-only
// What one frame of the topology canvas shows: everything is looked up and measured here, so that painting,
// tips and clicks agree on what is where. Made anew in each frame from the run, the view and the camera.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "viz/app/desk.hpp"
#include "viz/model/camera.hpp"
#include "viz/model/fault_signs.hpp"
#include "viz/model/hop_paths.hpp"
#include "viz/model/host_facts.hpp"
#include "viz/model/matcher.hpp"
#include "viz/model/moments.hpp"
#include "viz/model/places.hpp"
#include "viz/model/traffic.hpp"
#include "viz/model/trail.hpp"

namespace mailroom::viz {

// What is under the pointer.
struct CanvasHit {
  enum class What : std::uint8_t { nothing, host, link, envelope, flow } what = What::nothing;
  std::uint32_t index = 0;  // of a host or link: its id − 1; of an envelope: the pile; of a flow: the lane
  friend bool operator==(const CanvasHit&, const CanvasHit&) = default;
};

struct CanvasScene {
  Recording* run = nullptr;
  std::int64_t time_ns = 0;
  Viewport viewport;
  Camera camera;  // as it is in this frame: of a fit, the fitting one
  Detail detail = Detail::full;
  bool shows_heat =
      false;            // links are too short for envelopes and arrows: their colour tells what is on them
  float unit = 1;       // a pixel at 100 %
  float magnified = 1;  // of nodes, names and envelopes, where there is room
  float radius = 10;    // half of a node's size
  Point envelope{};     // size of one

  std::span<const NodeFacts> facts;       // [id - 1], as the next two
  std::vector<Point> at;                  // where the nodes are
  std::vector<std::uint8_t> is_dim_host;  // empty: none is
  std::vector<std::uint32_t> hosts;       // in sight
  std::vector<NodeLoad> loads;            // of those, in the same order
  std::vector<std::uint32_t> links;       // in sight
  std::vector<std::uint8_t> side;         // [link id - 1]: its place among parallel ones
  std::vector<std::uint8_t> parallel;     // [link id - 1]: how many run between its two ends

  std::vector<trace::Flight> flights;
  Traffic traffic;
  std::vector<std::array<std::int32_t, 2>> lane_of_link;  // [link id - 1]: forth, back; -1: nothing on it
  std::span<const FaultSign> signs;
  std::vector<std::int32_t> sign_of_host;  // [id - 1]: the first in signs; -1: none
  std::vector<std::int32_t> sign_of_link;
  std::span<const Moment> moments;
  double moment_ns = 0;  // how long one is shown

  trace::MessageId followed{};
  std::vector<trace::MessageId> followed_all;  // with its notifications
  std::span<const TrailLeg> legs;
  std::vector<TrailStop> stops;  // of the followed or, for responsibility, the chosen message
  bool shows_responsibility = false;
  const Matcher* matcher = nullptr;  // what does not match is dimmed; null: everything does

  CanvasHit hover;

  const trace::RunHeader& header() const { return run->header(); }
  const trace::World& world() const { return run->world(); }
  const trace::HostRow& host(std::uint32_t index) const { return header().hosts[index]; }
  const trace::LinkRow& link(std::uint32_t index) const { return header().links[index]; }
  bool is_dim(std::uint32_t host) const { return !is_dim_host.empty() && is_dim_host[host] != 0; }
  bool is_dim(trace::MessageId message) const;
  bool is_dim_link(std::uint32_t index) const;
  // Whether both ends of a link are nodes of the file.
  bool has_ends(std::uint32_t link) const;
  // The two ends of a link on the screen, beside its parallels.
  std::array<Point, 2> line_of(std::uint32_t link) const;
  Point place_of(const Pile& pile) const;
  // Pixels that an envelope keeps beside the middle of its link.
  float lane_offset() const { return detail == Detail::full ? envelope.y * 0.62f : envelope.y * 0.4f; }
  CanvasHit hit(Point at) const;
};

// What is kept from frame to frame to make scenes: places, facts, and answers that did not change.
class CanvasMemory {
 public:
  void forget();  // another run is open
  const MapBox& bounds() const { return bounds_; }
  const std::vector<MapPoint>& places() const { return places_; }
  std::span<const NodeFacts> facts() const { return facts_; }
  HopPaths& paths() { return paths_; }
  // Where the nodes are now, with those that were moved by hand.
  void find_places(Desk& desk);
  // All but the hover. find_places() comes first.
  void make_scene(Desk& desk, const Viewport& viewport, const Camera& camera, CanvasScene& scene);
  // The part of the map that the trail of the followed message covers.
  MapBox trail_bounds(const CanvasScene& scene) const;

 private:
  void open(Recording& run);
  void take_hosts(const Desk& desk, CanvasScene& scene);
  void take_links(CanvasScene& scene);
  void take_trail(Desk& desk, CanvasScene& scene);
  void take_filter(Desk& desk, CanvasScene& scene);
  void take_moments(Desk& desk, CanvasScene& scene);
  void take_signs(Desk& desk, CanvasScene& scene);
  void dim_hosts(CanvasScene& scene) const;

  const Recording* run_ = nullptr;
  std::optional<PlaceFinder> finder_;
  std::map<trace::HostId, Point> moved_;
  bool is_final_ = false;
  std::vector<MapPoint> places_;
  MapBox bounds_;
  std::vector<NodeFacts> facts_;
  std::vector<std::uint8_t> side_;
  std::vector<std::uint8_t> parallel_;
  HopPaths paths_;
  FaultSigns signs_;

  std::vector<Moment> moments_;
  trace::EventId moments_event_{};
  std::int64_t moments_from_ns_ = -1;

  std::vector<TrailLeg> legs_;
  std::vector<trace::MessageId> legs_of_;
  trace::EventId legs_until_{};

  std::string filter_;
  Matcher matcher_;
};

}  // namespace mailroom::viz
