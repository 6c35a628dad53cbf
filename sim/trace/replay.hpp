// SPDX-License-Identifier: GPL-2.0-only
// Moves through a run in both directions. The state at a moment is a fold of the events up to it, so what is
// shown after any seeking is exactly what playing there shows; snapshots in memory (a bounded number) only
// make it quick.
//
// Order of calls: open(); seek and look at world(); refresh() now and then while the run is live.
// Owns its reader and everything it gives out references to. Not thread-safe.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <vector>

#include "sim/trace/flight_list.hpp"
#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::trace {

class Replay {
 public:
  template <class T>
  using Result = std::expected<T, FileError>;

  struct Options {
    std::int64_t snapshot_every = 2048;  // events, at first; doubled whenever there are too many
    std::size_t max_snapshots = 64;
  };

  // Stands before the first event, at time 0.
  static Result<Replay> open(const std::filesystem::path& path);
  static Result<Replay> open(const std::filesystem::path& path, const Options& options);

  RunFileReader& reader() { return reader_; }
  const World& world() const { return world_; }
  // The moment that is shown: the time last asked for, or that of the last event applied.
  std::int64_t time_ns() const { return time_ns_; }

  // Shows the moment after all events at `time_ns` and before. A time before 0 is the moment before the first
  // event.
  Result<void> seek_time(std::int64_t time_ns);
  // Shows the moment after this event (after the last one before it, if the file has no such row); 0: before
  // all.
  Result<void> seek_event(EventId id);
  // One event, or `count`, forward or (negative) back. Returns how many it went: fewer at the ends of the
  // run.
  Result<std::int64_t> step(std::int64_t count);

  // Looks for events and flights that a live run has written since. True if there are any new ones. Does not
  // move.
  Result<bool> refresh();
  EventId last_event() const { return last_event_; }  // of the file, as of open() or refresh()
  std::int64_t end_ns() const { return end_ns_; }     // time of that event; 0: none yet

  // Messages that are on a link (FlightList).
  std::vector<Flight> flights_in_progress() const { return flights_.in_progress(time_ns_); }
  std::vector<Flight> flights_in_progress(std::int64_t time_ns) const {
    return flights_.in_progress(time_ns);
  }

 private:
  Replay(RunFileReader reader, const Options& options)
      : reader_(std::move(reader)), options_(options), flights_(reader_.header()) {}
  Result<void> load_flights();
  Result<void> play_to(EventId target);
  void apply(const StoredEvent& event);
  void take_snapshot();

  RunFileReader reader_;
  Options options_;
  World world_;
  std::int64_t time_ns_ = 0;
  EventId last_event_{};
  std::int64_t end_ns_ = 0;
  std::map<EventId, World> snapshots_;
  std::int64_t since_snapshot_ = 0;  // events applied since the world was last equal to a snapshot
  std::int64_t last_flight_row_ = 0;
  FlightList flights_;
};

}  // namespace mailroom::trace
