// SPDX-License-Identifier: GPL-2.0-only
// The sentences of inspect_words.hpp, by what they are about. None: the kind of event is another part's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {

using Sentence = std::optional<std::string>;

Sentence mail_words(Run& run, const trace::StoredEvent& e);     // messages, copies, mailboxes, the run itself
Sentence queue_words(Run& run, const trace::StoredEvent& e);    // what the queue does, crashes of its host
Sentence route_words(Run& run, const trace::StoredEvent& e);    // where mail goes, for whom it is passed on
Sentence session_words(Run& run, const trace::StoredEvent& e);  // attempts, connections, sessions, dialogue
Sentence wire_words(Run& run, const trace::StoredEvent& e);  // frames, datagrams, questions to name servers

// "2,000 octets"; "no octets"
std::string octets(const trace::StoredEvent& e);
// "\"text\"", printable
std::string in_quotes(std::string_view text);
// ": text", printable; or nothing
std::string after_colon(std::string_view text);
// "451 try later"; "no reason was given"
std::string reason_of(const trace::StoredEvent& e);

}  // namespace mailroom::cli
