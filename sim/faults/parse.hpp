// SPDX-License-Identifier: GPL-2.0-only
// The language of faults, one sentence a fault, the same in a scenario, for --fault and at the keyboard of a live run:
//
//     link a-b down at 10s for 5m            host mx2 out of operation when mx2 receives the final dot, for 1h
//     smtp of mx2 answers 451 in 30%         link a -- b losing 5% in bursts of 4 randomly every 1h for 5m
//
// What may go wrong is the table faults.def; docs/FAULTS.md has the rest. Whether hosts and links exist is not looked
// at here.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "sim/faults/fault.hpp"

namespace mailroom::faults {

struct ParseError {
  std::size_t offset = 0;  // of the first word that is not understood
  std::string wrong;
  std::string right;
};

inline constexpr std::size_t kMaxSentence = 1000;  // octets

std::expected<Fault, ParseError> parse(std::string_view sentence);

// A time as the language writes it: "at 10s for 5m". Parsing `fault.what` with it behind gives the same fault.
std::string format_when(const When& when);

// The commands and replies that a point or condition may name.
const std::vector<std::string_view>& dialogue_commands();

}  // namespace mailroom::faults
