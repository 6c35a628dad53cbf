// SPDX-License-Identifier: GPL-2.0-only
// Small questions that the terms of a filter come down to. Internal to viz/model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "viz/model/filter.hpp"

namespace mailroom::viz {

// Whether a set has a number; what is not in its range is not in it.
template <class Id>
bool has(const std::vector<bool>& set, Id id) {
  return id.value >= 0 && static_cast<std::size_t>(id.value) < set.size() &&
         set[static_cast<std::size_t>(id.value)];
}

// The address itself, or what stands before or behind its @.
bool is_address(std::string_view address, std::string_view value);
// "bob@south.example" of "RCPT TO: <bob@south.example>"; empty: another command.
std::string_view address_of_rcpt(std::string_view command);

// `code`: 0, none. `text`: the reply, with its code in front or not.
bool is_reply_like(int code, std::string_view text, std::string_view value);
bool is_in_range(const FilterTerm& term, std::int64_t value);

}  // namespace mailroom::viz
