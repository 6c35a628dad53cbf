// SPDX-License-Identifier: GPL-2.0-only
#include "tests/sim/main/datagram.hpp"

namespace mailroom::tests {

std::string datagram(unsigned from, unsigned to, std::uint16_t source_port, std::uint16_t port,
                     std::uint32_t seq, std::uint32_t ack, std::uint8_t flags, const std::string& text) {
  std::string ip;
  const auto put = [](std::string& out, std::uint64_t value, int octets) {
    for (int i = octets - 1; i >= 0; --i) out += static_cast<char>((value >> (8 * i)) & 0xff);
  };
  const auto checksum = [](const std::string& data) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < data.size(); i += 2)
      sum += (static_cast<std::uint32_t>(static_cast<unsigned char>(data[i])) << 8) +
             (i + 1 < data.size() ? static_cast<unsigned char>(data[i + 1]) : 0u);
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
  };
  put(ip, 0x45, 1);
  put(ip, 0, 1);
  put(ip, 40 + text.size(), 2);
  put(ip, 0, 4);
  put(ip, 64, 1);
  put(ip, 6, 1);
  put(ip, 0, 2);
  put(ip, 0x0a000000u + from, 4);
  put(ip, 0x0a000000u + to, 4);
  std::string sum;
  put(sum, checksum(ip), 2);
  ip.replace(10, 2, sum);

  std::string tcp;
  put(tcp, source_port, 2);
  put(tcp, port, 2);
  put(tcp, seq, 4);
  put(tcp, ack, 4);
  put(tcp, 0x50, 1);
  put(tcp, flags, 1);
  put(tcp, 65535, 2);
  put(tcp, 0, 4);
  tcp += text;
  std::string pseudo = ip.substr(12, 8);
  put(pseudo, 6, 2);
  put(pseudo, tcp.size(), 2);
  sum.clear();
  put(sum, checksum(pseudo + tcp), 2);
  tcp.replace(16, 2, sum);
  return ip + tcp;
}

}  // namespace mailroom::tests
