// SPDX-License-Identifier: GPL-2.0-only
// A notification that the tests of this folder write and read.
#pragma once

#include "protocols/dsn/compose_report.hpp"

namespace mailroom::dsn {

inline constexpr std::string_view kTraceFields =
    "Received: from pc.example by mx1.alpha.example; 1 Jan 2024 10:00 +0000\r\n";
inline constexpr std::string_view kContent =
    "Date: Mon, 01 Jan 2024 10:00:00 +0000\r\nMessage-ID: <7@pc.example>\r\nSubject: Lunch\r\n"
    "To: nobody@beta.example\r\n\r\nsecret body\r\n";

// Two recipients failed: one was refused by a reply, of the other there was no answer for days.
inline Notification two_failures() {
  Notification n{.to = "alice@alpha.example", .message_id = "<b1@mx1.alpha.example>", .unix_s = 1704103200};
  n.report = {.original_envelope_id = "QQ314159",
              .reporting_mta = {"dns", "mx1.alpha.example"},
              .received_from_mta = {"dns", "pc.example"},
              .arrival_s = 1704103190};
  n.report.recipients.push_back({.original_recipient = {"rfc822", "bob@alias.example"},
                                 .final_recipient = {"rfc822", "nobody@beta.example"},
                                 .action = Action::failed,
                                 .status = {5, 1, 1},
                                 .remote_mta = {"dns", "mx.beta.example"},
                                 .diagnostic_code = smtp_diagnostic(550, "5.1.1", "No such user\nhere"),
                                 .last_attempt_s = 1704103200,
                                 .final_log_id = "Q17"});
  n.report.recipients.push_back({.final_recipient = {"rfc822", "carol@gamma.example"},
                                 .action = Action::failed,
                                 .status = {4, 4, 7},
                                 .remote_mta = {"dns", "mx.gamma.example"},
                                 .diagnostic_code = {"x-mailroom", "the connection timed out"}});
  n.attempts = {0, 6};
  n.trace_fields = kTraceFields;
  n.content = kContent;
  return n;
}

inline Notification with_action(Action action) {
  Notification n = two_failures();
  for (Recipient& recipient : n.report.recipients) recipient.action = action;
  return n;
}

}  // namespace mailroom::dsn
