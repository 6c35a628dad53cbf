// SPDX-License-Identifier: GPL-2.0-only
// Dates of header fields (RFC 5322 §3.3, obsolete forms §4.3), with no clock, locale or time zone of the
// machine.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "protocols/message/parse_error.hpp"

namespace mailroom::message {

struct DateTime {
  std::int64_t unix_s = 0;
  int zone_min = 0;           // minutes east of UTC
  bool is_zone_known = true;  // false for -0000, military and unknown zones (RFC 5322 §4.3)
  friend bool operator==(const DateTime&, const DateTime&) = default;
};

// The whole text is one date-time; comments and folding allowed. A day of the week that does not fit the date
// is let pass (RFC 5322 §3.3 forbids it to the writer); a date that the calendar does not have is an error.
std::expected<DateTime, ParseError> parse_date_time(std::string_view text);

// `Thu, 01 Jan 1970 00:00:00 +0000`. For years 0000 to 9999.
std::string format_date_time(std::int64_t unix_s);

}  // namespace mailroom::message
