// SPDX-License-Identifier: GPL-2.0-only
// The one seam between mail agents and the world: network, clock and timers, disk, random streams, event
// sink. An agent is written once against Host and never knows whether it is simulated.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/net/disk.hpp"
#include "sim/net/network.hpp"
#include "sim/net/random.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::net {

// A pending timer; 0 means none.
struct Timer {
  std::uint64_t value = 0;
  explicit operator bool() const { return value != 0; }
};

class Host {
 public:
  virtual ~Host() = default;
  virtual trace::HostId id() const = 0;
  virtual std::string_view name() const = 0;

  virtual Network& network() = 0;
  virtual Disk& disk() = 0;
  virtual trace::Recorder& recorder() = 0;

  // Simulated time since the run began, and the same as time of day (seconds since 1970, UTC) from the epoch.
  virtual std::int64_t now_ns() const = 0;
  virtual std::int64_t unix_time_s() const = 0;

  // The time of day is told wrong from now on, by so much; nothing: right. Timers know nothing of it.
  struct Skew {
    std::int64_t by_ns = 0;
    trace::Blame blame{};
  };
  void skew_clock(std::optional<Skew> skew) { skew_ = skew; }
  const std::optional<Skew>& skew() const { return skew_; }

  // Calls `action` once, `delay_ns` from now, under the context in force at this call. Cancelling one that is
  // over, or none, does nothing.
  virtual Timer after(std::int64_t delay_ns, std::function<void()> action) = 0;
  virtual void cancel(Timer timer) = 0;

  // The host's stream for `purpose`, keyed by hash(seed, host name, purpose): asking for a new one disturbs
  // no other.
  virtual Random& random(std::string_view purpose) = 0;

 protected:
  // The time of day that the host tells; never before 1970.
  std::int64_t skewed_unix_s(std::int64_t epoch_unix_s, std::int64_t now_ns) const {
    const std::int64_t run_ns = now_ns + (skew_ ? skew_->by_ns : 0);
    const std::int64_t run_s = run_ns / 1'000'000'000 - (run_ns % 1'000'000'000 < 0 ? 1 : 0);
    return std::max<std::int64_t>(0, epoch_unix_s + run_s);
  }

 private:
  std::optional<Skew> skew_{};
};

}  // namespace mailroom::net
