// SPDX-License-Identifier: GPL-2.0-only
// The timers of a loopback network, in real time. All of them stand behind one timer of the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "sim/net/host.hpp"
#include "sim/net/loopback_world.hpp"

namespace mailroom::net {

class LoopbackTimers {
 public:
  explicit LoopbackTimers(LoopbackWorld& world);
  ~LoopbackTimers();

  Timer after(std::int64_t delay_ns, std::function<void()> action);
  void cancel(Timer timer);

 private:
  struct Due {
    std::int64_t time_ns;
    std::uint64_t number;
    friend auto operator<=>(const Due&, const Due&) = default;
  };
  struct Pending {
    std::function<void()> action;
    trace::Context context;
  };
  void arm();
  void fire();

  LoopbackWorld& world_;
  std::map<Due, Pending> pending_;                // in the order of time
  std::map<std::uint64_t, std::int64_t> times_;   // of each, by its number
  std::uint64_t last_ = 0;
  struct Alarm;
  std::unique_ptr<Alarm> alarm_;
};

}  // namespace mailroom::net
