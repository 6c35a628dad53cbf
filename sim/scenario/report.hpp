// SPDX-License-Identifier: GPL-2.0-only
// Collects the mistakes and warnings found in a scenario, with where they are.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostic.hpp"

namespace mailroom::scenario {

struct Position {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;
};

class Report {
 public:
  // More than this many mistakes are counted, not kept.
  static constexpr std::size_t kMost = 1000;

  void mistake(const Position& at, std::string wrong, std::string right);
  void warning(const Position& at, std::string wrong, std::string right);

  // Mistakes so far.
  std::size_t count() const { return count_; }
  // More would not be kept: not worth a costly suggestion.
  bool is_full() const { return count_ >= kMost; }
  // By line; the end says how many were not kept.
  std::vector<Diagnostic> take_mistakes();
  std::vector<Diagnostic> take_warnings();

 private:
  std::vector<Diagnostic> mistakes_;
  std::vector<Diagnostic> warnings_;
  std::size_t count_ = 0;
};

// "did you mean 'x'?" for the candidate nearest to `word`, or else "one of: a, b, c" (the first ones).
std::string suggest(std::string_view word, std::span<const std::string_view> candidates);
std::string suggest(std::string_view word, const std::vector<std::string>& candidates);

// `text` in single quotes, cut if long, with what a terminal would not show written as \xNN.
std::string shown(std::string_view text);

}  // namespace mailroom::scenario
