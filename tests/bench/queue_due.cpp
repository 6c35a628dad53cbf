// SPDX-License-Identifier: GPL-2.0-only
// A queue with many recipients, all deferred: defers them, then takes each when it is due and defers it
// again, so that the queue stays as long as it is.
//
//   queue_due RECIPIENTS TURNS      TURNS: how many are taken
//
// Each message has a hundred recipients with addresses of thirty octets.
#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "sim/queue/queue.hpp"

namespace {

// Knuth's MMIX generator: times without a pattern.
std::int64_t next_random(std::uint64_t& state) {
  state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
  return static_cast<std::int64_t>(state >> 33);
}

}  // namespace

int main(int count, char** arguments) {
  using namespace mailroom;
  if (count != 3) return 2;
  const std::int64_t recipients = std::atoll(arguments[1]), turns = std::atoll(arguments[2]);
  constexpr std::int64_t kEach = 100;
  queue::Queue queue;
  std::uint64_t state = 1;
  std::int64_t made = 0;
  while (made < recipients) {
    queue::Entry entry{.reverse_path = "owner@list.example"};
    entry.recipients.reserve(kEach);
    for (std::int64_t i = 0; i < kEach; ++i, ++made)
      entry.recipients.push_back({.forward_path = fmt::format("recipient{:07}@south.example", made)});
    queue::Entry& added = queue.add(std::move(entry));
    queue.take(added);
    for (std::size_t i = 0; i < kEach; ++i) {
      queue.activate(added, i);
      queue.defer(added, i, next_random(state));
    }
  }
  std::int64_t now_ns = 0;
  for (std::int64_t turn = 0; turn < turns;) {
    now_ns = *queue.next_due_ns();
    auto due = queue.take_due(now_ns);
    queue::Entry& entry = queue.at(due->first);
    for (const std::size_t index : due->second) {
      queue.activate(entry, index);
      queue.defer(entry, index, now_ns + next_random(state));
      ++turn;
    }
  }
  fmt::print("{} recipients, {} turns\n", queue.recipients(), turns);
}
