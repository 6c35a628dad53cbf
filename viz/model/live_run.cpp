// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/live_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace mailroom::viz {

namespace {

constexpr std::size_t kMostLines = 500;
constexpr std::size_t kMostComplaints = 1000;
constexpr std::size_t kMostHeard = 10'000;

// "12" of "12 done: …", and what stands behind it.
std::optional<std::pair<std::int64_t, std::string_view>> numbered(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return std::pair(number, text.substr(static_cast<std::size_t>(end - text.data())));
}

}  // namespace

std::string_view name(LiveRun::State state) {
  constexpr std::string_view kNames[] = {"starting", "running", "paused", "waiting", "ended", "refused", "crashed"};
  return kNames[static_cast<std::size_t>(state)];
}

std::expected<LiveRun, std::string> LiveRun::start(const RunOrder& order, const std::filesystem::path& program,
                                                   bool is_paused) {
  auto child = Child::start(program, order.arguments());
  if (!child) return std::unexpected(child.error());
  LiveRun run(std::move(*child), order);
  // What waits for it is obeyed before the first event.
  run.send("stay");
  if (is_paused) run.pause();
  return run;
}

std::int64_t LiveRun::send(std::string_view line) {
  if (is_over() || line.find('\n') != std::string_view::npos) return 0;
  const std::int64_t number = next_number_++;
  if (!child_.say(fmt::format("#{} {}", number, line))) return 0;
  lines_.push_back({.number = number, .text = std::string(line)});
  if (lines_.size() > kMostLines) lines_.pop_front();
  return number;
}

std::int64_t LiveRun::set_pace(std::string_view pace) { return send(fmt::format("pace {}", pace)); }

const LiveRun::Line* LiveRun::line(std::int64_t number) const {
  const auto found = std::ranges::find(lines_, number, &Line::number);
  return found == lines_.end() ? nullptr : &*found;
}

std::vector<LiveRun::Heard> LiveRun::take_heard() { return std::exchange(heard_, {}); }

bool LiveRun::poll() {
  if (is_over()) return false;
  child_.poll();
  bool has_changed = false;
  while (const auto line = child_.next_line()) {
    hear(*line);
    has_changed = true;
  }
  if (child_.end()) {
    note_end();
    has_changed = true;
  }
  return has_changed;
}

void LiveRun::hear(const std::string& line) {
  if (line.starts_with('#')) return hear_answer(line);
  if (line.starts_with("waiting at ")) {
    if (state_ != State::paused) state_ = State::waiting;
    return;
  }
  // "2.1: taken": what a typed connection heard.
  const std::size_t colon = line.find(": ");
  const bool is_heard = colon != std::string::npos && colon > 0 && colon < 24 &&
                        line.find_first_not_of("0123456789.") == colon;
  if (is_heard) {
    if (heard_.size() < kMostHeard) heard_.push_back({line.substr(0, colon), line.substr(colon + 2)});
  } else if (complaints_.size() < kMostComplaints && !line.empty()) {
    complaints_.push_back(line);
  }
}

void LiveRun::hear_answer(std::string_view line) {
  const auto answer = numbered(line.substr(1));
  if (!answer) return;
  std::string_view said = answer->second;
  const bool is_done = said.starts_with(" done: ");
  said.remove_prefix(std::min<std::size_t>(is_done ? 7 : 8, said.size()));  // " wrong: "
  const auto sent = std::ranges::find(lines_, answer->first, &Line::number);
  if (sent != lines_.end()) {
    sent->answer = is_done ? Line::Answer::done : Line::Answer::wrong;
    sent->answered = said;
  }
  if (is_done) note_state(said);
}

// "running at 1.5s, pace 10x"; "at 1.5s" after a line that changed something, which wakes a run that waits.
void LiveRun::note_state(std::string_view answer) {
  if (answer.starts_with("paused")) state_ = State::paused;
  else if (answer.starts_with("running") && state_ != State::waiting) state_ = State::running;
  else if (answer.starts_with("at ") && (state_ == State::waiting || state_ == State::starting)) state_ = State::running;
  if (const std::size_t pace = answer.rfind(", pace "); pace != std::string_view::npos) pace_ = answer.substr(pace + 7);
}

void LiveRun::note_end() {
  const Child::End end = *child_.end();
  const bool has_begun = state_ != State::starting;
  if (end.signal != 0) state_ = State::crashed;
  else if (end.exit_code == 0 || (end.exit_code == 1 && has_begun)) state_ = State::ended;  // 1: the disk was full
  else if (end.exit_code == 2 && !has_begun) state_ = State::refused;
  else state_ = State::crashed;
}

void LiveRun::quit() {
  if (is_over()) return;
  child_.end_it("quit");
  poll();
}

void LiveRun::kill() {
  if (is_over()) return;
  child_.end_it({}, std::chrono::milliseconds(100));
  poll();
}

std::string LiveRun::trouble() const {
  if (state_ == State::refused) return "The run could not begin.";
  if (state_ != State::crashed) return {};
  return fmt::format("The simulator has crashed. {}. What it recorded before that is in {}.", describe(*child_.end()),
                     order_.out.filename().string());
}

std::optional<ScenarioMistake> scenario_mistake(std::string_view complaint) {
  // The file may have colons itself: the numbers are behind the last that fit.
  for (std::size_t at = complaint.find(':'); at != std::string_view::npos; at = complaint.find(':', at + 1)) {
    const auto line = numbered(complaint.substr(at + 1));
    if (!line || !line->second.starts_with(':')) continue;
    const auto column = numbered(line->second.substr(1));
    if (!column || !column->second.starts_with(": ")) continue;
    const std::string_view told = column->second.substr(2);
    const std::size_t semicolon = told.find("; ");
    return ScenarioMistake{.file = std::string(complaint.substr(0, at)),
                           .line = static_cast<int>(line->first),
                           .column = static_cast<int>(column->first),
                           .wrong = std::string(told.substr(0, semicolon)),
                           .right = semicolon == std::string_view::npos ? std::string() : std::string(told.substr(semicolon + 2))};
  }
  return std::nullopt;
}

}  // namespace mailroom::viz
