// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <vector>

namespace mailroom::topology {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string lower_ascii(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

std::string shortened(std::string_view text, std::size_t max) {
  if (text.size() > max) {
    text = text.substr(0, max + 1);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.remove_suffix(1);
    if (!text.empty()) text.remove_suffix(1);
  }
  return std::string(text);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMax = 60;
  const bool cut = text.size() > kMax;
  const std::string kept = shortened(text, kMax);
  std::string result = "\"";
  for (const char c : kept) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F)
      result += fmt::format("\\x{:02x}", octet);
    else
      result += c;
  }
  return result + (cut ? "…\"" : "\"");
}

bool is_utf8(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char first = octet(i++);
    if (first < 0x80) continue;
    const std::size_t more = first >= 0xC2 && first < 0xE0   ? 1
                             : first >= 0xE0 && first < 0xF0 ? 2
                             : first >= 0xF0 && first < 0xF5 ? 3
                                                             : 0;
    if (more == 0 || i + more > text.size()) return false;
    // RFC 3629 §4: no overlong forms, no surrogates, nothing beyond U+10FFFF.
    if ((first == 0xE0 && octet(i) < 0xA0) || (first == 0xED && octet(i) > 0x9F) ||
        (first == 0xF0 && octet(i) < 0x90) || (first == 0xF4 && octet(i) > 0x8F))
      return false;
    for (std::size_t k = 0; k < more; ++k)
      if ((octet(i + k) & 0xC0) != 0x80) return false;
    i += more;
  }
  return true;
}

std::string utf8_from_latin1(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x80) result += static_cast<char>(0xC0 | (octet >> 6));
    result += static_cast<char>(octet < 0x80 ? octet : 0x80 | (octet & 0x3F));
  }
  return result;
}

static std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row.back();
}

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > 64) return std::nullopt;
  const std::string low = lower_ascii(word);
  std::optional<std::string_view> best;
  std::size_t best_distance = (word.size() < 4 ? 1 : std::max<std::size_t>(2, word.size() / 3)) + 1;
  for (const auto candidate : candidates) {
    const bool begins = low.size() >= 3 && candidate.starts_with(low);
    const std::size_t distance = begins ? 0 : edit_distance(low, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::optional<double> parse_double(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace mailroom::topology
