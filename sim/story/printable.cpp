// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailroom::story {
namespace {

// Octets of the well-formed UTF-8 sequence (RFC 3629 §4) that `text` begins with; 0 if it begins with none.
std::size_t utf8_length(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return i < text.size() && octet(i) >= low && octet(i) <= high;
  };
  const unsigned first = octet(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

// C1 controls (U+0080–U+009F) command some terminals as ESC does.
bool is_c1(std::string_view sequence) {
  return sequence.size() == 2 && static_cast<unsigned char>(sequence[0]) == 0xc2 &&
         static_cast<unsigned char>(sequence[1]) < 0xa0;
}

}  // namespace

std::string printable(std::string_view text, bool keep_lines) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    const auto first = static_cast<unsigned char>(text[0]);
    const bool is_kept_control = keep_lines && (first == '\n' || first == '\t');
    if (length == 0 || is_c1(sequence) || ((first < 0x20 || first == 0x7f) && !is_kept_control)) {
      for (const char c : sequence) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      shown += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  return shown;
}

std::string printable_beginning(std::string_view text) {
  constexpr std::size_t kEnough = 200;
  if (text.size() <= kEnough) return printable(text);
  std::size_t size = kEnough;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;  // no half character
  return fmt::format("{} ... ({} octets)", printable(text.substr(0, size)), text.size());
}

}  // namespace mailroom::story
