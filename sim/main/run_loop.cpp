// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/run_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "sim/main/cli_terminal.hpp"
#include "topologies/units.hpp"

namespace mailroom::run {

namespace {

constexpr std::int64_t kMilli = 1'000'000;
constexpr std::int64_t kForeverNs = std::numeric_limits<std::int64_t>::max() / 4;
// A fast run looks up from its work about so often, in wall time.
constexpr std::int64_t kSliceWallNs = 50 * kMilli;
constexpr int kPacedWaitMs = 20;

std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void WatchedSink::write(trace::EventId id, std::int64_t time_ns, trace::EventId cause,
                        const trace::Event& event) {
  ++events_;
  sink_.write(id, time_ns, cause, event);
  if (on_event_ && info(event.kind).level <= trace::Level::mail) std::exchange(on_event_, nullptr)(event);
}

std::string_view name(Why why) {
  switch (why) {
    case Why::idle:
      return "idle";
    case Why::duration:
      return "duration";
    case Why::quit:
      return "quit";
    case Why::interrupted:
      return "interrupted";
    case Why::disk_full:
      return "disk_full";
  }
  std::unreachable();
}

std::optional<Why> why_named(std::string_view text) {
  for (const Why why : {Why::idle, Why::duration, Why::quit, Why::interrupted, Why::disk_full})
    if (name(why) == text) return why;
  return std::nullopt;
}

Loop::Loop(Simulation& simulation, control::Controller& controller, WatchedSink& sink, LoopOptions options,
           Progress& progress, std::ostream& messages, StillWritable still_writable)
    : simulation_(simulation),
      controller_(controller),
      sink_(sink),
      options_(options),
      progress_(progress),
      messages_(messages),
      still_writable_(std::move(still_writable)),
      input_(options.input_descriptor),
      reached_ns_(simulation.now_ns()),
      slice_ns_(kMilli) {
  if (options_.pace) set_pace(*options_.pace);
}

Standing Loop::standing() const {
  return {.simulated_ns = simulation_.now_ns(),
          .duration_ns = options_.duration_ns,
          .sent = simulation_.sent(),
          .planned = simulation_.planned(),
          .queued = simulation_.queued(),
          .events = sink_.events(),
          .paused = paused_};
}

void Loop::set_pace(Pace pace) {
  pace_ = pace;
  anchor_sim_ns_ = reached_ns_;
  anchor_wall_ns_ = wall_ns();
}

Why Loop::run() {
  while (true) {
    if (interrupted()) return Why::interrupted;
    if (!still_writable_()) return Why::disk_full;
    if (const auto over = options_.pace ? listen(paused_ || waits_ || pace_ ? kPacedWaitMs : 0) : std::nullopt)
      return *over;
    if (!paused_ && !waits_) {
      if (const auto over = pace_ ? run_paced() : run_fast()) return *over;
    }
    progress_.show(standing());
  }
}

// Runs everything before `until_ns`, or before the end of the run.
std::optional<Why> Loop::run_slice(std::int64_t until_ns) {
  const std::int64_t end_ns = options_.duration_ns > 0 ? options_.duration_ns : kForeverNs;
  until_ns = std::min(until_ns, end_ns);
  auto stopped = net::Ns3Network::Stopped::time;
  if (options_.replay != nullptr)
    if (const auto over = replay_until(until_ns, stopped)) return over;
  if (stopped != net::Ns3Network::Stopped::asked) stopped = simulation_.run_until(until_ns);
  reached_ns_ = stopped == net::Ns3Network::Stopped::time ? until_ns : simulation_.now_ns();
  if (stopped == net::Ns3Network::Stopped::idle) {
    if (!stays_) return Why::idle;
    waits_ = true;
    messages_ << fmt::format("waiting at {}: nothing is left to do", topology::format_duration(reached_ns_)) << std::endl;
    return std::nullopt;
  }
  if (reached_ns_ >= end_ns) return Why::duration;
  return std::nullopt;
}

// Obeys the lines whose time comes before `until_ns`, and ends the run where the earlier one was ended. `stopped` is
// `asked` if it was asked to stop on the way.
std::optional<Why> Loop::replay_until(std::int64_t until_ns, net::Ns3Network::Stopped& stopped) {
  control::Replay& replay = *options_.replay;
  const auto& end = replay.end();
  const auto ended = end ? why_named(end->why) : std::nullopt;
  const bool was_ended = ended && *ended != Why::idle;  // idle is where it will end by itself
  controller_.stay(replay.next() != nullptr || was_ended);
  while (const control::Replay::Line* line = replay.next()) {
    if (line->time_ns >= until_ns) return std::nullopt;
    stopped = simulation_.run_until(line->time_ns + 1);
    if (stopped == net::Ns3Network::Stopped::asked) return std::nullopt;
    control(line->text);
    replay.advance();
  }
  controller_.stay(was_ended);
  if (!was_ended || end->time_ns >= until_ns) return std::nullopt;
  stopped = simulation_.run_until(end->time_ns + 1);
  if (stopped == net::Ns3Network::Stopped::asked) return std::nullopt;
  return ended;
}

std::optional<Why> Loop::run_fast() {
  const std::int64_t began_ns = wall_ns();
  const auto over = run_slice(reached_ns_ + slice_ns_);
  const std::int64_t took_ns = std::max<std::int64_t>(wall_ns() - began_ns, 1);
  // The simulated length of a slice follows how busy simulated time is: retry waits are hours of nothing.
  if (took_ns < kSliceWallNs / 2) slice_ns_ = std::min<std::int64_t>(slice_ns_ * 2, 3'600'000 * kMilli * 24);
  if (took_ns > kSliceWallNs * 2) slice_ns_ = std::max<std::int64_t>(slice_ns_ / 2, kMilli / 1000);
  return over;
}

std::optional<Why> Loop::run_paced() {
  const double passed_ns = static_cast<double>(wall_ns() - anchor_wall_ns_) * *pace_;
  const auto target_ns =
      anchor_sim_ns_ + static_cast<std::int64_t>(std::min(passed_ns, static_cast<double>(kForeverNs)));
  if (target_ns <= reached_ns_) return std::nullopt;
  return run_slice(target_ns);
}

// To the end of the instant that has the next event of the mail.
std::optional<Why> Loop::step() {
  paused_ = true;
  stepped_over_.clear();
  sink_.watch_next([this](const trace::Event& event) {
    stepped_over_ = fmt::format(": {}{}{}", info(event.kind).name, event.text.empty() ? "" : " ", event.text);
    simulation_.stop();
  });
  const auto over = run_slice(kForeverNs);
  sink_.watch_next(nullptr);
  return over;
}

std::optional<Why> Loop::listen(int wait_ms) {
  while (const auto line = input_.next(wait_ms)) {
    wait_ms = 0;
    const Numbered numbered = split_number(*line);
    if (numbered.line.empty()) continue;
    progress_.clear();
    number_ = numbered.number;
    const auto over = hear(numbered.line);
    number_.clear();
    if (over) return over;
  }
  // Whoever paused the run, or had it wait, is gone: nobody will resume it.
  if ((paused_ || stays_) && input_.ended()) return Why::quit;
  return std::nullopt;
}

std::optional<Why> Loop::hear(std::string_view line) {
  if (controller_.understands(control::first_word(line))) {
    control(line);
    return std::nullopt;
  }
  const ParsedCommand parsed = parse_command(line);
  if (parsed.command) return obey(*parsed.command);
  answer(false, parsed.error);
  return std::nullopt;
}

std::optional<Why> Loop::obey(const Command& command) {
  std::optional<Why> over;
  switch (command.verb) {
    case Command::Verb::pause:
      paused_ = true;
      break;
    case Command::Verb::resume:
      paused_ = false;
      set_pace(pace_);
      break;
    case Command::Verb::step:
      over = step();
      tell(stepped_over_);
      return over;
    case Command::Verb::pace:
      set_pace(command.pace);
      break;
    case Command::Verb::stay:
      stays_ = true;
      break;
    case Command::Verb::quit:
      if (!number_.empty()) tell({});
      return Why::quit;
  }
  tell(pace_ ? fmt::format(", pace {}x", *pace_) : ", pace max");
  return over;
}

// A line that changes the run.
void Loop::control(std::string_view line) {
  const auto done = controller_.apply(line);
  if (!done) return answer(false, cli::printable(done.error()));
  if (waits_) {
    waits_ = false;
    // What happens at once happens, even if it gives nobody anything to do: a link goes down.
    controller_.settle();
    set_pace(pace_);
  }
  if (!number_.empty()) answer(true, "at " + topology::format_duration(simulation_.now_ns()));
}

void Loop::tell(std::string_view happened) {
  answer(true, fmt::format("{} at {}{}", paused_ ? "paused" : "running",
                           topology::format_duration(simulation_.now_ns()), happened));
}

void Loop::answer(bool done, std::string_view text) {
  if (!number_.empty()) messages_ << number_ << (done ? " done: " : " wrong: ");
  messages_ << text << std::endl;
}

}  // namespace mailroom::run
