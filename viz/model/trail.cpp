// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/trail.hpp"

#include <algorithm>
#include <map>

namespace mailroom::viz {

namespace {

// Of a message, and of notifications that cause each other: enough for any picture.
constexpr std::size_t kMostCopies = 5000;
constexpr std::size_t kMostMessages = 50;

template <class Visit>
void for_copies(const trace::World& world, trace::MessageId id, Visit visit) {
  const trace::Message* message = world.messages.find(id);
  if (message == nullptr) return;
  std::size_t count = 0;
  for (const trace::CopyId copy_id : message->copies) {
    if (++count > kMostCopies) return;
    if (const trace::Copy* copy = world.copies.find(copy_id)) visit(*copy);
  }
}

}  // namespace

std::vector<trace::MessageId> with_notifications(const trace::World& world, trace::MessageId message) {
  std::vector<trace::MessageId> all = {message};
  for (std::size_t next = 0; next < all.size(); ++next) {
    for_copies(world, all[next], [&](const trace::Copy& copy) {
      if (!copy.bounce || all.size() >= kMostMessages) return;
      if (std::find(all.begin(), all.end(), copy.bounce) == all.end()) all.push_back(copy.bounce);
    });
  }
  return all;
}

std::expected<std::vector<TrailLeg>, trace::FileError> legs_of(trace::RunFileReader& reader,
                                                               std::span<const trace::MessageId> messages) {
  std::vector<TrailLeg> legs;
  for (const trace::MessageId message : messages) {
    auto flights = reader.flights_of(message);
    if (!flights) return std::unexpected(flights.error());
    for (const trace::Flight& flight : *flights) {
      const Lane lane = lane_of(reader.header(), flight);
      if (lane.count == 0) continue;
      legs.push_back({.flight = flight, .lane = lane, .is_notification = message != messages.front()});
    }
  }
  std::stable_sort(legs.begin(), legs.end(), [](const TrailLeg& a, const TrailLeg& b) {
    return a.flight.first_bit_out_ns < b.flight.first_bit_out_ns;
  });
  if (legs.size() > kMostLegs) legs.resize(kMostLegs);
  return legs;
}

std::vector<TrailStop> stops_of(const trace::World& world, std::span<const trace::MessageId> messages) {
  std::map<trace::HostId, TrailStop> by_host;
  for (const trace::MessageId message : messages) {
    const bool is_notification = message != messages.front();
    for_copies(world, message, [&](const trace::Copy& copy) {
      const auto [at, is_new] = by_host.try_emplace(copy.host);
      TrailStop& stop = at->second;
      if (is_new) {
        stop = {.host = copy.host, .time_ns = copy.created_ns, .is_notification = is_notification};
      }
      stop.time_ns = std::min(stop.time_ns, copy.created_ns);
      stop.is_notification = stop.is_notification && is_notification;
      if (copy.open()) {
        ++stop.owes;
        stop.has_deferred = stop.has_deferred || copy.deferrals > 0;
      }
      if (copy.end == trace::CopyEnd::delivered) ++stop.delivered;
      if (copy.end == trace::CopyEnd::bounced) ++stop.bounced;
    });
  }
  std::vector<TrailStop> stops;
  for (const auto& [host, stop] : by_host) stops.push_back(stop);
  std::stable_sort(stops.begin(), stops.end(),
                   [](const TrailStop& a, const TrailStop& b) { return a.time_ns < b.time_ns; });
  return stops;
}

std::vector<trace::HostId> whereabouts(const trace::World& world,
                                       std::span<const trace::MessageId> messages) {
  std::vector<trace::HostId> open;
  trace::HostId last{};
  std::int64_t last_ns = -1;
  for (const trace::MessageId message : messages) {
    for_copies(world, message, [&](const trace::Copy& copy) {
      if (copy.open()) {
        if (std::find(open.begin(), open.end(), copy.host) == open.end()) open.push_back(copy.host);
      } else if (copy.ended_ns >= last_ns) {
        last_ns = copy.ended_ns;
        last = copy.host;
      }
    });
  }
  if (open.empty() && last) open.push_back(last);
  return open;
}

}  // namespace mailroom::viz
