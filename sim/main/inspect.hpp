// SPDX-License-Identifier: GPL-2.0-only
// The verb `inspect`: what a run file can be asked. docs/INSPECT.md describes every question, its output and
// its JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/main/cli_terminal.hpp"

namespace mailroom::cli {

class Run;

struct InspectOptions {
  std::string file;
  bool json = false;

  // The question; none: the summary.
  std::string message;  // number or Message-ID
  std::optional<std::int64_t> session;
  bool sessions = false;
  std::optional<std::int64_t> why;  // number of an event
  std::string host;                 // a host's name
  std::string mailbox;              // user@domain
  bool events = false;

  // What goes with a question.
  bool times = false;                // session
  std::string at = "end";            // host, mailbox: a time
  std::optional<std::int64_t> read;  // mailbox: a UID
  std::vector<std::string> kinds;    // events
  std::string from = "0s";           // events
  std::string until = "end";         // events
  std::int64_t limit = 0;            // events, sessions; 0: all
};

// Answers one question. kDone, or kUsage after a complaint.
int run_inspect(const InspectOptions& options, Terminal& terminal);

// The questions, one a file.
int inspect_summary(Run& run, const InspectOptions& options, Terminal& terminal);
int inspect_message(Run& run, const InspectOptions& options, Terminal& terminal);
int inspect_session(Run& run, const InspectOptions& options, Terminal& terminal);
int inspect_sessions(Run& run, const InspectOptions& options, Terminal& terminal);
int inspect_why(Run& run, const InspectOptions& options, Terminal& terminal);
int inspect_host(Run& run, const InspectOptions& options, Terminal& terminal);
int inspect_mailbox(Run& run, const InspectOptions& options, Terminal& terminal);
int inspect_events(Run& run, const InspectOptions& options, Terminal& terminal);

}  // namespace mailroom::cli
