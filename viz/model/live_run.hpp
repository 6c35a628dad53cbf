// SPDX-License-Identifier: GPL-2.0-only
// A run under way in a child process (`mailroom run --pace …`): what a person tells it, what it answers, and whether it
// is well. The run itself is read from its run file, as any other. docs/LIVE.md has the grammar of the lines.
//
// Order of calls: start(); poll() every frame; send() and the like. When it goes, the run is ended in order.
#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/model/child.hpp"
#include "viz/model/run_order.hpp"

namespace mailroom::viz {

class LiveRun {
 public:
  enum class State : std::uint8_t {
    starting,  // no run file yet, and no word
    running,
    paused,
    waiting,  // nothing is left to do: its clock stands until somebody does something
    ended,    // in order
    refused,  // it would not begin: complaints() say why, such as the scenario's mistakes
    crashed,
  };

  // One line that was sent.
  struct Line {
    std::int64_t number = 0;
    std::string text{};
    enum class Answer : std::uint8_t { none, done, wrong } answer = Answer::none;
    std::string answered{};  // "paused at 1.5s, pace 1x"; what is wrong and what would be right
  };

  // Something that a typed connection heard: `text` is what the run says of it, such as "connected" or its octets in quotes.
  struct Heard {
    std::string name{};  // "1", or "2.1"
    std::string text{};
  };

  // The error is a sentence. `is_paused`: it begins so. It stays when nothing is left to do.
  static std::expected<LiveRun, std::string> start(const RunOrder& order, const std::filesystem::path& program,
                                                   bool is_paused);

  // Hears what was said since. True if anything has changed.
  bool poll();

  State state() const { return state_; }
  bool is_over() const { return state_ >= State::ended; }
  const RunOrder& order() const { return order_; }
  const std::string& pace() const { return pace_; }  // "1x", "max"

  // Its number; 0: the run is over, and nothing was sent.
  std::int64_t send(std::string_view line);
  std::int64_t pause() { return send("pause"); }
  std::int64_t resume() { return send("resume"); }
  std::int64_t step() { return send("step"); }
  std::int64_t set_pace(std::string_view pace);
  std::int64_t fault(std::string_view sentence) { return send("fault " + std::string(sentence)); }
  std::int64_t mend(std::string_view what) { return send("mend " + std::string(what)); }
  // A number for a new connection.
  std::int64_t next_connection() { return next_connection_++; }
  // Ends the run in order; its run file is whole. Waits for that for a moment, and longer for nothing.
  void quit();
  void kill();  // at once

  // The lines that were sent, the oldest first; of very many the last ones.
  const std::deque<Line>& lines() const { return lines_; }
  const Line* line(std::int64_t number) const;
  // What typed connections heard since the last call.
  std::vector<Heard> take_heard();
  // What it said without being asked: warnings, the mistakes of the scenario, why it ended.
  const std::vector<std::string>& complaints() const { return complaints_; }
  // "The run has crashed: It was ended by signal 11 …"; empty unless it was refused or has crashed.
  std::string trouble() const;
  const std::optional<Child::End>& end() const { return child_.end(); }
  pid_t process() const { return child_.process(); }

 private:
  LiveRun(Child child, RunOrder order) : child_(std::move(child)), order_(std::move(order)), pace_(order_.pace) {}
  void hear(const std::string& line);
  void hear_answer(std::string_view line);
  void note_state(std::string_view answer);
  void note_end();

  Child child_;
  RunOrder order_;
  std::string pace_;
  State state_ = State::starting;
  std::int64_t next_number_ = 1;
  std::int64_t next_connection_ = 1;
  std::deque<Line> lines_;
  std::vector<Heard> heard_;
  std::vector<std::string> complaints_;
};

std::string_view name(LiveRun::State state);

// A complaint of a scenario's reader, "file:line:column: what is wrong; what would be right", in its parts.
struct ScenarioMistake {
  std::string file{};
  int line = 0;
  int column = 0;
  std::string wrong{};
  std::string right{};
};
std::optional<ScenarioMistake> scenario_mistake(std::string_view complaint);

}  // namespace mailroom::viz
