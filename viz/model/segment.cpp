// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/segment.hpp"

#include <algorithm>

namespace mailroom::viz {
namespace {

std::uint16_t word(std::string_view octets, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(octets[at]) << 8 |
                                    static_cast<unsigned char>(octets[at + 1]));
}
std::uint32_t double_word(std::string_view octets, std::size_t at) {
  return static_cast<std::uint32_t>(word(octets, at)) << 16 | word(octets, at + 2);
}

constexpr std::size_t kLeastHeader = 20;  // of IPv4 and of TCP
constexpr char kTcp = 6;
constexpr std::uint16_t kFragmentOffset = 0x1FFF;

}  // namespace

std::optional<Segment> parse_segment(std::string_view frame) {
  if (frame.size() < kLeastHeader || (static_cast<unsigned char>(frame[0]) >> 4) != 4 || frame[9] != kTcp)
    return std::nullopt;
  const std::size_t ip = static_cast<std::size_t>(static_cast<unsigned char>(frame[0]) & 0xFU) * 4;
  const std::size_t total = std::min<std::size_t>(word(frame, 2), frame.size());
  if (ip < kLeastHeader || total < ip + kLeastHeader || (word(frame, 6) & kFragmentOffset) != 0)
    return std::nullopt;
  Segment segment{.source = double_word(frame, 12),
                  .destination = double_word(frame, 16),
                  .source_port = word(frame, ip),
                  .destination_port = word(frame, ip + 2),
                  .datagram = word(frame, 4),
                  .seq = double_word(frame, ip + 4),
                  .ack = double_word(frame, ip + 8),
                  .flags = static_cast<std::uint8_t>(frame[ip + 13] & 0x3F),
                  .window = word(frame, ip + 14)};
  const std::size_t tcp = static_cast<std::size_t>(static_cast<unsigned char>(frame[ip + 12]) >> 4) * 4;
  if (tcp < kLeastHeader || total < ip + tcp) return std::nullopt;
  // The frame may have been cut short behind the headers; the IP header knows how long it was.
  segment.octets = static_cast<std::uint32_t>(std::max<std::size_t>(word(frame, 2), ip + tcp) - ip - tcp);
  return segment;
}

std::string flag_names(std::uint8_t flags) {
  constexpr struct {
    std::uint8_t flag;
    std::string_view name;
  } kNames[] = {{Segment::kSyn, "SYN"}, {Segment::kFin, "FIN"}, {Segment::kRst, "RST"},
                {Segment::kPsh, "PSH"}, {Segment::kAck, "ACK"}, {32, "URG"}};
  std::string names;
  for (const auto& [flag, name] : kNames) {
    if ((flags & flag) == 0) continue;
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names.empty() ? "none" : names;
}

}  // namespace mailroom::viz
