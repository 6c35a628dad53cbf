// SPDX-License-Identifier: GPL-2.0-only
// The control lines of an earlier run, to be obeyed again at their times.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace mailroom::control {

class Replay {
 public:
  // The error is a sentence for a person.
  static std::expected<Replay, std::string> read(const std::filesystem::path& run_file);

  // The lines that stand in a scenario. (Those of a run that it led to are in its run file.)
  static Replay of(const scenario::Scenario& scenario);

  struct Line {
    std::int64_t time_ns;  // where the clock stood
    std::string text;
  };
  // How the earlier run ended.
  struct End {
    std::int64_t time_ns;
    std::string why;
  };
  // The next line; nullptr when there is none.
  const Line* next() const { return next_ < lines_.size() ? &lines_[next_] : nullptr; }
  void advance() { ++next_; }
  std::size_t size() const { return lines_.size(); }
  // Nothing: it was killed, or another scenario runs now.
  const std::optional<End>& end() const { return end_; }

  // What is different in this scenario, in words; empty: nothing. If something is, the run ends when it ends,
  // and not when the earlier one did.
  std::string compare(const scenario::Scenario& scenario);

 private:
  std::vector<Line> lines_;
  std::size_t next_ = 0;
  std::optional<End> end_;
  std::string scenario_text_, overrides_;
  std::uint64_t seed_ = 0;
};

}  // namespace mailroom::control
