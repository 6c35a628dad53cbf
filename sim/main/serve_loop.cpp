// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/serve_loop.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unistd.h>

#include <algorithm>

#include "sim/main/cli_words.hpp"

namespace mailroom::cli {
namespace {

constexpr std::int64_t kMilli = 1'000'000;
// So long the world outside is waited for before simulated time moves on. Where nobody is connected and no
// mail is under way, nobody can see the difference.
constexpr std::int64_t kTickNs = kMilli, kIdleTickNs = 10 * kMilli;
// Even a simulation that is late looks outside after so much wall time's worth of simulated time.
constexpr std::int64_t kMostAtOnceNs = 50 * kMilli;
constexpr auto kBar = std::chrono::milliseconds(200);
constexpr auto kLine = std::chrono::seconds(10);

}  // namespace

ServeLoop::ServeLoop(UnderWay& under_way, Bridge& bridge, const Options& options, Terminal& terminal)
    : under_way_(under_way),
      bridge_(bridge),
      options_(options),
      terminal_(terminal),
      pacer_(options.pace, under_way.simulation.now_ns(), Pacer::Wall::now()),
      input_(STDIN_FILENO),
      reached_ns_(under_way.simulation.now_ns()),
      is_bar_(isatty(STDERR_FILENO) != 0 && isatty(STDIN_FILENO) == 0) {}

run::Why ServeLoop::run() {
  // Time goes on even when nothing is left to do: somebody may come.
  under_way_.controller.stay(true);
  while (true) {
    if (run::interrupted()) return run::Why::interrupted;
    if (!under_way_.keep_writing()) return run::Why::disk_full;
    const bool is_busy = bridge_.open_now() > 0 || under_way_.simulation.queued() > 0;
    bridge_.wait(is_busy ? kTickNs : kIdleTickNs);
    if (!is_paused_)
      if (const auto over = catch_up()) return *over;
    bridge_.type();
    if (const auto over = listen()) return *over;
    show();
  }
}

std::optional<run::Why> ServeLoop::catch_up() {
  const std::int64_t most_ns =
      reached_ns_ + static_cast<std::int64_t>(static_cast<double>(kMostAtOnceNs) * pacer_.factor());
  std::int64_t target_ns = std::min(pacer_.simulated_ns(Pacer::Wall::now()), most_ns);
  const bool has_end = options_.duration_ns > 0;
  if (has_end) target_ns = std::min(target_ns, options_.duration_ns);
  if (target_ns > reached_ns_) {
    under_way_.simulation.run_until(target_ns);
    reached_ns_ = target_ns;
  }
  pacer_.note(reached_ns_, Pacer::Wall::now());
  if (has_end && reached_ns_ >= options_.duration_ns) return run::Why::duration;
  return std::nullopt;
}

std::optional<run::Why> ServeLoop::listen() {
  while (const auto line = input_.next(0)) {
    if (line->empty()) continue;
    if (under_way_.controller.understands(control::first_word(*line))) {
      if (const auto done = under_way_.controller.apply(*line); !done)
        terminal_.err << printable(done.error()) << std::endl;
      continue;
    }
    const run::ParsedCommand parsed = run::parse_command(*line);
    if (!parsed.command) {
      terminal_.err << printable(parsed.error) << std::endl;
    } else if (const auto over = obey(*parsed.command)) {
      return over;
    }
  }
  return std::nullopt;
}

std::optional<run::Why> ServeLoop::obey(const run::Command& command) {
  const auto now = Pacer::Wall::now();
  switch (command.verb) {
    case run::Command::Verb::quit:
      return run::Why::quit;
    case run::Command::Verb::pause:
      is_paused_ = true;
      break;
    case run::Command::Verb::resume:
      is_paused_ = false;
      pacer_.set(pacer_.factor(), reached_ns_, now);
      break;
    case run::Command::Verb::pace:
      if (command.pace) pacer_.set(*command.pace, reached_ns_, now);
      break;
    case run::Command::Verb::step:
    case run::Command::Verb::stay:  // it does so anyway
      break;
  }
  if (command.verb == run::Command::Verb::step || (command.verb == run::Command::Verb::pace && !command.pace))
    terminal_.err << "real programs wait outside: there is no step, and no pace max" << std::endl;
  else
    terminal_.err << fmt::format("{} at {}, pace {}x", is_paused_ ? "paused" : "running", clock(reached_ns_),
                                 pacer_.factor())
                  << std::endl;
  return std::nullopt;
}

std::string ServeLoop::pacing() const {
  return fmt::format("late {}, worst {}", duration(pacer_.late_ns()), duration(pacer_.worst_ns()));
}

void ServeLoop::show() {
  if (!options_.shows_progress) return;
  const auto now = Pacer::Wall::now();
  if (now - shown_ < (is_bar_ ? std::chrono::nanoseconds(kBar) : std::chrono::nanoseconds(kLine))) return;
  shown_ = now;
  const std::string what = fmt::format("{} of {} connections open  {} queued", bridge_.open_now(),
                                       bridge_.total(), under_way_.simulation.queued());
  if (!is_bar_ && what == last_shown_) return;  // no flood of lines that say nothing new
  last_shown_ = what;
  std::string line =
      fmt::format("{} simulated  {}  {}{}", clock(reached_ns_), what, pacing(), is_paused_ ? "  paused" : "");
  if (is_bar_) {
    line.resize(std::min(line.size(), static_cast<std::size_t>(std::max(terminal_.width - 1, 1))));
    terminal_.err << '\r' << line << "\x1b[K" << std::flush;
  } else {
    terminal_.err << line << std::endl;
  }
}

}  // namespace mailroom::cli
