// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/routing.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace mailroom::scenario {

namespace {

// A whole number of at most `most` at the front of `text`, which loses it.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number > most) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

std::string to_string(const ForwardTo& to) {
  switch (to.kind) {
    case ForwardTo::Kind::host:
      return to.name;
    case ForwardTo::Kind::exchangers:
      return "mx:" + to.name;
    case ForwardTo::Kind::refuse:
      return fmt::format("error:{} {}", to.enhanced_code, to.text);
  }
  return {};
}

std::string to_string(const Network& network) {
  const std::uint32_t a = network.address;
  return fmt::format("{}.{}.{}.{}/{}", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255, network.bits);
}

std::optional<Network> network(std::string_view text) {
  Network read;
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    const auto number = take_number(text, 255);
    if (!number) return std::nullopt;
    read.address = read.address << 8 | *number;
  }
  if (text.empty()) return read;
  if (!text.starts_with('/')) return std::nullopt;
  text.remove_prefix(1);
  const auto bits = take_number(text, 32);
  if (!bits || !text.empty()) return std::nullopt;
  read.bits = static_cast<int>(*bits);
  return read;
}

}  // namespace mailroom::scenario
