// SPDX-License-Identifier: GPL-2.0-only
// When an SMTP sender tries again, and when it gives up (RFC 5321 §4.5.4.1; the lecture: "re-queue mail, give
// up after a period"). A schedule is a pure function of the recipient's history, so that each profile is
// checked on its own.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mailroom::queue {

class RetrySchedule {
 public:
  virtual ~RetrySchedule() = default;
  // After the `attempts`-th failed attempt (counted from 1) at now_ns on a message that entered the queue at
  // arrival_ns: the time of the next try, or nothing to give up.
  virtual std::optional<std::int64_t> next_try_ns(std::int64_t arrival_ns, int attempts,
                                                  std::int64_t now_ns) const = 0;
};

// Fixed intervals between tries, the last one repeating. Expiry is tested after a failed attempt: the message
// is given up by the first failure at or after arrival + give_up.
class FixedIntervals final : public RetrySchedule {
 public:
  // intervals_ns: at least one, each positive.
  FixedIntervals(std::vector<std::int64_t> intervals_ns, std::int64_t give_up_ns);
  std::optional<std::int64_t> next_try_ns(std::int64_t arrival_ns, int attempts,
                                          std::int64_t now_ns) const override;

 private:
  std::vector<std::int64_t> intervals_ns_;
  std::int64_t give_up_ns_;
};

}  // namespace mailroom::queue
