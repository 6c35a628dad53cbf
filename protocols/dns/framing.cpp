// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/framing.hpp"

#include <cassert>

#include "protocols/dns/message.hpp"

namespace mailroom::dns {

std::string frame(std::string_view message) {
  assert(message.size() <= kTcpOctets);
  std::string out;
  out += static_cast<char>(message.size() >> 8);
  out += static_cast<char>(message.size() & 255);
  return out.append(message);
}

std::optional<std::string> Deframer::next() {
  if (input_.size() < 2) return std::nullopt;
  const auto octet = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(input_[i])}; };
  const std::size_t length = octet(0) << 8 | octet(1);
  if (input_.size() - 2 < length) return std::nullopt;
  std::string out = input_.substr(2, length);
  input_.erase(0, 2 + length);
  return out;
}

}  // namespace mailroom::dns
