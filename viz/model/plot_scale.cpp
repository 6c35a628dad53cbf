// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/plot_scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mailroom::viz {
namespace {

constexpr float kFarPx = 100'000;

struct TimeUnit {
  std::string_view name;
  double seconds;
};
constexpr TimeUnit kTimeUnits[] = {{"ns", 1e-9}, {"µs", 1e-6}, {"ms", 1e-3}, {"s", 1},
                                   {"min", 60},  {"h", 3600},  {"d", 86400}};

// The greatest in which `seconds` is 2 or more; minutes and more only from far above, because people like
// seconds.
const TimeUnit& time_unit_for(double seconds) {
  const TimeUnit* found = &kTimeUnits[0];
  for (const TimeUnit& unit : kTimeUnits)
    if (seconds >= unit.seconds * (unit.seconds > 1 ? 5 : 1)) found = &unit;
  return *found;
}

// 1, 2 or 5 times a power of ten, not less than `least`.
double nice_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double digit : {1.0, 2.0, 5.0})
    if (digit * power >= least * (1 - 1e-9)) return digit * power;
  return 10 * power;
}

// Without needless digits: "0.25", "12", "3.5k", "2M".
std::string short_number(double value) {
  const double size = std::abs(value);
  if (size >= 1e9) return fmt::format("{:.4g}G", value / 1e9);
  if (size >= 1e6) return fmt::format("{:.4g}M", value / 1e6);
  if (size >= 1e4) return fmt::format("{:.4g}k", value / 1e3);
  return fmt::format("{:.5g}", value);
}

// Powers of ten of seconds stay powers of ten: "100 s", not "1.667 min".
std::string power_label(double seconds) {
  for (const TimeUnit& unit : {kTimeUnits[2], kTimeUnits[1], kTimeUnits[0]})
    if (seconds < 1 && seconds >= unit.seconds * (1 - 1e-9))
      return fmt::format("{:.3g} {}", seconds / unit.seconds, unit.name);
  return fmt::format("{:.10g} s", seconds);
}

Ticks log_ticks(const PlotScale& scale, int most, std::string_view unit) {
  Ticks found{.ticks = {}, .unit = std::string(unit)};
  const int first = static_cast<int>(std::floor(std::log10(scale.low)));
  const int last = static_cast<int>(std::ceil(std::log10(scale.high)));
  const int every = std::max(1, (last - first + most - 1) / std::max(most, 1));
  for (int power = first; power <= last; ++power) {
    for (int digit = 1; digit < 10; ++digit) {
      const double value = digit * std::pow(10, power);
      if (value < scale.low * (1 - 1e-9) || value > scale.high * (1 + 1e-9)) continue;
      const bool has_label = digit == 1 && (power - first) % every == 0;
      // Over few powers, 2 and 5 have labels too.
      const bool is_between = last - first <= 2 && (digit == 2 || digit == 5);
      if (every > 1 && digit != 1) continue;
      found.ticks.push_back(
          {value, has_label || is_between ? unit == "s" ? power_label(value) : short_number(value) : ""});
    }
  }
  if (unit == "s") found.unit.clear();  // each label has its own
  return found;
}

}  // namespace

float PlotScale::px(double value) const {
  const auto place = [&](double v) { return is_log ? std::log10(std::max(v, 1e-300)) : v; };
  const double share = (place(value) - place(low)) / (place(high) - place(low));
  const double at = low_px + share * static_cast<double>(high_px - low_px);
  return static_cast<float>(std::clamp<double>(at, -kFarPx, kFarPx));
}

double PlotScale::value(float px) const {
  const double share = (px - low_px) / static_cast<double>(high_px - low_px);
  if (is_log) return std::pow(10, std::log10(low) + share * (std::log10(high) - std::log10(low)));
  return low + share * (high - low);
}

PlotScale sound(PlotScale scale, double least_positive) {
  if (scale.is_log) {
    if (scale.low <= 0) scale.low = least_positive > 0 ? least_positive : 1e-3;
    if (scale.high <= scale.low) scale.high = scale.low * 10;
    // Whole powers look best; a range within one is left as it is.
    return scale;
  }
  if (!(scale.high > scale.low)) scale.high = scale.low + std::max(1.0, std::abs(scale.low) * 0.1);
  return scale;
}

Ticks ticks_of(const PlotScale& scale, int most, std::string_view unit, bool whole) {
  most = std::max(most, 2);
  if (scale.is_log) return log_ticks(scale, most, unit);
  Ticks found{.ticks = {}, .unit = std::string(unit)};
  double factor = 1;
  if (unit == "s") {
    const TimeUnit& time_unit = time_unit_for(std::max(std::abs(scale.low), std::abs(scale.high)));
    found.unit = time_unit.name;
    factor = time_unit.seconds;
  }
  double step = nice_step((scale.high - scale.low) / factor / most);
  if (whole) step = std::max(step, 1.0);
  const auto first = static_cast<std::int64_t>(std::ceil(scale.low / factor / step - 1e-9));
  for (std::int64_t i = first; found.ticks.size() < 100; ++i) {
    const double value = static_cast<double>(i) * step;
    if (value * factor > scale.high * (1 + 1e-12) + step * factor * 1e-9) break;
    found.ticks.push_back({value * factor, short_number(value)});
  }
  return found;
}

std::string quantity(double value, std::string_view unit) {
  if (unit != "s")
    return unit.empty() ? short_number(value) : fmt::format("{} {}", short_number(value), unit);
  if (value == 0) return "0 s";
  const TimeUnit& time_unit = time_unit_for(std::abs(value));
  return fmt::format("{:.4g} {}", value / time_unit.seconds, time_unit.name);
}

}  // namespace mailroom::viz
