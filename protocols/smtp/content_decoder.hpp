// SPDX-License-Identifier: GPL-2.0-only
// The receiver's side of transparency (RFC 5321 §4.5.2): takes the octets after 354, gives the message text
// without stuffed dots, and finds its end. Only CR LF . CR LF ends it (the CR LF of DATA counts as the first
// one, §4.1.1.4): a bare LF or CR is content wherever it stands, so that no text can smuggle a second message
// in (RFC 5321 §2.3.8).
//
// Constant memory; what it gives out is what it was fed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailroom::smtp {

class ContentDecoder {
 public:
  // Appends the text in `octets` to `text`. Returns how many octets were read: fewer than given only when
  // finished().
  std::size_t decode(std::string_view octets, std::string& text);

  // The same for a chunk (RFC 3030 §2): no dot means anything, nothing ends it, every octet is text.
  void pass(std::string_view octets);
  // After the last chunk: a CR at its very end is a bare one.
  void end_of_chunks();

  bool finished() const { return place_ == Place::finished; }
  std::int64_t size_octets() const { return size_; }  // of the text so far, as SIZE counts it (RFC 1870 §3)
  bool has_long_line() const {
    return has_long_line_;
  }  // a line over 1000 octets with its CR LF (§4.5.3.1.6)
  bool has_eighth_bit() const { return has_eighth_bit_; }
  bool has_bare_line_end() const { return has_bare_line_end_; }

 private:
  enum class Place : std::uint8_t {
    line_start,  // after CR LF
    dot,         // a line so far only "."
    dot_cr,      // a line so far only ". CR"
    in_line,
    in_line_cr,  // the last octet was CR
    finished,
  };
  void give(std::string_view piece, std::string& text);
  std::size_t decode_in_line(std::string_view octets, std::string& text);

  Place place_ = Place::line_start;
  std::int64_t size_ = 0;
  std::int64_t line_ = 0;  // octets of the current line
  bool has_long_line_ = false;
  bool has_eighth_bit_ = false;
  bool has_bare_line_end_ = false;
};

bool has_eighth_bit(std::string_view octets);

}  // namespace mailroom::smtp
