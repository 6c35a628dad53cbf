// SPDX-License-Identifier: GPL-2.0-only
// The words of the DOT language, one at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "topologies/report.hpp"

namespace mailroom::topology {

enum class DotToken {
  end,
  id,     // a name, numeral, "quoted" (with + and escapes resolved) or <HTML> string
  edge,   // --
  arrow,  // ->
  open_brace,
  close_brace,
  open_bracket,
  close_bracket,
  semicolon,
  comma,
  colon,
  equals,
  wrong,  // text is what is wrong, right what would be right
};

struct DotWord {
  DotToken token = DotToken::end;
  std::string text;
  bool is_plain = false;  // an id that is neither quoted nor HTML: only such is a keyword
  Position at;
  std::string right;
};

class DotLexer {
 public:
  explicit DotLexer(std::string_view text) : text_(text) {}
  DotWord next();

 private:
  bool has(std::size_t ahead = 0) const { return at_ + ahead < text_.size(); }
  char peek(std::size_t ahead = 0) const { return has(ahead) ? text_[at_ + ahead] : '\0'; }
  void advance(std::size_t count = 1);
  Position position() const { return {line_, at_ - line_start_ + 1}; }
  bool skip_blanks(DotWord& word);  // false: a comment does not end
  void read_plain(DotWord& word);
  void read_quoted(DotWord& word);
  void read_html(DotWord& word);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

}  // namespace mailroom::topology
