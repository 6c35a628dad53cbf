// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/retry_schedule.hpp"

#include <algorithm>
#include <cassert>

namespace mailroom::queue {

FixedIntervals::FixedIntervals(std::vector<std::int64_t> intervals_ns, std::int64_t give_up_ns)
    : intervals_ns_(std::move(intervals_ns)), give_up_ns_(give_up_ns) {
  assert(!intervals_ns_.empty());
  assert(std::ranges::all_of(intervals_ns_, [](std::int64_t interval_ns) { return interval_ns > 0; }));
}

std::optional<std::int64_t> FixedIntervals::next_try_ns(std::int64_t arrival_ns, int attempts,
                                                        std::int64_t now_ns) const {
  if (now_ns - arrival_ns >= give_up_ns_) return std::nullopt;
  const auto index = std::min(static_cast<std::size_t>(std::max(attempts, 1) - 1), intervals_ns_.size() - 1);
  return now_ns + intervals_ns_[index];
}

}  // namespace mailroom::queue
