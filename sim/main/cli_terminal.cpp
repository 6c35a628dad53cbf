// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli_terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace mailroom::cli {
namespace {

const char* escape_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "";
    case Ink::strong:
      return "\x1b[1m";
    case Ink::dim:
      return "\x1b[2m";
    case Ink::good:
      return "\x1b[32m";
    case Ink::warn:
      return "\x1b[33m";
    case Ink::bad:
      return "\x1b[31m";
    case Ink::name:
      return "\x1b[36m";
  }
  return "";
}

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

int width_of_stdout() {
  if (const char* columns_set = std::getenv("COLUMNS")) {
    const int wanted = std::atoi(columns_set);
    if (wanted >= 40 && wanted <= 1000) return wanted;
  }
  winsize size{};
  if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return std::clamp<int>(size.ws_col, 60, 160);
  return 100;
}

}  // namespace

Terminal this_terminal() {
  const bool is_person = isatty(STDOUT_FILENO) != 0;
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool is_dumb = term == nullptr || std::string_view(term) == "dumb";
  const bool colour = is_person && !is_dumb && (no_colour == nullptr || *no_colour == '\0');
  return {.out = std::cout,
          .err = std::cerr,
          .colour = colour,
          .width = width_of_stdout(),
          .is_person = is_person};
}

void heading(Terminal& terminal, std::string_view text) {
  terminal.out << '\n' << dyed(terminal, Ink::strong, text) << '\n';
}

std::string dyed(const Terminal& terminal, Ink ink, std::string_view text) {
  if (!terminal.colour || ink == Ink::plain || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape_of(ink), text);
}

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

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace mailroom::cli
