// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "protocols/dns/ascii.hpp"

namespace mailroom::dns {

std::optional<Ipv4> parse_ipv4(std::string_view text) {
  Ipv4 out = 0;
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) return std::nullopt;
    const std::size_t start = at;
    unsigned value = 0;
    while (at < text.size() && ascii::is_digit(text[at]) && at - start < 3)
      value = 10 * value + static_cast<unsigned>(text[at++] - '0');
    if (at == start || value > 255 || (at - start > 1 && text[start] == '0')) return std::nullopt;
    out = out << 8 | value;
  }
  return at == text.size() ? std::optional(out) : std::nullopt;
}

std::string ipv4_text(Ipv4 address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

std::optional<Ipv6> parse_ipv6(std::string_view text) {
  // Groups before and after "::"; the last two may be written as an IPv4 address.
  std::array<std::uint16_t, 8> groups{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;
  std::size_t at = 0;
  if (text.starts_with("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.size()) {
    if (count == 8) return std::nullopt;
    const std::string_view rest = text.substr(at);
    const std::size_t length = std::min(rest.find(':'), rest.size());
    const std::string_view group = rest.substr(0, length);
    if (group.find('.') != std::string_view::npos) {
      const auto ipv4 = parse_ipv4(group);
      if (!ipv4 || length != rest.size() || count > 6) return std::nullopt;
      groups[count++] = static_cast<std::uint16_t>(*ipv4 >> 16);
      groups[count++] = static_cast<std::uint16_t>(*ipv4 & 0xffff);
      at = text.size();
      break;
    }
    if (group.empty() || group.size() > 4) return std::nullopt;
    unsigned value = 0;
    for (const char c : group) {
      if (ascii::hexadecimal(c) < 0) return std::nullopt;
      value = 16 * value + static_cast<unsigned>(ascii::hexadecimal(c));
    }
    groups[count++] = static_cast<std::uint16_t>(value);
    at += length;
    if (at == text.size()) break;
    if (text.substr(at).starts_with("::")) {
      if (gap) return std::nullopt;
      gap = count;
      at += 2;
    } else if (++at == text.size()) {
      return std::nullopt;
    }
  }
  if (gap ? count == 8 : count != 8) return std::nullopt;
  if (gap)
    std::rotate(groups.begin() + static_cast<std::ptrdiff_t>(*gap),
                groups.begin() + static_cast<std::ptrdiff_t>(count), groups.end());
  Ipv6 out{};
  for (std::size_t i = 0; i < 8; ++i) {
    out[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    out[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 255);
  }
  return out;
}

std::string ipv6_text(const Ipv6& address) {
  const auto group = [&](std::size_t i) { return address[2 * i] << 8 | address[2 * i + 1]; };
  // RFC 5952 §4.2: "::" stands for the first of the longest runs of at least two zero groups.
  std::size_t gap = 8;
  std::size_t gap_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t length = 0;
    while (i + length < 8 && group(i + length) == 0) ++length;
    if (length > gap_length) {
      gap = i;
      gap_length = length;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i += gap_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    out += fmt::format("{:x}", group(i));
  }
  return out;
}

Name reverse_name(Ipv4 address) {
  const auto octet = [&](int i) { return address >> (8 * i) & 255; };
  return *Name::parse(fmt::format("{}.{}.{}.{}.in-addr.arpa", octet(0), octet(1), octet(2), octet(3)));
}

}  // namespace mailroom::dns
