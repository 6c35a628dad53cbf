// SPDX-License-Identifier: GPL-2.0-only
// Where a person wants to be next: at a time, or right after the first event from here on that a filter fits.
// And the search for it, some thousand events at a time, so that it can go on from frame to frame.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "viz/model/filter.hpp"
#include "viz/model/matcher.hpp"
#include "viz/model/recording.hpp"

namespace mailroom::viz {

struct Until {
  std::string text{};
  std::optional<std::int64_t> time_ns{};  // else by `filter`
  Filter filter{};

  // "12.5s", "0:01:30", "+10m" (from `now_ns` on), "end"; "451", "5xx", "queue>5", "host:mx2 is:bounced", or
  // any other filter. The error says what is wrong, and what would be right.
  static std::expected<Until, std::string> parse(std::string_view text, std::int64_t now_ns,
                                                 std::int64_t end_ns);
};

class Search {
 public:
  // From the moment that `run` shows on.
  Search(const Filter& filter, const Recording& run);

  // Looks at the next events, `most` of them and none after `until_ns`, for the first that fits.
  std::expected<std::optional<trace::StoredEvent>, trace::FileError> advance(Recording& run,
                                                                             std::int64_t until_ns,
                                                                             std::int64_t most);
  trace::EventId last() const { return last_; }  // looked at
  bool is_at_end(const Recording& run) const { return last_ == run.last_event(); }

 private:
  Matcher matcher_;
  QueueLengths queues_;
  trace::EventId last_{};
};

}  // namespace mailroom::viz
