// SPDX-License-Identifier: GPL-2.0-only
// Any number of pending timers that go together: all of them are cancelled when the group is, or is destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "sim/net/host.hpp"

namespace mailroom::net {

class TimerGroup {
 public:
  explicit TimerGroup(Host& host) : host_(host) {}
  ~TimerGroup() { cancel(); }
  TimerGroup(const TimerGroup&) = delete;
  TimerGroup& operator=(const TimerGroup&) = delete;

  // As Host::after().
  void after(std::int64_t delay_ns, std::function<void()> action) {
    const std::uint64_t key = ++last_;
    const Timer timer = host_.after(delay_ns, [this, key, action = std::move(action)] {
      pending_.erase(key);
      action();
    });
    pending_.emplace(key, timer);
  }
  void cancel() {
    for (const auto& [key, timer] : std::exchange(pending_, {})) host_.cancel(timer);
  }
  std::size_t pending() const { return pending_.size(); }

 private:
  Host& host_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Timer> pending_;
};

}  // namespace mailroom::net
