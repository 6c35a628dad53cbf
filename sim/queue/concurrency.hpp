// SPDX-License-Identifier: GPL-2.0-only
// How many connections to one destination may be open at a time: it begins small, grows with each success and shrinks
// with each failure to begin a session, and a destination whose whole cohort failed is dead (Postfix's scheduler
// with feedback in whole numbers). Without feedback and cohorts it is a fixed number.
#pragma once

#include <cstdint>

namespace mailroom::queue {

struct ConcurrencyRules {
  std::int64_t initial = 5;
  std::int64_t limit = 20;            // at least `initial`
  std::int64_t positive_feedback = 1; // more after a success
  std::int64_t negative_feedback = 1; // fewer after a failure, but never less than one
  std::int64_t failed_cohorts = 1;    // 0: it is never dead
};

class Concurrency {
 public:
  explicit Concurrency(const ConcurrencyRules& rules) : rules_(rules), size_(rules.initial) {}

  std::int64_t size() const { return size_; }
  // A session began, or a message was handed on, while `busy` connections were in use. It grows only where they are
  // near the limit that it has: what nobody uses says nothing.
  void succeeded(std::int64_t busy);
  // No session could be begun. True: as many failures in a row as there are connections allowed (each counts for one
  // part of the cohort of its time), so that the destination is dead.
  [[nodiscard]] bool failed();

 private:
  // A whole cohort, in parts that 1 to 20 divide.
  static constexpr std::int64_t kCohort = 232'792'560;
  ConcurrencyRules rules_;
  std::int64_t size_;
  std::int64_t failed_parts_ = 0;
};

}  // namespace mailroom::queue
