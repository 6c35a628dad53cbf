// SPDX-License-Identifier: GPL-2.0-only
// The words of a filter. Internal to viz/model: filter.hpp has the language.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "viz/model/filter.hpp"

namespace mailroom::viz {

struct FilterToken {
  enum class What {
    open,      // "("
    close,     // ")"
    negation,  // "-" before something, or "not"
    all,       // "and"
    any,       // "or"
    word,      // without a key
    term,      // with one
    end,
  } what = What::end;
  std::size_t offset = 0;
  std::string key{};         // of a term, as written
  std::string comparison{};  // of a term: ":", ">", "<", ">=", "<=", "="
  // One value, or several with commas between them. `offset` of each is in the text.
  struct Value {
    std::string text{};
    std::size_t offset = 0;
    bool is_quoted = false;
  };
  std::vector<Value> values{};
};

// The last one is `end`. Errors: a quotation mark that is not closed, a value that is missing.
std::expected<std::vector<FilterToken>, FilterError> filter_tokens(std::string_view text);

// "4xx", "45x": a class of reply codes, which needs no key.
bool is_reply_class(std::string_view word);

// Whether it is read back as itself without quotation marks, behind a key or (else) alone.
bool is_plain_filter_word(std::string_view text, bool has_key);

}  // namespace mailroom::viz
