// SPDX-License-Identifier: GPL-2.0-only
#include "sim/queue/concurrency.hpp"

#include <algorithm>

namespace mailroom::queue {

void Concurrency::succeeded(std::int64_t busy) {
  failed_parts_ = 0;
  if (size_ < busy + rules_.initial) size_ = std::min(size_ + rules_.positive_feedback, rules_.limit);
}

bool Concurrency::failed() {
  failed_parts_ += (kCohort + size_ - 1) / size_;
  size_ = std::max<std::int64_t>(size_ - rules_.negative_feedback, 1);
  return rules_.failed_cohorts > 0 && failed_parts_ >= rules_.failed_cohorts * kCohort;
}

}  // namespace mailroom::queue
