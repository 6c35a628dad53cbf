// SPDX-License-Identifier: GPL-2.0-only
// Message text as it goes over the wire, made visible: its lines with their line ends, octets above 127 and control
// characters by their numbers. Lines are found once; a line is taken apart when it is looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::viz {

struct RawLine {
  enum class End : std::uint8_t { crlf, lf, none } end = End::none;
  std::size_t begin = 0;  // in the octets
  std::size_t size = 0;   // without the line end
};
// At most `most` lines; a bare CR ends no line.
std::vector<RawLine> raw_lines(std::string_view octets, std::size_t most = 200'000);

struct RawPiece {
  enum class What : std::uint8_t {
    text,       // printable US-ASCII
    control,    // named: "HT", "CR", "NUL", "0B"
    eight_bit,  // "E9": octets above 127
    line_end    // "CR LF", "LF"
  } what{};
  std::string text{};
};
// The pieces of one line, its end the last; of a long line its first `most` octets.
std::vector<RawPiece> pieces_of(std::string_view octets, const RawLine& line, std::size_t most = 1000);

}  // namespace mailroom::viz
