// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/telnet_screen.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include "sim/main/cli_words.hpp"

namespace mailroom::cli {
namespace {

// A line that never ends is shown in pieces.
constexpr std::size_t kMostOfLine = 4096;

}  // namespace

TelnetScreen::TelnetScreen(Terminal& terminal) : terminal_(terminal), echoes_(isatty(STDIN_FILENO) != 0) {
  termios settings{};
  if (!echoes_ || tcgetattr(STDIN_FILENO, &settings) != 0) return;
  before_ = settings;
  settings.c_cc[VEOL] = static_cast<cc_t>(kEscape);
  tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

TelnetScreen::~TelnetScreen() {
  if (before_) tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

void TelnetScreen::typed(std::string_view line) {
  if (echoes_) return;
  fmt::print(terminal_.out, "C: {}\n", printable(line));
  terminal_.out.flush();
}

void TelnetScreen::received(std::string_view octets, std::int64_t time_ns) {
  for (const char c : octets) {
    if (c != '\n') line_ += c;
    if (c == '\n' || line_.size() >= kMostOfLine) show_line(time_ns);
  }
  terminal_.out.flush();
}

void TelnetScreen::show_line(std::int64_t time_ns) {
  if (line_.ends_with('\r')) line_.pop_back();
  std::string text = printable(line_);
  line_.clear();
  if (!echoes_) text.insert(0, "S: ");
  const std::string time = clock(time_ns);
  const std::size_t width = static_cast<std::size_t>(terminal_.width);
  const bool is_last = text.size() < 4 || text[3] != '-';
  if (echoes_ && terminal_.is_person && is_last && columns(text) + time.size() + 3 < width)
    text += std::string(width - 1 - columns(text) - time.size(), ' ') + dyed(terminal_, Ink::dim, time);
  fmt::print(terminal_.out, "{}\n", text);
}

void TelnetScreen::note(std::string_view text) {
  terminal_.out.flush();
  fmt::print(terminal_.err, "{}\n", dyed(terminal_, Ink::dim, text));
  terminal_.err.flush();
}

}  // namespace mailroom::cli
