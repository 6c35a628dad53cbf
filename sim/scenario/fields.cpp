// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/fields.hpp"

#include <fmt/format.h>

#include <cassert>
#include <charconv>
#include <chrono>

#include "topologies/units.hpp"

namespace mailroom::scenario {

namespace {

std::vector<std::string_view> names(const Object& object) {
  std::vector<std::string_view> all;
  for (const Key& key : object.keys) all.push_back(key.name);
  return all;
}

std::vector<std::string_view> words(std::string_view joined) {
  std::vector<std::string_view> all;
  while (!joined.empty()) {
    const std::size_t bar = std::min(joined.find('|'), joined.size());
    all.push_back(joined.substr(0, bar));
    joined.remove_prefix(std::min(bar + 1, joined.size()));
  }
  return all;
}

// "2000-01-01T12:00:00Z" (RFC 3339, UTC, whole seconds) or a date alone.
std::optional<std::int64_t> unix_time(std::string_view text) {
  const auto number = [&](std::size_t from, std::size_t length) -> int {
    int value = -1;
    if (from + length > text.size()) return -1;
    const char* const end = text.data() + from + length;
    const auto [stop, error] = std::from_chars(text.data() + from, end, value);
    return error == std::errc{} && stop == end ? value : -1;
  };
  if (text.size() != 10 && text.size() != 20) return std::nullopt;
  if (text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  if (number(0, 4) < 1970 || number(5, 2) < 0 || number(8, 2) < 0 || !day.ok()) return std::nullopt;
  std::int64_t seconds = 0;
  if (text.size() == 20) {
    const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
    if ((text[10] != 'T' && text[10] != ' ') || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
      return std::nullopt;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
    seconds = hour * 3600 + minute * 60 + second;
  }
  return std::chrono::sys_days(day).time_since_epoch().count() * std::int64_t{86'400} + seconds;
}

// Reports what a parser of topologies/units.hpp says.
bool accept(const topology::Parsed<std::int64_t>& parsed, const Value& value, std::int64_t least,
            std::string_view least_text, std::int64_t& target, Report& report) {
  if (!parsed) {
    report.mistake(value.at, parsed.error().wrong, parsed.error().right);
    return false;
  }
  if (*parsed < least) {
    report.mistake(value.at, fmt::format("{} is too little", shown(value.text)),
                   fmt::format("at least {}", least_text));
    return false;
  }
  target = *parsed;
  return true;
}

}  // namespace

Fields::Fields(const Value& value, const Object& object, Report& report, bool others)
    : value_(value), object_(object), report_(report) {
  if (value.kind == Value::Kind::scalar || value.kind == Value::Kind::list)
    report.mistake(value.at, fmt::format("{} where a map of keys is wanted", describe(value)),
                   fmt::format("write keys such as '{}: …'", object.keys.front().name));
  if (others) return;
  for (const Value::Entry& entry : value.entries)
    if (object.find(entry.key) == nullptr) {
      if (report.is_full()) {
        report.mistake(entry.key_at, "", "");
        continue;
      }
      const std::vector<std::string_view> known = names(object);
      report.mistake(entry.key_at, fmt::format("unknown key {}", shown(entry.key)),
                     suggest(entry.key, std::span(known)));
    }
}

const Value* Fields::find(std::string_view key) const {
  assert(object_.find(key) != nullptr);
  const Value* found = value_.find(key);
  return found != nullptr && found->kind != Value::Kind::null ? found : nullptr;
}

Position Fields::at(std::string_view key) const {
  const Value* found = find(key);
  return found != nullptr ? found->at : value_.at;
}

bool Fields::require(std::string_view key) const {
  if (has(key)) return true;
  report_.mistake(value_.at, fmt::format("'{}' is missing", key), fmt::format("add '{}: …'", key));
  return false;
}

const Value* Fields::typed(std::string_view key, [[maybe_unused]] Type type) const {
  assert(object_.find(key)->type == type);
  return find(key);
}

const Value* Fields::scalar(std::string_view key, Type type, std::string_view right) const {
  const Value* found = typed(key, type);
  if (found == nullptr || found->kind == Value::Kind::scalar) return found;
  report_.mistake(found->at, fmt::format("{} for '{}'", describe(*found), key), std::string(right));
  return nullptr;
}

bool Fields::text(std::string_view key, std::string& target) const {
  const Value* found = scalar(key, Type::text, "a text is wanted");
  if (found == nullptr) return false;
  target = found->text;
  return true;
}

bool Fields::text(std::string_view key, std::optional<std::string>& target) const {
  std::string read;
  if (!text(key, read)) return false;
  target = std::move(read);
  return true;
}

bool Fields::flag(std::string_view key, bool& target) const {
  const Value* found = scalar(key, Type::flag, "true or false");
  if (found == nullptr) return false;
  if (found->text == "true" || found->text == "false") {
    target = found->text == "true";
    return true;
  }
  report_.mistake(found->at, fmt::format("{} for '{}'", shown(found->text), key), "true or false");
  return false;
}

bool Fields::count(std::string_view key, std::int64_t& target, std::int64_t least, std::int64_t most) const {
  const std::string right = most == INT64_MAX ? fmt::format("a whole number from {} on", least)
                                              : fmt::format("a whole number from {} to {}", least, most);
  const Value* found = scalar(key, Type::count, right);
  if (found == nullptr) return false;
  std::int64_t value = 0;
  const char* const end = found->text.data() + found->text.size();
  const auto [stop, error] = std::from_chars(found->text.data(), end, value);
  if (error != std::errc{} || stop != end || value < least || value > most) {
    report_.mistake(found->at, fmt::format("{} for '{}'", shown(found->text), key), right);
    return false;
  }
  target = value;
  return true;
}

bool Fields::duration(std::string_view key, std::int64_t& target_ns, std::int64_t least_ns) const {
  const Value* found = typed(key, Type::duration);
  return found != nullptr && read_duration(*found, target_ns, least_ns, report_);
}

bool Fields::rate(std::string_view key, std::int64_t& target_bps) const {
  const Value* found = scalar(key, Type::rate, "a rate such as 64kbps");
  return found != nullptr &&
         accept(topology::parse_rate_bps(found->text), *found, 1, "1bps", target_bps, report_);
}

bool Fields::size(std::string_view key, std::int64_t& target_bytes, std::int64_t least_bytes) const {
  const Value* found = scalar(key, Type::size, "a size such as 20kB");
  return found != nullptr && accept(topology::parse_size_bytes(found->text), *found, least_bytes,
                                    topology::format_size(least_bytes), target_bytes, report_);
}

bool Fields::packets(std::string_view key, std::int64_t& target) const {
  const Value* found = scalar(key, Type::packets, "a number of packets such as 50");
  return found != nullptr &&
         accept(topology::parse_packets(found->text), *found, 1, "1 packet", target, report_);
}

bool Fields::share(std::string_view key, std::int64_t& target_per_billion) const {
  const Value* found = scalar(key, Type::share, "a probability such as 0.1%");
  return found != nullptr &&
         accept(topology::parse_per_billion(found->text), *found, 0, "0", target_per_billion, report_);
}

bool Fields::time(std::string_view key, std::int64_t& target_unix_s) const {
  constexpr std::string_view kRight = "a time such as 2000-01-01T12:00:00Z, from 1970 on";
  const Value* found = scalar(key, Type::time, kRight);
  if (found == nullptr) return false;
  const std::optional<std::int64_t> value = unix_time(found->text);
  if (value)
    target_unix_s = *value;
  else
    report_.mistake(found->at, fmt::format("{} for '{}'", shown(found->text), key), std::string(kRight));
  return value.has_value();
}

std::optional<std::size_t> Fields::choice(std::string_view key) const {
  const std::vector<std::string_view> known = words(object_.find(key)->of);
  const Value* found = scalar(key, Type::choice, "one word is wanted");
  if (found == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < known.size(); ++i)
    if (known[i] == found->text) return i;
  report_.mistake(found->at, fmt::format("{} for '{}'", shown(found->text), key),
                  suggest(found->text, std::span(known)));
  return std::nullopt;
}

std::vector<Word> Fields::texts(std::string_view key) const {
  const Value* found = typed(key, Type::texts);
  if (found == nullptr) return {};
  return read_texts(*found, key, report_);
}

bool read_duration(const Value& value, std::int64_t& target_ns, std::int64_t least_ns, Report& report) {
  if (value.kind != Value::Kind::scalar) {
    report.mistake(value.at, fmt::format("{} for a duration", describe(value)),
                   "write one such as 40ms or 1h30m");
    return false;
  }
  return accept(topology::parse_duration_ns(value.text), value, least_ns, topology::format_duration(least_ns),
                target_ns, report);
}

bool read_size(const Value& value, std::int64_t& target_bytes, std::int64_t least_bytes, Report& report) {
  if (value.kind != Value::Kind::scalar) {
    report.mistake(value.at, fmt::format("{} for a size", describe(value)), "write one such as 20kB");
    return false;
  }
  return accept(topology::parse_size_bytes(value.text), value, least_bytes, topology::format_size(least_bytes),
                target_bytes, report);
}

std::vector<Word> read_texts(const Value& value, std::string_view what, Report& report) {
  if (value.kind == Value::Kind::scalar) return {{value.text, value.at}};
  std::vector<Word> all;
  if (value.kind != Value::Kind::list)
    report.mistake(value.at, fmt::format("{} for '{}'", describe(value), what),
                   "a text or a list of texts is wanted");
  for (const ValuePtr& item : value.items) {
    if (item->kind == Value::Kind::scalar)
      all.push_back({item->text, item->at});
    else
      report.mistake(item->at, fmt::format("{} in '{}'", describe(*item), what), "a text is wanted");
  }
  return all;
}

}  // namespace mailroom::scenario
