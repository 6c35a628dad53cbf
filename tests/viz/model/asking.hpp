// SPDX-License-Identifier: GPL-2.0-only
// A run file with what the questions about it need: reader, names, and the world at a moment.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "sim/story/names.hpp"
#include "sim/trace/replay.hpp"

namespace mailroom::viz {

class Asked {
 public:
  explicit Asked(const std::filesystem::path& path)
      : replay_(std::move(*trace::Replay::open(path))), names(replay_.reader()) {
    at(std::numeric_limits<std::int64_t>::max());
  }

  trace::RunFileReader& reader() { return replay_.reader(); }
  const trace::World& world() const { return replay_.world(); }
  void at(std::int64_t time_ns) { EXPECT_TRUE(replay_.seek_time(time_ns)); }
  void after(trace::EventId event) { EXPECT_TRUE(replay_.seek_event(event)); }

  // The first or last event of a kind.
  trace::StoredEvent first(trace::Kind kind, bool newest = false) {
    const auto events = reader().events({.kinds = {kind}, .newest_first = newest, .limit = 1});
    EXPECT_TRUE(events && !events->empty()) << info(kind).name;
    return events && !events->empty() ? events->front() : trace::StoredEvent{};
  }

 private:
  trace::Replay replay_;

 public:
  story::Names names;
};

}  // namespace mailroom::viz
