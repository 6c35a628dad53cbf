// SPDX-License-Identifier: GPL-2.0-only
// Which simulated time belongs to now, and how late the simulation is against it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace mailroom::cli {

class Pacer {
 public:
  using Wall = std::chrono::steady_clock;

  // `factor` simulated seconds a second, from simulated time `from_ns` on.
  Pacer(double factor, std::int64_t from_ns, Wall::time_point now) { set(factor, from_ns, now); }

  void set(double factor, std::int64_t from_ns, Wall::time_point now) {
    factor_ = factor;
    from_ns_ = from_ns;
    since_ = now;
  }
  double factor() const { return factor_; }

  std::int64_t simulated_ns(Wall::time_point now) const {
    const std::chrono::duration<double, std::nano> passed = now - since_;
    return from_ns_ + static_cast<std::int64_t>(passed.count() * factor_);
  }
  // Notes what has been simulated by now. Lateness is of wall time: how long ago it should have been so far.
  void note(std::int64_t reached_ns, Wall::time_point now) {
    const auto behind_ns = static_cast<double>(std::max<std::int64_t>(simulated_ns(now) - reached_ns, 0));
    late_ns_ = static_cast<std::int64_t>(behind_ns / factor_);
    worst_ns_ = std::max(worst_ns_, late_ns_);
  }
  std::int64_t late_ns() const { return late_ns_; }
  std::int64_t worst_ns() const { return worst_ns_; }

 private:
  double factor_ = 1;
  std::int64_t from_ns_ = 0;
  Wall::time_point since_;
  std::int64_t late_ns_ = 0;
  std::int64_t worst_ns_ = 0;
};

}  // namespace mailroom::cli
