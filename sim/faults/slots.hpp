// SPDX-License-Identifier: GPL-2.0-only
// The values that stand in the forms of faults, in place of <…>: how each is read from words, and what it is called
// when it is not there.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "sim/faults/fault.hpp"
#include "sim/faults/words.hpp"

namespace mailroom::faults {

struct Mismatch {
  std::string wrong;  // of the first word looked at
  std::string right;
};

// Reads a value of `slot` ("<rate>") from the front of `words` into the fault. Returns how many words it took;
// `spelled` gets the value in one spelling.
std::expected<std::size_t, Mismatch> read_slot(std::string_view slot, std::span<const Token> words, Fault& fault,
                                               std::string& spelled);

// A place in a dialogue, as a point and as a condition name it: "RCPT", "the final dot", "greeting", "250". Returns how
// many words it took, none if it is no such.
std::size_t read_point(std::span<const Token> words, std::string& point, int& code);

// Whether a sentence ends before this word because it begins to say when.
bool begins_when(const Token& word);

}  // namespace mailroom::faults
