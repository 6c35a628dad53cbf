// SPDX-License-Identifier: GPL-2.0-only
// What happened on the wire, and what was asked of name servers, in words for people: a part of sentence() of
// inspect_words.hpp.
#pragma once

#include <optional>
#include <string>

#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {

// None for any other kind of event.
std::optional<std::string> wire_words(Run& run, const trace::StoredEvent& e);

}  // namespace mailroom::cli
