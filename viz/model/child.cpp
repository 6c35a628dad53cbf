// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/child.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

extern char** environ;

namespace mailroom::viz {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostWaiting = 8 << 20;   // octets that wait for a child that does not read
constexpr std::size_t kLongestLine = 64 << 10;  // of what it says; the rest of a longer one is another line
constexpr std::size_t kMostLines = 20'000;      // heard and not taken
constexpr std::size_t kLastLines = 12;
constexpr int kReadsAPoll = 64;
constexpr int kUnknownExit = -1;  // the system does not tell how it ended; no success, and no code of a program

struct Ends {
  int ours = -1, its = -1;
  ~Ends() {
    if (ours >= 0) close(ours);
    if (its >= 0) close(its);
  }
};

// A pair of sockets and no pipe: who writes to a pipe whose reader is gone gets SIGPIPE.
bool make_input(Ends& ends) {
  int both[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) != 0) return false;
  ends.ours = both[0];
  ends.its = both[1];
  shutdown(ends.ours, SHUT_RD);
  return fcntl(ends.ours, F_SETFL, O_NONBLOCK) == 0;
}

bool make_errors(Ends& ends) {
  int both[2];
  if (pipe2(both, O_CLOEXEC) != 0) return false;
  ends.ours = both[0];
  ends.its = both[1];
  return fcntl(ends.ours, F_SETFL, O_NONBLOCK) == 0;
}

// Its standard streams, and signals as a program expects them. It is in a group of its own: a Ctrl-C at our terminal is
// ours to tell it of.
int spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments,
          const std::filesystem::path& folder, int input, int errors, pid_t& process) {
  std::vector<std::string> words = {program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) sigaddset(&usual, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const int error = posix_spawn(&process, program.c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

std::expected<Child, std::string> Child::start(const std::filesystem::path& program,
                                               const std::vector<std::string>& arguments,
                                               const std::filesystem::path& folder) {
  Ends input, errors;
  if (!make_input(input) || !make_errors(errors))
    return std::unexpected(fmt::format("cannot start {}: {}; close other programs and try again", program.string(),
                                       std::strerror(errno)));
  pid_t process = -1;
  if (const int error = spawn(program, arguments, folder, input.its, errors.its, process); error != 0)
    return std::unexpected(fmt::format("cannot start {}: {}; reinstall Mailroom", program.string(), std::strerror(error)));
  return Child(process, std::exchange(input.ours, -1), std::exchange(errors.ours, -1));
}

Child::Child(Child&& other) noexcept { *this = std::move(other); }

Child& Child::operator=(Child&& other) noexcept {
  if (this == &other) return *this;
  if (process_ > 0 && !end_) end_it();
  close_all();
  process_ = std::exchange(other.process_, -1);
  input_ = std::exchange(other.input_, -1);
  errors_ = std::exchange(other.errors_, -1);
  is_finishing_ = other.is_finishing_;
  waiting_ = std::move(other.waiting_);
  heard_ = std::move(other.heard_);
  lines_ = std::move(other.lines_);
  last_lines_ = std::move(other.last_lines_);
  end_ = other.end_;
  return *this;
}

Child::~Child() {
  if (process_ > 0 && !end_) end_it();
  close_all();
}

void Child::close_all() {
  if (input_ >= 0) close(std::exchange(input_, -1));
  if (errors_ >= 0) close(std::exchange(errors_, -1));
}

bool Child::say(std::string_view line) {
  if (input_ < 0 || is_finishing_ || end_ || waiting_.size() + line.size() > kMostWaiting) return false;
  waiting_ += line;
  waiting_ += '\n';
  write_waiting();
  return input_ >= 0;
}

void Child::finish_saying() {
  is_finishing_ = true;
  write_waiting();
}

void Child::write_waiting() {
  while (input_ >= 0 && !waiting_.empty()) {
    const ssize_t sent = send(input_, waiting_.data(), waiting_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      waiting_.erase(0, static_cast<std::size_t>(sent));
    } else if (sent < 0 && errno == EINTR) {
      continue;
    } else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;  // it will take more later
    } else {
      waiting_.clear();
      is_finishing_ = true;  // nobody reads
    }
  }
  if (is_finishing_ && waiting_.empty() && input_ >= 0) close(std::exchange(input_, -1));
}

void Child::hear() {
  char octets[16 << 10];
  for (int reads = 0; errors_ >= 0 && reads < kReadsAPoll; ++reads) {
    const ssize_t got = read(errors_, octets, sizeof octets);
    if (got > 0) {
      heard_.append(octets, static_cast<std::size_t>(got));
      take_lines(false);
    } else if (got < 0 && errno == EINTR) {
      continue;
    } else if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    } else {
      take_lines(true);
      close(std::exchange(errors_, -1));
    }
  }
}

void Child::take_lines(bool is_over) {
  std::size_t begin = 0;
  const auto take = [this](std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    last_lines_.emplace_back(line);
    if (last_lines_.size() > kLastLines) last_lines_.pop_front();
    lines_.emplace_back(line);
    if (lines_.size() > kMostLines) lines_.pop_front();
  };
  for (std::size_t end; (end = heard_.find('\n', begin)) != std::string::npos; begin = end + 1)
    take(std::string_view(heard_).substr(begin, end - begin));
  heard_.erase(0, begin);
  while (heard_.size() > kLongestLine || (is_over && !heard_.empty())) {
    const std::size_t size = std::min(heard_.size(), kLongestLine);
    take(std::string_view(heard_).substr(0, size));
    heard_.erase(0, size);
  }
}

void Child::poll() {
  if (process_ <= 0 || end_) return;
  write_waiting();
  hear();
  int status = 0;
  const pid_t waited = waitpid(process_, &status, WNOHANG);
  if (waited == 0 || (waited < 0 && errno == EINTR)) return;
  // What it said last is in the pipe, unless it left that to a child of its own.
  for (int reads = 0; errors_ >= 0 && reads < 16; ++reads) hear();
  take_lines(true);
  if (waited < 0) {
    end_ = End{.exit_code = kUnknownExit};  // somebody else has waited for it, or SIGCHLD is ignored
  } else {
    end_ = WIFSIGNALED(status) ? End{.signal = WTERMSIG(status)} : End{.exit_code = WEXITSTATUS(status)};
  }
  close_all();
}

std::optional<std::string> Child::next_line() {
  if (lines_.empty()) return std::nullopt;
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

bool Child::wait_for_end(milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    poll();
    if (end_) return true;
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
}

void Child::end_it(std::string_view farewell, milliseconds patience) {
  if (process_ <= 0 || end_) return;
  if (!farewell.empty()) say(farewell);
  finish_saying();
  if (wait_for_end(patience)) return;
  kill(process_, SIGTERM);
  if (wait_for_end(patience)) return;
  kill(process_, SIGKILL);
  while (!wait_for_end(milliseconds(200))) {
  }
}

std::string describe(const Child::End& end) {
  if (end.signal != 0) {
    const char* name = sigdescr_np(end.signal);
    return fmt::format("It was ended by signal {}{}", end.signal, name == nullptr ? "" : fmt::format(" ({})", name));
  }
  if (end.exit_code == kUnknownExit) return "It ended, and the system does not tell how";
  // Exit codes of mailroom: 3 is said of what it saw go wrong in itself.
  return fmt::format("It ended with exit code {}{}", end.exit_code, end.exit_code == 3 ? ", a mistake of its own" : "");
}

}  // namespace mailroom::viz
