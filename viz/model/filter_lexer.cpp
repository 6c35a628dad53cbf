// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filter_lexer.hpp"

#include <algorithm>

#include "viz/model/text_match.hpp"

namespace mailroom::viz {
namespace {

using Value = FilterToken::Value;

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool ends_word(char c) {
  return is_blank(c) || c == '(' || c == ')' || c == '"';
}
constexpr bool compares(char c) {
  return c == ':' || c == '<' || c == '>' || c == '=';
}

// Key and comparison at the start of a word: "t>=", "rcpt:". Zero: none, as in "10:25" or "<1@a.example>".
struct Head {
  std::size_t key = 0;
  std::size_t comparison = 0;
};
Head head_of(std::string_view word) {
  Head head;
  while (head.key < word.size() && is_letter(word[head.key])) ++head.key;
  if (head.key == 0 || head.key == word.size() || !compares(word[head.key])) return {};
  head.comparison = 1;
  const bool is_order = word[head.key] == '<' || word[head.key] == '>';
  if (is_order && head.key + 1 < word.size() && word[head.key + 1] == '=') head.comparison = 2;
  return head;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::expected<std::vector<FilterToken>, FilterError> tokens() {
    std::vector<FilterToken> tokens;
    while (true) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      auto token = next();
      if (!token) return std::unexpected(token.error());
      tokens.push_back(std::move(*token));
      if (tokens.back().what == FilterToken::What::end) return tokens;
    }
  }

 private:
  using Token = FilterToken;
  using Result = std::expected<Token, FilterError>;

  Result next() {
    Token token{.what = Token::What::end, .offset = at_};
    if (at_ == text_.size()) return token;
    const char c = text_[at_];
    if (c == '(' || c == ')' || c == '-') {
      token.what = c == '(' ? Token::What::open : c == ')' ? Token::What::close : Token::What::negation;
      ++at_;
      return token;
    }
    if (c == '"') {
      auto value = quoted();
      if (!value) return std::unexpected(value.error());
      token.what = Token::What::word;
      token.values.push_back(std::move(*value));
      return token;
    }
    const Head head = head_of(text_.substr(at_));
    if (head.key > 0) return term(head);
    token.what = Token::What::word;
    token.values.push_back(plain(false));
    const std::string& word = token.values.front().text;
    if (equals_folded(word, "and")) token.what = Token::What::all;
    if (equals_folded(word, "or")) token.what = Token::What::any;
    if (equals_folded(word, "not")) token.what = Token::What::negation;
    return token;
  }

  Result term(Head head) {
    Token token{.what = Token::What::term, .offset = at_};
    token.key = text_.substr(at_, head.key);
    token.comparison = text_.substr(at_ + head.key, head.comparison);
    at_ += head.key + head.comparison;
    while (true) {
      if (at_ == text_.size() || (ends_word(text_[at_]) && text_[at_] != '"') || text_[at_] == ',')
        return std::unexpected(FilterError{
            at_, "a value is missing here",
            "write it without a blank before it, as in " + token.key + token.comparison + "… or \"…\""});
      if (text_[at_] == '"') {
        auto value = quoted();
        if (!value) return std::unexpected(value.error());
        token.values.push_back(std::move(*value));
      } else {
        token.values.push_back(plain(true));
      }
      if (at_ == text_.size() || text_[at_] != ',') return token;
      ++at_;
    }
  }

  Value plain(bool ends_at_comma) {
    const std::size_t start = at_;
    while (at_ < text_.size() && !ends_word(text_[at_]) && !(ends_at_comma && text_[at_] == ',')) ++at_;
    return {.text = std::string(text_.substr(start, at_ - start)), .offset = start};
  }

  std::expected<Value, FilterError> quoted() {
    Value value{.text = {}, .offset = at_, .is_quoted = true};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return value;
      }
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value.text += text_[at_];
    }
    return std::unexpected(
        FilterError{value.offset, "this quotation mark is not closed", "put another \" behind the text"});
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::expected<std::vector<FilterToken>, FilterError> filter_tokens(std::string_view text) {
  return Lexer(text).tokens();
}

bool is_reply_class(std::string_view word) {
  if (word.size() != 3 || word[0] < '1' || word[0] > '5') return false;
  const auto fits = [](char c) { return c == 'x' || c == 'X' || (c >= '0' && c <= '9'); };
  return fits(word[1]) && fits(word[2]) && word.find_first_of("xX") != std::string_view::npos;
}

bool is_plain_filter_word(std::string_view text, bool has_key) {
  if (text.empty() || std::ranges::any_of(text, ends_word)) return false;
  if (has_key) return !text.contains(',');
  if (text.front() == '-' || head_of(text).key > 0 || is_reply_class(text)) return false;
  return !equals_folded(text, "and") && !equals_folded(text, "or") && !equals_folded(text, "not");
}

}  // namespace mailroom::viz
