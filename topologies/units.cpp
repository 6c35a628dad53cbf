// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/units.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>

#include "topologies/text.hpp"

namespace mailroom::topology {
namespace {

using Wide = unsigned __int128;  // products of a 63-bit number and a unit never overflow it
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// A decimal number, exactly: whole + fraction / 10^fraction_digits.
struct Decimal {
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;  // less than 10^18
  int fraction_digits = 0;
  bool too_large = false;
  bool too_fine = false;   // has digits beyond the 18th after the point
  std::size_t length = 0;  // octets read; 0: no number here
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

Decimal read_decimal(std::string_view text) {
  Decimal result;
  std::size_t i = 0;
  bool any = false;
  for (; i < text.size() && is_digit(text[i]); ++i, any = true) {
    const auto digit = static_cast<std::uint64_t>(text[i] - '0');
    if (result.whole > (static_cast<std::uint64_t>(kMax) - digit) / 10)
      result.too_large = true;
    else
      result.whole = result.whole * 10 + digit;
  }
  if (i < text.size() && text[i] == '.' && i + 1 < text.size() && is_digit(text[i + 1])) {
    std::size_t last = i + 1;
    while (last < text.size() && is_digit(text[last])) ++last;
    std::size_t significant = last;
    while (text[significant - 1] == '0') --significant;
    for (std::size_t k = i + 1; k < significant; ++k) {
      if (result.fraction_digits == 18) {
        result.too_fine = true;
        break;
      }
      result.fraction = result.fraction * 10 + static_cast<std::uint64_t>(text[k] - '0');
      ++result.fraction_digits;
    }
    i = last;
    any = true;
  }
  result.length = any ? i : 0;
  return result;
}

std::uint64_t power_of_ten(int exponent) {
  std::uint64_t result = 1;
  for (; exponent > 0; --exponent) result *= 10;
  return result;
}

enum class Scaled { ok, too_large, not_whole };

// number × unit, if that is a whole number of at most `max`.
Scaled scale(const Decimal& number, std::uint64_t unit, std::int64_t& result) {
  if (number.too_large) return Scaled::too_large;
  if (number.too_fine) return Scaled::not_whole;
  const std::uint64_t divisor = power_of_ten(number.fraction_digits);
  const Wide part = Wide{number.fraction} * unit;
  if (part % divisor != 0) return Scaled::not_whole;
  const Wide total = Wide{number.whole} * unit + part / divisor;
  if (total > static_cast<Wide>(kMax)) return Scaled::too_large;
  result = static_cast<std::int64_t>(total);
  return Scaled::ok;
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// One sort of quantity, for its messages.
struct Sort {
  std::string_view noun;   // "a rate"
  std::string_view right;  // "write …"
  std::string_view least;  // "1 bit per second"
  std::string_view most;
};
constexpr Sort kRate{"a rate", "write a number and a unit, such as 64kbps, 10Mbps or 2.5Gbps",
                     "1 bit per second", "9223372036.854775807Gbps"};
constexpr Sort kDuration{"a duration", "write a number and a unit, such as 40ms, 1.5s, 1h30m or 2d", "1 ns",
                         "292 years"};
constexpr Sort kSize{"a size", "write octets, such as 4096, 10MB or 4KiB", "1 octet", "8EiB"};
constexpr Sort kPackets{"a number of packets", "write a whole number, such as 100 or 100p", "1 packet",
                        "9223372036854775807"};
constexpr Sort kChance{"a probability", "write a percentage or a number from 0 to 1, such as 1% or 0.01",
                       "one in a billion", "1"};

std::unexpected<UnitError> fail(std::string_view text, std::size_t offset, const Sort& sort,
                                std::string_view why) {
  return std::unexpected(UnitError{offset, fmt::format("{} is not {}: {}", in_quotes(text), sort.noun, why),
                                   std::string(sort.right)});
}

std::unexpected<UnitError> no_number(std::string_view text, std::size_t offset, const Sort& sort) {
  const auto rest = trimmed(text.substr(offset));
  if (rest.empty())
    return fail(text, offset, sort, offset == 0 ? "it is empty" : "it ends where a number is needed");
  if (rest.front() == '-') return fail(text, offset, sort, "it is negative");
  return fail(text, offset, sort, "a number is missing");
}

std::unexpected<UnitError> bad_scale(Scaled outcome, std::string_view text, std::size_t offset,
                                     const Sort& sort) {
  if (outcome == Scaled::too_large)
    return fail(text, offset, sort, fmt::format("it is more than {}", sort.most));
  return fail(text, offset, sort, fmt::format("it is finer than {}", sort.least));
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

// The factor of a decimal prefix in any case; "" is 1.
std::optional<std::uint64_t> decimal_prefix(std::string_view prefix) {
  if (prefix.empty()) return 1;
  if (prefix.size() != 1) return std::nullopt;
  switch (prefix.front()) {
    case 'k':
    case 'K':
      return 1'000;
    case 'm':
    case 'M':
      return 1'000'000;
    case 'g':
    case 'G':
      return 1'000'000'000;
    case 't':
    case 'T':
      return 1'000'000'000'000;
    default:
      return std::nullopt;
  }
}

// Takes the first of `endings` off the unit, without regard to case but for the 'B' of bytes.
bool take_ending(std::string_view& unit, std::initializer_list<std::string_view> endings) {
  const std::string low = lower_ascii(unit);
  for (const auto ending : endings) {
    if (!low.ends_with(lower_ascii(ending))) continue;
    unit.remove_suffix(ending.size());
    return true;
  }
  return false;
}

constexpr std::array<Unit, 10> kTimeUnits{{{"d", 86'400'000'000'000},
                                           {"h", 3'600'000'000'000},
                                           {"min", 60'000'000'000},
                                           {"m", 60'000'000'000},
                                           {"s", 1'000'000'000},
                                           {"ms", 1'000'000},
                                           {"us", 1'000},
                                           {"\xC2\xB5s", 1'000},  // micro sign
                                           {"\xCE\xBCs", 1'000},  // Greek mu
                                           {"ns", 1}}};

}  // namespace

Parsed<std::int64_t> parse_rate_bps(std::string_view text) {
  const std::size_t start = skip_blanks(text, 0);
  const Decimal number = read_decimal(text.substr(start));
  if (number.length == 0) return no_number(text, start, kRate);
  const std::size_t unit_at = skip_blanks(text, start + number.length);
  const std::string_view whole_unit = trimmed(text.substr(unit_at));
  if (whole_unit.empty()) return fail(text, unit_at, kRate, "its unit is missing");

  std::string_view prefix = whole_unit;
  const bool per_second = take_ending(prefix, {"ps", "/s", "/sec"});
  const bool bytes = prefix.ends_with('B') || lower_ascii(prefix).ends_with("byte") ||
                     lower_ascii(prefix).ends_with("bytes");
  if (bytes) {
    take_ending(prefix, {"bytes", "byte", "b"});
  } else if (!take_ending(prefix, {"bits", "bit", "b"}) && per_second) {
    return fail(text, unit_at, kRate, fmt::format("{} is no unit of rate", in_quotes(whole_unit)));
  }
  const auto factor = decimal_prefix(trimmed(prefix));
  if (!factor) return fail(text, unit_at, kRate, fmt::format("{} is no unit of rate", in_quotes(whole_unit)));

  std::int64_t rate = 0;
  const Scaled outcome = scale(number, bytes ? *factor * 8 : *factor, rate);
  if (outcome != Scaled::ok) return bad_scale(outcome, text, start, kRate);
  if (bytes)
    return std::unexpected(
        UnitError{unit_at, fmt::format("{} is in bytes; rates are in bits", in_quotes(text)),
                  rate > 0 ? fmt::format("write {}", format_rate(rate)) : std::string(kRate.right)});
  if (rate == 0) return fail(text, start, kRate, "nothing passes at rate 0");
  return rate;
}

Parsed<std::int64_t> parse_duration_ns(std::string_view text) {
  if (trimmed(text) == "0") return 0;
  std::size_t at = skip_blanks(text, 0);
  const std::size_t end = at + trimmed(text.substr(at)).size();
  Wide total = 0;
  std::uint64_t smallest = std::numeric_limits<std::uint64_t>::max();
  do {
    const std::size_t start = at;
    const Decimal number = read_decimal(text.substr(at, end - at));
    if (number.length == 0) return no_number(text, at, kDuration);
    const std::size_t unit_at = at = skip_blanks(text, at + number.length);
    while (at < end && !is_digit(text[at]) && !is_blank(text[at]) && text[at] != '.') ++at;
    const std::string_view name = text.substr(unit_at, at - unit_at);
    if (name.empty()) return fail(text, unit_at, kDuration, "its unit is missing");
    const std::string low = lower_ascii(name);
    std::uint64_t factor = 0;
    for (const Unit& unit : kTimeUnits)
      if (low == unit.name) factor = unit.factor;
    if (factor == 0)
      return fail(text, unit_at, kDuration, fmt::format("{} is no unit of time", in_quotes(name)));
    if (factor >= smallest)
      return fail(text, start, kDuration,
                  fmt::format("{} comes after a unit that is not larger", in_quotes(name)));
    smallest = factor;
    std::int64_t part = 0;
    const Scaled outcome = scale(number, factor, part);
    if (outcome != Scaled::ok) return bad_scale(outcome, text, start, kDuration);
    total += static_cast<Wide>(part);
    if (total > static_cast<Wide>(kMax)) return bad_scale(Scaled::too_large, text, start, kDuration);
    at = skip_blanks(text, at);
  } while (at < end);
  return static_cast<std::int64_t>(total);
}

Parsed<std::int64_t> parse_size_bytes(std::string_view text) {
  const std::size_t start = skip_blanks(text, 0);
  const Decimal number = read_decimal(text.substr(start));
  if (number.length == 0) return no_number(text, start, kSize);
  const std::size_t unit_at = skip_blanks(text, start + number.length);
  const std::string_view unit = trimmed(text.substr(unit_at));
  std::string low = lower_ascii(unit);
  if (low.ends_with("bytes"))
    low.resize(low.size() - 5);
  else if (low.ends_with('b'))
    low.resize(low.size() - 1);
  while (!low.empty() && is_blank(low.back())) low.pop_back();

  std::optional<std::uint64_t> factor;
  if (low.size() == 2 && low.back() == 'i') {
    constexpr std::string_view kPrefixes = "kmgt";
    const auto power = kPrefixes.find(low.front());
    if (power != kPrefixes.npos) factor = std::uint64_t{1} << (10 * (power + 1));
  } else {
    factor = decimal_prefix(low);
  }
  if (!factor) return fail(text, unit_at, kSize, fmt::format("{} is no unit of size", in_quotes(unit)));
  std::int64_t size = 0;
  const Scaled outcome = scale(number, *factor, size);
  if (outcome != Scaled::ok) return bad_scale(outcome, text, start, kSize);
  return size;
}

Parsed<std::int64_t> parse_packets(std::string_view text) {
  const std::size_t start = skip_blanks(text, 0);
  const Decimal number = read_decimal(text.substr(start));
  if (number.length == 0) return no_number(text, start, kPackets);
  const std::size_t unit_at = skip_blanks(text, start + number.length);
  const std::string unit = lower_ascii(trimmed(text.substr(unit_at)));
  if (!unit.empty() && unit != "p" && unit != "packets" && unit != "packet")
    return fail(text, unit_at, kPackets, fmt::format("{} does not count packets", in_quotes(unit)));
  std::int64_t packets = 0;
  const Scaled outcome = scale(number, 1, packets);
  if (outcome != Scaled::ok) return bad_scale(outcome, text, start, kPackets);
  return packets;
}

Parsed<std::int64_t> parse_per_billion(std::string_view text) {
  const std::size_t start = skip_blanks(text, 0);
  const Decimal number = read_decimal(text.substr(start));
  if (number.length == 0) return no_number(text, start, kChance);
  std::size_t at = start + number.length;
  int exponent = 0;  // of ten, at most 0
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t digit = at + 1;
    const bool minus = digit < text.size() && text[digit] == '-';
    if (digit < text.size() && (text[digit] == '-' || text[digit] == '+')) ++digit;
    if (digit >= text.size() || !is_digit(text[digit]))
      return fail(text, at, kChance, "its exponent has no digits");
    for (; digit < text.size() && is_digit(text[digit]); ++digit)
      if (exponent < 1000) exponent = exponent * 10 + (text[digit] - '0');
    if (exponent > 0 && !minus) return fail(text, at, kChance, "it is more than 1");
    at = digit;
  }
  at = skip_blanks(text, at);
  const std::string_view unit = trimmed(text.substr(at));
  if (!unit.empty() && unit != "%")
    return fail(text, at, kChance, fmt::format("{} is not understood", in_quotes(unit)));

  // per billion = number × 10^9 / 10^exponent / (100 for %)
  const int shift = 9 - exponent - (unit == "%" ? 2 : 0);
  std::int64_t value = 0;
  Scaled outcome = scale(number, power_of_ten(shift > 0 ? shift : 0), value);
  for (int i = shift; i < 0 && outcome == Scaled::ok && value != 0; ++i) {
    if (value % 10 != 0) outcome = Scaled::not_whole;
    value /= 10;
  }
  if (outcome == Scaled::ok && value > 1'000'000'000) outcome = Scaled::too_large;
  if (outcome != Scaled::ok) return bad_scale(outcome, text, start, kChance);
  return value;
}

}  // namespace mailroom::topology
