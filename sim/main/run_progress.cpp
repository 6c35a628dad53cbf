// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/run_progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "topologies/units.hpp"

namespace mailroom::run {

namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kPlainLine{2};
constexpr int kBarColumns = 24;

// Which part of the run is done, as far as one can know: by time where the run has an end, else by messages.
double part_done(const Standing& standing) {
  const auto ratio = [](std::int64_t part, std::int64_t whole) {
    return whole <= 0 ? 0.0 : std::clamp(static_cast<double>(part) / static_cast<double>(whole), 0.0, 1.0);
  };
  if (standing.duration_ns > 0) return ratio(standing.simulated_ns, standing.duration_ns);
  return ratio(standing.sent - standing.queued, standing.planned);
}

}  // namespace

std::string progress_line(const Standing& standing, std::int64_t events_per_s, int width) {
  const auto filled = static_cast<int>(part_done(standing) * kBarColumns);
  std::string line = fmt::format(
      "[{:=<{}}{: <{}}] {} simulated  {}/{} messages  {} queued  {} events/s{}", "", filled, "",
      kBarColumns - filled, topology::format_duration(standing.simulated_ns / 1'000'000 * 1'000'000),
      standing.sent, standing.planned, standing.queued, events_per_s, standing.paused ? "  paused" : "");
  if (line.size() > static_cast<std::size_t>(std::max(width, 1)))
    line.resize(static_cast<std::size_t>(std::max(width, 1)));
  return line;
}

Progress::Progress(std::ostream& out, Show how, int width)
    : out_(out), how_(how), width_(width), shown_(Clock::now()) {}

void Progress::show(const Standing& standing) {
  if (how_ == Show::nothing) return;
  const auto now = Clock::now();
  const auto passed = now - shown_;
  if (passed < kRedraw || (how_ == Show::lines && passed < kPlainLine)) return;
  const double seconds = std::chrono::duration<double>(passed).count();
  const auto events_per_s =
      static_cast<std::int64_t>(static_cast<double>(standing.events - shown_events_) / seconds);
  const std::string line = progress_line(standing, events_per_s, width_ - 1);
  if (how_ == Show::bar) {
    out_ << '\r' << line << "\x1b[K" << std::flush;
    is_drawn_ = true;
  } else {
    out_ << line << std::endl;
  }
  shown_ = now;
  shown_events_ = standing.events;
}

void Progress::clear() {
  if (is_drawn_) out_ << "\r\x1b[K" << std::flush;
  is_drawn_ = false;
}

}  // namespace mailroom::run
