// SPDX-License-Identifier: GPL-2.0-only
// What a person says to a live run: lines on standard input (pause, resume, step, pace 10x, stay, quit) and Ctrl-C.
// None of it changes what happens in the simulation, only when it is seen; so none of it is an event.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailroom::run {

// Simulated seconds a second of wall time; none: as fast as it goes.
using Pace = std::optional<double>;

// "1x", "10x", "0.5x", "max"; nothing if it is none of these.
std::optional<Pace> parse_pace(std::string_view text);

struct Command {
  enum class Verb { pause, resume, step, pace, stay, quit } verb;
  Pace pace;  // of Verb::pace
};

// Words as the user would write them; the error is a sentence for the user.
struct ParsedCommand {
  std::optional<Command> command;
  std::string error;
};
ParsedCommand parse_command(std::string_view line);

// A program that must know which answer belongs to which of its lines writes a number in front: "#12 pause". Each such
// line is answered by one that begins so.
struct Numbered {
  std::string_view number;  // "#12"; empty: none
  std::string_view line;    // what stands behind it
};
Numbered split_number(std::string_view line);

// Lines of a file descriptor, without ever blocking.
class LineInput {
 public:
  // A line ends with LF, or behind the octet `also_ends`.
  explicit LineInput(int descriptor, char also_ends = '\n') : descriptor_(descriptor), also_ends_(also_ends) {}
  // The next complete line, without its LF; waits at most `wait_ms` for one.
  std::optional<std::string> next(int wait_ms);
  // No more lines will come.
  bool ended() const { return ended_ && line_end() == std::string::npos; }

 private:
  std::optional<std::string> take_line();
  // Where the first line ends.
  std::size_t line_end() const {
    const char ends[] = {'\n', also_ends_};
    return buffer_.find_first_of(ends, 0, sizeof ends);
  }
  int descriptor_;
  char also_ends_;
  std::string buffer_;
  bool ended_ = false;
};

// From now on SIGINT and SIGTERM only set a flag; a second one ends the process as usual.
void watch_interrupts();
bool interrupted();

}  // namespace mailroom::run
