// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/lexer.hpp"

namespace mailroom::message {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_atext(char c) {
  if (is_alpha(c) || is_digit(c)) return true;
  if (static_cast<unsigned char>(c) >= 0x80) return true;
  return c != '\0' && std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool Lexer::eat(char c) {
  if (!at(c)) return false;
  ++offset_;
  return true;
}

bool Lexer::fail(std::string_view section, std::string_view expected) {
  if (!failed_) error_ = {offset_, section, expected};
  failed_ = true;
  return false;
}

bool Lexer::expect(char c, std::string_view section, std::string_view expected) {
  return eat(c) || fail(section, expected);
}

bool Lexer::expect_end() {
  if (!skip_cfws()) return false;
  return done() || fail("RFC 5322 §3.2", "the end of the field");
}

bool Lexer::skip_comment(std::string* out) {
  std::size_t depth = 0;  // RFC 5322 §3.2.2: comments nest
  while (!done()) {
    char c = take();
    if (c == '(' && depth++ == 0) continue;
    if (c == ')' && --depth == 0) return true;
    if (c == '\\') {
      if (done()) break;
      c = take();
    }
    if (out != nullptr && c != '\r' && c != '\n') *out += c;
  }
  return fail("RFC 5322 §3.2.2", "')' at the end of a comment");
}

bool Lexer::skip_cfws() {
  comment_.reset();
  while (!done()) {
    if (at('(')) {
      const bool first = !comment_;
      if (first) comment_.emplace();
      if (!skip_comment(first ? &*comment_ : nullptr)) return false;
    } else if (is_blank(text_[offset_])) {
      ++offset_;
    } else {
      break;
    }
  }
  return true;
}

bool Lexer::read_quoted_string(std::string& out) {
  ++offset_;
  while (!done()) {
    char c = take();
    if (c == '"') return true;
    if (c == '\\') {
      if (done()) break;
      c = take();
      // RFC 5322 §4.1 lets the obsolete syntax quote CR and LF; no path in SMTP could carry them, so it ends
      // here.
      if (c == '\r' || c == '\n') return fail("RFC 5322 §3.2.1", "a printable octet after '\\'");
    }
    // RFC 5322 §3.2.4: the line end of a fold is no part of what is quoted.
    if (c != '\r' && c != '\n') out += c;
  }
  return fail("RFC 5322 §3.2.4", "'\"' at the end of a quoted string");
}

bool Lexer::read_word(std::string& out) {
  if (at('"')) return read_quoted_string(out);
  if (!at_atext()) return fail("RFC 5322 §3.2.5", "a word");
  while (at_atext()) out += take();
  return true;
}

bool Lexer::read_local_part(std::string& out) {
  do {
    if (!skip_cfws()) return false;
    if (!at('"') && !at_atext()) return fail("RFC 5322 §3.4.1", "a local part: an atom or a quoted string");
    if (!read_word(out) || !skip_cfws()) return false;
    if (!at('.')) return true;
    out += take();
  } while (true);
}

bool Lexer::read_domain_literal(std::string& out) {
  out += take();
  while (!done() && !at('[')) {
    const char c = take();
    if (is_blank(c)) continue;
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) break;
    out += c;
    if (c == ']') return true;
    if (c == '\\') {  // obs-dtext: kept with its backslash
      if (done() || is_blank(text_[offset_])) break;
      out += take();
    }
  }
  return fail("RFC 5322 §3.4.1", "']' at the end of a domain literal");
}

bool Lexer::read_domain(std::string& out) {
  if (!skip_cfws()) return false;
  if (at('[')) return read_domain_literal(out) && skip_cfws();
  do {
    if (!skip_cfws()) return false;
    if (!at_atext()) return fail("RFC 5322 §3.4.1", "a domain: labels with dots between, or [address]");
    while (at_atext()) out += take();
    if (!skip_cfws()) return false;
    if (!at('.')) return true;
    out += take();
  } while (true);
}

}  // namespace mailroom::message
