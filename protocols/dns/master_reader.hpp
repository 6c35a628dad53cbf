// SPDX-License-Identifier: GPL-2.0-only
// Records as text, a line each (RFC 1035 §5.1):
//
//   owner [TTL] [IN] TYPE data      ; comment
//
// Names without a final dot are relative to the origin, "@" is the origin, a line that begins with a blank is
// about the owner of the line before. TTLs may have units ("1h30m"). $ORIGIN and $TTL (RFC 2308 §4) hold from
// their line on. Of other types the data is \# and hex digits (RFC 3597 §5). Parentheses, and so records over
// several lines, are not read; nor is $INCLUDE.
//
//   MasterReader reader(*Name::parse("example"), 3600);
//   reader.read_line("@ MX 10 mx1");    // a record, none (blank, comment, directive), or what is wrong
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "protocols/dns/parse_error.hpp"
#include "protocols/dns/record.hpp"

namespace mailroom::dns {

class MasterReader {
 public:
  MasterReader(Name origin, std::uint32_t ttl_s) : origin_(std::move(origin)), ttl_s_(ttl_s) {}

  // Offsets of errors are octets from the start of the line. A line with an error changes nothing.
  std::expected<std::optional<Record>, ParseError> read_line(std::string_view line);

 private:
  Name origin_;
  std::uint32_t ttl_s_;
  std::optional<Name> owner_;  // of the line before
};

}  // namespace mailroom::dns
