// SPDX-License-Identifier: GPL-2.0-only
// Drives a simulation through time: as fast as it goes, or at a pace, with pause and step. Slicing is
// invisible: every pace gives the same events.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "sim/main/control_replay.hpp"
#include "sim/main/controller.hpp"
#include "sim/main/run_control.hpp"
#include "sim/main/run_progress.hpp"
#include "sim/main/simulation.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::run {

// Passes everything on, and counts events; the one after watch_next() stops the simulation.
class WatchedSink final : public trace::Sink {
 public:
  explicit WatchedSink(trace::Sink& sink) : sink_(sink) {}
  std::int64_t events() const { return events_; }
  // `on_event` is called once, after the next event of level summary or mail.
  using OnEvent = std::function<void(const trace::Event&)>;
  void watch_next(OnEvent on_event) { on_event_ = std::move(on_event); }

  void write(trace::EventId id, std::int64_t time_ns, trace::EventId cause,
             const trace::Event& event) override;
  void write(const trace::Flight& flight) override { sink_.write(flight); }
  void write(const trace::Content& content) override { sink_.write(content); }
  void write(trace::RecipientId id, std::string_view forward_path) override { sink_.write(id, forward_path); }
  void write_frame(trace::EventId frame, std::string_view octets) override {
    sink_.write_frame(frame, octets);
  }

 private:
  trace::Sink& sink_;
  std::int64_t events_ = 0;
  OnEvent on_event_;
};

enum class Why { idle, duration, quit, interrupted, disk_full };
std::string_view name(Why why);
std::optional<Why> why_named(std::string_view name);

struct LoopOptions {
  std::int64_t duration_ns = 0;  // 0: until nothing is left to do
  std::optional<Pace> pace;      // none: as fast as it goes, and no one to listen to
  int input_descriptor = 0;      // where a paced run reads commands
  control::Replay* replay = nullptr;  // lines that are obeyed at their times
};

// Called between slices: whether the run file still takes what is written.
using StillWritable = std::function<bool()>;

class Loop {
 public:
  // Begins where the simulation stands.
  Loop(Simulation& simulation, control::Controller& controller, WatchedSink& sink, LoopOptions options,
       Progress& progress, std::ostream& messages, StillWritable still_writable);
  // Runs to the end and says why it ended.
  Why run();

 private:
  std::optional<Why> run_slice(std::int64_t until_ns);
  std::optional<Why> replay_until(std::int64_t until_ns, net::Ns3Network::Stopped& stopped);
  std::optional<Why> run_fast();
  std::optional<Why> run_paced();
  std::optional<Why> step();
  std::optional<Why> hear(std::string_view line);
  std::optional<Why> obey(const Command& command);
  void control(std::string_view line);
  std::optional<Why> listen(int wait_ms);
  void set_pace(Pace pace);
  void tell(std::string_view happened);
  void answer(bool done, std::string_view text);
  Standing standing() const;

  Simulation& simulation_;
  control::Controller& controller_;
  WatchedSink& sink_;
  LoopOptions options_;
  Progress& progress_;
  std::ostream& messages_;
  StillWritable still_writable_;
  LineInput input_;
  Pace pace_;
  bool paused_ = false;
  bool stays_ = false;       // while somebody may say more, it does not end because nothing is left to do
  bool waits_ = false;       // nothing is left to do: the clock stands
  std::string number_;       // of the line that is being obeyed, or empty
  std::string stepped_over_;     // what the last step saw happen
  std::int64_t reached_ns_;  // everything before it has run
  std::int64_t slice_ns_;
  std::int64_t anchor_sim_ns_ = 0;  // pace: this simulated time belongs to this wall time
  std::int64_t anchor_wall_ns_ = 0;
};

}  // namespace mailroom::run
