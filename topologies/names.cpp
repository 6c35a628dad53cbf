// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace mailroom::topology {
namespace {

constexpr std::size_t kMaxName = 63;

// Latin letters with marks, U+00C0 to U+017F, in order; "" stands for what is no letter.
constexpr std::array<std::string_view, 0x180 - 0xC0> kLatin{
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // U+00C0
    "d", "n", "o",  "o",  "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "ss",  // U+00D0
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",   // U+00E0
    "d", "n", "o",  "o",  "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y",   // U+00F0
    "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",   // U+0100
    "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",   // U+0110
    "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",   // U+0120
    "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",   // U+0130
    "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",   // U+0140
    "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",   // U+0150
    "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",   // U+0160
    "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s"};  // U+0170

// Greek small letters, U+03B1 to U+03C9.
constexpr std::array<std::string_view, 25> kGreek{"a", "v", "g", "d", "e",  "z",  "i", "th", "i",
                                                  "k", "l", "m", "n", "x",  "o",  "p", "r",  "s",
                                                  "s", "t", "y", "f", "ch", "ps", "o"};

// Cyrillic small letters, U+0430 to U+045F.
constexpr std::array<std::string_view, 48> kCyrillic{"a",    "b",  "v",  "g",  "d",  "e",  "zh", "z",  "i",
                                                     "j",    "k",  "l",  "m",  "n",  "o",  "p",  // U+0430
                                                     "r",    "s",  "t",  "u",  "f",  "kh", "ts", "ch", "sh",
                                                     "shch", "",   "y",  "",   "e",  "yu", "ya",  // U+0440
                                                     "e",    "yo", "dj", "gj", "ye", "dz", "i",  "yi", "j",
                                                     "lj",   "nj", "c",  "kj", "i",  "u",  "dzh"};  // U+0450

// The next code point of UTF-8 text; anything malformed is U+FFFD, one octet at a time.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = octet(at++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xF0 && first < 0xF8   ? 3
                           : first >= 0xE0 && first < 0xF0 ? 2
                           : first >= 0xC2 && first < 0xE0 ? 1
                                                           : 0;
  if (more == 0 || at + more > text.size()) return 0xFFFD;
  char32_t result = first & (0x3Fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((octet(at + i) & 0xC0) != 0x80) return 0xFFFD;
    result = (result << 6) | (octet(at + i) & 0x3Fu);
  }
  at += more;
  return result;
}

// Accented Greek letters as their plain small ones.
char32_t plain_greek(char32_t c) {
  switch (c) {
    case 0x386:
    case 0x3AC:
      return 0x3B1;
    case 0x388:
    case 0x3AD:
      return 0x3B5;
    case 0x389:
    case 0x3AE:
      return 0x3B7;
    case 0x38A:
    case 0x3AF:
    case 0x390:
    case 0x3AA:
    case 0x3CA:
      return 0x3B9;
    case 0x38C:
    case 0x3CC:
      return 0x3BF;
    case 0x38E:
    case 0x3CD:
    case 0x3B0:
    case 0x3AB:
    case 0x3CB:
      return 0x3C5;
    case 0x38F:
    case 0x3CE:
      return 0x3C9;
    default:
      return c >= 0x391 && c <= 0x3A9 ? c + 0x20 : c;
  }
}

// What stands for a character beyond ASCII; "-" for one that separates.
std::string transliterated(char32_t c) {
  if (c >= 0xC0 && c < 0x180) return std::string(kLatin[c - 0xC0]);
  if (c >= 0x300 && c < 0x370) return {};  // combining marks: the letter stands before them
  if (c >= 0x218 && c <= 0x219) return "s";
  if (c >= 0x21A && c <= 0x21B) return "t";
  if (const char32_t greek = plain_greek(c); greek >= 0x3B1 && greek <= 0x3C9)
    return std::string(kGreek[greek - 0x3B1]);
  if (c >= 0x400 && c < 0x410) c += 0x50;
  if (c >= 0x410 && c < 0x430) c += 0x20;
  if (c >= 0x430 && c < 0x460) return std::string(kCyrillic[c - 0x430]);
  if (c < 0xC0 || c == 0xFFFD || (c >= 0x2000 && c < 0x2E80)) return "-";  // spaces, dashes, signs
  return fmt::format("u{:x}", static_cast<std::uint32_t>(c));
}

}  // namespace

std::string name_from_label(std::string_view label, std::string_view otherwise) {
  std::string name;
  // Separators never stand side by side or at the ends; of "-" and ".", the dot wins.
  const auto separate = [&](char separator) {
    if (name.empty()) return;
    if (name.back() == '-' && separator == '.') name.back() = '.';
    if (name.back() != '-' && name.back() != '.') name += separator;
  };
  for (std::size_t at = 0; at < label.size() && name.size() < kMaxName;) {
    const char32_t c = next_code_point(label, at);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      name += static_cast<char>(c);
    else if (c >= 'A' && c <= 'Z')
      name += static_cast<char>(c - 'A' + 'a');
    else if (c == '.')
      separate('.');
    else if (c == '\'')
      continue;  // "Coeur d'Alene"
    else if (c < 0x80)
      separate('-');
    else if (const std::string letters = transliterated(c); letters == "-")
      separate('-');
    else
      name += letters;
  }
  if (name.size() > kMaxName) name.resize(kMaxName);
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  return name.empty() ? std::string(otherwise) : name;
}

std::string UniqueNames::make(std::string name) {
  if (taken_.insert(name).second) return name;
  // Leave room for the number within the limit.
  std::size_t& number = next_.try_emplace(name, 2).first->second;
  for (;; ++number) {
    const std::string suffix = fmt::format("-{}", number);
    std::string stem = name.substr(0, kMaxName - suffix.size());
    while (!stem.empty() && (stem.back() == '-' || stem.back() == '.')) stem.pop_back();
    std::string candidate = stem + suffix;
    if (taken_.insert(candidate).second) return candidate;
  }
}

void name_links(Graph& graph) {
  std::unordered_map<std::string, std::size_t> uses;
  std::unordered_set<std::string> taken;  // "a-b.2" may also be the link of "a" and "b.2"
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    const Vertex low = std::min(boost::source(e, graph), boost::target(e, graph));
    const Vertex high = std::max(boost::source(e, graph), boost::target(e, graph));
    const std::string stem = graph[low].name + "-" + graph[high].name;
    std::size_t& number = uses[stem];
    std::string name = ++number == 1 ? stem : fmt::format("{}.{}", stem, number);
    while (!taken.insert(name).second) name = fmt::format("{}.{}", stem, ++number);
    graph[e].name = std::move(name);
  }
}

}  // namespace mailroom::topology
