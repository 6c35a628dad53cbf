// SPDX-License-Identifier: GPL-2.0-only
// Reads replies from a stream of octets (RFC 5321 §4.2), for the client. Order of calls: receive(), then
// next() until it gives none. Tolerant as §4.2 asks: text may be missing, with or without its space, the
// first digit decides. In a multi-line reply whose codes differ, the last line's counts.
//
// Memory is bounded: of a line at most kKeptLine octets are kept, of a reply at most kKeptLines lines.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/smtp/parse_error.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailroom::smtp {

class ReplyParser {
 public:
  static constexpr std::size_t kKeptLine = 1024;  // twice what a host may send
  static constexpr std::size_t kKeptLines = 100;
  static constexpr std::size_t kLinesLimit = 10'000;  // more in one reply: an error, not an endless wait

  // Whether enhanced codes at the start of the text are taken out of it (after they were negotiated).
  void expect_enhanced_codes(bool yes) { enhanced_ = yes; }

  void receive(std::string_view octets);
  // A reply, or none until more octets come, or an error, which stays.
  std::expected<std::optional<Reply>, ParseError> next();

 private:
  // Reads one line; true: it was the last of its reply.
  std::expected<bool, ParseError> take_line(std::string_view line);
  void take_text(std::string_view text);

  std::string input_;
  std::size_t read_ = 0;     // of input_: octets that are done with
  std::size_t scanned_ = 0;  // of input_: no line end before here
  Reply reply_;              // the lines so far
  std::size_t lines_ = 0;
  bool enhanced_ = false;
  std::optional<ParseError> error_;
};

}  // namespace mailroom::smtp
