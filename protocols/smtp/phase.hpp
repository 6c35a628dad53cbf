// SPDX-License-Identifier: GPL-2.0-only
// The three operation phases of an SMTP session.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailroom::smtp {

enum class Phase : std::uint8_t {
  connection_setup,  // 220, then HELO or EHLO and its 250
  mail_transfer,     // MAIL, RCPT, DATA: any number of messages
  closing,           // QUIT, 221; or 421; or a failure
};
std::string_view name(Phase phase);  // "connection setup", …

}  // namespace mailroom::smtp
