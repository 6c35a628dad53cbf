// SPDX-License-Identifier: GPL-2.0-only
// The service extensions that a host offers in its reply to EHLO (RFC 5321 §2.2, §4.1.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mailroom::smtp {

struct Reply;

struct Extensions {
  bool size = false;                   // RFC 1870
  std::int64_t size_limit_octets = 0;  // its argument; 0: no fixed maximum
  bool eight_bit_mime = false;         // RFC 6152
  bool pipelining = false;             // RFC 2920
  bool enhanced_status_codes = false;  // RFC 2034
  friend bool operator==(const Extensions&, const Extensions&) = default;

  static Extensions all() { return {true, 0, true, true, true}; }
};

// The keyword lines, without the first line's domain: "SIZE 1000000", "8BITMIME", …
std::vector<std::string> ehlo_lines(const Extensions& extensions);
// What the peer's 250 to EHLO offers; keywords we do not know are left out. SIZE with a bad argument counts
// as SIZE without one.
Extensions parse_extensions(const Reply& reply);

// The BODY parameter of MAIL (RFC 6152).
enum class Body : std::uint8_t { seven_bit, eight_bit };

}  // namespace mailroom::smtp
