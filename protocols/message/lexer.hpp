// SPDX-License-Identifier: GPL-2.0-only
// The tokens that structured header fields are made of (RFC 5322 §3.2, obsolete forms §4.1), for this
// folder's parsers.
//
// A reading function either takes what it names and returns true, or notes the first error and returns false.
// No recursion: nesting of any depth costs no stack.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/message/parse_error.hpp"

namespace mailroom::message {

bool is_blank(char c);  // what folding white space is made of: SP, HTAB, CR, LF
bool is_digit(char c);
bool is_alpha(char c);
bool is_atext(char c);  // RFC 5322 §3.2.3, and octets above 127 (RFC 6532 §3.2)

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::size_t offset() const { return offset_; }
  void rewind(std::size_t offset) { offset_ = offset; }
  bool done() const { return offset_ == text_.size(); }
  bool at(char c) const { return !done() && text_[offset_] == c; }
  bool at_atext() const { return !done() && is_atext(text_[offset_]); }
  bool at_digit() const { return !done() && is_digit(text_[offset_]); }
  bool at_alpha() const { return !done() && is_alpha(text_[offset_]); }
  bool eat(char c);                         // true and past it if it is there; no error if not
  char take() { return text_[offset_++]; }  // not when done()
  std::string_view since(std::size_t start) const { return text_.substr(start, offset_ - start); }
  std::string_view rest() const { return text_.substr(offset_); }

  bool skip_cfws();                           // comments and folding white space; fails on an open comment
  bool read_word(std::string& out);           // atom or quoted-string, unquoted; appends
  bool read_quoted_string(std::string& out);  // at '"'; appends what is quoted
  bool read_local_part(std::string& out);     // dot-atom, quoted-string, obs-local-part; unquoted
  bool read_domain(std::string& out);         // dot-atom, obs-domain, domain-literal
  bool expect(char c, std::string_view section, std::string_view expected);
  bool expect_end();  // after CFWS

  // The first comment that the last skip_cfws() passed, quoted pairs resolved, without its parentheses.
  const std::optional<std::string>& comment() const { return comment_; }

  bool fail(std::string_view section, std::string_view expected);  // false
  const ParseError& error() const { return error_; }

 private:
  bool skip_comment(std::string* out);
  bool read_domain_literal(std::string& out);

  std::string_view text_;
  std::size_t offset_ = 0;
  std::optional<std::string> comment_;
  ParseError error_;
  bool failed_ = false;
};

}  // namespace mailroom::message
