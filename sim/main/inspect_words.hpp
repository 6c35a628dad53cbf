// SPDX-License-Identifier: GPL-2.0-only
// The story's sentences as `inspect` prints them: in colours, as JSON, and with an end to the verb where the
// file cannot be read.
#pragma once

#include "sim/main/cli_json.hpp"
#include "sim/main/cli_terminal.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/story/words.hpp"

namespace mailroom::cli {

using story::detail_texts;
using story::numbered;
using story::quoted_reply;
using story::reply_lines;

// What happened, as story::sentence() has it.
std::string sentence(Run& run, const trace::StoredEvent& event);

Ink ink_of(story::Tone tone);
Ink ink_of(trace::Kind kind);

// The event as JSON: {"event","time_s","kind","host", … , "text","detail","cause","because"}; what it does
// not have is left out.
Json to_json(Run& run, const trace::StoredEvent& event);

// Simulated seconds as a JSON number; null for a negative time (never).
Json seconds(std::int64_t time_ns);

}  // namespace mailroom::cli
