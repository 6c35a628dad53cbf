// SPDX-License-Identifier: GPL-2.0-only
// Each line of a dialogue explained in the words of the lecture, with the section of the RFC that says so.
// What protocols/ knows already (which commands there are and where they are defined, what categories of
// replies and status codes mean) is taken from there.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/command.hpp"
#include "sim/trace/event.hpp"

namespace mailroom::viz {

struct Explanation {
  std::string title;   // "MAIL: who the originator is"
  std::string text;    // sentences
  std::string source;  // "RFC 5321 §4.1.1.2"; empty: Mailroom's own
  friend bool operator==(const Explanation&, const Explanation&) = default;
};

// A command line without CR LF, with its parameters. A line that is no command is explained as that.
Explanation explain_command(std::string_view line);

// A reply: its category, what its second digit and its code mean, and its enhanced code where it has one.
// `text`: without the code, lines joined by LF. `answers`: the command it answers (unknown: the greeting, or
// not known), since 250 means another thing after RCPT than after the lone dot.
Explanation explain_reply(int code, std::string_view text, smtp::Verb answers);

// The reply to the lone dot, which hands the responsibility over; `code` as it came.
Explanation explain_confirmation(int code, std::string_view text);

// The message text with its lone dot, or (`in_chunks`) as BDAT sends it.
Explanation explain_content(bool in_chunks);

// Whatever else a ladder shows: connections, sessions, responsibility, faults, names, segments. Empty title:
// nothing to explain.
Explanation explain_kind(trace::Kind kind);

// The reply codes that have a row of their own: what a sweep compares with the replies that receivers give.
std::span<const int> explained_codes();

}  // namespace mailroom::viz
