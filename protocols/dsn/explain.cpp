// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/message/date.hpp"
#include "protocols/message/fold.hpp"
#include "protocols/message/header.hpp"

namespace mailroom::dsn {
namespace {

constexpr std::string_view kIndent = "    ";

// Lines of a paragraph, indented, broken at blanks.
std::string paragraph(std::string_view indent, std::string_view text) {
  std::string out(indent);
  std::size_t column = indent.size();
  const std::string line = message::without_line_ends(text);
  std::size_t begin = 0;
  while (begin < line.size()) {
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    const std::size_t length = end - begin;
    if (length > 0) {
      if (column > indent.size() && column + 1 + length > message::kPreferredLine) {
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

std::string_view became(Action action) {
  switch (action) {
    case Action::failed:
      return "not delivered";
    case Action::delayed:
      return "not delivered yet";
    case Action::delivered:
      return "delivered";
    case Action::relayed:
      return "handed on";
    case Action::expanded:
      return "passed on to several recipients";
  }
  return {};
}

// Who said what, or what happened instead.
std::string evidence(const Recipient& recipient) {
  const Typed& said = recipient.diagnostic_code;
  if (said.empty()) return {};
  const std::string& host = recipient.remote_mta.value;
  if (message::equal_ignoring_case(said.type, kSmtp)) {
    const bool is_ours = host.empty();
    return paragraph(kIndent, is_ours ? "This mail system says:" : host + " answered:") +
           paragraph("        ", said.value);
  }
  return paragraph(kIndent, host.empty() ? "What happened: " + said.value + "."
                                         : "Towards " + host + ": " + said.value + ".");
}

std::string consequence(const Recipient& recipient, int attempts) {
  const std::string tried =
      fmt::format("It was tried {}", attempts == 1 ? "once" : fmt::format("{} times", attempts));
  switch (recipient.action) {
    case Action::failed:
      if (attempts == 0) return "Trying again would not help, so it was given up.";
      return tried + " until the time for it ran out, and is given up now.";
    case Action::delayed: {
      std::string again =
          attempts == 0 ? "It will be tried again" : tried + " so far and will be tried again";
      if (recipient.will_retry_until_s)
        again += " until " + message::format_date_time(*recipient.will_retry_until_s);
      return again + "; you need not send it again.";
    }
    case Action::delivered:
      return recipient.diagnostic_code.empty() ? "The message is in the mailbox." : "The message has arrived there.";
    case Action::relayed:
      return fmt::format(
          "{} has taken the message. That host sends no notification of delivery, so this is the last that "
          "you "
          "hear, unless delivery fails.",
          recipient.remote_mta.empty() ? "Another host" : recipient.remote_mta.value);
    case Action::expanded:
      return "The address stands for several others. The message was passed on to them; there will be no "
             "notification of delivery from them.";
  }
  return {};
}

std::string explain(const Recipient& recipient, int attempts) {
  std::string out = fmt::format("<{}>: {}\r\n", message::without_line_ends(recipient.final_recipient.value),
                                became(recipient.action));
  const std::string& original = recipient.original_recipient.value;
  if (!original.empty() && original != recipient.final_recipient.value)
    out += paragraph(kIndent, "You wrote to <" + original + ">.");
  out += evidence(recipient);
  const bool is_trouble = recipient.action == Action::failed || recipient.action == Action::delayed;
  const Words words = words_of(recipient.status);
  if (is_trouble && recipient.status)
    out += paragraph(kIndent, fmt::format("That means: {}.", words.meaning));
  out += paragraph(kIndent, consequence(recipient, attempts));
  if (recipient.action == Action::failed && !words.advice.empty())
    out += paragraph(kIndent, fmt::format("What you can do: {}.", words.advice));
  if (recipient.status) out += paragraph(kIndent, "Status " + describe(recipient.status) + ".");
  return out;
}

std::string headline(const Notification& n) {
  const std::size_t count = n.report.recipients.size();
  const std::string whom = count == 1 ? "one recipient" : fmt::format("{} recipients", count);
  if (n.is_double_bounce)
    return "A notification of this mail system could not be delivered either. Its recipient was the sender "
           "of a "
           "message that failed, so nobody there can be told; you get it as the postmaster.";
  const auto is = [&](Action action) {
    return std::ranges::all_of(n.report.recipients, [&](const Recipient& r) { return r.action == action; });
  };
  if (is(Action::failed)) return fmt::format("Your message could not be delivered to {}.", whom);
  if (is(Action::delayed))
    return fmt::format(
        "Your message has not yet reached {}. This is only a warning: it is still being tried.", whom);
  if (is(Action::delivered))
    return fmt::format("Your message was delivered to {}, as you wanted to know.", whom);
  return fmt::format("What became of your message for {}:", whom);
}

// At most `most` octets of a text, cut before a character of UTF-8 (RFC 3629 §3) and not within.
std::size_t whole_characters(std::string_view text, std::size_t most) {
  const auto is_tail = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  std::size_t end = most;
  while (end > 0 && is_tail(text[end])) --end;
  // Nothing but tails is no UTF-8 at all.
  return end == 0 ? most : end;
}

// By which the originator knows the message again.
std::string which_message(std::string_view content) {
  const message::Header header(content);
  std::string out;
  for (const std::string_view name : {"Subject", "Date", "To"}) {
    const message::Field* field = header.find(name);
    if (field == nullptr) continue;
    std::string value = field->unfolded();
    constexpr std::size_t kEnough = 200;
    if (value.size() > kEnough) value = value.substr(0, whole_characters(value, kEnough)) + " ...";
    out += paragraph(kIndent, fmt::format("{}: {}", name, value));
  }
  return out.empty() ? out : out + "\r\n";
}

}  // namespace

std::string explain(const Notification& n, bool returns_all) {
  std::string out =
      paragraph("", "This is the mail system of " + n.report.reporting_mta.value + ".") + "\r\n";
  out += paragraph("", headline(n)) + "\r\n";
  out += which_message(n.content);
  const std::vector<Recipient>& recipients = n.report.recipients;
  for (std::size_t i = 0; i < recipients.size() && i < kMostExplained; ++i)
    out += explain(recipients[i], i < n.attempts.size() ? n.attempts[i] : 0) + "\r\n";
  if (recipients.size() > kMostExplained)
    out += paragraph("",
                     fmt::format("There are {} more recipients; the second part of this report has them all.",
                                 recipients.size() - kMostExplained)) +
           "\r\n";
  const std::string_view whose = n.is_double_bounce ? "the" : "your";
  return out +
         paragraph("", fmt::format("The second part of this report says the same for programs. The third "
                                   "is {}{} message.",
                                   returns_all ? "" : "the header of ", whose));
}

}  // namespace mailroom::dsn
