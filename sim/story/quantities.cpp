// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/quantities.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "topologies/units.hpp"

namespace mailroom::story {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

// `value` / `unit` with three significant digits and no zeros behind.
std::string in_unit(std::int64_t value, std::int64_t unit, std::string_view name) {
  const double number = static_cast<double>(value) / static_cast<double>(unit);
  const int decimals = number >= 100 ? 0 : number >= 10 ? 1 : 2;
  std::string digits = fmt::format("{:.{}f}", number, decimals);
  if (digits.find('.') != std::string::npos) {
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.back() == '.') digits.pop_back();
  }
  return fmt::format("{} {}", digits, name);
}

std::string in_two_units(std::int64_t value, std::int64_t large, std::string_view large_name,
                         std::int64_t small, std::string_view small_name) {
  const std::int64_t smalls = (value + small / 2) / small;
  const std::int64_t ratio = large / small;
  if (smalls % ratio == 0) return fmt::format("{} {}", smalls / ratio, large_name);
  return fmt::format("{} {} {} {}", smalls / ratio, large_name, smalls % ratio, small_name);
}

// "h:mm:ss.mmm", as clock() prints it.
std::optional<std::int64_t> parse_clock(std::string_view text) {
  std::array<std::int64_t, 2> fields{};
  for (std::int64_t& field : fields) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), field);
    if (error != std::errc() || field < 0 || end == text.data() + text.size() || *end != ':')
      return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  }
  if (text.empty() || text.front() < '0' || text.front() > '9' || text.back() > '9') return std::nullopt;
  const auto seconds = topology::parse_duration_ns(std::string(text) + "s");
  if (!seconds || *seconds >= kMinute || fields[1] > 59 || fields[0] > 1'000'000) return std::nullopt;
  return fields[0] * kHour + fields[1] * kMinute + *seconds;
}

}  // namespace

std::string clock(std::int64_t time_ns) {
  if (time_ns < 0) return "never";
  return fmt::format("{}:{:02}:{:02}.{:03}", time_ns / kHour, time_ns / kMinute % 60, time_ns / kSecond % 60,
                     time_ns / kMillisecond % 1000);
}

std::string duration(std::int64_t duration_ns) {
  if (duration_ns < 0) return "-" + duration(-duration_ns);
  if (duration_ns == 0) return "0 s";
  if (duration_ns < 1000) return fmt::format("{} ns", duration_ns);
  if (duration_ns < kSecond) return in_unit(duration_ns, kMillisecond, "ms");
  if (duration_ns < kMinute) return in_unit(duration_ns, kSecond, "s");
  if (duration_ns < kHour) return in_two_units(duration_ns, kMinute, "min", kSecond, "s");
  if (duration_ns < kDay) return in_two_units(duration_ns, kHour, "h", kMinute, "min");
  return in_two_units(duration_ns, kDay, "d", kHour, "h");
}

std::expected<std::int64_t, std::string> parse_time(std::string_view text, std::int64_t end_ns) {
  if (text == "end") return end_ns;
  if (const auto time = parse_clock(text)) return *time;
  if (const auto time = topology::parse_duration_ns(text)) return *time;
  return std::unexpected(fmt::format(
      "'{}' is not a time of the run; write for example 12.5s, 90m, 1h30m, 0:01:30.250 or end", text));
}

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string counted(std::int64_t number, std::string_view noun, std::string_view plural) {
  if (number == 1) return fmt::format("1 {}", noun);
  if (!plural.empty()) return fmt::format("{} {}", grouped(number), plural);
  return fmt::format("{} {}s", grouped(number), noun);
}

}  // namespace mailroom::story
