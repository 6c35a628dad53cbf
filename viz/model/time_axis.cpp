// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/time_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mailroom::viz {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
// An empty run has a second.
constexpr std::int64_t kLeastEnd = kSecond;
constexpr std::int64_t kMostEnd = std::int64_t{1} << 61;

// 1, 2, 5 times a power of ten below a second; then what clocks have.
std::int64_t round_step(std::int64_t at_least_ns) {
  for (std::int64_t unit = 1; unit < kSecond; unit *= 10) {
    for (const std::int64_t times : {1, 2, 5}) {
      if (unit * times >= at_least_ns) return unit * times;
    }
  }
  for (const std::int64_t seconds :
       {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10'800, 21'600, 43'200}) {
    if (seconds * kSecond >= at_least_ns) return seconds * kSecond;
  }
  std::int64_t step = kDay;
  while (step < at_least_ns && step < kMostEnd) step *= 2;
  return step;
}

}  // namespace

TimeAxis TimeAxis::whole(std::int64_t end_ns) {
  TimeAxis axis;
  axis.until_ns_ = std::clamp(end_ns, kLeastEnd, kMostEnd);
  return axis;
}

float TimeAxis::x_of(std::int64_t time_ns, float width) const {
  const double share = static_cast<double>(time_ns - from_ns_) / static_cast<double>(span_ns());
  // Far outside is far enough.
  return static_cast<float>(std::clamp(share, -10.0, 10.0) * static_cast<double>(width));
}

std::int64_t TimeAxis::time_at(float x, float width) const {
  const double share = static_cast<double>(x) / static_cast<double>(std::max(width, 1.0f));
  return from_ns_ +
         static_cast<std::int64_t>(std::clamp(share, -10.0, 10.0) * static_cast<double>(span_ns()));
}

void TimeAxis::show(std::int64_t from_ns, std::int64_t until_ns, std::int64_t end_ns) {
  const std::int64_t end = std::clamp(end_ns, kLeastEnd, kMostEnd);
  const std::int64_t span = std::clamp(until_ns - from_ns, kLeastSpan_ns, end);
  from_ns_ = std::clamp<std::int64_t>(from_ns, 0, end - span);
  until_ns_ = from_ns_ + span;
}

void TimeAxis::zoom(double factor, float x, float width, std::int64_t end_ns) {
  const double share =
      std::clamp(static_cast<double>(x) / static_cast<double>(std::max(width, 1.0f)), 0.0, 1.0);
  const double wanted =
      std::clamp(static_cast<double>(span_ns()) * factor, static_cast<double>(kLeastSpan_ns),
                 static_cast<double>(std::clamp(end_ns, kLeastEnd, kMostEnd)));
  const auto span = static_cast<std::int64_t>(wanted);
  const std::int64_t fixed_ns = from_ns_ + static_cast<std::int64_t>(share * static_cast<double>(span_ns()));
  const std::int64_t from_ns = fixed_ns - static_cast<std::int64_t>(share * static_cast<double>(span));
  show(from_ns, from_ns + span, end_ns);
}

void TimeAxis::pan(float by_x, float width, std::int64_t end_ns) {
  const std::int64_t by_ns = time_at(by_x, width) - from_ns_;
  show(from_ns_ - by_ns, until_ns_ - by_ns, end_ns);
}

std::vector<TimeAxis::Tick> TimeAxis::ticks(float width, float apart) const {
  std::vector<Tick> ticks;
  const auto most = std::max<std::int64_t>(static_cast<std::int64_t>(width / std::max(apart, 1.0f)), 1);
  const std::int64_t step = round_step(std::max<std::int64_t>(span_ns() / most, 1));
  const std::int64_t first = (from_ns_ + step - 1) / step * step;
  for (std::int64_t at = first; at <= until_ns_; at += step) ticks.push_back({at, time_label(at, step)});
  return ticks;
}

std::string time_label(std::int64_t time_ns, std::int64_t step_ns) {
  const std::int64_t days = time_ns / kDay;
  const std::int64_t seconds = time_ns % kDay / kSecond;
  std::string label = days > 0 ? fmt::format("{} d ", days) : std::string();
  if (days == 0 || step_ns < kDay) {
    label += fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  } else {
    label.pop_back();
  }
  int digits = 0;
  for (std::int64_t unit = kSecond; unit > step_ns && digits < 9; unit /= 10) ++digits;
  if (digits > 0) {
    const std::string fraction = fmt::format("{:09}", time_ns % kSecond);
    label += "." + fraction.substr(0, static_cast<std::size_t>(digits));
  }
  return label;
}

}  // namespace mailroom::viz
