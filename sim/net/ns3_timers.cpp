// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_timers.hpp"

#include <algorithm>
#include <utility>

namespace mailroom::net {

Timer Ns3Timers::after(std::int64_t delay_ns, std::function<void()> action) {
  std::uint32_t index = 0;
  if (free_.empty()) {
    index = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.action = std::move(action);
  slot.context = world_.recorder.context;
  slot.is_pending = true;
  ++slot.use;
  const ns3::Time delay = ns3::TimeStep(static_cast<std::uint64_t>(std::max<std::int64_t>(delay_ns, 0)));
  slot.event = ns3::Simulator::Schedule(delay, &Ns3Timers::fire, this, index);
  world_.add_work();
  return {std::uint64_t{slot.use} << 32 | (index + 1)};
}

void Ns3Timers::cancel(Timer timer) {
  if (!timer) return;
  const auto index = static_cast<std::uint32_t>(timer.value & 0xffffffff) - 1;
  Slot& slot = slots_.at(index);
  if (!slot.is_pending || slot.use != timer.value >> 32) return;
  ns3::Simulator::Remove(slot.event);
  slot.action = nullptr;
  release(index);
}

void Ns3Timers::fire(std::uint32_t index) {
  world_.enter();
  const std::function<void()> action = std::move(slots_[index].action);
  slots_[index].action = nullptr;
  const trace::ContextScope scope(world_.recorder, slots_[index].context);
  release(index);
  action();
}

void Ns3Timers::release(std::uint32_t index) {
  slots_[index].is_pending = false;
  slots_[index].event = ns3::EventId();
  free_.push_back(index);
  world_.remove_work();
}

}  // namespace mailroom::net
