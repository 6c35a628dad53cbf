// SPDX-License-Identifier: GPL-2.0-only
// The messages in mailboxes, with the octets that a mail access server would hand out. Shared by `inspect
// --mailbox` and `export mbox|eml`.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {

// One mailbox of the run. Its name is user@domain.
struct MailboxHere {
  trace::HostId host;
  std::string name;
  std::vector<trace::MailboxMessage> messages;  // ascending UIDs
};

// All mailboxes that mail was delivered to up to `time_ns`, by host, then name.
std::vector<MailboxHere> mailboxes_at(Run& run, std::int64_t time_ns);

// The one called `name` (domain and, if no other fits better, user in any case). Else what to complain of. A
// mailbox that nothing was delivered to is there, empty, if a message was ever addressed to it.
std::expected<MailboxHere, std::string> mailbox_named(Run& run, std::string_view name, std::int64_t time_ns);

// The reverse-path of its Return-Path field; empty for <> and where there is none.
std::string reverse_path_of(std::string_view octets);

}  // namespace mailroom::cli
