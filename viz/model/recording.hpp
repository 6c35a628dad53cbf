// SPDX-License-Identifier: GPL-2.0-only
// An open run file at a moment, as the panes see it: what never changes of the run, the state at the moment shown, and
// ways to other moments, forwards and backwards.
//
// Order of calls: open(); seek_…() and step() to a moment, look at world() and flights(); refresh() now and then while
// the run is live. Belongs to one thread, the one that draws.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sim/trace/replay.hpp"

namespace mailroom::viz {

class Recording {
 public:
  template <class T>
  using Result = std::expected<T, trace::FileError>;

  // Errors: those of trace::RunFileReader::open(). Stands before the first event.
  static Result<std::unique_ptr<Recording>> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const trace::RunHeader& header() { return replay_.reader().header(); }
  trace::RunFileReader& reader() { return replay_.reader(); }  // of the drawing thread, for short reads

  const trace::World& world() const { return replay_.world(); }
  std::int64_t time_ns() const { return replay_.time_ns(); }
  trace::EventId event() const { return replay_.world().last_event; }  // the last that has happened; 0: none
  std::vector<trace::Flight> flights() const { return replay_.flights_in_progress(); }

  trace::EventId last_event() const { return replay_.last_event(); }
  std::int64_t end_ns() const { return replay_.end_ns(); }
  // False while the run is going on, and for ever if it was killed.
  bool is_complete() const { return is_complete_; }

  Result<void> seek_time(std::int64_t time_ns) { return replay_.seek_time(time_ns); }
  Result<void> seek_event(trace::EventId id) { return replay_.seek_event(id); }
  Result<std::int64_t> step(std::int64_t count) { return replay_.step(count); }

  // Looks for what a live run has written since. True if there is anything new. Does not move.
  Result<bool> refresh();

 private:
  Recording(std::filesystem::path path, trace::Replay replay)
      : path_(std::move(path)), replay_(std::move(replay)) {}

  std::filesystem::path path_;
  trace::Replay replay_;
  bool is_complete_ = false;
};

}  // namespace mailroom::viz
