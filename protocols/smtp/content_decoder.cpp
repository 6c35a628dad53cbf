// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/content_decoder.hpp"

#include <cstring>

#include "protocols/smtp/limits.hpp"

namespace mailroom::smtp {

bool has_eighth_bit(std::string_view octets) {
  // Eight octets at a time: this looks at every octet of every message.
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + 8 <= octets.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, octets.data() + at, 8);
    seen |= word;
  }
  for (; at < octets.size(); ++at) seen |= static_cast<unsigned char>(octets[at]);
  return (seen & 0x8080808080808080U) != 0;
}

void ContentDecoder::give(std::string_view piece, std::string& text) {
  text += piece;
  size_ += static_cast<std::int64_t>(piece.size());
  line_ += static_cast<std::int64_t>(piece.size());
  if (line_ > static_cast<std::int64_t>(kTextLineLimit)) has_long_line_ = true;
}

// Gives octets up to and with the next CR, or all. Returns their number.
std::size_t ContentDecoder::decode_in_line(std::string_view octets, std::string& text) {
  const std::size_t cr = octets.find('\r');
  const std::string_view piece = octets.substr(0, cr == std::string_view::npos ? cr : cr + 1);
  if (cr != std::string_view::npos) place_ = Place::in_line_cr;
  if (!has_bare_line_end_ && piece.find('\n') != std::string_view::npos) has_bare_line_end_ = true;
  if (!has_eighth_bit_) has_eighth_bit_ = smtp::has_eighth_bit(piece);
  give(piece, text);
  return piece.size();
}

std::size_t ContentDecoder::decode(std::string_view octets, std::string& text) {
  std::size_t at = 0;
  while (at < octets.size() && place_ != Place::finished) {
    const char c = octets[at];
    switch (place_) {
      case Place::line_start:
        if (c == '.') {
          place_ = Place::dot;  // RFC 5321 §4.5.2: either the end or taken off
          ++at;
          break;
        }
        place_ = Place::in_line;
        break;
      case Place::dot:
        place_ = c == '\r' ? Place::dot_cr : Place::in_line;
        if (c == '\r') ++at;
        break;
      case Place::dot_cr:
        if (c == '\n') {
          place_ = Place::finished;
          ++at;
          break;
        }
        give("\r", text);
        place_ = Place::in_line_cr;
        break;
      case Place::in_line:
        at += decode_in_line(octets.substr(at), text);
        break;
      case Place::in_line_cr:
        if (c == '\n') {
          give("\n", text);
          line_ = 0;
          place_ = Place::line_start;
          ++at;
          break;
        }
        has_bare_line_end_ = true;
        place_ = Place::in_line;
        break;
      case Place::finished:
        break;
    }
  }
  return at;
}

void ContentDecoder::pass(std::string_view octets) {
  size_ += static_cast<std::int64_t>(octets.size());
  if (!has_eighth_bit_) has_eighth_bit_ = smtp::has_eighth_bit(octets);
  for (const char c : octets) {
    const bool is_after_cr = place_ == Place::in_line_cr;
    if (++line_ > static_cast<std::int64_t>(kTextLineLimit)) has_long_line_ = true;
    if (c == '\n' && is_after_cr) {
      line_ = 0;
      place_ = Place::line_start;
      continue;
    }
    if (is_after_cr || c == '\n') has_bare_line_end_ = true;
    place_ = c == '\r' ? Place::in_line_cr : Place::in_line;
  }
}

void ContentDecoder::end_of_chunks() {
  if (place_ == Place::in_line_cr) has_bare_line_end_ = true;
}

}  // namespace mailroom::smtp
