// SPDX-License-Identifier: GPL-2.0-only
// Writes a run file of as many events as wanted in seconds, without simulating: letters cross two relays one
// dialogue turn after the other, thousands under way at the same time, some deferred for a quarter of an
// hour, some bounced, some delivered twice, with faults now and then. Kinds, columns, texts and their shares
// are those of a real run of the level; ids, causes and copies are consistent, so that it can be folded,
// inspected and verified.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>

#include "sim/trace/run_file.hpp"

namespace mailroom::bench {

struct LongRun {
  std::int64_t events = 1'000'000;  // rows at least; letters under way then are left where they are
  std::int64_t hosts = 1000;
  trace::Level level = trace::Level::full;
  std::uint64_t seed = 1;
};

// Returns the rows of the table event.
std::expected<std::int64_t, trace::FileError> write_long_run(const std::filesystem::path& path,
                                                             const LongRun& wanted);

}  // namespace mailroom::bench
