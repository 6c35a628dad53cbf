// SPDX-License-Identifier: GPL-2.0-only
// The words of a line of a master file (RFC 1035 §5.1), read one after the other as what they must be. The
// first error stays: later reads give values of no meaning, and the caller looks at error() before it uses
// any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dns/name.hpp"
#include "protocols/dns/parse_error.hpp"

namespace mailroom::dns {

struct MasterWord {
  std::size_t offset = 0;
  std::string_view text;  // with its escapes, without its quotes
  bool quoted = false;
};

class MasterLexer {
 public:
  explicit MasterLexer(std::string_view line);

  bool starts_with_blank() const { return starts_with_blank_; }
  bool at_end() const { return next_ == words_.size(); }
  // The next word, if there is one and it is not in quotes.
  std::optional<std::string_view> peek() const;
  void skip() { ++next_; }

  MasterWord word(std::string_view expected);
  Name name(const Name& origin, std::string_view expected);
  std::uint32_t number(std::uint32_t maximum, std::string_view expected);
  std::uint32_t duration_s(std::string_view expected);
  std::string string();  // <character-string>
  void end();            // of the line

  void fail(std::size_t offset, std::string_view section, std::string_view expected);
  const std::optional<ParseError>& error() const { return error_; }
  std::size_t offset() const { return at_end() ? end_ : words_[next_].offset; }

 private:
  void read_words(std::string_view line);

  std::vector<MasterWord> words_;
  std::size_t next_ = 0;  // of words_
  std::size_t end_;       // of what is no comment
  bool starts_with_blank_;
  std::optional<ParseError> error_;
};

// A TTL: seconds, or numbers with units ("90", "1h30m", "2w"). At most 2^31 - 1 (RFC 2181 §8).
std::optional<std::uint32_t> parse_duration_s(std::string_view text);

}  // namespace mailroom::dns
