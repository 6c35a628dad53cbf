// SPDX-License-Identifier: GPL-2.0-only
// The events of a run that a filter lets through, found in a thread with a reader of its own, from the first
// event on; a run that grows is read on.
//
// Order of calls, all from one thread: ask() in each frame (the same again costs nothing), look at found().
// The destructor ends the thread within some milliseconds.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "viz/model/filter.hpp"
#include "viz/model/log.hpp"
#include "viz/model/matcher.hpp"
#include "viz/model/mystery.hpp"

namespace mailroom::viz {

class FilteredEvents {
 public:
  struct Found {
    Log<std::int64_t> ids;     // in order
    trace::EventId read_to{};  // all up to here were looked at
    std::string failure{};     // why it goes no further; empty: it does
    bool is_done = false;      // all that was asked for
  };

  FilteredEvents();
  ~FilteredEvents();
  FilteredEvents(const FilteredEvents&) = delete;
  FilteredEvents& operator=(const FilteredEvents&) = delete;

  // `up_to`: the last event that there is to look at. `secret`: what must not be found by any filter; nullptr: nothing.
  void ask(const std::filesystem::path& path, const Filter& filter, trace::EventId up_to, const Mystery* secret = nullptr);
  // Of the last question; empty until something of it is found.
  Found found() const;
  void wait();

 private:
  struct Question {
    std::filesystem::path path{};
    Filter filter{};
    trace::EventId up_to{};
    std::optional<Mystery> secret{};
  };
  struct Pass;
  void work(const std::stop_token& stop);

  static constexpr std::int64_t kSlice = 4096;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  Question asked_;
  std::uint64_t number_ = 0;  // of asked_, without up_to
  Found found_;
  bool is_asked_ = false;
  std::jthread thread_;  // the last: it uses all of the above
};

}  // namespace mailroom::viz
