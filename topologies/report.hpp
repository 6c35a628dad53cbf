// SPDX-License-Identifier: GPL-2.0-only
// Collects what a reader finds wrong in one file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "topologies/read.hpp"

namespace mailroom::topology {

struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
};

class Report {
 public:
  explicit Report(std::string_view file) : file_(file) {}

  void error(Position at, std::string wrong, std::string right);
  void warn(Position at, std::string wrong, std::string right = {});

  bool failed() const { return !errors_.empty(); }
  // The lists, with a last line that says how many more there were beyond kMaxDiagnostics.
  std::vector<Diagnostic> take_errors();
  std::vector<Diagnostic> take_warnings();

 private:
  std::string file_;
  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> warnings_;
  std::size_t more_errors_ = 0;
  std::size_t more_warnings_ = 0;
};

}  // namespace mailroom::topology
