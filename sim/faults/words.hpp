// SPDX-License-Identifier: GPL-2.0-only
// A sentence as words with their places. Commas end a word and are remembered; "…" makes one word of several.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::faults {

struct Token {
  std::string text;
  std::size_t offset = 0;
  bool has_comma = false;  // behind it
  bool is_quoted = false;

  // Letters in any case, as the words of the language are taken.
  bool is(std::string_view word) const;
};

std::vector<Token> tokens_of(std::string_view sentence);

}  // namespace mailroom::faults
