// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/canvas_scene.hpp"

#include <algorithm>
#include <cmath>

namespace mailroom::viz {

namespace {

// Pixels at 100 %.
constexpr float kParallelGap = 9;
constexpr float kHitSlack = 4;
constexpr std::size_t kFewFlights = 60;

}  // namespace

// --- what is dimmed

bool CanvasScene::is_dim(trace::MessageId message) const {
  if (followed) {
    return std::find(followed_all.begin(), followed_all.end(), message) == followed_all.end();
  }
  return matcher != nullptr && !matcher->matches(message, world());
}

bool CanvasScene::is_dim_link(std::uint32_t index) const {
  if (is_dim_host.empty() || !has_ends(index)) return false;
  const trace::LinkRow& row = link(index);
  return is_dim(static_cast<std::uint32_t>(row.from.value - 1)) ||
         is_dim(static_cast<std::uint32_t>(row.to.value - 1));
}

// --- where things are

bool CanvasScene::has_ends(std::uint32_t index) const {
  const auto count = static_cast<std::int64_t>(at.size());
  const trace::LinkRow& row = link(index);
  return row.from.value >= 1 && row.to.value >= 1 && row.from.value <= count && row.to.value <= count;
}

std::array<Point, 2> CanvasScene::line_of(std::uint32_t index) const {
  const trace::LinkRow& row = link(index);
  const Point a = at[static_cast<std::size_t>(row.from.value - 1)];
  const Point b = at[static_cast<std::size_t>(row.to.value - 1)];
  if (parallel[index] < 2) return {a, b};
  const float far = length(b - a);
  if (far < 1) return {a, b};
  // Which way "aside" is must not depend on which end is named first.
  const float turn = row.from.value < row.to.value ? 1.0f : -1.0f;
  const Point across = Point{-(b.y - a.y), b.x - a.x} * (turn / far);
  const float step =
      kParallelGap * unit * (static_cast<float>(side[index]) - (static_cast<float>(parallel[index]) - 1) / 2);
  return {a + across * step, b + across * step};
}

Point CanvasScene::place_of(const Pile& pile) const {
  const Lane& lane = traffic.lanes[pile.lane].lane;
  Point place = on_lane(lane, at, pile.motion.at, lane_offset(), radius);
  const auto index = static_cast<std::uint32_t>(lane.link.value - 1);
  if (lane.count == 2 && parallel[index] > 1) {
    const Point middle = at[static_cast<std::size_t>(link(index).from.value - 1)];
    place = place + (line_of(index)[0] - middle);
  }
  return place;
}

CanvasHit CanvasScene::hit(Point pointer) const {
  using What = CanvasHit::What;
  if (!viewport.contains(pointer)) return {};
  for (std::size_t i = traffic.piles.size(); i-- > 0;) {
    const Point place = place_of(traffic.piles[i]);
    if (around(place, envelope.x / 2 + 2, envelope.y / 2 + 2).contains(pointer)) {
      return {What::envelope, static_cast<std::uint32_t>(i)};
    }
  }
  CanvasHit best;
  float nearest = radius + kHitSlack * unit;
  for (const std::uint32_t host : hosts) {
    const float far = length(at[host] - pointer);
    if (far < nearest) {
      nearest = far;
      best = {What::host, host};
    }
  }
  if (best.what != What::nothing) return best;
  nearest = 1.6f * kHitSlack * unit;
  for (const std::uint32_t index : links) {
    const auto [a, b] = line_of(index);
    const float far = distance_to_line(pointer, a, b);
    if (far < nearest) {
      nearest = far;
      best = {What::link, index};
    }
  }
  return best;
}

// --- what is in sight

void CanvasMemory::take_hosts(const Desk& desk, CanvasScene& scene) {
  const Rect seen = scene.viewport.grown(scene.radius * 3);
  scene.at.resize(places_.size());
  scene.hosts.clear();
  for (std::uint32_t i = 0; i < places_.size(); ++i) {
    scene.at[i] = to_screen(scene.camera, scene.viewport, places_[i]);
    if (seen.contains(scene.at[i])) scene.hosts.push_back(i);
  }
  // The fewer there are, the closer they are looked at.
  const std::int64_t limit = scene.hosts.size() <= 64 ? 512 : scene.hosts.size() <= 300 ? 10 : 3;
  scene.loads.clear();
  for (const std::uint32_t i : scene.hosts) {
    scene.loads.push_back(load_of(scene.world(), {i + 1}, scene.host(i), scene.time_ns, limit));
    if (scene.loads.back().is_crashed && desk.hides_event) {
      const auto crash = scene.run->reader().event(scene.world().host({i + 1}).crashed);
      if (crash && *crash && desk.hides(**crash)) scene.loads.back().is_crashed = false;
    }
  }
}

void CanvasMemory::take_links(CanvasScene& scene) {
  scene.side = side_;
  scene.parallel = parallel_;
  scene.links.clear();
  const Rect seen = scene.viewport.grown(scene.radius);
  for (std::uint32_t i = 0; i < scene.header().links.size(); ++i) {
    if (!scene.has_ends(i)) continue;
    const auto [a, b] = scene.line_of(i);
    if (line_meets(a, b, seen)) scene.links.push_back(i);
  }
  scene.lane_of_link.assign(scene.header().links.size(), {-1, -1});
  for (std::size_t i = 0; i < scene.traffic.lanes.size(); ++i) {
    const Lane& lane = scene.traffic.lanes[i].lane;
    const auto way = static_cast<std::size_t>(lane.is_back ? 1 : 0);
    scene.lane_of_link[static_cast<std::size_t>(lane.link.value - 1)][way] = static_cast<std::int32_t>(i);
  }
}

void CanvasMemory::take_signs(Desk& desk, CanvasScene& scene) {
  scene.signs = signs_.in_force(scene.run->reader(), scene.world(), desk.hides_event);
  scene.sign_of_host.assign(scene.at.size(), -1);
  scene.sign_of_link.assign(scene.header().links.size(), -1);
  const auto put = [](std::vector<std::int32_t>& at, std::int64_t id, std::size_t sign) {
    if (id < 1 || id > static_cast<std::int64_t>(at.size())) return;
    std::int32_t& slot = at[static_cast<std::size_t>(id - 1)];
    if (slot < 0) slot = static_cast<std::int32_t>(sign);
  };
  for (std::size_t i = 0; i < scene.signs.size(); ++i) {
    for (const trace::HostId host : scene.signs[i].hosts) put(scene.sign_of_host, host.value, i);
    for (const trace::LinkId link : scene.signs[i].links) put(scene.sign_of_link, link.value, i);
  }
}

// Others than those on the way of what is followed, or that owe or had the chosen message, or that the filter
// means.
void CanvasMemory::dim_hosts(CanvasScene& scene) const {
  scene.is_dim_host.clear();
  if (scene.followed || scene.shows_responsibility) {
    scene.is_dim_host.assign(scene.at.size(), 1);
    for (const TrailStop& stop : scene.stops) {
      if (stop.host.value >= 1 && stop.host.value <= static_cast<std::int64_t>(scene.at.size())) {
        scene.is_dim_host[static_cast<std::size_t>(stop.host.value - 1)] = 0;
      }
    }
    for (const TrailLeg& leg : scene.legs) {
      if (leg.flight.first_bit_out_ns > scene.time_ns) break;
      for (int i = 0; i < leg.lane.count; ++i) {
        scene.is_dim_host[static_cast<std::size_t>(leg.lane.nodes[static_cast<std::size_t>(i)].value - 1)] =
            0;
      }
    }
  } else if (scene.matcher != nullptr) {
    scene.is_dim_host.assign(scene.at.size(), 0);
    for (const std::uint32_t host : scene.hosts) {
      scene.is_dim_host[host] = scene.matcher->matches(trace::HostId{host + 1}, scene.world()) ? 0 : 1;
    }
  }
}

void CanvasMemory::make_scene(Desk& desk, const Viewport& viewport, const Camera& camera,
                              CanvasScene& scene) {
  const Ui& ui = desk.ui;
  scene.run = desk.run.get();
  scene.time_ns = desk.run->time_ns();
  scene.viewport = viewport;
  scene.camera = camera;
  scene.unit = ui.px(1);
  scene.detail = detail_at(camera.scale, ui.px(18));
  const auto scale = static_cast<float>(camera.scale);
  // A network of few hosts is shown larger: it is what a hall looks at.
  scene.magnified = std::clamp(scale / ui.px(115), 0.7f, 1.5f);
  scene.radius = scene.detail == Detail::dots
                     ? std::clamp(0.22f * scale, 1.6f, ui.px(4))
                     : std::clamp(0.19f * scale, ui.px(4), ui.px(19) * scene.magnified);
  scene.envelope = Point{ui.px(21), ui.px(14)} * std::max(scene.magnified, 0.6f);
  scene.facts = facts_;
  take_hosts(desk, scene);
  take_filter(desk, scene);
  take_trail(desk, scene);
  scene.flights = desk.run->flights();
  // A few can be seen as they are, however far away the map is.
  scene.shows_heat = camera.scale < static_cast<double>(ui.px(36)) && scene.flights.size() > kFewFlights;
  const TrafficRoom room = {.envelope_px = scene.envelope.x,
                            .has_envelopes = !scene.shows_heat,
                            .most_envelopes = scene.detail == Detail::full ? 1200U : 600U};
  scene.traffic = traffic_of(scene.header(), scene.world(), scene.flights, scene.time_ns, scene.at,
                             viewport.grown(scene.envelope.x), room, scene.followed);
  take_links(scene);
  take_signs(desk, scene);
  take_moments(desk, scene);
  dim_hosts(scene);
}

}  // namespace mailroom::viz
