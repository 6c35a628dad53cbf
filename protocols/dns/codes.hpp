// SPDX-License-Identifier: GPL-2.0-only
// The numbers of the DNS and their names. A value without a name here is one too: any 16-bit type is carried.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailroom::dns {

// RFC 1035 §3.2.2, §3.2.3; RFC 3596 §2.1; RFC 6891 §6.1.1
enum class Type : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  opt = 41,
  ixfr = 251,
  axfr = 252,
  any = 255,
};
std::string name(Type type);                            // "MX"; "TYPE65280" (RFC 3597 §5)
std::optional<Type> parse_type(std::string_view text);  // both forms, in any case

// RFC 1035 §3.2.4, §3.2.5
enum class Class : std::uint16_t { in = 1, ch = 3, any = 255 };
std::string name(Class cls);  // "IN"; "CLASS32"

enum class Opcode : std::uint8_t { query = 0, iquery = 1, status = 2, notify = 4, update = 5 };
std::string name(Opcode opcode);

// RFC 1035 §4.1.1, RFC 6891 §9. Above 15 only with EDNS.
enum class Rcode : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16,
};
std::string name(Rcode rcode);  // "NXDOMAIN"

}  // namespace mailroom::dns
