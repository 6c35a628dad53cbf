// SPDX-License-Identifier: GPL-2.0-only
// A TCP segment out of the octets of a frame (table `frame`): IPv4 header (RFC 791 §3.1), TCP header (RFC
// 9293 §3.1).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailroom::viz {

struct Segment {
  std::uint32_t source = 0;  // addresses, ports
  std::uint32_t destination = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t datagram = 0;  // the IP identification: the same on each link of its way
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 0;
  std::uint32_t octets = 0;  // of text
  friend bool operator==(const Segment&, const Segment&) = default;

  static constexpr std::uint8_t kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16;
  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

// nullopt: too short, or not TCP over IPv4, or a later fragment.
std::optional<Segment> parse_segment(std::string_view frame);

// "SYN", "FIN, ACK"; "none" without any.
std::string flag_names(std::uint8_t flags);

}  // namespace mailroom::viz
