// SPDX-License-Identifier: GPL-2.0-only
// When a fault begins and how long it lasts, as fields that a person fills in, and as the words of the language of faults.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/faults/fault.hpp"

namespace mailroom::viz {

struct FaultTiming {
  enum class Begins : std::uint8_t { now, at, when, every } begins = Begins::now;
  std::string at = "10s";      // Begins::at, and the first time of Begins::every if `has_first`
  bool has_first = false;
  std::string every = "1h";
  bool is_random = false;      // intervals and durations are means
  std::string host{};          // Begins::when: who does it,
  std::string act = "receives";  // what,
  std::string object = "final dot";  // of sends and receives: a command, a reply code, …
  std::string nth = "1";       // which one, counted within a session
  bool is_whenever = false;    // each time
  std::string later{};         // so long after that; empty: at once
  bool lasts = true;
  std::string lasts_for = "5m";

  bool operator==(const FaultTiming&) const = default;
  // "when mx2 receives the 3rd RCPT, 5ms later, for 1s"; empty: now, and to the end.
  std::string words(bool is_lasting) const;
};

inline constexpr std::array<std::string_view, 7> kConditionActs = {"connects", "sends",   "receives", "commits",
                                                                   "delivers", "defers", "bounces"};
bool wants_object(std::string_view act);
// "3rd".
std::string ordinal(std::int64_t number);

// What was parsed, as fields.
FaultTiming timing_of(const faults::When& when);

}  // namespace mailroom::viz
