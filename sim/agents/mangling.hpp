// SPDX-License-Identifier: GPL-2.0-only
// What a relay that does not conform does to the text of a message: the lecture's list, as pure functions on octets.
// RFC 5321 §4.5.2 and §6.4 forbid all of it; RFC 2045's encodings are made to survive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/event.hpp"

namespace mailroom::agents {

// In this order they are done, whichever of them there are.
enum class Mangle : std::uint8_t {
  clears_bit_8,         // of every octet, those of the header too
  converts_line_ends,   // a CR or LF that stands alone in the body becomes CR LF
  wraps_lines,          // of the body, after so many octets
  trims_blanks,         // space and tab at the end of a line of the body
  writes_from,          // '>' before a line of the body that begins with "From "
  truncates,            // the text after so many octets; what is left ends with a line end
};
inline constexpr std::size_t kMangles = 6;

// The text of a message, header and body, after it. `limit`: of wraps_lines and truncates. Equal to `octets` if there
// was nothing to do.
std::string mangled(std::string_view octets, Mangle how, std::int64_t limit = 0);

// What is wrong with a relay; it outlives a crash of its host.
struct RelayTrouble {
  struct One {
    std::string name;  // for the log
    std::int64_t limit = 0;
    trace::Blame blame{};
  };
  std::optional<One> of[kMangles]{};  // by Mangle
  bool is_none() const {
    for (const auto& one : of)
      if (one) return false;
    return true;
  }
};

}  // namespace mailroom::agents
