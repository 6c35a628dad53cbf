// SPDX-License-Identifier: GPL-2.0-only
// Octets of packets, for captures.
#pragma once

#include <cstdint>
#include <string>

namespace mailroom::tests {

// A TCP segment in an IPv4 datagram (RFC 791, RFC 9293) from 10.0.0.`from` to 10.0.0.`to`, checksums right.
std::string datagram(unsigned from, unsigned to, std::uint16_t source_port, std::uint16_t port,
                     std::uint32_t seq, std::uint32_t ack, std::uint8_t flags, const std::string& text);

}  // namespace mailroom::tests
