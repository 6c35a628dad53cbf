// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/pattern.hpp"

#include <cstddef>

namespace mailroom::scenario {

namespace {

// Where the character at `at` ends: octets 10xxxxxx go on with one of UTF-8.
std::size_t after_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}

// Greedy from the left with a step back to the last '*' only: time is |pattern| * |text| at worst.
// `starts[i]` is where what the i-th wildcard stands for begins, `ends[i]` where it ends.
bool match(std::string_view pattern, std::string_view text, std::vector<std::size_t>* starts,
           std::vector<std::size_t>* ends) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0, wildcards_at_star = 0;
  const auto note = [&](std::size_t from, std::size_t to) {
    if (starts == nullptr) return;
    starts->push_back(from);
    ends->push_back(to);
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      note(t, t);
      if (starts != nullptr) wildcards_at_star = starts->size();
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      const std::size_t end = pattern[p] == '?' ? after_character(text, t) : t + 1;
      if (pattern[p] == '?') note(t, end);
      ++p;
      t = end;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
      if (starts != nullptr) {
        starts->resize(wildcards_at_star);
        ends->resize(wildcards_at_star);
        ends->back() = t;
      }
    } else {
      return false;
    }
  }
  for (; p < pattern.size() && pattern[p] == '*'; ++p) note(t, t);
  return p == pattern.size();
}

}  // namespace

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

bool matches(std::string_view pattern, std::string_view text) {
  return match(pattern, text, nullptr, nullptr);
}

bool matches(std::string_view pattern, std::string_view text, std::vector<std::string>& captures) {
  std::vector<std::size_t> starts, ends;
  if (!match(pattern, text, &starts, &ends)) return false;
  captures.clear();
  for (std::size_t i = 0; i < starts.size(); ++i)
    captures.emplace_back(text.substr(starts[i], ends[i] - starts[i]));
  return true;
}

}  // namespace mailroom::scenario
