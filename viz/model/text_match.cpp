// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/text_match.hpp"

#include <algorithm>

namespace mailroom::viz {
namespace {

constexpr char small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
constexpr bool equal(char a, char b) {
  return small(a) == small(b);
}

}  // namespace

std::string folded(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = small(c);
  return result;
}

bool equals_folded(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, equal);
}

bool contains_folded(std::string_view text, std::string_view part) {
  return part.empty() || !std::ranges::search(text, part, equal).empty();
}

bool fits_pattern(std::string_view text, std::string_view pattern) {
  // The last '*' is where to go on from when what follows it does not fit: one octet more for it.
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t after = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after = t;
    } else if (p < pattern.size() && equal(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace mailroom::viz
