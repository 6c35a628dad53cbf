// SPDX-License-Identifier: GPL-2.0-only
// The text forms of the addresses in A and AAAA records (RFC 1035 §3.4.1; RFC 4291 §2.2, RFC 5952).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/dns/name.hpp"

namespace mailroom::dns {

using Ipv4 = std::uint32_t;  // in the host's order: 10.0.0.1 is 0x0a000001
using Ipv6 = std::array<std::uint8_t, 16>;

std::optional<Ipv4> parse_ipv4(std::string_view text);  // four decimal numbers, no leading zeros
std::string ipv4_text(Ipv4 address);
std::optional<Ipv6> parse_ipv6(std::string_view text);
std::string ipv6_text(const Ipv6& address);

// 1.0.0.10.in-addr.arpa, where a PTR record tells the name of 10.0.0.1 (RFC 1035 §3.5).
Name reverse_name(Ipv4 address);

}  // namespace mailroom::dns
