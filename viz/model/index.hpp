// SPDX-License-Identifier: GPL-2.0-only
// Reads a run file once from beginning to end, in a thread and with a reader of its own, and then follows it
// while it grows: columns of every event, marks, flights, and states of the whole run every so many events,
// from which any moment is a short replay away.
//
// Order of calls: construct; look() now and then for what is there by now. The destructor ends the thread
// within some milliseconds. For one thread besides its own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "sim/trace/flight_list.hpp"
#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/world.hpp"
#include "viz/model/columns.hpp"
#include "viz/model/facts.hpp"
#include "viz/model/marks.hpp"

namespace mailroom::viz {

class Index {
 public:
  struct Options {
    std::int64_t snapshot_every = 32'768;  // events: what a seek replays at most
    std::int64_t slice = 16'384;           // events that are read at a time
    std::int64_t poll_ms = 100;            // of wall time, while the run is going on
  };

  // The state of the run after so many rows.
  struct Snapshot {
    std::int64_t rows = 0;
    std::shared_ptr<const trace::World> world;
  };

  // What is known by now. A copy costs little, and stays as it is.
  struct State {
    Columns rows;
    Marks marks;
    trace::FlightList flights;
    Facts facts;                      // what a filter needs
    std::vector<Snapshot> snapshots;  // in their order
    trace::EventId last_event{};      // of the file, when it was last looked at
    std::int64_t end_ns = 0;          // of that event
    bool has_caught_up = false;       // all up to last_event is in, and all flights
    bool is_complete = false;         // the run is over
    // Why there will be no more; what is there is right.
    std::optional<trace::FileError> error;

    bool is_over() const { return error || (is_complete && has_caught_up); }
    // From 0 to 1.
    double progress() const;
  };

  explicit Index(std::filesystem::path path) : Index(std::move(path), Options()) {}
  Index(std::filesystem::path path, const Options& options);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  // Brings `state`, which this function filled before or nobody, up to date. True if it changed.
  bool look(State& state);
  // Sleeps until it has caught up with the file, once, or failed.
  void wait();

 private:
  void run(const std::stop_token& stop);
  template <class T>
  using Result = std::expected<T, trace::FileError>;
  // One look at the file: false when there is no more to come.
  Result<bool> catch_up(trace::RunFileReader& reader, const std::stop_token& stop);
  Result<void> read_recipients(trace::RunFileReader& reader);
  Result<void> read_flights(trace::RunFileReader& reader, const std::stop_token& stop);
  Result<void> read_events(trace::RunFileReader& reader, const std::stop_token& stop);
  void take(const trace::StoredEvent& event);
  void publish();

  std::filesystem::path path_;
  Options options_;

  // Of the thread alone.
  State working_;
  trace::World world_;
  Deliveries deliveries_;
  std::int64_t last_flight_row_ = 0;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  State published_;                // under mutex_
  std::int64_t version_ = 0;       // of it, under mutex_
  std::int64_t seen_version_ = 0;  // of who looks
  std::jthread thread_;            // the last: it uses all of the above
};

}  // namespace mailroom::viz
