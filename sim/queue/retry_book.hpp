// SPDX-License-Identifier: GPL-2.0-only
// What a shared retry schedule remembers: since when a destination (an address, a message) has failed, and when it
// may be tried next. All messages that go there look here, and one that gets through clears the record (Exim's
// "retry hints"). What is older than seven days is forgotten (its retry_data_expire).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/queue/retry_schedule.hpp"
#include "sim/trace/ids.hpp"

namespace mailroom::queue {

struct RetryRecord {
  std::int64_t first_failed_ns = 0;
  std::int64_t last_failed_ns = 0;
  std::int64_t next_try_ns = 0;
  std::int64_t waited_ns = 0;  // from the last failure to next_try_ns
  std::int32_t failures = 0;
  bool is_given_up = false;  // nothing is kept for it any more; now and then it is tried once
  trace::EventId because{};  // the last failure
  std::string rule{};        // that set next_try_ns
};

class RetryBook {
 public:
  // A failure at now_ns, which never goes back. One before the next try is due (of a connection that was under way as
  // well) changes nothing.
  const RetryRecord& fail(std::string_view key, const RetrySchedule& schedule, std::int64_t now_ns, bool is_local,
                          trace::EventId because);
  void succeed(std::string_view key);
  // Somebody wants it tried now; what is known of its failures stays.
  void expedite(std::string_view key, std::int64_t now_ns);
  // nullptr: it has not failed, or so long ago that it does not count.
  const RetryRecord* find(std::string_view key, std::int64_t now_ns) const;
  std::size_t size() const { return records_.size(); }

 private:
  void forget_old(std::int64_t now_ns);

  std::map<std::string, RetryRecord, std::less<>> records_;
  std::int64_t looked_through_ns_ = 0;  // when old ones were forgotten
};

}  // namespace mailroom::queue
