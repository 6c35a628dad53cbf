// SPDX-License-Identifier: GPL-2.0-only
// Where the time of one delivery went: its hops, each with its parts (see outcomes.hpp), from the events of its
// message alone. Errors: those of reading.
#pragma once

#include <expected>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/world.hpp"
#include "viz/model/outcomes.hpp"

namespace mailroom::viz {

struct Delay {
  std::int64_t composed_ns = 0;
  std::int64_t delivered_ns = 0;
  std::vector<HopShare> hops{};  // their parts sum to the delay
  std::int64_t total_ns() const { return delivered_ns - composed_ns; }
};

// Of a copy that is delivered in `world`; nothing of any other.
std::expected<std::optional<Delay>, trace::FileError> delay_of(trace::RunFileReader& reader,
                                                               const trace::World& world, trace::CopyId copy);

// The part of which hop took longest; nullopt where there is none.
struct LongestPart {
  std::size_t hop = 0;
  DelayPart part{};
  std::int64_t took_ns = 0;
};
std::optional<LongestPart> longest_part(const Delay& delay);

}  // namespace mailroom::viz
