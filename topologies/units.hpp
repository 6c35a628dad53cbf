// SPDX-License-Identifier: GPL-2.0-only
// Quantities as people write them: "64kbps", "2.5Gbps", "40ms", "1h30m", "10MB", "4KiB", "1%", "100p". All
// results are exact integers; no floating point takes part, so that the same text means the same on every
// CPU. Blanks around a text and between a number and its unit are allowed.
//
// A parser never throws. What is wrong comes back with what would be right, ready for
// "file:line:column: what is wrong; what would be right".
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace mailroom::topology {

struct UnitError {
  std::size_t offset = 0;  // of the first octet in the text that is not understood
  std::string wrong;       // "\"40 parsecs\" is not a duration: \"parsecs\" is no unit of time"
  std::string right;       // "write a number and a unit, such as 40ms, 1.5s or 1h30m"
  friend bool operator==(const UnitError&, const UnitError&) = default;
};

template <class Value>
using Parsed = std::expected<Value, UnitError>;

// Bits per second, decimal prefixes: bps, kbps, Mbps, Gbps, Tbps; also "Mbit/s", "Mb/s", "Mbit", "M". The
// case of the prefix does not matter ("10mbps" is 10 Mbps). Bytes per second ("10MB/s") are refused with the
// rate in bits. A number alone is refused. The result is at least 1.
Parsed<std::int64_t> parse_rate_bps(std::string_view text);

// Nanoseconds, from one or several parts in falling order: d, h, m (also min), s, ms, us (also µs), ns. "0"
// needs no unit; any other number does. Never negative; at most 292 years.
Parsed<std::int64_t> parse_duration_ns(std::string_view text);

// Octets: a bare number, B, kB/MB/GB/TB (powers of 1000), KiB/MiB/GiB/TiB (powers of 1024). "K", "M" and "G"
// alone mean kB, MB and GB.
Parsed<std::int64_t> parse_size_bytes(std::string_view text);

// A number of packets: "100p", "100 packets" or "100".
Parsed<std::int64_t> parse_packets(std::string_view text);

// A probability in parts per billion: "1%", "0.01", "1e-6", "2.5e-3"; from 0 to 1.
Parsed<std::int64_t> parse_per_billion(std::string_view text);

// The shortest text that the parser above reads as exactly the same value: "2.5Gbps", "1h30m", "40ms",
// "1.5ms", "10MB", "4KiB", "100p", "1%". Negative values are not expected.
std::string format_rate(std::int64_t rate_bps);
std::string format_duration(std::int64_t duration_ns);
std::string format_size(std::int64_t size_bytes);
std::string format_packets(std::int64_t packets);
std::string format_per_billion(std::int64_t per_billion);

}  // namespace mailroom::topology
