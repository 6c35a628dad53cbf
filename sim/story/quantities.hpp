// SPDX-License-Identifier: GPL-2.0-only
// Times, sizes and counts as people write and read them.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace mailroom::story {

// A point of simulated time: "0:00:12.345" (h:mm:ss.mmm, truncated); -1, never: "never".
std::string clock(std::int64_t time_ns);

// A duration in at most two units: "0.21 ms", "350 ms", "12.35 s", "15 min", "1 h 20 min", "2 d 3 h".
std::string duration(std::int64_t duration_ns);

// "12.5s", "250ms", "90m" or "90min", "1h30m", "2d", "0:01:30.5", "end" (which is `end_ns`). The error says
// what would be right.
std::expected<std::int64_t, std::string> parse_time(std::string_view text, std::int64_t end_ns);

// "1,234,567".
std::string grouped(std::int64_t number);

// "1 host", "12 hosts"; `plural` where an s does not do.
std::string counted(std::int64_t number, std::string_view noun, std::string_view plural = {});

}  // namespace mailroom::story
