// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "viz/model/file_change.hpp"
#include "viz/model/gave_up.hpp"

namespace mailroom::viz {

namespace {

using trace::FileError;

}  // namespace

double Index::State::progress() const {
  if (has_caught_up || last_event.value <= 0) return has_caught_up ? 1 : 0;
  return std::clamp(static_cast<double>(rows.last().value) / static_cast<double>(last_event.value), 0.0, 1.0);
}

Index::Index(std::filesystem::path path, const Options& options) : path_(std::move(path)), options_(options) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Index::~Index() {
  thread_.request_stop();
  changed_.notify_all();
}

bool Index::look(State& state) {
  const std::scoped_lock lock(mutex_);
  if (seen_version_ == version_) return false;
  state = published_;
  seen_version_ = version_;
  return true;
}

void Index::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return published_.error || published_.has_caught_up; });
}

void Index::publish() {
  {
    const std::scoped_lock lock(mutex_);
    published_ = working_;
    ++version_;
  }
  changed_.notify_all();
}

void Index::run(const std::stop_token& stop) try {
  const auto fail = [this](FileError error) {
    working_.error = std::move(error);
    publish();
  };
  const auto nap = [&] {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::milliseconds(options_.poll_ms), [] { return false; });
  };
  // A writer that commits for long is no trouble of the file.
  const auto is_in_use = [](const auto& result) {
    return !result && result.error().problem == FileError::Problem::in_use;
  };
  auto reader = trace::RunFileReader::open(path_);
  while (is_in_use(reader) && !stop.stop_requested()) {
    nap();
    reader = trace::RunFileReader::open(path_);
  }
  if (!reader) return fail(std::move(reader.error()));
  working_.flights = trace::FlightList(reader->header());
  working_.facts = Facts(reader->header());
  FileChange change(path_);
  while (!stop.stop_requested()) {
    auto is_more_to_come = catch_up(*reader, stop);
    const bool is_busy = is_in_use(is_more_to_come);
    if (!is_more_to_come && !is_busy) return fail(std::move(is_more_to_come.error()));
    if (is_more_to_come && !*is_more_to_come) return;
    do {
      nap();
    } while (!stop.stop_requested() && !is_busy && !change.may_have_happened());
  }
} catch (const std::exception& why) {
  working_.error = gave_up(path_, why);
  publish();
}

Index::Result<bool> Index::catch_up(trace::RunFileReader& reader, const std::stop_token& stop) {
  // In this order: what is written after the answers is for the next look, unless the run is over.
  const auto complete = reader.complete();
  if (!complete) return complete;
  const auto last = reader.last_event();
  if (!last) return std::unexpected(last.error());
  const auto end_ns = reader.last_time_ns();
  if (!end_ns) return std::unexpected(end_ns.error());
  if (*last < working_.rows.last()) {
    return std::unexpected(FileError{
        FileError::Problem::io,
        fmt::format("cannot follow {}: another run has taken its place; open it again", path_.string())});
  }
  const bool is_new =
      *last != working_.last_event || *complete != working_.is_complete || !working_.has_caught_up;
  working_.last_event = *last;
  working_.end_ns = std::max<std::int64_t>(*end_ns, 0);
  working_.is_complete = *complete;
  if (is_new && *last != working_.rows.last()) {
    working_.has_caught_up = false;
    publish();
  }
  const std::int64_t flights_before = last_flight_row_;
  if (is_new) {
    if (auto read = read_recipients(reader); !read) return std::unexpected(std::move(read.error()));
  }
  if (auto read = read_flights(reader, stop); !read) return std::unexpected(std::move(read.error()));
  if (auto read = read_events(reader, stop); !read) return std::unexpected(std::move(read.error()));
  if (stop.stop_requested()) return false;
  working_.has_caught_up = true;
  if (is_new || last_flight_row_ != flights_before) publish();
  return !working_.is_complete;
}

Index::Result<void> Index::read_recipients(trace::RunFileReader& reader) {
  const auto recipients = reader.recipients();
  if (!recipients) return std::unexpected(recipients.error());
  working_.facts.add_recipients(*recipients);
  return {};
}

Index::Result<void> Index::read_flights(trace::RunFileReader& reader, const std::stop_token& stop) {
  std::vector<trace::Flight> more;
  const auto last = reader.for_each_flight_after(last_flight_row_, [&](const trace::Flight& flight) {
    more.push_back(flight);
    return !stop.stop_requested();
  });
  if (!last) return std::unexpected(last.error());
  last_flight_row_ = *last;
  working_.flights.add(std::move(more));
  return {};
}

// In slices, so that the writer of a live run can close its file between two of them, and the others see
// progress.
Index::Result<void> Index::read_events(trace::RunFileReader& reader, const std::stop_token& stop) {
  while (working_.rows.last() < working_.last_event && !stop.stop_requested()) {
    const std::int64_t before = working_.rows.size();
    const auto read = reader.for_each(
        {.after = working_.rows.last(), .up_to = working_.last_event, .limit = options_.slice},
        [this](const trace::StoredEvent& event) {
          take(event);
          return true;
        });
    if (!read) return read;
    if (working_.rows.size() == before) break;  // rows went away
    publish();
  }
  return {};
}

void Index::take(const trace::StoredEvent& event) {
  world_.apply(event);
  working_.rows.append(event);
  working_.marks.take(event, deliveries_);
  working_.facts.learn(event);
  if (working_.rows.size() % options_.snapshot_every == 0) {
    working_.snapshots.push_back({working_.rows.size(), std::make_shared<const trace::World>(world_)});
  }
}

}  // namespace mailroom::viz
