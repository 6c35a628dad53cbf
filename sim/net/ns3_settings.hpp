// SPDX-License-Identifier: GPL-2.0-only
// How our simulated hosts' TCP is set: the one table. What is not here has ns-3's default.
#pragma once

#include <cstdint>

namespace mailroom::net {

struct TcpSettings {
  // Ethernet's 1500 octets less 20 for IP and 20 for TCP would be 1460; 12 are left for SACK options.
  std::uint32_t segment_size = 1448;
  std::uint32_t initial_window_segments = 10;  // RFC 6928
  // One acknowledgement for two segments, and the answer to a command carries the other (RFC 1122 §4.2.3.2,
  // which allows up to 500 ms).
  std::uint32_t delayed_ack_segments = 2;
  std::int64_t delayed_ack_timeout_ns = 40'000'000;
  // A megabyte a round trip of 250 ms; lost segments cost the sender a search through what is outstanding, so
  // not more.
  std::uint32_t send_buffer_bytes = 262'144;
  std::uint32_t receive_buffer_bytes = 262'144;
  std::int64_t min_rto_ns = 1'000'000'000;  // RFC 6298 §2.4
  // 3 s, doubled each time, six tries: a lost SYN delays by 3, 9, 21, 45, 93 s and the connection fails at
  // 189 s.
  std::int64_t connect_timeout_ns = 3'000'000'000;
  std::uint32_t syn_tries = 6;
  std::uint32_t data_retries = 6;
  // TIME-WAIT lasts twice this. ns-3 looks through all of a host's endpoints for each segment, so that two
  // minutes (RFC 9293 §3.4.2) would make many short connections quadratic. What TIME-WAIT is for cannot
  // happen here: links deliver in order, ports are reused only after 16,383 others, and whoever has lost the
  // last ACK is answered by a reset, which Ns3Socket takes for that ACK.
  std::int64_t max_segment_lifetime_ns = 50'000'000;
  bool nagle = false;  // a dialogue of commands and replies would wait for acknowledgements
  bool selective_ack = true;
  bool window_scaling = true;
  // Off: round trips are then measured to the nanosecond instead of the millisecond, and every segment is
  // cheaper.
  bool timestamps = false;
  // Integers only. Cubic, ns-3's default, takes cube roots from libm, which differ between CPUs.
  const char* congestion_control = "ns3::TcpLinuxReno";
  const char* recovery = "ns3::TcpPrrRecovery";
};
inline constexpr TcpSettings kTcp{};

// Hops a packet may take: the most there can be, since paths without loops are computed here.
inline constexpr std::uint8_t kTimeToLive = 255;

}  // namespace mailroom::net
