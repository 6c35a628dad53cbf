// SPDX-License-Identifier: GPL-2.0-only
// Drives a simulation and the world outside of it, on one thread: waits for the world, lets simulated time
// catch up, types what came. Obeys lines on standard input meanwhile (docs/LIVE.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/main/run_control.hpp"
#include "sim/main/run_setup.hpp"
#include "sim/main/serve_bridge.hpp"
#include "sim/main/serve_pacer.hpp"

namespace mailroom::cli {

class ServeLoop {
 public:
  struct Options {
    double pace = 1;
    std::int64_t duration_ns = 0;  // of simulated time; 0: until it is told to stop
    bool shows_progress = true;
  };
  // All must outlive it.
  ServeLoop(UnderWay& under_way, Bridge& bridge, const Options& options, Terminal& terminal);

  run::Why run();
  // "late 0.3 ms, worst 12 ms".
  std::string pacing() const;

 private:
  std::optional<run::Why> catch_up();
  std::optional<run::Why> listen();
  std::optional<run::Why> obey(const run::Command& command);
  void show();

  UnderWay& under_way_;
  Bridge& bridge_;
  Options options_;
  Terminal& terminal_;
  Pacer pacer_;
  run::LineInput input_;
  std::int64_t reached_ns_ = 0;  // everything before it has run
  bool is_paused_ = false;
  bool is_bar_;
  Pacer::Wall::time_point shown_;
  std::string last_shown_;
};

}  // namespace mailroom::cli
