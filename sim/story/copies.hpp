// SPDX-License-Identifier: GPL-2.0-only
// The copies of a message as a tree: one host's responsibility for the message toward one recipient, the next
// host's below it, each with its end; and where in a queue one stands that has none yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/story/words.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::story {

// "delivered at 0:00:02.100: mailbox bob@south.example, UID 1", "in the queue; re-queued twice, …".
std::string end_words(const trace::Copy& copy);
Tone tone_of(const trace::Copy& copy);

// The copies of a message that come from no other copy of it.
std::vector<trace::CopyId> roots_of(const trace::World& world, const trace::Message& message);

// What is shown of copies side by side: all, or if many of them went well (in a mailbox at the first try of
// each host), a few of those.
struct Shown {
  std::vector<trace::CopyId> copies;
  std::size_t left_out = 0;
};
Shown shown_of(const trace::World& world, std::vector<trace::CopyId> copies);

// Which queue of its host an entry is in at a time: "incoming", "active", "deferred", "held".
std::string_view place_of(const trace::World& world, const trace::QueueEntry& entry, std::int64_t time_ns);

// What a copy in a queue waits for: "re-queued twice: 451 try later; next try in 15 min", "first try",
// "held".
std::string waits_for(const trace::World& world, const trace::Copy& copy, std::int64_t time_ns);

}  // namespace mailroom::story
