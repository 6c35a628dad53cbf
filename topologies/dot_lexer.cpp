// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/dot_lexer.hpp"

#include <fmt/format.h>

#include "topologies/text.hpp"

namespace mailroom::topology {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

void DotLexer::advance(std::size_t count) {
  for (; count > 0 && has(); --count) {
    if (text_[at_++] != '\n') continue;
    ++line_;
    line_start_ = at_;
  }
}

bool DotLexer::skip_blanks(DotWord& word) {
  for (;;) {
    const char c = peek();
    if (has() && (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v')) {
      advance();
    } else if (c == '/' && peek(1) == '*') {
      word.at = position();
      const auto end = text_.find("*/", at_ + 2);
      if (end == text_.npos) {
        word.token = DotToken::wrong;
        word.text = "the comment that begins here does not end";
        word.right = "close it with */";
        at_ = text_.size();
        return false;
      }
      advance(end + 2 - at_);
    } else if ((c == '/' && peek(1) == '/') || (c == '#' && at_ == line_start_)) {
      const auto end = text_.find('\n', at_);
      advance((end == text_.npos ? text_.size() : end) - at_);
    } else if (at_ == 0 && text_.starts_with("\xEF\xBB\xBF")) {
      advance(3);  // byte order mark
    } else {
      return true;
    }
  }
}

void DotLexer::read_plain(DotWord& word) {
  const std::size_t begin = at_;
  if (is_digit(peek()) || peek() == '-' || peek() == '.') {
    if (peek() == '-') advance();
    while (is_digit(peek())) advance();
    if (peek() == '.') advance();
    while (is_digit(peek())) advance();
    // "10Mbps" is two words in DOT, which is never what its writer meant.
    if (is_name(peek())) {
      while (is_name(peek()) || peek() == '.' || peek() == '/' || peek() == '%') advance();
      const std::string all(text_.substr(begin, at_ - begin));
      word.token = DotToken::wrong;
      word.text = fmt::format("{} begins like a number but is none", in_quotes(all));
      word.right = all.size() < 40 ? fmt::format("put it in quotation marks: \"{}\"", all)
                                   : "put it in quotation marks";
      return;
    }
    const std::string_view number = text_.substr(begin, at_ - begin);
    if (number.find_first_of("0123456789") == number.npos) {
      word.token = DotToken::wrong;
      word.text = fmt::format("{} is not understood here", in_quotes(number));
      word.right = "links are written a -- b";
      return;
    }
  } else {
    while (is_name(peek())) advance();
  }
  word.token = DotToken::id;
  word.is_plain = true;
  word.text = text_.substr(begin, at_ - begin);
}

void DotLexer::read_quoted(DotWord& word) {
  word.token = DotToken::id;
  for (;;) {
    advance();  // the opening mark
    while (has() && peek() != '"') {
      if (peek() == '\\' && peek(1) == '"') {
        advance();
      } else if (peek() == '\\' && peek(1) == '\n') {
        advance(2);
        continue;
      } else if (peek() == '\\' && peek(1) == '\\') {
        word.text +=
            '\\';  // keeps the pair together, so that "\\" before the closing mark does not escape it
        advance();
      }
      word.text += peek();
      advance();
    }
    if (!has()) {
      word.token = DotToken::wrong;
      word.text = "the text that begins here does not end";
      word.right = "close it with a quotation mark";
      return;
    }
    advance();  // the closing mark
    const DotLexer after = *this;
    DotWord ignored;
    if (!skip_blanks(ignored) || peek() != '+') {
      *this = after;
      return;
    }
    advance();
    if (!skip_blanks(ignored) || peek() != '"') {
      word.token = DotToken::wrong;
      word.at = position();
      word.text = "after + a quoted text is needed";
      word.right = "write \"one\" + \"two\"";
      return;
    }
  }
}

void DotLexer::read_html(DotWord& word) {
  word.token = DotToken::id;
  std::size_t depth = 0;
  do {
    if (!has()) {
      word.token = DotToken::wrong;
      word.text = "the HTML text that begins here does not end";
      word.right = "close every < with >";
      return;
    }
    if (peek() == '<' && ++depth > 1) word.text += ' ';
    if (peek() == '>') --depth;
    if (depth == 1 && peek() != '<' && peek() != '>') word.text += peek();  // what stands between tags
    advance();
  } while (depth > 0);
}

DotWord DotLexer::next() {
  DotWord word;
  if (!skip_blanks(word)) return word;
  word.at = position();
  if (!has()) return word;
  const auto symbol = [&](DotToken token, std::size_t size) {
    word.token = token;
    advance(size);
    return word;
  };
  const char c = peek();
  switch (c) {
    case '{':
      return symbol(DotToken::open_brace, 1);
    case '}':
      return symbol(DotToken::close_brace, 1);
    case '[':
      return symbol(DotToken::open_bracket, 1);
    case ']':
      return symbol(DotToken::close_bracket, 1);
    case ';':
      return symbol(DotToken::semicolon, 1);
    case ',':
      return symbol(DotToken::comma, 1);
    case ':':
      return symbol(DotToken::colon, 1);
    case '=':
      return symbol(DotToken::equals, 1);
    case '"':
      read_quoted(word);
      return word;
    case '<':
      read_html(word);
      return word;
    default:
      break;
  }
  if (c == '-' && peek(1) == '-') return symbol(DotToken::edge, 2);
  if (c == '-' && peek(1) == '>') return symbol(DotToken::arrow, 2);
  if (is_name(c) || c == '-' || c == '.') {
    read_plain(word);
    return word;
  }
  word.token = DotToken::wrong;
  word.text = fmt::format("{} is not understood here", in_quotes(text_.substr(at_, 1)));
  word.right = "DOT is made of names, texts in quotation marks, and { } [ ] = ; , : --";
  advance();
  return word;
}

}  // namespace mailroom::topology
