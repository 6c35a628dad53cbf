// SPDX-License-Identifier: GPL-2.0-only
// Events in sentences, in the words of the lecture: queue, destination, re-queued, responsibility, phase,
// reply.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/main/cli_json.hpp"
#include "sim/main/cli_terminal.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/trace/run_file.hpp"

namespace mailroom::cli {

// What happened, without when and where: "copy 5 toward bob@south.example is re-queued: 451 try later; next
// try at 0:15:00.000". Printable, one line.
std::string sentence(Run& run, const trace::StoredEvent& event);

// How bad it is: re-queued is a warning, bounced is bad, delivered is good.
Ink ink_of(trace::Kind kind);

// A reply as a person quotes it: "550 5.1.1 no such user", first line only, whether or not `text` has the
// code in it.
std::string quoted_reply(int code, std::string_view text);

// The lines of a reply as they went over the connection: "250-mx1.example", "250 SIZE".
std::vector<std::string> reply_lines(int code, std::string_view text);

// The event as JSON: {"event","time_s","kind","host", … , "text","detail","cause","because"}; what it does
// not have is left out.
Json to_json(Run& run, const trace::StoredEvent& event);

// Simulated seconds as a JSON number; null for a negative time (never).
Json seconds(std::int64_t time_ns);

// `text` of `detail`, a JSON object, under `key`: a string, or the members of an array.
std::vector<std::string> detail_texts(std::string_view detail, const char* key);

// "3" or "copy 3"; used all over the sentences.
std::string numbered(std::string_view noun, std::int64_t number);

}  // namespace mailroom::cli
