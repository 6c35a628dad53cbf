// SPDX-License-Identifier: GPL-2.0-only
// How many connections from outside are let in: at a time, and in all. Shared by the listeners that it bounds, and
// held open by the passes that it gave out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace mailroom::net {

class LoopbackGate : public std::enable_shared_from_this<LoopbackGate> {
 public:
  struct Limits {
    std::int64_t at_a_time = 1000;
    std::int64_t in_all = 0;  // 0: no limit
  };
  static std::shared_ptr<LoopbackGate> make(Limits limits) {
    return std::shared_ptr<LoopbackGate>(new LoopbackGate(limits));
  }

  using Pass = std::shared_ptr<void>;  // given back when it is destroyed
  bool is_full() const { return open_ >= limits_.at_a_time; }
  bool is_exhausted() const { return limits_.in_all > 0 && total_ >= limits_.in_all; }
  // To be asked only where it is neither.
  Pass enter() {
    ++open_;
    ++total_;
    return Pass(nullptr, [self = shared_from_this()](void*) { self->leave(); });
  }
  // Once, when a full gate has room again.
  void when_room(std::function<void()> go_on) { waiting_.push_back(std::move(go_on)); }

  std::int64_t open() const { return open_; }
  std::int64_t total() const { return total_; }

 private:
  explicit LoopbackGate(Limits limits) : limits_(limits) {}
  void leave() {
    --open_;
    for (const auto& go_on : std::exchange(waiting_, {})) go_on();
  }

  Limits limits_;
  std::int64_t open_ = 0;
  std::int64_t total_ = 0;
  std::vector<std::function<void()>> waiting_;
};

}  // namespace mailroom::net
