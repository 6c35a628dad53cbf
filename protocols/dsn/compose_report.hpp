// SPDX-License-Identifier: GPL-2.0-only
// Writes a delivery status notification: `multipart/report; report-type=delivery-status` (RFC 6522) of three
// parts: what happened in words for a person, the same in fields for programs (RFC 3464), and the message
// that it is about, or the header of that (RFC 3461 §4.3).
//
// The same notification is always the same octets; the boundary is made from them and occurs in no part.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dsn/report.hpp"

namespace mailroom::dsn {

enum class Return : std::uint8_t { headers, full };  // RFC 3461 §4.3

// What is returned of the message. Only its header is, whatever was asked for, where no recipient has failed
// (RFC 3461 §4.3), where the whole is longer than the limit, where it has octets above 127 and may not, and
// where its lines are none that mail carries (longer than 998, a NUL, a CR or LF of its own).
struct ReturnOptions {
  Return wanted = Return::headers;
  std::int64_t size_limit_bytes = 50'000;  // of a header too: fields beyond it are left out
  bool allows_eight_bit = false;           // the notification may need 8BITMIME
};

struct Notification {
  Report report{};
  // Who is told: the reverse-path of the message, without < and >.
  std::string to{};
  std::string message_id{};  // of the notification itself, with < and >; empty: no such field
  std::int64_t unix_s = 0;
  // How often the recipient of the same index was tried in vain before it was given up, or so far. 0: it was
  // given up at once. May be shorter than the list of recipients.
  std::vector<int> attempts{};
  // The message: its content behind the trace fields that hosts have put before it.
  std::string_view trace_fields{};
  std::string_view content{};
  ReturnOptions returned{};
  // The message came with SMTPUTF8 (RFC 6531), so that the way to its originator takes eight bits: what a person
  // reads, and what is returned, have characters beyond US-ASCII as they are.
  bool is_international = false;
  // The message is itself a notification that nobody could be given: a postmaster is told (RFC 5321 §4.5.5).
  bool is_double_bounce = false;
};

struct Composed {
  std::string octets;  // RFC 5322 octets with CRLF, to be sent with the null reverse-path
  bool eight_bit = false;
};
// There is at least one recipient. Whatever the texts in it are: lines of at most 998 octets, and all 7-bit
// unless the whole message is returned or the message was international; octets above 127 elsewhere become '?', but
// in an address of type utf-8, and in To, which has the address of the originator as it is (RFC 6532).
Composed compose_report(const Notification& notification);

// `550 5.1.1 no such user`, for Diagnostic-Code. `text`: without codes, lines separated by LF, which become
// one. The enhanced code may be empty.
Typed smtp_diagnostic(int code, std::string_view enhanced_code, std::string_view text);

}  // namespace mailroom::dsn
