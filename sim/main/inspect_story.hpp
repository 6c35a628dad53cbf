// SPDX-License-Identifier: GPL-2.0-only
// Everything that happened to one message, collected from the run file: its own events, and those of the
// connections that its attempts opened.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/main/inspect_run.hpp"
#include "sim/trace/run_file.hpp"

namespace mailroom::cli {

struct Story {
  trace::MessageId message;
  std::vector<trace::StoredEvent> events;  // in order; without dialogue and frames
  std::set<trace::SessionId> sessions;     // in which it was handed over, or should have been
  std::vector<trace::Flight> flights;
};

Story story_of(Run& run, trace::MessageId message);

// The messages that `text` names: a number, or a Message-ID with or without < and > (several messages may
// have the same).
std::vector<trace::MessageId> messages_named(Run& run, std::string_view text);

}  // namespace mailroom::cli
