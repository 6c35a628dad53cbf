// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/loopback_timers.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace mailroom::net {

namespace {
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
}  // namespace

struct LoopbackTimers::Alarm {
  explicit Alarm(LoopbackLoop& loop) : timer(loop.context()) {}
  boost::asio::steady_timer timer;
  std::int64_t set_ns = kNever;
  std::shared_ptr<char> alive = std::make_shared<char>();
};

LoopbackTimers::LoopbackTimers(LoopbackWorld& world) : world_(world), alarm_(std::make_unique<Alarm>(world.loop)) {}

LoopbackTimers::~LoopbackTimers() = default;

Timer LoopbackTimers::after(std::int64_t delay_ns, std::function<void()> action) {
  const std::int64_t now_ns = world_.now_ns();
  const std::int64_t time_ns = delay_ns > kNever - now_ns ? kNever : now_ns + std::max<std::int64_t>(delay_ns, 0);
  const std::uint64_t number = ++last_;
  times_.emplace(number, time_ns);
  pending_.emplace(Due{time_ns, number}, Pending{std::move(action), world_.recorder.context});
  arm();
  return {number};
}

void LoopbackTimers::cancel(Timer timer) {
  const auto found = times_.find(timer.value);
  if (found == times_.end()) return;
  pending_.erase({found->second, found->first});
  times_.erase(found);
}

// An alarm that is too early does no harm: it is set again. So it is only moved forward.
void LoopbackTimers::arm() {
  if (pending_.empty() || pending_.begin()->first.time_ns >= alarm_->set_ns) return;
  // Longer than a year is as good as never, and within what the loop's clock can hold.
  constexpr std::int64_t kYear = 366LL * 24 * 3600 * 1'000'000'000;
  alarm_->set_ns = std::min(pending_.begin()->first.time_ns, world_.now_ns() + kYear);
  alarm_->timer.expires_at(world_.began + std::chrono::nanoseconds(alarm_->set_ns));
  alarm_->timer.async_wait([this, alive = std::weak_ptr<char>(alarm_->alive)](const boost::system::error_code& error) {
    if (!error && !alive.expired()) fire();
  });
}

void LoopbackTimers::fire() {
  world_.enter();
  alarm_->set_ns = kNever;
  // What the actions set comes in a turn of its own, lest the sockets wait for ever.
  const std::uint64_t last = last_;
  while (!pending_.empty()) {
    const auto first = pending_.begin();
    if (first->first.time_ns > world_.now_ns() || first->first.number > last) break;
    const Pending due = std::move(first->second);
    times_.erase(first->first.number);
    pending_.erase(first);
    const trace::ContextScope scope(world_.recorder, due.context);
    due.action();
  }
  arm();
}

}  // namespace mailroom::net
