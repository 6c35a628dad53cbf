// SPDX-License-Identifier: GPL-2.0-only
// What the canvas keeps from frame to frame.
#include <algorithm>
#include <map>
#include <utility>

#include "viz/panes/canvas_scene.hpp"

namespace mailroom::viz {

namespace {

// How long something that happens is shown, in seconds of the screen.
constexpr double kMoment_s = 1.4;
// More parallel links than this are drawn on top of each other.
constexpr int kMostParallel = 8;

}  // namespace

void CanvasMemory::forget() {
  *this = CanvasMemory();
}

void CanvasMemory::open(Recording& run) {
  *this = CanvasMemory();
  run_ = &run;
  const trace::RunHeader& header = run.header();
  finder_.emplace(header);
  facts_ = facts_of(header);
  paths_ = HopPaths(header);
  std::map<std::pair<trace::HostId, trace::HostId>, int> between;
  for (const trace::LinkRow& link : header.links) {
    side_.push_back(
        static_cast<std::uint8_t>(std::min(between[std::minmax(link.from, link.to)]++, kMostParallel)));
  }
  for (const trace::LinkRow& link : header.links) {
    parallel_.push_back(
        static_cast<std::uint8_t>(std::min(between[std::minmax(link.from, link.to)], kMostParallel)));
  }
}

void CanvasMemory::find_places(Desk& desk) {
  if (desk.run.get() != run_) open(*desk.run);
  const auto& moved = desk.view().moved;
  if (is_final_ && moved == moved_ && !places_.empty()) return;
  places_ = finder_->places();
  bounds_ = bounds_of(places_);
  is_final_ = finder_->is_final();
  if (!is_final_) desk.animate(0.1);
  moved_ = moved;
  for (const auto& [host, place] : moved_) {
    if (host.value < 1 || host.value > static_cast<std::int64_t>(places_.size())) continue;
    places_[static_cast<std::size_t>(host.value - 1)] = {place.x, place.y};
  }
  if (!moved_.empty()) bounds_ = bounds_of(places_);
}

void CanvasMemory::take_filter(Desk& desk, CanvasScene& scene) {
  scene.matcher = nullptr;
  const std::string& wanted = desk.view().filter;
  if (wanted.empty()) {
    filter_.clear();
    return;
  }
  auto filter = Filter::parse(wanted);
  if (!filter) return;
  const Facts& facts = desk.run->index().facts;
  if (wanted != filter_) {
    matcher_ = Matcher(std::move(*filter), facts);
    filter_ = wanted;
  } else if (matcher_.facts().last_event() != facts.last_event()) {
    matcher_.refresh(facts);
  }
  scene.matcher = &matcher_;
}

void CanvasMemory::take_trail(Desk& desk, CanvasScene& scene) {
  const View& view = desk.view();
  scene.followed = view.followed;
  scene.followed_all.clear();
  scene.legs = {};
  scene.stops.clear();
  scene.shows_responsibility = view.shows_responsibility && view.selection.message;
  if (scene.shows_responsibility && !scene.followed) {
    const trace::MessageId chosen[] = {view.selection.message};
    scene.stops = stops_of(scene.world(), chosen);
  }
  if (!scene.followed) return;
  scene.followed_all = with_notifications(scene.world(), scene.followed);
  scene.stops = stops_of(scene.world(), scene.followed_all);
  const trace::EventId end = desk.run->last_event();
  if (scene.followed_all != legs_of_ || end != legs_until_) {
    auto legs = legs_of(desk.run->reader(), scene.followed_all);
    legs_ = legs ? std::move(*legs) : std::vector<TrailLeg>();
    legs_of_ = scene.followed_all;
    legs_until_ = end;
  }
  scene.legs = legs_;
}

void CanvasMemory::take_moments(Desk& desk, CanvasScene& scene) {
  // While it plays, for a moment of the screen; else those right here.
  scene.moment_ns = desk.player.is_playing() ? desk.player.speed() * kMoment_s * 1e9 : 0;
  const double oldest = std::max(static_cast<double>(scene.time_ns) - scene.moment_ns, 0.0);
  const auto from_ns = static_cast<std::int64_t>(oldest);
  const trace::EventId event = desk.run->event();
  if (event != moments_event_ || from_ns != moments_from_ns_) {
    moments_.clear();
    if (scene.world().time_ns >= from_ns) {
      const Columns& rows = desk.run->index().rows;
      const std::int64_t before = rows.rows_until(from_ns - 1);
      auto moments = moments_before(desk.run->reader(), event, from_ns,
                                    before > 0 ? rows.id(before - 1) : trace::EventId{});
      if (moments) moments_ = std::move(*moments);
      if (desk.hides_event) {  // a fault that is to be found
        std::erase_if(moments_, [&](const Moment& moment) {
          const auto told = desk.run->reader().event(moment.event);
          return told && *told && desk.hides(**told);
        });
      }
    }
    moments_event_ = event;
    moments_from_ns_ = from_ns;
  }
  scene.moments = moments_;
}

MapBox CanvasMemory::trail_bounds(const CanvasScene& scene) const {
  std::vector<MapPoint> points;
  const auto add = [&](trace::HostId id) {
    if (id.value >= 1 && id.value <= static_cast<std::int64_t>(places_.size())) {
      points.push_back(places_[static_cast<std::size_t>(id.value - 1)]);
    }
  };
  for (const TrailStop& stop : scene.stops) add(stop.host);
  for (const TrailLeg& leg : scene.legs) {
    if (leg.flight.first_bit_out_ns > scene.time_ns) break;
    for (int i = 0; i < leg.lane.count; ++i) add(leg.lane.nodes[static_cast<std::size_t>(i)]);
  }
  return bounds_of(points);
}

}  // namespace mailroom::viz
