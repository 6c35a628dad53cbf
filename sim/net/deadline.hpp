// SPDX-License-Identifier: GPL-2.0-only
// A time-out that is put off again and again, as every protocol session has one. Putting it off costs
// nothing: the one pending timer looks, when it fires, whether the deadline has moved on, and if so waits for
// the rest.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "sim/net/host.hpp"

namespace mailroom::net {

class Deadline {
 public:
  // `expired` is called under the context that was in force at the last set(). It may set() anew, and may
  // destroy the deadline.
  Deadline(Host& host, std::function<void()> expired) : host_(host), expired_(std::move(expired)) {}
  ~Deadline() { host_.cancel(timer_); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // At this time; never, if there is none.
  void set(std::optional<std::int64_t> time_ns);

 private:
  void arm();
  void fire();

  Host& host_;
  std::function<void()> expired_;
  std::optional<std::int64_t> time_ns_;
  trace::Context context_;
  Timer timer_{};
  std::int64_t timer_time_ns_ = 0;
};

}  // namespace mailroom::net
