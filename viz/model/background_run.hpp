// SPDX-License-Identifier: GPL-2.0-only
// A run that is made in the background at full speed, for a branch or "run again with these".
// Order of calls: start(); poll() every frame until is_over(). When it goes, what is not finished is ended and removed.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "viz/model/child.hpp"
#include "viz/model/run_order.hpp"

namespace mailroom::viz {

class BackgroundRun {
 public:
  enum class State : std::uint8_t { running, done, failed, cancelled };

  // `expected_ns`: how long the run will be, as far as one knows, for progress(). The error is a sentence.
  static std::expected<BackgroundRun, std::string> start(const RunOrder& order, const std::filesystem::path& program,
                                                         std::int64_t expected_ns);
  BackgroundRun(BackgroundRun&&) noexcept = default;
  BackgroundRun& operator=(BackgroundRun&&) noexcept = default;
  ~BackgroundRun();

  void poll();
  void cancel();  // its unfinished run file is removed

  State state() const { return state_; }
  bool is_over() const { return state_ != State::running; }
  const RunOrder& order() const { return order_; }
  double progress() const { return progress_; }            // from 0 to 1
  std::int64_t reached_ns() const { return reached_ns_; }  // simulated time
  // What it complained of; of a failed one why it failed is the last that can be said.
  const std::vector<std::string>& complaints() const { return complaints_; }
  std::string trouble() const;  // a sentence; empty unless it failed

 private:
  BackgroundRun(Child child, RunOrder order, std::int64_t expected_ns)
      : child_(std::move(child)), order_(std::move(order)), expected_ns_(expected_ns) {}
  void look_at_file();

  Child child_;
  RunOrder order_;
  std::int64_t expected_ns_ = 0, reached_ns_ = 0;
  double progress_ = 0;
  State state_ = State::running;
  std::optional<trace::RunFileReader> reader_;
  std::chrono::steady_clock::time_point looked_{};
  std::vector<std::string> complaints_;
};

}  // namespace mailroom::viz
