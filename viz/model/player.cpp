// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "viz/model/recording.hpp"

namespace mailroom::viz {

namespace {

constexpr std::array<double, 19> kSpeeds = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5,  1,    2,    5,     10,
                                            20,   50,   100,  200, 500, 1000, 2000, 5000, 10'000};
// After a skip so much of wall time is shown before something happens.
constexpr std::int64_t kLeadIn_ns = 150'000'000;
// Events that are looked at in a frame: while playing, which has a frame to draw, and while searching.
constexpr std::int64_t kWatchedAFrame = 4096;
constexpr std::int64_t kSearchedAFrame = 16'384;

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

std::span<const double> Player::speeds() {
  return kSpeeds;
}

void Player::start(bool backwards) {
  if (backwards != is_backwards_) rest_millionths_ = 0;
  is_playing_ = true;
  is_backwards_ = backwards;
}

void Player::set_speed(double speed) {
  const double kept = std::isfinite(speed) ? std::clamp(speed, kMinSpeed, kMaxSpeed) : 1.0;
  speed_millionths_ = std::llround(kept * 1e6);
}

void Player::faster() {
  const auto next = std::upper_bound(kSpeeds.begin(), kSpeeds.end(), speed());
  if (next != kSpeeds.end()) set_speed(*next);
}

void Player::slower() {
  const auto here = std::lower_bound(kSpeeds.begin(), kSpeeds.end(), speed());
  if (here != kSpeeds.begin()) set_speed(*std::prev(here));
}

std::int64_t Player::passes_ns(std::int64_t wall_ns) {
  const __int128 millionths =
      static_cast<__int128>(std::max<std::int64_t>(wall_ns, 0)) * speed_millionths_ + rest_millionths_;
  rest_millionths_ = static_cast<std::int64_t>(millionths % 1'000'000);
  return static_cast<std::int64_t>(std::min<__int128>(millionths / 1'000'000, std::int64_t{1} << 61));
}

// What can be left out from `now_ns` on in the direction of play: nothing while something flies, or where the
// index has not been.
std::optional<Player::Skip> Player::idle_at(const Recording& run, std::int64_t now_ns) const {
  const Index::State& index = run.index();
  if (!index.has_caught_up || index.flights.any_in_progress(now_ns)) return std::nullopt;
  const auto scaled = [this](std::int64_t wall_ns) {
    return static_cast<std::int64_t>(static_cast<__int128>(wall_ns) * speed_millionths_ / 1'000'000);
  };
  const std::int64_t rows = index.rows.rows_until(now_ns);
  std::optional<std::int64_t> next_ns;
  if (!is_backwards_) {
    if (rows < index.rows.size()) next_ns = index.rows.time_ns(rows);
    if (const auto start_ns = index.flights.next_start_ns(now_ns))
      next_ns = std::min(next_ns.value_or(*start_ns), *start_ns);
    if (!next_ns || *next_ns - now_ns <= scaled(kPatience_ns)) return std::nullopt;
    return Skip{now_ns, *next_ns - scaled(kLeadIn_ns)};
  }
  if (rows > 0) next_ns = index.rows.time_ns(rows - 1);
  if (const auto end_ns = index.flights.previous_end_ns(now_ns))
    next_ns = std::max(next_ns.value_or(*end_ns), *end_ns);
  if (!next_ns || now_ns - *next_ns <= scaled(kPatience_ns)) return std::nullopt;
  return Skip{now_ns, *next_ns + scaled(kLeadIn_ns)};
}

Player::Step Player::move(const Recording& run, std::int64_t wall_ns) {
  Step step{.time_ns = run.time_ns()};
  if (skips_idle_) {
    step.skipped = idle_at(run, step.time_ns);
    if (step.skipped) step.time_ns = step.skipped->to_ns;
  }
  const std::int64_t passes = passes_ns(wall_ns);
  step.time_ns += is_backwards_ ? -passes : passes;
  // Beyond the ends there is nothing; who stands there already stays.
  if (is_backwards_) {
    step.time_ns = std::max<std::int64_t>(step.time_ns, 0);
  } else if (step.time_ns >= run.end_ns()) {
    step.time_ns = std::max(run.time_ns(), run.end_ns());
  }
  return step;
}

// --- run until

void Player::set_until(std::optional<Until> until) {
  until_ = std::move(until);
  search_.reset();
  is_searching_ = false;
}

// The search from the moment shown on: the one under way, unless somebody went elsewhere.
Search& Player::searching(const Recording& run) {
  if (!search_ || (run.event() != search_from_ && run.event() != search_->last())) {
    search_from_ = run.event();
    search_.emplace(until_->filter, run);
  }
  return *search_;
}

double Player::search_progress(const Recording& run) const {
  if (!search_) return 0;
  const auto all = static_cast<double>(run.last_event().value - search_from_.value);
  return all <= 0
             ? 1
             : std::clamp(static_cast<double>(search_->last().value - search_from_.value) / all, 0.0, 1.0);
}

std::expected<Player::Step, trace::FileError> Player::search_on(Recording& run) {
  Step step{.time_ns = run.time_ns()};
  if (until_->time_ns) {
    step.time_ns = *until_->time_ns;
    step.has_arrived = true;
  } else {
    Search& search = searching(run);
    auto found = search.advance(run, std::numeric_limits<std::int64_t>::max(), kSearchedAFrame);
    if (!found) return std::unexpected(std::move(found.error()));
    step.found = std::move(*found);
    if (step.found) step.event = step.found->id;
    step.has_arrived = step.found || (run.index().is_over() && search.is_at_end(run));
  }
  if (step.has_arrived) is_searching_ = false;
  return step;
}

// No event may be passed over: where there are more than can be looked at, the run goes on more slowly.
std::expected<void, trace::FileError> Player::stop_at_until(Recording& run, Step& step) {
  if (until_->time_ns) {
    if (run.time_ns() >= *until_->time_ns || step.time_ns < *until_->time_ns) return {};
    step.time_ns = *until_->time_ns;
    step.has_arrived = true;
  } else {
    Search& search = searching(run);
    auto found = search.advance(run, step.time_ns, kWatchedAFrame);
    if (!found) return std::unexpected(std::move(found.error()));
    step.found = std::move(*found);
    step.has_arrived = step.found.has_value();
    if (step.found) {
      step.event = step.found->id;
      step.time_ns = step.found->time_ns;
    }
    const std::int64_t next_row = run.index().rows.rows_up_to(search.last());
    const bool is_behind =
        next_row < run.index().rows.size() && run.index().rows.time_ns(next_row) <= step.time_ns;
    if (!step.found && is_behind && next_row > 0) {
      step.event = search.last();
      step.time_ns = run.index().rows.time_ns(next_row - 1);
    }
  }
  if (step.has_arrived) pause();
  return {};
}

std::expected<Player::Step, trace::FileError> Player::advance(Recording& run, std::int64_t wall_ns) {
  if (run.is_waiting()) return Step{.time_ns = run.awaited_ns()};
  if (is_searching_) return search_on(run);
  if (!is_playing_) return Step{.time_ns = run.time_ns()};
  Step step = move(run, wall_ns);
  if (until_ && !is_backwards_) {
    if (auto stopped = stop_at_until(run, step); !stopped) return std::unexpected(std::move(stopped.error()));
  }
  const bool is_at_end = !is_backwards_ && !step.event && step.time_ns >= run.end_ns();
  const bool is_at_beginning = is_backwards_ && step.time_ns <= 0;
  if (is_at_beginning || (is_at_end && (run.is_complete() || run.index().error))) pause();
  return step;
}

std::string speed_text(double speed) {
  std::string digits = speed >= 1000 ? fmt::format("{:.0f}", speed) : fmt::format("{:.6g}", speed);
  if (speed >= 1000) digits.insert(digits.size() - 3, ",");
  return digits + "x";
}

std::expected<double, std::string> parse_speed(std::string_view text) {
  std::string kept;
  for (const char c : text.substr(0, 100)) {
    if (c != ' ' && c != ',' && c != 'x' && c != 'X') kept += c;
  }
  const std::size_t bar = kept.find('/');
  const auto above = number_of(std::string_view(kept).substr(0, bar));
  const auto below =
      bar == std::string::npos ? std::optional(1.0) : number_of(std::string_view(kept).substr(bar + 1));
  if (!above || !below || *below == 0) return std::unexpected("a speed is a number, such as 2, 0.25 or 1/10");
  const double speed = *above / *below;
  if (!(speed >= Player::kMinSpeed) || !(speed <= Player::kMaxSpeed))
    return std::unexpected(fmt::format("a speed is from {} to {}", speed_text(Player::kMinSpeed),
                                       speed_text(Player::kMaxSpeed)));
  return speed;
}

}  // namespace mailroom::viz
