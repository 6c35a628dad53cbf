// SPDX-License-Identifier: GPL-2.0-only
// A simulated clock for tests: what is to happen when, in the order of time and then of asking, each under
// the context in which it was asked for.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <unordered_map>
#include <utility>

#include "sim/net/host.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::test {

inline constexpr std::int64_t kMs = 1'000'000;
inline constexpr std::int64_t kSecond = 1000 * kMs;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;

class FakeClock {
 public:
  explicit FakeClock(trace::Recorder& recorder) : recorder_(recorder) {}

  std::int64_t now_ns() const { return now_ns_; }
  std::size_t pending() const { return queue_.size(); }

  net::Timer after(std::int64_t delay_ns, std::function<void()> action) {
    EXPECT_GE(delay_ns, 0);
    const Key key{now_ns_ + delay_ns, ++last_};
    queue_.emplace(key, Pending{std::move(action), recorder_.context});
    when_.emplace(last_, key.first);
    return {last_};
  }
  void cancel(net::Timer timer) {
    const auto found = when_.find(timer.value);
    if (found == when_.end()) return;
    queue_.erase({found->second, timer.value});
    when_.erase(found);
  }

  // Runs what is due up to and including `time_ns`, and sets the clock to it.
  void run_until(std::int64_t time_ns) {
    while (!queue_.empty() && queue_.begin()->first.first <= time_ns) {
      if (!step()) return;
    }
    set(time_ns);
  }
  // Runs until nothing is left to do.
  void run() {
    while (!queue_.empty()) {
      if (!step()) return;
    }
  }

 private:
  using Key = std::pair<std::int64_t, std::uint64_t>;
  struct Pending {
    std::function<void()> action;
    trace::Context context;
  };

  void set(std::int64_t time_ns) {
    now_ns_ = time_ns;
    recorder_.set_time(time_ns);
  }
  // False, with a failure: the world does not come to rest.
  bool step() {
    auto node = queue_.extract(queue_.begin());
    when_.erase(node.key().second);
    at_this_instant_ = node.key().first == now_ns_ ? at_this_instant_ + 1 : 0;
    if (at_this_instant_ > 1'000'000 || ++steps_ > 50'000'000) {
      ADD_FAILURE() << "an endless loop at " << now_ns_ << " ns";
      queue_.clear();
      return false;
    }
    set(node.key().first);
    const trace::ContextScope scope(recorder_, node.mapped().context);
    node.mapped().action();
    return true;
  }

  trace::Recorder& recorder_;
  std::int64_t now_ns_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t at_this_instant_ = 0;
  std::map<Key, Pending> queue_;
  std::unordered_map<std::uint64_t, std::int64_t> when_;
};

}  // namespace mailroom::test
