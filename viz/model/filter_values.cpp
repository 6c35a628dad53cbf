// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filter_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "sim/trace/event.hpp"
#include "topologies/text.hpp"
#include "topologies/units.hpp"
#include "viz/model/text_match.hpp"

namespace mailroom::viz {
namespace {

using Token = FilterToken;
using Value = FilterToken::Value;
using Result = std::expected<FilterTerm, FilterError>;
using topology::in_quotes;

constexpr std::int64_t kSecond = 1'000'000'000;

std::unexpected<FilterError> error(std::size_t offset, std::string wrong, std::string right) {
  return std::unexpected(FilterError{offset, std::move(wrong), std::move(right)});
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// "0:01:30.250" or "1:30": hours (if there are three parts), minutes, seconds.
std::optional<std::int64_t> clock_ns(std::string_view text) {
  std::int64_t minutes = 0;
  int parts = 0;
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':')) {
    const auto part = whole_number(text.substr(0, colon));
    if (!part || ++parts > 2 || *part > 1'000'000 || (parts == 2 && *part > 59)) return std::nullopt;
    minutes = minutes * 60 + *part;
    text.remove_prefix(colon + 1);
  }
  if (parts == 0 || text.empty() || text.back() < '0' || text.back() > '9') return std::nullopt;
  const auto seconds = topology::parse_duration_ns(std::string(text) + "s");
  if (!seconds || *seconds >= 60 * kSecond) return std::nullopt;
  return minutes * 60 * kSecond + *seconds;
}

using Number = std::expected<std::int64_t, FilterError>;

Number time_of(std::string_view text, std::size_t offset) {
  if (const auto clock = clock_ns(text)) return *clock;
  // Bare numbers are seconds.
  const bool is_bare = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
  const auto time = topology::parse_duration_ns(is_bare ? std::string(text) + "s" : std::string(text));
  if (time) return *time;
  return error(offset, fmt::format("{} is not a time of the run", in_quotes(text)),
               "write seconds (t>30), a unit (t>1.5s, t<2m, t>1h30m) or a clock time (t>0:01:30)");
}

Number quantity_of(FilterValue value, std::string_view text, std::size_t offset) {
  if (value == FilterValue::time) return time_of(text, offset);
  if (value == FilterValue::size) {
    const auto size = topology::parse_size_bytes(text);
    if (size) return *size;
    return error(offset, fmt::format("{} is not a size", in_quotes(text)),
                 "write octets or a unit: size>500, size>10k");
  }
  if (const auto number = whole_number(text)) return *number;
  return error(offset, fmt::format("{} is not a number", in_quotes(text)), "write how many: queue>5");
}

// Ends of a range by a comparison: whole numbers, so "more than" begins one above.
Result read_order(FilterTerm term, const FilterKeyInfo& key, const Token& token) {
  const Value& value = token.values.front();
  const Number read = quantity_of(key.value, value.text, value.offset);
  if (!read) return std::unexpected(read.error());
  const std::string& how = token.comparison;
  if (how == "<" && *read == 0)
    return error(value.offset, "nothing is less than 0", fmt::format("write it as in {}", key.example));
  if (how == "=") term.least = term.most = *read;
  if (how == ">=") term.least = *read;
  if (how == "<=") term.most = *read;
  if (how == ">") term.least = *read < FilterTerm::kMost ? *read + 1 : *read;
  if (how == "<") term.most = *read - 1;
  return term;
}

Result read_range(FilterTerm term, const FilterKeyInfo& key, const Token& token) {
  const Value& value = token.values.front();
  if (token.values.size() > 1)
    return error(token.values[1].offset, "here is only one value possible",
                 fmt::format("for several, write it twice with 'or' between: {0}… or {0}…", key.name));
  if (token.comparison != ":") return read_order(std::move(term), key, token);
  const std::string_view text = value.text;
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    if (key.value == FilterValue::time)  // nobody means one nanosecond of the run
      return error(value.offset, "one moment is no range of time", "write t>30, t<2m or t:10s..2m");
    const Number read = quantity_of(key.value, text, value.offset);
    if (!read) return std::unexpected(read.error());
    term.least = term.most = *read;
    return term;
  }
  const std::string_view from = text.substr(0, dots);
  const std::string_view to = text.substr(dots + 2);
  if (from.empty() && to.empty())
    return error(value.offset, "the range has neither a beginning nor an end",
                 fmt::format("write one of them, as in {}", key.example));
  if (!from.empty()) {
    const Number read = quantity_of(key.value, from, value.offset);
    if (!read) return std::unexpected(read.error());
    term.least = *read;
  }
  if (!to.empty()) {
    const Number read = quantity_of(key.value, to, value.offset + dots + 2);
    if (!read) return std::unexpected(read.error());
    term.most = *read;
  }
  if (term.least > term.most)
    return error(value.offset, "the range ends before it begins", "write the smaller one first");
  return term;
}

// "451", "4xx", "45x", "5.1.1", "4.x" is none: an enhanced code may be cut short, "5.1".
bool is_reply(std::string_view text) {
  if (is_reply_class(text)) return true;
  if (!text.contains('.') && text.size() == 3 && text.front() >= '1' && text.front() <= '5')
    return whole_number(text).has_value();
  int parts = 1;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || ++parts > 3) return false;
      digits = 0;
    } else if (c < '0' || c > '9' || ++digits > 3) {
      return false;
    }
  }
  return parts > 1 && digits > 0 && text[1] == '.' && (text[0] == '2' || text[0] == '4' || text[0] == '5');
}

Result read_replies(FilterTerm term, const Token& token) {
  for (const Value& value : token.values) {
    if (!is_reply(value.text))
      return error(value.offset, fmt::format("{} is no reply code", in_quotes(value.text)),
                   "write a code (451), a class (4xx, 55x) or an enhanced code (5.1.1)");
    term.texts.push_back(topology::lower_ascii(value.text));
  }
  return term;
}

Result read_kinds(FilterTerm term, const Token& token) {
  for (const Value& value : token.values) {
    const auto fits = [&](const trace::KindInfo& kind) { return fits_pattern(kind.name, value.text); };
    if (std::ranges::none_of(trace::kKinds, fits)) {
      std::vector<std::string_view> names;
      for (const trace::KindInfo& kind : trace::kKinds) names.push_back(kind.name);
      const auto nearest = topology::nearest(topology::lower_ascii(value.text), names);
      return error(value.offset, fmt::format("there is no kind of event {}", in_quotes(value.text)),
                   nearest ? fmt::format("did you mean '{}'?", *nearest)
                           : "write one such as copy.deferred, or a part with * as in copy.* or *.sent");
    }
    term.texts.push_back(topology::lower_ascii(value.text));
  }
  return term;
}

Result read_is(FilterTerm term, const FilterKeyInfo& key, const Token& token) {
  if (token.values.size() > 1)
    return error(token.values[1].offset, "here is only one value possible",
                 "for several, write it twice with 'or' between: is:bounced or is:lost");
  const Value& value = token.values.front();
  std::vector<std::string_view> names;
  std::string list;
  for (const FilterIsInfo& word : kFilterIs) {
    if (equals_folded(value.text, word.name)) {
      term.is = word.is;
      return term;
    }
    names.push_back(word.name);
    list += list.empty() ? "" : ", ";
    list += word.name;
  }
  const auto nearest = topology::nearest(topology::lower_ascii(value.text), names);
  return error(value.offset, fmt::format("{}: does not know {}", key.name, in_quotes(value.text)),
               nearest ? fmt::format("did you mean '{}'?", *nearest) : fmt::format("it may be {}", list));
}

Result read_numbers(FilterTerm term, const FilterKeyInfo& key, const Token& token) {
  for (const Value& value : token.values) {
    const auto number = whole_number(value.text);
    if (number) {
      term.numbers.push_back(*number);
    } else if (key.value == FilterValue::number_or_name && !value.text.empty()) {
      term.texts.push_back(value.text);
    } else {
      return error(value.offset, fmt::format("{} is not a number", in_quotes(value.text)),
                   fmt::format("write the number, as in {}", key.example));
    }
  }
  return term;
}

}  // namespace

Result read_filter_values(const FilterKeyInfo& key, const FilterToken& token) {
  FilterTerm term{.key = key.key};
  const bool is_ordered =
      key.value == FilterValue::time || key.value == FilterValue::count || key.value == FilterValue::size;
  if (is_ordered) return read_range(std::move(term), key, token);
  if (token.comparison != ":" && token.comparison != "=")
    return error(token.offset, fmt::format("'{}' has no order", key.name),
                 fmt::format("write it as in {}", key.example));
  switch (key.value) {
    case FilterValue::reply:
      return read_replies(std::move(term), token);
    case FilterValue::kind:
      return read_kinds(std::move(term), token);
    case FilterValue::word:
      return read_is(std::move(term), key, token);
    case FilterValue::number:
    case FilterValue::number_or_name:
      return read_numbers(std::move(term), key, token);
    default:
      for (const Value& value : token.values) term.texts.push_back(value.text);
      return term;
  }
}

}  // namespace mailroom::viz
