// SPDX-License-Identifier: GPL-2.0-only
// Everything that happened to one message, collected from the run file: its own events, and those of the
// connections that its attempts opened. Errors: those of reading.
#pragma once

#include <expected>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::story {

struct Story {
  trace::MessageId message;
  std::vector<trace::StoredEvent> events;  // in order; without dialogue and frames
  std::set<trace::SessionId> sessions;     // in which it was handed over, or should have been
  std::vector<trace::Flight> flights;
};

std::expected<Story, trace::FileError> story_of(trace::RunFileReader& reader, trace::MessageId message);

// The messages of `world` that `text` names: a number, or a Message-ID with or without < and > (several
// messages may have the same).
std::vector<trace::MessageId> messages_named(const trace::World& world, std::string_view text);

// The octets of a stored message as a mail access server would hand them out: its trace fields, then the
// content; CRLF exactly as delivered.
std::expected<std::string, trace::FileError> octets_of(trace::RunFileReader& reader,
                                                       const trace::MailboxMessage& message);

}  // namespace mailroom::story
