// SPDX-License-Identifier: GPL-2.0-only
// What can be written next in a filter: keys, the values that a key knows, names of this run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "viz/model/facts.hpp"
#include "viz/model/filter.hpp"

namespace mailroom::viz {

struct FilterCompletion {
  std::string text;     // what stands for the octets [from, to) then
  std::string meaning;  // of a key, a kind, a word; empty for names
  std::size_t from = 0;
  std::size_t to = 0;
  friend bool operator==(const FilterCompletion&, const FilterCompletion&) = default;
};

// At most `most`, best first: what begins with the word at the cursor, then what has it inside. Nothing
// inside of a quoted text. `cursor`: octets before it. Looks through a bounded number of names.
std::vector<FilterCompletion> complete_filter(std::string_view text, std::size_t cursor, const Facts& facts,
                                              std::size_t most = 12);

}  // namespace mailroom::viz
