// SPDX-License-Identifier: GPL-2.0-only
// Quantities back to text: exact, so that the parsers in units.cpp read the same value.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "topologies/units.hpp"

namespace mailroom::topology {
namespace {

using Unit = std::pair<std::int64_t, std::string_view>;

// value / unit as a decimal number without trailing zeros; unit is a power of ten.
std::string decimal(std::int64_t value, std::int64_t unit) {
  std::string result = fmt::format("{}", value / unit);
  std::int64_t rest = value % unit;
  if (rest != 0) result += '.';
  while (rest != 0) {
    unit /= 10;
    result += static_cast<char>('0' + rest / unit);
    rest %= unit;
  }
  return result;
}

// With the largest of `units` (falling) that is not larger than the value.
template <std::size_t N>
std::string with_unit(std::int64_t value, const std::array<Unit, N>& units) {
  for (const auto& [unit, name] : units)
    if (value >= unit) return decimal(value, unit) + std::string(name);
  return fmt::format("{}{}", value, units.back().second);
}

constexpr std::array<Unit, 5> kRateUnits{
    {{1'000'000'000'000, "Tbps"}, {1'000'000'000, "Gbps"}, {1'000'000, "Mbps"}, {1'000, "kbps"}, {1, "bps"}}};
constexpr std::array<Unit, 4> kTimeUnits{{{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "us"}, {1, "ns"}}};
constexpr std::array<Unit, 5> kSizeUnits{
    {{1'000'000'000'000, "TB"}, {1'000'000'000, "GB"}, {1'000'000, "MB"}, {1'000, "kB"}, {1, "B"}}};

}  // namespace

std::string format_rate(std::int64_t rate_bps) {
  return with_unit(rate_bps, kRateUnits);
}

std::string format_duration(std::int64_t duration_ns) {
  constexpr std::array<Unit, 3> kLong{
      {{86'400'000'000'000, "d"}, {3'600'000'000'000, "h"}, {60'000'000'000, "m"}}};
  if (duration_ns == 0) return "0s";
  std::string result;
  for (const auto& [unit, name] : kLong) {
    if (duration_ns >= unit) result += fmt::format("{}{}", duration_ns / unit, name);
    duration_ns %= unit;
  }
  if (duration_ns != 0) result += with_unit(duration_ns, kTimeUnits);
  return result;
}

std::string format_size(std::int64_t size_bytes) {
  // A multiple of 1024 that is not one of 1000 was meant in powers of two.
  constexpr std::array<Unit, 4> kBinary{
      {{1LL << 40, "TiB"}, {1LL << 30, "GiB"}, {1LL << 20, "MiB"}, {1LL << 10, "KiB"}}};
  if (size_bytes % 1000 != 0)
    for (const auto& [unit, name] : kBinary)
      if (size_bytes >= unit && size_bytes % unit == 0) return fmt::format("{}{}", size_bytes / unit, name);
  return with_unit(size_bytes, kSizeUnits);
}

std::string format_packets(std::int64_t packets) {
  return fmt::format("{}p", packets);
}

std::string format_per_billion(std::int64_t per_billion) {
  return decimal(per_billion, 10'000'000) + "%";
}

}  // namespace mailroom::topology
