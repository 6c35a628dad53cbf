// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/replay.hpp"

#include <algorithm>
#include <utility>

namespace mailroom::trace {

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

Replay::Result<void> Replay::load_flights() {
  std::vector<Flight> more;
  const auto last = reader_.for_each_flight_after(last_flight_row_, [&](const Flight& flight) {
    more.push_back(flight);
    return true;
  });
  if (!last) return std::unexpected(last.error());
  last_flight_row_ = *last;
  flights_.add(std::move(more));
  return {};
}

}  // namespace mailroom::trace
