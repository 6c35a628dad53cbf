// SPDX-License-Identifier: GPL-2.0-only
// The sentences of words.hpp, by what they are about. None: the kind of event is another part's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/story/names.hpp"

namespace mailroom::story {

using Sentence = std::optional<std::string>;

Sentence mail_words(Names& names,
                    const trace::StoredEvent& e);  // messages, copies, mailboxes, the run itself
Sentence queue_words(Names& names, const trace::StoredEvent& e);  // what the queue does, crashes of its host
Sentence route_words(Names& names, const trace::StoredEvent& e);  // where mail goes, for whom it is passed on
Sentence session_words(Names& names,
                       const trace::StoredEvent& e);  // attempts, connections, sessions, dialogue
Sentence wire_words(Names& names,
                    const trace::StoredEvent& e);  // frames, datagrams, questions to name servers

// "2,000 octets"; "no octets"
std::string octets(const trace::StoredEvent& e);
// "\"text\"", printable
std::string in_quotes(std::string_view text);
// ": text", printable; or nothing
std::string after_colon(std::string_view text);
// "451 try later"; "no reason was given"
std::string reason_of(const trace::StoredEvent& e);

}  // namespace mailroom::story
