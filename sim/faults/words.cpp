// SPDX-License-Identifier: GPL-2.0-only
#include "sim/faults/words.hpp"

#include <algorithm>
#include <cctype>

namespace mailroom::faults {

bool Token::is(std::string_view word) const {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return !is_quoted && std::ranges::equal(text, word, {}, lower, lower);
}

std::vector<Token> tokens_of(std::string_view sentence) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (at < sentence.size()) {
    const char c = sentence[at];
    if (c == ' ' || c == '\t') {
      ++at;
      continue;
    }
    if (c == ',') {
      if (!tokens.empty()) tokens.back().has_comma = true;
      ++at;
      continue;
    }
    Token token{.text = {}, .offset = at};
    if (c == '"') {
      const std::size_t close = std::min(sentence.find('"', at + 1), sentence.size());
      token.text = sentence.substr(at + 1, close - at - 1);
      token.is_quoted = true;
      at = close + 1;
    } else {
      const std::size_t end = std::min(sentence.find_first_of(" \t,", at), sentence.size());
      token.text = sentence.substr(at, end - at);
      at = end;
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace mailroom::faults
