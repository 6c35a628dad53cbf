// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/typed.hpp"

#include <fmt/format.h>

#include <variant>

#include "sim/scenario/control_line.hpp"

namespace mailroom::viz {

std::vector<std::string> typed_lines(std::string_view connection, std::string_view octets) {
  std::vector<std::string> lines;
  for (; !octets.empty(); octets.remove_prefix(std::min(control::kMostOctets, octets.size())))
    lines.push_back(fmt::format("type {} {}", connection, control::quote(octets.substr(0, control::kMostOctets))));
  return lines;
}

std::optional<std::string> unquoted(std::string_view text) {
  if (!text.starts_with('"')) return std::nullopt;
  // What is heard at a time may be more than may be typed at a time: a datagram takes more.
  const auto line = control::parse(fmt::format("datagram 1 from a to b:1 {}", text));
  if (!line) return std::nullopt;
  const auto* read = std::get_if<control::Datagram>(&*line);
  return read == nullptr ? std::nullopt : std::optional(read->octets);
}

}  // namespace mailroom::viz
