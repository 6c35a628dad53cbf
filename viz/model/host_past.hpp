// SPDX-License-Identifier: GPL-2.0-only
// What has happened at one host lately, and the names that it knows from it: found by looking back through the events,
// a bounded number of rows at a time, because the rows of a run file are not sorted by host.
//
// Order of calls: show() in each frame; look_further() while is_looking(). What is known stays while the moment moves
// on; a jump begins anew. Errors: those of reading.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <string>
#include <vector>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::viz {

// A name that the host has learnt.
struct KnownName {
  trace::EventId event{};
  std::int64_t learnt_ns = 0;
  std::string answer{};            // "MX south.example: 10 south.example"
  std::int64_t believed_until_ns = 0;
};

class HostPast {
 public:
  template <class T>
  using Result = std::expected<T, trace::FileError>;

  struct Limits {
    std::int64_t rows_each = 4000;        // looked through at a time
    std::int64_t rows_in_all = 400'000;   // and back from the moment
    std::size_t events = 60;
    std::size_t names = 200;
  };

  HostPast() = default;
  explicit HostPast(const Limits& limits) : limits_(limits) {}

  // The events of `host` up to `now`.
  Result<void> show(trace::RunFileReader& reader, trace::HostId host, trace::EventId now);
  Result<void> look_further(trace::RunFileReader& reader);
  bool is_looking() const { return is_looking_; }

  // The newest first.
  const std::deque<trace::StoredEvent>& events() const { return events_; }
  // Those still believed at `time_ns`, the last learnt first; of what was learnt twice the last.
  std::vector<KnownName> names_at(std::int64_t time_ns) const;

 private:
  void take_newer(const trace::StoredEvent& event);
  void take_older(const trace::StoredEvent& event);
  Result<void> read(trace::RunFileReader& reader, trace::EventId after, trace::EventId up_to, bool is_newer);

  Limits limits_;
  trace::HostId host_{};
  trace::EventId now_{};
  trace::EventId looked_back_to_{};  // all rows after this one, up to now_, are known
  bool is_looking_ = false;
  std::deque<trace::StoredEvent> events_;
  std::deque<KnownName> names_;  // the newest first
};

}  // namespace mailroom::viz
