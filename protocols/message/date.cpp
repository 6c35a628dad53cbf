// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocols/message/header.hpp"
#include "protocols/message/lexer.hpp"

namespace mailroom::message {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::int64_t kDay_s = 86400;

struct Date {
  std::int64_t year = 0;
  std::int64_t month = 0;  // 1 to 12
  std::int64_t day = 0;    // 1 to 31
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// Gregorian calendar. Years are counted from 1 March, so that the leap day is the last of its year.
std::int64_t days_from_epoch(const Date& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t month = (date.month + 9) % 12;  // March is 0
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  constexpr std::int64_t kEpochFromMarchOfYear0 = 719468;
  return 365 * year + floor_div(year, 4) - floor_div(year, 100) + floor_div(year, 400) + day_of_year -
         kEpochFromMarchOfYear0;
}

Date date_of(std::int64_t days) {
  // A year that is at most one too late, then one step back: no table of centuries is needed.
  Date date{.year = 1970 + floor_div(days * 400, 146097) + 1, .month = 1, .day = 1};
  while (days_from_epoch(date) > days) --date.year;
  while (date.month < 12 && days_from_epoch({date.year, date.month + 1, 1}) <= days) ++date.month;
  date.day = days - days_from_epoch(date) + 1;
  return date;
}

std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
  const Date next = month == 12 ? Date{year + 1, 1, 1} : Date{year, month + 1, 1};
  return days_from_epoch(next) - days_from_epoch({year, month, 1});
}

class DateParser {
 public:
  explicit DateParser(std::string_view text) : lexer_(text) {}

  std::expected<DateTime, ParseError> parse() {
    DateTime out;
    Date date;
    std::int64_t time_s = 0;
    if (!read_day_name() || !read_date(date) || !read_time(time_s) || !read_zone(out) ||
        !lexer_.expect_end()) {
      return std::unexpected(lexer_.error());
    }
    out.unix_s = days_from_epoch(date) * kDay_s + time_s - std::int64_t{60} * out.zone_min;
    return out;
  }

 private:
  bool read_day_name() {
    if (!lexer_.skip_cfws()) return false;
    if (!lexer_.at_alpha()) return true;
    if (!read_name(kDays)) return lexer_.fail("RFC 5322 §3.3", "a day of the week: Mon to Sun");
    return lexer_.skip_cfws() && lexer_.expect(',', "RFC 5322 §3.3", "',' after the day of the week");
  }

  bool read_date(Date& date) {
    std::size_t digits = 0;
    if (!read_number(1, 2, date.day, digits, "a day of the month")) return false;
    if (!lexer_.skip_cfws()) return false;
    const auto month = read_name(kMonths);
    if (!month) return lexer_.fail("RFC 5322 §3.3", "a month: Jan to Dec");
    date.month = static_cast<std::int64_t>(*month) + 1;
    if (!lexer_.skip_cfws()) return false;
    const std::size_t start = lexer_.offset();
    if (!read_number(2, 4, date.year, digits, "a year of four digits")) return false;
    // RFC 5322 §4.3: two digits below 50 are 2000 and on; else, and with three digits, 1900 and on.
    if (digits == 2) date.year += date.year < 50 ? 2000 : 1900;
    if (digits == 3) date.year += 1900;
    if (date.year < 1900) return fail_at(start, "a year from 1900 on");
    if (date.day < 1 || date.day > days_in_month(date.year, date.month)) {
      return fail_at(0, "a date that the calendar has");
    }
    return true;
  }

  bool read_time(std::int64_t& time_s) {
    std::size_t digits = 0;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    if (!lexer_.skip_cfws()) return false;
    const std::size_t start = lexer_.offset();
    if (!read_number(2, 2, hour, digits, "an hour of two digits") || !lexer_.skip_cfws()) return false;
    if (!lexer_.expect(':', "RFC 5322 §3.3", "':' after the hour")) return false;
    if (!read_number(2, 2, minute, digits, "a minute of two digits") || !lexer_.skip_cfws()) return false;
    if (lexer_.eat(':') && !read_number(2, 2, second, digits, "a second of two digits")) return false;
    // RFC 5322 §3.3: 60 is a leap second.
    if (hour > 23 || minute > 59 || second > 60) return fail_at(start, "a time from 00:00:00 to 23:59:60");
    time_s = hour * 3600 + minute * 60 + second;
    return true;
  }

  bool read_zone(DateTime& out) {
    if (!lexer_.skip_cfws()) return false;
    if (lexer_.at_alpha()) {
      read_named_zone(out);
      return true;
    }
    const bool west = lexer_.at('-');
    if (!west && !lexer_.at('+')) return lexer_.fail("RFC 5322 §3.3", "a zone: +hhmm or -hhmm");
    lexer_.take();
    const std::size_t start = lexer_.offset();
    std::int64_t zone = 0;
    std::size_t digits = 0;
    if (!read_number(4, 4, zone, digits, "a zone of four digits")) return false;
    if (zone % 100 > 59) return fail_at(start, "minutes of a zone from 00 to 59");
    out.zone_min = static_cast<int>(zone / 100 * 60 + zone % 100) * (west ? -1 : 1);
    out.is_zone_known = !west || zone != 0;
    return true;
  }

  void read_named_zone(DateTime& out) {
    const std::size_t start = lexer_.offset();
    while (lexer_.at_alpha()) lexer_.take();
    const std::string_view name = lexer_.since(start);
    struct Zone {
      std::string_view name;
      int hours;
    };
    // RFC 5322 §4.3; UTC is not in its list, but everywhere in mail.
    static constexpr std::array<Zone, 11> kZones = {{{"UT", 0},
                                                     {"GMT", 0},
                                                     {"UTC", 0},
                                                     {"EST", -5},
                                                     {"EDT", -4},
                                                     {"CST", -6},
                                                     {"CDT", -5},
                                                     {"MST", -7},
                                                     {"MDT", -6},
                                                     {"PST", -8},
                                                     {"PDT", -7}}};
    const auto* zone = std::find_if(kZones.begin(), kZones.end(),
                                    [&](const Zone& each) { return equal_ignoring_case(each.name, name); });
    out.is_zone_known = zone != kZones.end();
    out.zone_min = out.is_zone_known ? zone->hours * 60 : 0;
  }

  template <std::size_t N>
  std::optional<std::size_t> read_name(const std::array<std::string_view, N>& names) {
    const std::size_t start = lexer_.offset();
    while (lexer_.at_alpha()) lexer_.take();
    for (std::size_t i = 0; i < N; ++i) {
      if (equal_ignoring_case(names[i], lexer_.since(start))) return i;
    }
    lexer_.rewind(start);
    return std::nullopt;
  }

  bool read_number(std::size_t least, std::size_t most, std::int64_t& out, std::size_t& digits,
                   std::string_view expected) {
    if (!lexer_.skip_cfws()) return false;
    const std::size_t start = lexer_.offset();
    for (out = 0; lexer_.at_digit() && lexer_.offset() - start <= most;)
      out = out * 10 + (lexer_.take() - '0');
    digits = lexer_.offset() - start;
    return (digits >= least && digits <= most) || fail_at(start, expected);
  }

  bool fail_at(std::size_t offset, std::string_view expected) {
    lexer_.rewind(offset);
    return lexer_.fail("RFC 5322 §3.3", expected);
  }

  Lexer lexer_;
};

}  // namespace

std::expected<DateTime, ParseError> parse_date_time(std::string_view text) {
  return DateParser(text).parse();
}

std::string format_date_time(std::int64_t unix_s) {
  const std::int64_t days = floor_div(unix_s, kDay_s);
  const std::int64_t time_s = unix_s - days * kDay_s;
  const Date date = date_of(days);
  const auto day_name = static_cast<std::size_t>(((days + 4) % 7 + 7) % 7);  // 1 January 1970 was a Thursday
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[day_name], date.day,
                     kMonths[static_cast<std::size_t>(date.month - 1)], date.year, time_s / 3600,
                     time_s / 60 % 60, time_s % 60);
}

}  // namespace mailroom::message
