// SPDX-License-Identifier: GPL-2.0-only
// A program that this one has started, to which it says lines and whose error stream it hears, line by line. Nothing here
// ever waits, but for ending: call poll() now and then (every frame). What happens to the child never happens to us: it may
// crash, hang, or close its input.
//
// Owns the process and its pipes. When it goes, the child is told to quit, and ended by its process id if it does not.
// Not thread-safe.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::viz {

class Child {
 public:
  // How it ended: with an exit code, or by a signal.
  struct End {
    int exit_code = 0;
    int signal = 0;  // 0: none
    bool operator==(const End&) const = default;
  };

  // `arguments` without the program's own name. `folder`: where it runs; empty: here. The error is a sentence for a person.
  static std::expected<Child, std::string> start(const std::filesystem::path& program,
                                                 const std::vector<std::string>& arguments,
                                                 const std::filesystem::path& folder = {});
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child();

  // A line for its standard input, without the end of line. False: it does not listen any more.
  bool say(std::string_view line);
  // No more lines will come.
  void finish_saying();

  // Sends what waits, hears what was said, and sees whether it has ended.
  void poll();
  // The next whole line of its error stream that was heard.
  std::optional<std::string> next_line();

  // Nothing: it runs. It has ended only after all that it said was heard.
  const std::optional<End>& end() const { return end_; }
  pid_t process() const { return process_; }
  // The last lines that it said, the oldest first, for when it has crashed.
  const std::deque<std::string>& last_lines() const { return last_lines_; }

  // Says `farewell` (if it has one), then waits so long, asks it to stop (SIGTERM), waits again, and kills it. It has ended
  // afterwards.
  void end_it(std::string_view farewell = "quit", std::chrono::milliseconds patience = std::chrono::milliseconds(1500));

 private:
  Child(pid_t process, int input, int errors) : process_(process), input_(input), errors_(errors) {}
  void write_waiting();
  void hear();
  void take_lines(bool is_over);
  bool wait_for_end(std::chrono::milliseconds patience);
  void close_all();

  pid_t process_ = -1;
  int input_ = -1;   // our end of its standard input
  int errors_ = -1;  // our end of its error stream
  bool is_finishing_ = false;
  std::string waiting_;  // octets that it has not taken yet
  std::string heard_;    // an unfinished line
  std::deque<std::string> lines_, last_lines_;
  std::optional<End> end_;
};

// "It was ended by signal 11 (segmentation fault)", "It ended with exit code 2".
std::string describe(const Child::End& end);

}  // namespace mailroom::viz
