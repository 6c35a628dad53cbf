// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/bounce.hpp"

#include <algorithm>
#include <cassert>

#include "protocols/message/compose.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/fold.hpp"
#include "protocols/message/message_id.hpp"

namespace mailroom::message {
namespace {

// RFC 5321 §4.2.2, §4.2.3 in words.
std::string_view meaning_of_reply(int code) {
  switch (code) {
    case 421:
      return "The receiver was closing down and took no more mail.";
    case 450:
      return "The mailbox was busy or blocked for the moment.";
    case 451:
      return "The receiver had an error of its own while it worked on the message.";
    case 452:
      return "The receiver was short of storage.";
    case 455:
      return "The receiver could not take the parameters of the command for the moment.";
    case 550:
      return "There is no such mailbox there, or it may not be used.";
    case 551:
      return "The user is not local there; the reply may name the new address.";
    case 552:
      return "The mailbox is full, or the message is larger than it may be.";
    case 553:
      return "The receiver does not allow such an address.";
    case 554:
      return "The receiver did not want the message.";
    case 555:
      return "The receiver does not know the parameters of the command.";
    default:
      break;
  }
  if (code >= 500 && code <= 599) return "The receiver refused for good.";
  if (code >= 400 && code <= 499) return "The receiver refused for the moment.";
  return "";
}

std::string_view consequence(const RecipientResult& result) {
  if (result.action == DeliveryAction::delayed) return "It will be tried again; you need not send it again.";
  if (result.reply_code >= 500) return "Trying again would not help, so the message was given up.";
  return "It was tried until the time for it ran out; the message was given up.";
}

bool is_failure(const RecipientResult& result) {
  return result.action == DeliveryAction::failed;
}

// Lines of a paragraph, indented, broken at blanks.
std::string paragraph(std::string_view indent, std::string_view text) {
  std::string out(indent);
  std::size_t column = indent.size();
  const std::string line = without_line_ends(text);
  std::size_t begin = 0;
  while (begin < line.size()) {
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    const std::size_t length = end - begin;
    if (length > 0) {
      if (column > indent.size() && column + 1 + length > kPreferredLine) {
        out += "\r\n" + std::string(indent);
        column = indent.size();
      } else if (column > indent.size()) {
        out += ' ';
        ++column;
      }
      out += line.substr(begin, length);
      column += length;
    }
    begin = end + 1;
  }
  return out + "\r\n";
}

std::string reply_lines(const RecipientResult& result) {
  const std::string text = canonical(result.reply_text);
  const std::string code = std::to_string(result.reply_code);
  std::string out;
  std::size_t begin = 0;
  do {
    const std::size_t end = std::min(text.find("\r\n", begin), text.size());
    const bool last = end + 2 >= text.size();
    out += "        " + code + (last ? " " : "-");  // RFC 5321 §4.2.1: as it came over the connection
    if (!result.enhanced_code.empty()) out += result.enhanced_code + " ";
    out += text.substr(begin, end - begin) + "\r\n";
    begin = end + 2;
  } while (begin < text.size());
  return out;
}

std::string describe(const RecipientResult& result, std::string_view reporting_host) {
  std::string out = "  <" + without_line_ends(result.forward_path) + ">\r\n";
  const std::string host = result.remote_host.empty() ? std::string(reporting_host) : result.remote_host;
  constexpr std::string_view kIndent = "    ";
  if (result.reply_code != 0) {
    out += paragraph(kIndent, host + " answered:");
    out += reply_lines(result);
    if (const auto meaning = meaning_of_reply(result.reply_code); !meaning.empty())
      out += paragraph(kIndent, meaning);
  }
  if (!result.reason.empty()) {
    out += paragraph(kIndent, result.reply_code == 0 && !result.remote_host.empty()
                                  ? "Towards " + host + ": " + result.reason + "."
                                  : "Reason: " + result.reason + ".");
  }
  return out + paragraph(kIndent, consequence(result)) + "\r\n";
}

std::string describe(const Bounce& bounce, bool all_delayed) {
  std::string out = paragraph("", "This is the mail system of " + bounce.reporting_host + ".") + "\r\n";
  out += paragraph("", all_delayed ? "Your message has not yet reached the recipients below:"
                                   : "What became of your message for the recipients below:");
  out += "\r\n";
  for (const RecipientResult& result : bounce.results) out += describe(result, bounce.reporting_host);
  out += paragraph("", "The header of your message follows.");
  return out + "\r\n";
}

// RFC 5321 §2.3.1, §4.5.3.1.6: what every receiver takes, whatever extensions it has.
std::string as_seven_bit_lines(std::string_view text) {
  const std::string lines = canonical(text, FinalLineEnd::ensure);
  std::string out;
  out.reserve(lines.size());
  std::size_t column = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    char c = lines[i];
    if (c == '\r' && i + 1 < lines.size() && lines[i + 1] == '\n') {
      out += "\r\n";
      column = 0;
      ++i;
      continue;
    }
    if (column++ >= kLongestLine) continue;
    // A NUL and a bare CR are not text either (RFC 5322 §2.3).
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\0' || c == '\r') c = '?';
    out += c;
  }
  return out;
}

}  // namespace

std::string compose_bounce(const Bounce& bounce) {
  assert(!bounce.reverse_path.empty());
  const Header returned(bounce.returned_message);
  const bool all_delayed =
      !bounce.results.empty() && std::none_of(bounce.results.begin(), bounce.results.end(), is_failure);

  std::string out = format_field("Date", format_date_time(bounce.unix_s));
  out += format_field("From", "Mail Delivery System <MAILER-DAEMON@" + bounce.reporting_host + ">");
  out += format_field("To", "<" + bounce.reverse_path + ">");
  if (!bounce.message_id.empty()) out += format_field("Message-ID", bounce.message_id);
  if (const Field* id = returned.find("Message-ID")) {
    // So that a user agent shows the notification beside the message (RFC 3834 §3.1.6).
    if (const auto parsed = parse_message_id(id->value())) {
      out += format_field("In-Reply-To", format(*parsed));
      out += format_field("References", format(*parsed));
    }
  }
  out += format_field(
      "Subject", all_delayed ? "Delayed Mail (still being retried)" : "Undelivered Mail Returned to Sender");
  out += format_field("Auto-Submitted", "auto-replied");  // RFC 3834 §5
  out += "\r\n";
  out += describe(bounce, all_delayed);
  out += returned.fields_octets();
  return as_seven_bit_lines(out);
}

}  // namespace mailroom::message
