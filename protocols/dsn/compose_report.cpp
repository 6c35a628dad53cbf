// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/compose_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "protocols/dsn/explain.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/fold.hpp"
#include "protocols/message/header.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/utf8.hpp"

namespace mailroom::dsn {
namespace {

using message::FinalLineEnd;
using message::format_date_time;
using message::format_field;

bool is_eighth_bit(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

enum class Beyond : std::uint8_t { questioned, kept };  // characters beyond US-ASCII: '?', or as they are

// RFC 5321 §2.3.1, §4.5.3.1.6: what every receiver takes, whatever extensions it has; or every one with
// 8BITMIME.
std::string as_lines(std::string_view text, Beyond beyond = Beyond::questioned) {
  const std::string lines = message::canonical(text, FinalLineEnd::ensure);
  std::string out;
  out.reserve(lines.size());
  std::size_t column = 0;
  const bool keeps = beyond == Beyond::kept && message::is_utf8(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    char c = lines[i];
    if (c == '\r' && i + 1 < lines.size() && lines[i + 1] == '\n') {
      out += "\r\n";
      column = 0;
      ++i;
      continue;
    }
    // A character that does not fit as a whole is left out as a whole, and what follows it.
    const std::size_t length = keeps ? std::max<std::size_t>(message::utf8_length(std::string_view(lines).substr(i)), 1) : 1;
    if (column + length > message::kLongestLine) column = message::kLongestLine;
    if (column++ >= message::kLongestLine) continue;
    // A NUL and a bare CR are not text either (RFC 5322 §2.3).
    if ((is_eighth_bit(c) && !keeps) || c == '\0' || c == '\r') c = '?';
    out += c;
  }
  return out;
}

// RFC 5322 §2.3, RFC 2045 §2.8: CRLF ends every line of at most 998 octets, no NUL, no CR or LF by itself.
bool has_lines_of_mail(std::string_view octets) {
  for (std::size_t begin = 0; begin < octets.size();) {
    const std::size_t end = octets.find("\r\n", begin);
    const std::string_view line = octets.substr(begin, end - begin);
    if (end == std::string_view::npos || line.size() > message::kLongestLine) return false;
    if (line.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) return false;
    begin = end + 2;
  }
  return true;
}

struct Returned {
  std::string_view type;
  std::string octets;
  bool eight_bit = false;
  bool is_whole = false;
};

bool may_return_all(const Notification& n, bool eight_bit) {
  const auto size = static_cast<std::int64_t>(n.trace_fields.size() + n.content.size());
  return n.returned.wanted == Return::full && gravest(n.report) == Action::failed &&
         size <= n.returned.size_limit_bytes && (!eight_bit || n.returned.allows_eight_bit) &&
         has_lines_of_mail(n.trace_fields) && has_lines_of_mail(n.content);
}

// Whether characters beyond US-ASCII may stand outside of the header.
bool keeps(const Notification& n) {
  return n.is_international && n.returned.allows_eight_bit;
}

Returned returned_part(const Notification& n) {
  const bool eight_bit =
      std::ranges::any_of(n.trace_fields, is_eighth_bit) || std::ranges::any_of(n.content, is_eighth_bit);
  const bool is_global =
      keeps(n) && (message::has_utf8_header(n.trace_fields) || message::has_utf8_header(n.content));
  if (may_return_all(n, eight_bit))
    return {is_global ? "message/global" : "message/rfc822",
            std::string(n.trace_fields) + std::string(n.content), eight_bit, true};
  std::string fields;
  for (const std::string_view from : {n.trace_fields, n.content}) {
    // The lines that begin a body without an empty line before it are not header: they stay out.
    const message::Header header_of(from);
    for (const message::Field& field : header_of.fields()) {
      if (static_cast<std::int64_t>(fields.size() + field.octets.size()) <= n.returned.size_limit_bytes)
        fields += field.octets;
    }
  }
  // RFC 6533 §4.
  if (is_global) return {"message/global-headers", as_lines(fields, Beyond::kept), true};
  return {"text/rfc822-headers", as_lines(fields)};
}

void add(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += format_field(name, value);
}

void add(std::string& out, std::string_view name, const Typed& typed) {
  if (!typed.empty()) add(out, name, format(typed));
}

void add_date(std::string& out, std::string_view name, std::optional<std::int64_t> unix_s) {
  if (unix_s) add(out, name, format_date_time(*unix_s));
}

// RFC 3464 §2.2, §2.3, each in the order of the RFC.
std::string status_fields(const Report& report) {
  std::string out;
  add(out, "Original-Envelope-Id", report.original_envelope_id);
  add(out, "Reporting-MTA", report.reporting_mta);
  add(out, "Received-From-MTA", report.received_from_mta);
  add_date(out, "Arrival-Date", report.arrival_s);
  for (const Recipient& recipient : report.recipients) {
    out += "\r\n";
    add(out, "Original-Recipient", recipient.original_recipient);
    add(out, "Final-Recipient", recipient.final_recipient);
    add(out, "Action", name(recipient.action));
    add(out, "Status", to_string(recipient.status));
    add(out, "Remote-MTA", recipient.remote_mta);
    add(out, "Diagnostic-Code", recipient.diagnostic_code);
    add_date(out, "Last-Attempt-Date", recipient.last_attempt_s);
    add(out, "Final-Log-ID", recipient.final_log_id);
    add_date(out, "Will-Retry-Until", recipient.will_retry_until_s);
  }
  return as_lines(out);
}

std::string_view subject(const Notification& n) {
  if (n.is_double_bounce) return "Postmaster Copy: Undelivered Notification";
  switch (gravest(n.report)) {
    case Action::failed:
      return "Undelivered Mail Returned to Sender";
    case Action::delayed:
      return "Delayed Mail (still being retried)";
    default:
      return "Successful Mail Delivery Report";
  }
}

// RFC 2046 §5.1.1: no line of any part may begin with it.
std::string boundary_for(std::string_view key, const std::array<std::string_view, 3>& parts) {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  for (;; ++hash) {
    std::string boundary = fmt::format("=_report_{:016x}", hash);
    const auto has = [&](std::string_view part) { return part.find(boundary) != std::string_view::npos; };
    if (std::ranges::none_of(parts, has)) return boundary;
  }
}

std::string header(const Notification& n, std::string_view boundary, bool eight_bit) {
  std::string out = format_field("Date", format_date_time(n.unix_s));
  out += format_field("From", "Mail Delivery System <MAILER-DAEMON@" + n.report.reporting_mta.value + ">");
  out += format_field("To", "<" + n.to + ">");  // RFC 6532: as it is
  add(out, "Message-ID", n.message_id);
  const message::Header reported(n.content);
  if (const message::Field* id = reported.find("Message-ID")) {
    // So that a user agent shows the notification beside the message (RFC 3834 §3.1.6).
    if (const auto parsed = message::parse_message_id(id->value())) {
      out += format_field("In-Reply-To", message::format(*parsed));
      out += format_field("References", message::format(*parsed));
    }
  }
  out += format_field("Subject", subject(n));
  out += format_field("Auto-Submitted", "auto-replied");  // RFC 3834 §5
  out += format_field("MIME-Version", "1.0");
  out +=
      format_field("Content-Type",
                   fmt::format(R"(multipart/report; report-type=delivery-status; boundary="{}")", boundary));
  if (eight_bit) out += format_field("Content-Transfer-Encoding", "8bit");
  return as_lines(out, message::is_ascii(n.to) ? Beyond::questioned : Beyond::kept);
}

void append_part(std::string& out, std::string_view boundary, std::string_view type,
                 std::string_view description, bool eight_bit, std::string_view octets) {
  out += fmt::format("--{}\r\nContent-Type: {}\r\nContent-Description: {}\r\n", boundary, type, description);
  if (eight_bit) out += "Content-Transfer-Encoding: 8bit\r\n";
  out += "\r\n";
  out += octets;
  out += "\r\n";
}

}  // namespace

Composed compose_report(const Notification& n) {
  assert(!n.report.recipients.empty());
  const Returned returned = returned_part(n);
  const std::string words =
      as_lines(explain(n, returned.is_whole), keeps(n) ? Beyond::kept : Beyond::questioned);
  const bool is_ascii = message::is_ascii(words);
  const std::string fields = status_fields(n.report);
  const std::string boundary = boundary_for(n.message_id + fields, {words, fields, returned.octets});

  const bool eight_bit = returned.eight_bit || !is_ascii;
  std::string out = header(n, boundary, eight_bit);
  out.reserve(out.size() + words.size() + fields.size() + returned.octets.size() + 1000);
  out += "\r\nThis is a report in several parts (MIME).\r\n\r\n";
  append_part(out, boundary, is_ascii ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8", "What happened",
              !is_ascii, words);
  append_part(out, boundary, "message/delivery-status", "The same for programs", false, fields);
  append_part(out, boundary, returned.type, returned.is_whole ? "The message" : "The header of the message",
              returned.eight_bit, returned.octets);
  out += "--" + boundary + "--\r\n";
  return {std::move(out), eight_bit || !message::is_ascii(n.to)};
}

Typed smtp_diagnostic(int code, std::string_view enhanced_code, std::string_view text) {
  std::string value = std::to_string(code);
  if (!enhanced_code.empty()) value += " " + std::string(enhanced_code);
  return {std::string(kSmtp), value + " " + message::without_line_ends(text)};
}

}  // namespace mailroom::dsn
