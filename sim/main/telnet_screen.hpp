// SPDX-License-Identifier: GPL-2.0-only
// What a person who types to a simulated host sees. On a terminal: what comes, as it comes, with the
// simulated time dim at the right edge of a reply's last line, where it hurts no one who copies. In a file or
// pipe, where no terminal echoes what is typed: the dialogue with C: and S:, as the lecture writes it.
#pragma once

#include <termios.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/main/cli.hpp"

namespace mailroom::cli {

class TelnetScreen {
 public:
  // With a terminal as standard input, Ctrl-] ends a line there, so that it is heard at once.
  explicit TelnetScreen(Terminal& terminal);
  ~TelnetScreen();
  TelnetScreen(const TelnetScreen&) = delete;
  TelnetScreen& operator=(const TelnetScreen&) = delete;

  // A line that was typed, without its end.
  void typed(std::string_view line);
  void received(std::string_view octets, std::int64_t time_ns);
  // What is no part of the dialogue: to the error stream.
  void note(std::string_view text);

 private:
  void show_line(std::int64_t time_ns);

  Terminal& terminal_;
  std::optional<termios> before_;
  bool echoes_;       // what is typed is on the screen already
  std::string line_;  // received, not complete yet
};

// Ctrl-].
inline constexpr char kEscape = '\x1d';

}  // namespace mailroom::cli
