// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/run_control.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <csignal>

namespace mailroom::run {

namespace {

std::atomic<bool> was_interrupted = false;

void note_interrupt(int signal_number) {
  was_interrupted = true;
  std::signal(signal_number, SIG_DFL);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// A line longer than this is not one of ours: the longest has a datagram with every octet escaped.
constexpr std::size_t kLineLimit = 270'000;

}  // namespace

std::optional<Pace> parse_pace(std::string_view text) {
  if (text == "max") return Pace{};
  if (!text.ends_with('x')) return std::nullopt;
  text.remove_suffix(1);
  double factor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), factor);
  if (error != std::errc{} || end != text.data() + text.size() || !(factor > 0) || factor > 1e9)
    return std::nullopt;
  return Pace{factor};
}

ParsedCommand parse_command(std::string_view line) {
  line = trimmed(line);
  if (line == "pause") return {Command{Command::Verb::pause, {}}, {}};
  if (line == "resume") return {Command{Command::Verb::resume, {}}, {}};
  if (line == "step") return {Command{Command::Verb::step, {}}, {}};
  if (line == "stay") return {Command{Command::Verb::stay, {}}, {}};
  if (line == "quit") return {Command{Command::Verb::quit, {}}, {}};
  if (line.starts_with("pace ")) {
    if (const auto pace = parse_pace(trimmed(line.substr(5))))
      return {Command{Command::Verb::pace, *pace}, {}};
    return {{}, fmt::format("'{}' is no pace; write for example 'pace 1x', 'pace 10x' or 'pace max'", line)};
  }
  return {{}, fmt::format("'{}' is not understood; write pause, resume, step, pace 10x or quit, or what changes the run (docs/LIVE.md): connect, type, …", line)};
}

Numbered split_number(std::string_view line) {
  constexpr std::size_t kMostDigits = 18;
  if (!line.starts_with('#')) return {{}, line};
  const std::size_t end = std::min(line.find_first_not_of("0123456789", 1), line.size());
  const bool is_number = end > 1 && end <= kMostDigits + 1 && (end == line.size() || line[end] == ' ');
  if (!is_number) return {{}, line};
  return {line.substr(0, end), trimmed(line.substr(end))};
}

std::optional<std::string> LineInput::take_line() {
  const std::size_t end = line_end();
  if (end == std::string::npos) return std::nullopt;
  std::string line = buffer_.substr(0, buffer_[end] == '\n' ? end : end + 1);
  buffer_.erase(0, end + 1);
  return line;
}

std::optional<std::string> LineInput::next(int wait_ms) {
  if (auto line = take_line()) return line;
  if (ended_) {
    if (wait_ms > 0) poll(nullptr, 0, wait_ms);
    return std::nullopt;
  }
  pollfd watched{descriptor_, POLLIN, 0};
  if (poll(&watched, 1, wait_ms) <= 0) return std::nullopt;
  char octets[1024];
  const auto count = read(descriptor_, octets, sizeof octets);
  if (count <= 0) {
    ended_ = true;
    if (!buffer_.empty()) buffer_ += '\n';  // a last line without its end
  } else {
    buffer_.append(octets, static_cast<std::size_t>(count));
    if (buffer_.size() > kLineLimit && line_end() == std::string::npos) buffer_.clear();
  }
  return take_line();
}

void watch_interrupts() {
  std::signal(SIGINT, note_interrupt);
  std::signal(SIGTERM, note_interrupt);
}

bool interrupted() {
  return was_interrupted;
}

}  // namespace mailroom::run
