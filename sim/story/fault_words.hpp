// SPDX-License-Identifier: GPL-2.0-only
// Faults as reasons: a sentence of the language of faults (docs/FAULTS.md) in the past tense, as it follows
// upon "because".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailroom::story {

// "link a-b down" -> "the link a-b was down"; what is of no form that is known comes back as "of the fault
// '…'". Printable.
std::string as_reason(std::string_view fault);

// "from 10 s to 5 min", "from 10 s on", "at 2 h 1 min". -1: not known.
std::string in_force_words(std::int64_t began_ns, std::int64_t ended_ns);

}  // namespace mailroom::story
