// SPDX-License-Identifier: GPL-2.0-only
// An open run file at a moment, as the panes see it: what never changes of the run, the state at the moment
// shown, and ways to other moments, forwards and backwards. What is shown is the fold of the events up to it,
// whichever way led there.
//
// An index is made in the background (Index). Until it is there, a moment far beyond what it has read is
// waited for: the one that was shown stays, is_waiting() is true, and refresh() goes there as soon as it can.
// Nothing that is called here takes longer than a replay of some thousand events.
//
// Order of calls: open(); seek_…() and step() to a moment, look at world() and flights(); refresh() once a
// frame. Belongs to one thread, the one that draws.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/world.hpp"
#include "viz/model/index.hpp"

namespace mailroom::viz {

class Recording {
 public:
  template <class T>
  using Result = std::expected<T, trace::FileError>;

  struct Options {
    Index::Options index;
    // Events that are replayed at once where there is no snapshot; what is farther away is waited for.
    std::int64_t most_at_once = 131'072;
    // A file as small as this is read at once, so that there is nothing to wait for.
    std::uintmax_t small_file_bytes = 16'000'000;
    // Moments nearby are kept while going on, for steps back.
    std::int64_t near_every = 2048;
    std::size_t most_near = 32;
  };

  // Errors: those of trace::RunFileReader::open(). Stands before the first event.
  static Result<std::unique_ptr<Recording>> open(const std::filesystem::path& path) {
    return open(path, Options());
  }
  static Result<std::unique_ptr<Recording>> open(const std::filesystem::path& path, const Options& options);

  const std::filesystem::path& path() const { return path_; }
  const trace::RunHeader& header() const { return reader_.header(); }
  trace::RunFileReader& reader() { return reader_; }  // of the drawing thread, for short reads

  // --- the moment shown
  const trace::World& world() const { return world_; }
  std::int64_t time_ns() const { return time_ns_; }
  trace::EventId event() const { return world_.last_event; }  // the last that has happened; 0: none
  std::vector<trace::Flight> flights() const { return state_.flights.in_progress(time_ns_); }

  // --- the run
  trace::EventId last_event() const { return state_.last_event; }
  std::int64_t end_ns() const { return state_.end_ns; }
  // False while the run is going on, and for ever if it was killed.
  bool is_complete() const { return state_.is_complete; }
  // What is known of all its events by now.
  const Index::State& index() const { return state_; }
  bool is_indexing() const { return !state_.has_caught_up && !state_.error; }

  // --- to another moment. An event of no row stands for the last one before it; 0: before all.
  Result<void> seek_time(std::int64_t time_ns);
  Result<void> seek_event(trace::EventId id);
  // One event, or `count`, forward or (negative) back. Returns how many it went: fewer at the ends of the
  // run.
  Result<std::int64_t> step(std::int64_t count);
  // To the next event of the mail (is_mail), or the one before; over lines of dialogues and frames. False:
  // there is none, and nothing moved.
  Result<bool> step_mail(bool is_forward);

  // A moment that was asked for and cannot be shown yet.
  bool is_waiting() const { return awaited_.has_value(); }
  std::int64_t awaited_ns() const { return awaited_ ? awaited_->time_ns : time_ns_; }
  // Sleeps until it can: for who draws no frames.
  Result<void> settle();

  // Takes what the index and a live run have brought since. True if there is anything new. Moves only to what
  // was waited for. An error: what is there is all there will be.
  Result<bool> refresh();

 private:
  Recording(std::filesystem::path path, trace::RunFileReader reader, const Options& options);
  struct Awaited {
    trace::EventId target{};
    std::int64_t time_ns = 0;
  };
  Result<void> show(trace::EventId target, std::optional<std::int64_t> time_ns);
  Result<bool> play_to(trace::EventId target);
  const trace::World* nearest(trace::EventId target) const;
  std::int64_t rows_between(trace::EventId from, trace::EventId to) const;
  void apply(const trace::StoredEvent& event);
  Result<trace::EventId> row_at(trace::EventId id);
  Result<trace::EventId> last_event_at(std::int64_t time_ns);
  Result<std::int64_t> step_back(std::int64_t count);
  Result<trace::EventId> mail_after(trace::EventId id);
  Result<trace::EventId> mail_before(trace::EventId id);
  Result<trace::EventId> one_row(const trace::EventQuery& query);

  std::filesystem::path path_;
  Options options_;
  trace::RunFileReader reader_;
  trace::World world_;
  std::int64_t time_ns_ = 0;
  std::map<trace::EventId, trace::World> near_;
  std::int64_t since_near_ = 0;  // events applied
  std::optional<Awaited> awaited_;
  Index::State state_;
  Index index_;
};

}  // namespace mailroom::viz
