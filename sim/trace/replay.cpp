// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/replay.hpp"

#include <algorithm>
#include <utility>

namespace mailroom::trace {

namespace {

// Flights are looked through in blocks, of which most are over at once.
constexpr std::size_t kFlightBlock = 256;

}  // namespace

Replay::Result<Replay> Replay::open(const std::filesystem::path& path) {
  return open(path, Options());
}

Replay::Result<Replay> Replay::open(const std::filesystem::path& path, const Options& options) {
  auto reader = RunFileReader::open(path);
  if (!reader) return std::unexpected(std::move(reader.error()));
  Replay replay(std::move(*reader), options);
  if (const auto ready = replay.refresh(); !ready) return std::unexpected(ready.error());
  return replay;
}

Replay::Result<bool> Replay::refresh() {
  const EventId before = last_event_;
  const std::int64_t flights_before = last_flight_row_;
  const auto last = reader_.last_event();
  if (!last) return std::unexpected(last.error());
  const auto end_ns = reader_.last_time_ns();
  if (!end_ns) return std::unexpected(end_ns.error());
  if (const auto loaded = load_flights(); !loaded) return std::unexpected(loaded.error());
  last_event_ = *last;
  end_ns_ = std::max<std::int64_t>(*end_ns, 0);
  return last_event_ != before || last_flight_row_ != flights_before;
}

// --- events

Replay::Result<void> Replay::seek_time(std::int64_t time_ns) {
  const auto target = reader_.last_event_at(time_ns);
  if (!target) return std::unexpected(target.error());
  auto played = play_to(*target);
  if (played) time_ns_ = std::max<std::int64_t>(time_ns, 0);
  return played;
}

Replay::Result<void> Replay::seek_event(EventId id) {
  EventId target{};
  if (id) {
    const auto found =
        reader_.for_each({.up_to = id, .newest_first = true, .limit = 1}, [&](const StoredEvent& event) {
          target = event.id;
          return false;
        });
    if (!found) return found;
  }
  auto played = play_to(target);
  if (played) time_ns_ = world_.time_ns;
  return played;
}

Replay::Result<std::int64_t> Replay::step(std::int64_t count) {
  std::int64_t steps = 0;
  if (count > 0) {
    const auto played =
        reader_.for_each({.after = world_.last_event, .limit = count}, [&](const StoredEvent& event) {
          apply(event);
          ++steps;
          return true;
        });
    if (steps > 0) time_ns_ = world_.time_ns;
    if (!played) return std::unexpected(played.error());
    return steps;
  }
  if (count == 0 || !world_.last_event) return 0;
  EventId target{};
  if (world_.last_event.value > 1) {
    const auto found =
        reader_.for_each({.up_to = {world_.last_event.value - 1}, .newest_first = true, .limit = -count},
                         [&](const StoredEvent& event) {
                           target = event.id;
                           ++steps;
                           return true;
                         });
    if (!found) return std::unexpected(found.error());
  }
  // Fewer rows before this one: the step beyond the first of them leads to the beginning.
  if (steps < -count) {
    target = {};
    ++steps;
  }
  if (const auto played = play_to(target); !played) return std::unexpected(played.error());
  time_ns_ = world_.time_ns;
  return steps;
}

// To the state right after `target`, a row of the file or none: from here, or from the nearest snapshot.
Replay::Result<void> Replay::play_to(EventId target) {
  auto snapshot = snapshots_.upper_bound(target);
  const bool has_snapshot = snapshot != snapshots_.begin();
  if (has_snapshot) --snapshot;
  if (world_.last_event > target || (has_snapshot && snapshot->first > world_.last_event)) {
    world_ = has_snapshot ? snapshot->second : World();
    since_snapshot_ = 0;
  }
  if (world_.last_event == target) return {};
  return reader_.for_each({.after = world_.last_event, .up_to = target}, [&](const StoredEvent& event) {
    apply(event);
    return true;
  });
}

void Replay::apply(const StoredEvent& event) {
  world_.apply(event);
  if (++since_snapshot_ >= options_.snapshot_every) take_snapshot();
}

void Replay::take_snapshot() {
  since_snapshot_ = 0;
  snapshots_.emplace(world_.last_event, world_);
  if (snapshots_.size() <= options_.max_snapshots) return;
  // Every second one goes, and from now on they lie twice as far apart.
  for (auto at = snapshots_.begin(); at != snapshots_.end();) {
    at = snapshots_.erase(at);
    if (at != snapshots_.end()) ++at;
  }
  options_.snapshot_every *= 2;
}

// --- flights

std::int64_t Replay::flight_end_ns(const Flight& flight) const {
  if (flight.last_bit_in_ns >= 0) return flight.last_bit_in_ns;
  const LinkRow* link = reader_.link(flight.link);
  return flight.first_bit_out_ns + (link ? link->delay_ns : 0);
}

Replay::Result<void> Replay::load_flights() {
  const std::size_t before = flights_.size();
  const auto last = reader_.for_each_flight_after(last_flight_row_,
                                                  [&](const Flight& flight) { flights_.push_back(flight); });
  if (!last) {
    flights_.resize(before);
    return std::unexpected(last.error());
  }
  last_flight_row_ = *last;
  if (flights_.size() == before) return {};
  const auto by_start = [](const Flight& a, const Flight& b) {
    return a.first_bit_out_ns < b.first_bit_out_ns;
  };
  const auto middle = flights_.begin() + static_cast<std::ptrdiff_t>(before);
  std::stable_sort(middle, flights_.end(), by_start);
  std::inplace_merge(flights_.begin(), middle, flights_.end(), by_start);
  latest_end_.assign((flights_.size() + kFlightBlock - 1) / kFlightBlock, 0);
  for (std::size_t i = 0; i < flights_.size(); ++i) {
    std::int64_t& latest = latest_end_[i / kFlightBlock];
    latest = std::max(latest, flight_end_ns(flights_[i]));
  }
  return {};
}

std::vector<Flight> Replay::flights_in_progress() const {
  return flights_in_progress(time_ns_);
}

std::vector<Flight> Replay::flights_in_progress(std::int64_t time_ns) const {
  const auto started = static_cast<std::size_t>(std::upper_bound(flights_.begin(), flights_.end(), time_ns,
                                                                 [](std::int64_t time, const Flight& flight) {
                                                                   return time < flight.first_bit_out_ns;
                                                                 }) -
                                                flights_.begin());
  std::vector<Flight> flying;
  for (std::size_t block = 0; block * kFlightBlock < started; ++block) {
    if (latest_end_[block] <= time_ns) continue;
    const std::size_t end = std::min(started, (block + 1) * kFlightBlock);
    for (std::size_t i = block * kFlightBlock; i < end; ++i) {
      if (flight_end_ns(flights_[i]) > time_ns) flying.push_back(flights_[i]);
    }
  }
  return flying;
}

}  // namespace mailroom::trace
