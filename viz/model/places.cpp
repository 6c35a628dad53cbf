// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/places.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <optional>
#include <utility>

#include "topologies/layout.hpp"
#include "viz/model/spreading.hpp"

namespace mailroom::viz {

namespace {

// Of a map unit: nearer than this two nodes cannot be told apart.
constexpr double kLeastApart = 0.5;
// More nodes than this are not laid out while a window waits.
constexpr std::size_t kLaidOutAtOnce = 150;
constexpr double kGreatestLatitude = 85;

using Known = std::vector<std::optional<MapPoint>>;

// A coordinate that a picture can use: files can have anything.
bool is_usable(const std::optional<double>& value, double limit) {
  return value && std::isfinite(*value) && std::abs(*value) <= limit;
}
bool has_map_place(const trace::HostRow& host) {
  return is_usable(host.latitude, 90) && is_usable(host.longitude, 360);
}
bool has_drawn_place(const trace::HostRow& host) {
  return is_usable(host.x, 1e6) && is_usable(host.y, 1e6);
}

std::size_t count_if(const trace::RunHeader& header, bool (*condition)(const trace::HostRow&)) {
  return static_cast<std::size_t>(std::count_if(header.hosts.begin(), header.hosts.end(), condition));
}

bool must_be_laid_out(const trace::RunHeader& header) {
  return count_if(header, has_drawn_place) < header.hosts.size();
}

// --- places that come with the file, or by layout

std::vector<MapPoint> laid_out(const trace::RunHeader& header) {
  topology::Graph graph(header.hosts.size());
  for (std::size_t i = 0; i < header.hosts.size(); ++i) graph[i].name = header.hosts[i].name;
  const auto count = static_cast<std::int64_t>(header.hosts.size());
  for (const trace::LinkRow& link : header.links) {
    const auto a = link.from.value;
    const auto b = link.to.value;
    if (a < 1 || b < 1 || a > count || b > count || a == b) continue;
    boost::add_edge(static_cast<std::size_t>(a - 1), static_cast<std::size_t>(b - 1), graph);
  }
  topology::layout(graph);
  std::vector<MapPoint> places;
  for (std::size_t i = 0; i < header.hosts.size(); ++i) {
    places.push_back({graph[i].x.value_or(0.5), graph[i].y.value_or(0.5)});
  }
  return places;
}

std::vector<MapPoint> drawn(const trace::RunHeader& header) {
  if (must_be_laid_out(header)) return laid_out(header);
  std::vector<MapPoint> places;
  places.reserve(header.hosts.size());
  for (const trace::HostRow& host : header.hosts) places.push_back({*host.x, *host.y});
  return places;
}

// A tall and narrow picture lies down: windows are wide. The first node goes to the left, where reading
// begins.
void lay_down(std::vector<MapPoint>& places) {
  const MapBox box = bounds_of(places);
  if (box.width() >= box.height() / 4) return;
  const bool first_is_above = places.front().y < (box.top + box.bottom) / 2;
  for (MapPoint& place : places) {
    place = first_is_above ? MapPoint{place.y, place.x} : MapPoint{-place.y, -place.x};
  }
}

// --- the world map

double mercator(double latitude) {
  const double angle = std::clamp(latitude, -kGreatestLatitude, kGreatestLatitude) * std::numbers::pi / 180;
  return -std::log(std::tan(std::numbers::pi / 4 + angle / 2)) * 180 / std::numbers::pi;
}

// Where to cut the globe: the longitude behind the widest gap between nodes, so that a network across the
// Pacific stays in one piece.
double western_end(const trace::RunHeader& header) {
  std::vector<double> degrees;
  for (const trace::HostRow& host : header.hosts) {
    if (has_map_place(host)) degrees.push_back(std::remainder(*host.longitude, 360));
  }
  std::sort(degrees.begin(), degrees.end());
  double widest = degrees.front() + 360 - degrees.back();
  double west = degrees.front();
  for (std::size_t i = 1; i < degrees.size(); ++i) {
    if (degrees[i] - degrees[i - 1] > widest + 1e-9) {
      widest = degrees[i] - degrees[i - 1];
      west = degrees[i];
    }
  }
  return west;
}

Known projected(const trace::RunHeader& header) {
  Known places(header.hosts.size());
  const double west = western_end(header);
  for (std::size_t i = 0; i < header.hosts.size(); ++i) {
    const trace::HostRow& host = header.hosts[i];
    if (!has_map_place(host)) continue;
    double east = std::remainder(*host.longitude, 360) - west;
    if (east < -1e-9) east += 360;
    places[i] = MapPoint{east, mercator(*host.latitude)};
  }
  return places;
}

// How many degrees of the map are one unit of the drawing, by the extent of the nodes that are on both.
double degrees_in_a_unit(const Known& places, const std::vector<MapPoint>& drawing) {
  std::vector<MapPoint> on_map;
  std::vector<MapPoint> on_drawing;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) continue;
    on_map.push_back(*places[i]);
    on_drawing.push_back(drawing[i]);
  }
  const MapBox map = bounds_of(on_map);
  const MapBox paper = bounds_of(on_drawing);
  const double degrees = std::hypot(map.width(), map.height());
  const double units = std::hypot(paper.width(), paper.height());
  return units > 1e-9 && degrees > 1e-9 ? degrees / units : 1;
}

// Nodes without coordinates stand to their neighbours as on the drawing; what no link joins to the map stands
// as on the drawing to the first node that is on it.
std::vector<MapPoint> completed(const trace::RunHeader& header, Known places,
                                const std::vector<MapPoint>& drawing) {
  const double scale = degrees_in_a_unit(places, drawing);
  const auto beside = [&](std::size_t known, std::size_t other) {
    return MapPoint{places[known]->x + scale * (drawing[other].x - drawing[known].x),
                    places[known]->y + scale * (drawing[other].y - drawing[known].y)};
  };
  std::vector<std::vector<std::size_t>> neighbours(places.size());
  const auto count = static_cast<std::int64_t>(places.size());
  for (const trace::LinkRow& link : header.links) {
    if (link.from.value < 1 || link.to.value < 1 || link.from.value > count || link.to.value > count)
      continue;
    const auto a = static_cast<std::size_t>(link.from.value - 1);
    const auto b = static_cast<std::size_t>(link.to.value - 1);
    neighbours[a].push_back(b);
    neighbours[b].push_back(a);
  }
  std::vector<std::size_t> reached;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i]) reached.push_back(i);
  }
  const std::size_t first = reached.front();
  for (std::size_t next = 0; next < reached.size(); ++next) {
    const std::size_t at = reached[next];
    for (const std::size_t neighbour : neighbours[at]) {
      if (places[neighbour]) continue;
      places[neighbour] = beside(at, neighbour);
      reached.push_back(neighbour);
    }
  }
  std::vector<MapPoint> all;
  for (std::size_t i = 0; i < places.size(); ++i) all.push_back(places[i] ? *places[i] : beside(first, i));
  return all;
}

// --- units

// Makes the typical distance of neighbours 1, and the middle of all 0.
void scale_to_units(std::vector<MapPoint>& places) {
  const MapBox box = bounds_of(places);
  const auto count = static_cast<double>(places.size());
  const double unit =
      std::max(std::sqrt(box.width() * box.height() / count), std::max(box.width(), box.height()) / count);
  const double scale = unit > 1e-12 ? 1 / unit : 1;
  for (MapPoint& place : places) {
    place = {(place.x - (box.left + box.right) / 2) * scale, (place.y - (box.top + box.bottom) / 2) * scale};
  }
}

std::vector<MapPoint> on_a_grid(std::size_t count) {
  const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(count) * 1.6)));
  std::vector<MapPoint> places;
  for (std::size_t i = 0; i < count; ++i) {
    places.push_back({static_cast<double>(i % columns), static_cast<double>(i / columns)});
  }
  scale_to_units(places);
  return places;
}

}  // namespace

MapBox bounds_of(const std::vector<MapPoint>& places) {
  if (places.empty()) return {};
  MapBox box = {places[0].x, places[0].y, places[0].x, places[0].y};
  for (const MapPoint& place : places) {
    box.left = std::min(box.left, place.x);
    box.top = std::min(box.top, place.y);
    box.right = std::max(box.right, place.x);
    box.bottom = std::max(box.bottom, place.y);
  }
  return box;
}

std::vector<MapPoint> places_of(const trace::RunHeader& header) {
  if (header.hosts.empty()) return {};
  std::vector<MapPoint> places = drawn(header);
  if (count_if(header, has_map_place) >= 2) {
    places = completed(header, projected(header), places);
  } else {
    lay_down(places);
  }
  scale_to_units(places);
  spread(places, kLeastApart);
  return places;
}

PlaceFinder::PlaceFinder(const trace::RunHeader& header) {
  if (header.hosts.size() <= kLaidOutAtOnce || !must_be_laid_out(header)) {
    places_ = places_of(header);
    return;
  }
  places_ = on_a_grid(header.hosts.size());
  // Only what the layout needs: a scenario's text and details can be large.
  trace::RunHeader network;
  for (const trace::HostRow& host : header.hosts) {
    network.hosts.push_back({.name = host.name,
                             .x = host.x,
                             .y = host.y,
                             .latitude = host.latitude,
                             .longitude = host.longitude});
  }
  network.links = header.links;
  result_ = std::async(std::launch::async, [network = std::move(network)] { return places_of(network); });
}

void PlaceFinder::take_result() {
  if (!result_.valid() || result_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
  places_ = result_.get();
}

const std::vector<MapPoint>& PlaceFinder::places() {
  take_result();
  return places_;
}

bool PlaceFinder::is_final() {
  take_result();
  return !result_.valid();
}

}  // namespace mailroom::viz
