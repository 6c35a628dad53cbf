// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace mailroom::scenario {

namespace {

Diagnostic diagnostic(const Position& at, std::string wrong, std::string right) {
  return {at.file ? *at.file : std::string{}, at.line, at.column, std::move(wrong), std::move(right)};
}

std::vector<Diagnostic> by_line(std::vector<Diagnostic> all) {
  std::ranges::stable_sort(all, [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  // A value that an alias repeats, or a template applies again, is one mistake.
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t same = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + same});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  if (diagnostic.line > 0) text += fmt::format(":{}", diagnostic.line);
  if (diagnostic.line > 0 && diagnostic.column > 0) text += fmt::format(":{}", diagnostic.column);
  text += ": " + diagnostic.wrong;
  if (!diagnostic.right.empty()) text += "; " + diagnostic.right;
  return text;
}

std::string to_string(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& one : diagnostics) text += to_string(one) + "\n";
  return text;
}

void Report::mistake(const Position& at, std::string wrong, std::string right) {
  ++count_;
  if (mistakes_.size() < kMost) mistakes_.push_back(diagnostic(at, std::move(wrong), std::move(right)));
}

void Report::warning(const Position& at, std::string wrong, std::string right) {
  if (warnings_.size() < kMost) warnings_.push_back(diagnostic(at, std::move(wrong), std::move(right)));
}

std::vector<Diagnostic> Report::take_mistakes() {
  const std::size_t left_out = count_ - mistakes_.size();
  std::vector<Diagnostic> all = by_line(std::move(mistakes_));
  if (left_out > 0)
    all.push_back({all.front().file, 0, 0, fmt::format("{} more mistakes", left_out), "mend these first"});
  mistakes_.clear();
  count_ = 0;
  return all;
}

std::vector<Diagnostic> Report::take_warnings() {
  return by_line(std::move(warnings_));
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string result = "'";
  for (std::size_t i = 0; i < text.size() && i < kMost; ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    if (octet < 0x20 || octet >= 0x7f)
      result += fmt::format("\\x{:02x}", octet);
    else
      result += text[i];
  }
  return result + (text.size() > kMost ? "…'" : "'");
}

std::string suggest(std::string_view word, std::span<const std::string_view> candidates) {
  if (candidates.empty()) return "";
  constexpr std::size_t kLongest = 64, kListed = 12, kCompared = 10'000;
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  if (word.size() <= kLongest) {
    for (std::string_view candidate : candidates.first(std::min(candidates.size(), kCompared))) {
      if (candidate.size() > kLongest) continue;
      if (const std::size_t found = distance(word, candidate); found < best_distance) {
        best = candidate;
        best_distance = found;
      }
    }
  }
  if (!best.empty()) return fmt::format("did you mean {}?", shown(best));
  std::string list = "one of: ";
  for (std::size_t i = 0; i < candidates.size() && i < kListed; ++i)
    list += (i > 0 ? ", " : "") + std::string(candidates[i]);
  return list + (candidates.size() > kListed ? ", …" : "");
}

std::string suggest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::vector<std::string_view> views(candidates.begin(), candidates.end());
  return suggest(word, std::span(views));
}

}  // namespace mailroom::scenario
