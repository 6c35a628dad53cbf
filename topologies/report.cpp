// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mailroom::topology {

std::string to_string(const Diagnostic& diagnostic) {
  std::string result = diagnostic.file;
  if (diagnostic.line != 0) result += fmt::format(":{}", diagnostic.line);
  if (diagnostic.line != 0 && diagnostic.column != 0) result += fmt::format(":{}", diagnostic.column);
  result += ": " + diagnostic.wrong;
  if (!diagnostic.right.empty()) result += "; " + diagnostic.right;
  return result;
}

void Report::error(Position at, std::string wrong, std::string right) {
  if (errors_.size() < kMaxDiagnostics)
    errors_.push_back({file_, at.line, at.column, std::move(wrong), std::move(right)});
  else
    ++more_errors_;
}

void Report::warn(Position at, std::string wrong, std::string right) {
  if (warnings_.size() < kMaxDiagnostics)
    warnings_.push_back({file_, at.line, at.column, std::move(wrong), std::move(right)});
  else
    ++more_warnings_;
}

namespace {

// In the order of the file, which is not that of finding.
void sort_by_place(std::vector<Diagnostic>& diagnostics) {
  std::ranges::stable_sort(diagnostics, {}, [](const Diagnostic& d) { return std::pair(d.line, d.column); });
}

}  // namespace

std::vector<Diagnostic> Report::take_errors() {
  sort_by_place(errors_);
  if (more_errors_ > 0)
    errors_.push_back(
        {file_, 0, 0, fmt::format("{} more mistakes are not shown", more_errors_), "correct these first"});
  return std::move(errors_);
}

std::vector<Diagnostic> Report::take_warnings() {
  sort_by_place(warnings_);
  if (more_warnings_ > 0)
    warnings_.push_back({file_, 0, 0, fmt::format("{} more warnings are not shown", more_warnings_), {}});
  return std::move(warnings_);
}

}  // namespace mailroom::topology
