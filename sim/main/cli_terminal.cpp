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

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace mailroom::cli
