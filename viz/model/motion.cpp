// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/motion.hpp"

#include <algorithm>

namespace mailroom::viz {

namespace {

float share(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return part < 0 ? 0.0f : 1.0f;
  return static_cast<float>(std::clamp(static_cast<double>(part) / static_cast<double>(whole), 0.0, 1.0));
}

}  // namespace

Lane lane_of(const trace::RunHeader& header, const trace::Flight& flight) {
  const auto hosts = static_cast<std::int64_t>(header.hosts.size());
  const auto is_node = [&](trace::HostId id) { return id.value >= 1 && id.value <= hosts; };
  if (flight.link.value < 1 || flight.link.value > static_cast<std::int64_t>(header.links.size())) return {};
  const trace::LinkRow& link = header.links[static_cast<std::size_t>(flight.link.value - 1)];
  if (!is_node(flight.from) || !is_node(flight.to) || !is_node(link.from) || !is_node(link.to)) return {};
  Lane lane{.link = flight.link, .is_back = flight.from == link.to && flight.from != link.from};
  const trace::HostId other = lane.is_back ? link.from : link.to;
  if (other == flight.to) {
    lane.nodes = {flight.from, flight.to, {}};
    lane.count = 2;
  } else {  // over the segment to another station
    lane.nodes = {flight.from, other, flight.to};
    lane.count = 3;
  }
  return lane;
}

Motion motion_of(const trace::Flight& flight, const trace::LinkRow& link, std::int64_t time_ns,
                 float lost_share) {
  Motion motion;
  const std::int64_t since = time_ns - flight.first_bit_out_ns;
  if (since < 0) return motion;
  motion.head = share(since, link.delay_ns);
  if (flight.last_bit_in_ns < 0) {
    motion.head = std::min(motion.head, lost_share);
    motion.at = motion.head;
    motion.tail = 0;
    motion.stage = motion.head >= lost_share ? Motion::Stage::lost : Motion::Stage::crossing;
    return motion;
  }
  const std::int64_t whole = flight.last_bit_in_ns - flight.first_bit_out_ns;
  // A damaged file can have a last bit that is quicker than the link: it goes at the flight's own pace then.
  const std::int64_t delay_ns = std::clamp<std::int64_t>(link.delay_ns, 0, std::max<std::int64_t>(whole, 0));
  motion.head = share(since, delay_ns);
  motion.tail = since < whole - delay_ns ? 0.0f : share(since - (whole - delay_ns), delay_ns);
  motion.at = std::clamp(share(since, whole), motion.tail, motion.head);
  if (since >= whole) {
    motion.stage = Motion::Stage::arrived;
  } else if (motion.head >= 1) {
    motion.stage = Motion::Stage::entering;
  } else {
    motion.stage = motion.tail > 0 ? Motion::Stage::crossing : Motion::Stage::leaving;
  }
  return motion;
}

float lost_share_of(const trace::Flight& flight, const trace::LinkRow& link, const trace::World& world) {
  float lost = 0.5f;
  world.faults.for_each([&](trace::FaultId, const trace::FaultState& fault) {
    if (!fault.began || fault.link != flight.link) return;
    if (fault.ended && fault.ended_ns <= flight.first_bit_out_ns) return;
    if (fault.what.find(" down") == std::string::npos) return;
    const std::int64_t since = fault.began_ns - flight.first_bit_out_ns;
    if (since <= link.delay_ns) lost = std::min(lost, since <= 0 ? 0.0f : share(since, link.delay_ns));
  });
  return lost;
}

std::int64_t end_of(const trace::Flight& flight, const trace::LinkRow& link, float lost_share) {
  if (flight.last_bit_in_ns >= 0) return flight.last_bit_in_ns;
  return flight.first_bit_out_ns + static_cast<std::int64_t>(lost_share * static_cast<double>(link.delay_ns));
}

}  // namespace mailroom::viz
