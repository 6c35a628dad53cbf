// SPDX-License-Identifier: GPL-2.0-only
// Events in sentences, in the words of the lecture: queue, destination, re-queued, responsibility, phase,
// reply.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/story/names.hpp"

namespace mailroom::story {

// What happened, without when and where: "copy 5 toward bob@south.example is re-queued: 451 try later; next
// try at 0:15:00.000". Printable, one line. Never fails: what cannot be read is told by its number.
std::string sentence(Names& names, const trace::StoredEvent& event);

// How what happened is to be taken: re-queued is a warning, bounced is bad, delivered is good.
enum class Tone : std::uint8_t { plain, good, warn, bad };
Tone tone_of(trace::Kind kind);

// A reply as a person quotes it: "550 5.1.1 no such user", first line only, whether or not `text` has the
// code in it.
std::string quoted_reply(int code, std::string_view text);

// The lines of a reply as they went over the connection: "250-mx1.example", "250 SIZE".
std::vector<std::string> reply_lines(int code, std::string_view text);

// `text` of `detail`, a JSON object, under `key`: a string, or the members of an array.
std::vector<std::string> detail_texts(std::string_view detail, const char* key);

// "3" or "copy 3"; used all over the sentences.
std::string numbered(std::string_view noun, std::int64_t number);

}  // namespace mailroom::story
