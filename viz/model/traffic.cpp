// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/traffic.hpp"

#include <algorithm>
#include <cstddef>

namespace mailroom::viz {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;

Point node_at(std::span<const Point> at, trace::HostId id) {
  return at[static_cast<std::size_t>(id.value - 1)];
}

float length_of(const Lane& lane, std::span<const Point> at) {
  float all = 0;
  for (std::size_t i = 1; i < static_cast<std::size_t>(lane.count); ++i) {
    all += length(node_at(at, lane.nodes[i]) - node_at(at, lane.nodes[i - 1]));
  }
  return all;
}

bool is_seen(const Lane& lane, std::span<const Point> at, const Rect& seen) {
  for (std::size_t i = 1; i < static_cast<std::size_t>(lane.count); ++i) {
    if (line_meets(node_at(at, lane.nodes[i - 1]), node_at(at, lane.nodes[i]), seen)) return true;
  }
  return false;
}

// Of the link's rate, what a flight takes on average while it lasts.
double load_of(const trace::Flight& flight, const trace::LinkRow& link) {
  const std::int64_t sending_ns = flight.last_bit_in_ns - flight.first_bit_out_ns - link.delay_ns;
  if (flight.last_bit_in_ns < 0 || link.rate_bps <= 0 || sending_ns <= 0) return 0;
  return static_cast<double>(flight.bytes) * 8e9 / static_cast<double>(sending_ns) /
         static_cast<double>(link.rate_bps);
}

// Flights by lane, without sorting them all: lane_of[i] is the lane of flight i.
struct Grouped {
  std::vector<std::uint32_t> lane_of;
  std::vector<LaneTraffic> lanes;
};

Grouped grouped(const trace::RunHeader& header, std::span<const trace::Flight> flights,
                std::span<const Point> at, const Rect& seen) {
  Grouped result;
  result.lane_of.assign(flights.size(), kNone);
  // Two directions of each link; over a segment a lane goes on to another station each time, which a link
  // that attaches a host shares among all of them.
  struct Known {
    std::uint32_t lane = kNone;
    bool is_hidden = false;
  };
  std::vector<Known> known(2 * header.links.size());
  for (std::size_t i = 0; i < flights.size(); ++i) {
    const Lane lane = lane_of(header, flights[i]);
    if (lane.count == 0) continue;
    Known& slot = known[2 * static_cast<std::size_t>(lane.link.value - 1) + (lane.is_back ? 1 : 0)];
    std::uint32_t index = slot.lane;
    if (index != kNone && result.lanes[index].lane.nodes != lane.nodes) index = kNone;  // another station
    if (index == kNone) {
      if (slot.is_hidden && lane.count == 2) continue;
      if (!is_seen(lane, at, seen)) {
        slot.is_hidden = true;
        continue;
      }
      index = static_cast<std::uint32_t>(result.lanes.size());
      result.lanes.push_back({.lane = lane, .flight = static_cast<std::uint32_t>(i)});
      slot.lane = index;
    }
    const trace::LinkRow& link = header.links[static_cast<std::size_t>(lane.link.value - 1)];
    LaneTraffic& traffic = result.lanes[index];
    ++traffic.count;
    traffic.load += load_of(flights[i], link);
    traffic.has_losses = traffic.has_losses || flights[i].drops > 0 || flights[i].last_bit_in_ns < 0;
    result.lane_of[i] = index;
  }
  for (LaneTraffic& traffic : result.lanes) traffic.load = std::min(traffic.load, 1.0);
  return result;
}

// Which lanes have more than can be read: by their own room, then by that of the whole picture.
void choose_flows(std::vector<LaneTraffic>& lanes, std::span<const Point> at, const TrafficRoom& room) {
  for (LaneTraffic& traffic : lanes) {
    const float fits = length_of(traffic.lane, at) / (room.envelope_px * 1.2f);
    // One alone can always be told from its link.
    const bool is_crowded = traffic.count > 1 && (fits < 1.5f || static_cast<float>(traffic.count) > 2 * fits);
    traffic.is_flow = !room.has_envelopes || is_crowded;
  }
  std::uint32_t envelopes = 0;
  for (const LaneTraffic& traffic : lanes) envelopes += traffic.is_flow ? 0 : traffic.count;
  if (envelopes <= room.most_envelopes) return;
  std::vector<std::uint32_t> by_count;
  for (std::uint32_t i = 0; i < lanes.size(); ++i) {
    if (!lanes[i].is_flow) by_count.push_back(i);
  }
  std::stable_sort(by_count.begin(), by_count.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return lanes[a].count > lanes[b].count; });
  for (const std::uint32_t index : by_count) {
    if (envelopes <= room.most_envelopes) return;
    lanes[index].is_flow = true;
    envelopes -= lanes[index].count;
  }
}

// Envelopes of each lane, those at one place put together.
void pile_up(std::vector<Pile>& piles, std::span<const LaneTraffic> lanes, std::span<const Point> at,
             std::span<const trace::Flight> flights, float envelope_px, trace::MessageId always) {
  std::sort(piles.begin(), piles.end(), [](const Pile& a, const Pile& b) {
    if (a.lane != b.lane) return a.lane < b.lane;
    if (a.motion.at != b.motion.at) return a.motion.at > b.motion.at;
    return a.flight < b.flight;
  });
  const auto is_alone = [&](const Pile& pile) {
    return pile.motion.stage == Motion::Stage::lost || (always && flights[pile.flight].message == always);
  };
  std::size_t kept = 0;
  for (std::size_t i = 0; i < piles.size(); ++i) {
    Pile& pile = piles[i];
    if (kept > 0 && piles[kept - 1].lane == pile.lane && !is_alone(pile) && !is_alone(piles[kept - 1])) {
      const float way = length_of(lanes[pile.lane].lane, at);
      if ((piles[kept - 1].motion.at - pile.motion.at) * way < envelope_px * 0.9f) {
        piles[kept - 1].count += pile.count;
        continue;
      }
    }
    piles[kept++] = pile;
  }
  piles.resize(kept);
}

}  // namespace

Traffic traffic_of(const trace::RunHeader& header, const trace::World& world,
                   std::span<const trace::Flight> flights, std::int64_t time_ns, std::span<const Point> at,
                   const Rect& seen, const TrafficRoom& room, trace::MessageId always) {
  Traffic traffic;
  Grouped groups = grouped(header, flights, at, seen);
  traffic.lanes = std::move(groups.lanes);
  choose_flows(traffic.lanes, at, room);
  for (std::size_t i = 0; i < flights.size(); ++i) {
    const std::uint32_t lane = groups.lane_of[i];
    if (lane == kNone) continue;
    const trace::Flight& flight = flights[i];
    if (traffic.lanes[lane].is_flow && !(always && flight.message == always)) continue;
    const trace::LinkRow& link = header.links[static_cast<std::size_t>(flight.link.value - 1)];
    const float lost_share = flight.last_bit_in_ns < 0 ? lost_share_of(flight, link, world) : 1;
    traffic.piles.push_back({.lane = lane,
                             .flight = static_cast<std::uint32_t>(i),
                             .motion = motion_of(flight, link, time_ns, lost_share)});
  }
  pile_up(traffic.piles, traffic.lanes, at, flights, room.envelope_px, always);
  return traffic;
}

Point on_lane(const Lane& lane, std::span<const Point> at, float share, float aside_px, float edge_px) {
  if (lane.count < 2) return {};
  const float whole = length_of(lane, at);
  const float edge = std::min(edge_px, whole * 0.3f);
  float left = edge + share * (whole - 2 * edge);
  for (std::size_t i = 1; i < static_cast<std::size_t>(lane.count); ++i) {
    const Point a = node_at(at, lane.nodes[i - 1]);
    const Point b = node_at(at, lane.nodes[i]);
    const float leg = length(b - a);
    if (left > leg && i + 1 < static_cast<std::size_t>(lane.count)) {
      left -= leg;
      continue;
    }
    if (leg <= 0) return a;
    const Point along = (b - a) * (1 / leg);
    // Each direction keeps to its right, as on a road.
    return a + along * left + Point{-along.y, along.x} * aside_px;
  }
  return node_at(at, lane.nodes[0]);
}

}  // namespace mailroom::viz
