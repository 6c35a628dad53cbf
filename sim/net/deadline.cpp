// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/deadline.hpp"

#include <algorithm>

namespace mailroom::net {

void Deadline::set(std::optional<std::int64_t> time_ns) {
  if (time_ns == time_ns_) return;
  time_ns_ = time_ns;
  context_ = host_.recorder().context;
  arm();
}

void Deadline::arm() {
  if (!time_ns_ || (timer_ && timer_time_ns_ <= *time_ns_)) return;
  host_.cancel(timer_);
  timer_time_ns_ = *time_ns_;
  timer_ = host_.after(std::max<std::int64_t>(0, *time_ns_ - host_.now_ns()), [this] { fire(); });
}

void Deadline::fire() {
  timer_ = {};
  if (!time_ns_) return;
  if (*time_ns_ > host_.now_ns()) return arm();
  time_ns_.reset();
  trace::ContextScope scope(host_.recorder(), context_);
  expired_();  // the last word: it may destroy this
}

}  // namespace mailroom::net
