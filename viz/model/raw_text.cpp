// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/raw_text.hpp"

#include <fmt/format.h>

namespace mailroom::viz {
namespace {

using What = RawPiece::What;

What what_is(unsigned char octet) {
  if (octet >= 0x80) return What::eight_bit;
  return octet < 0x20 || octet == 0x7F ? What::control : What::text;
}

std::string named(unsigned char octet) {
  switch (octet) {
    case 0: return "NUL";
    case '\t': return "HT";
    case '\r': return "CR";
    case 0x1B: return "ESC";
    case 0x7F: return "DEL";
    default: return fmt::format("{:02X}", octet);
  }
}

}  // namespace

std::vector<RawLine> raw_lines(std::string_view octets, std::size_t most) {
  std::vector<RawLine> lines;
  for (std::size_t at = 0; at < octets.size() && lines.size() < most;) {
    const std::size_t feed = octets.find('\n', at);
    if (feed == std::string_view::npos) {
      lines.push_back({RawLine::End::none, at, octets.size() - at});
      break;
    }
    const bool has_return = feed > at && octets[feed - 1] == '\r';
    lines.push_back({has_return ? RawLine::End::crlf : RawLine::End::lf, at, feed - at - (has_return ? 1 : 0)});
    at = feed + 1;
  }
  return lines;
}

std::vector<RawPiece> pieces_of(std::string_view octets, const RawLine& line, std::size_t most) {
  std::vector<RawPiece> pieces;
  const std::string_view text = octets.substr(line.begin, line.size);
  for (std::size_t i = 0; i < text.size() && i < most; ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    const What what = what_is(octet);
    const bool goes_on = !pieces.empty() && pieces.back().what == what;
    if (what == What::text) {
      if (goes_on)
        pieces.back().text += text[i];
      else
        pieces.push_back({what, std::string(1, text[i])});
    } else if (goes_on) {
      pieces.back().text += ' ' + named(octet);
    } else {
      pieces.push_back({what, named(octet)});
    }
  }
  if (text.size() > most)
    pieces.push_back({What::control, fmt::format("{} more octets", text.size() - most)});
  if (line.end != RawLine::End::none)
    pieces.push_back({What::line_end, line.end == RawLine::End::crlf ? "CR LF" : "LF"});
  return pieces;
}

}  // namespace mailroom::viz
