// SPDX-License-Identifier: GPL-2.0-only
// The timers of all hosts. A pending one is an ns-3 event and a slot here; cancelling removes both.
#pragma once

#include <ns3/event-id.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/net/host.hpp"
#include "sim/net/ns3_world.hpp"

namespace mailroom::net {

class Ns3Timers {
 public:
  explicit Ns3Timers(Ns3World& world) : world_(world) {}

  Timer after(std::int64_t delay_ns, std::function<void()> action);
  void cancel(Timer timer);

 private:
  struct Slot {
    ns3::EventId event;
    std::function<void()> action;
    trace::Context context;
    std::uint32_t use =
        0;  // how often the slot was given out: tells a timer from one that had the slot before
    bool is_pending = false;
  };

  void fire(std::uint32_t index);
  void release(std::uint32_t index);

  Ns3World& world_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace mailroom::net
