// SPDX-License-Identifier: GPL-2.0-only
// `inspect --mailbox`: what the user would read.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "protocols/message/date.hpp"
#include "protocols/message/header.hpp"
#include "sim/main/cli.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/inspect_mail.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"
#include "sim/story/story.hpp"

namespace mailroom::cli {
namespace {

std::string field_of(const message::Header& header, std::string_view name) {
  const message::Field* field = header.find(name);
  return field != nullptr ? field->unfolded() : std::string();
}

// "01 Jan 2000 12:00:12": the Date field's time, in UTC, as all hosts of a run have it; the field itself if
// it is no date.
std::string short_date(const std::string& field) {
  if (field.empty()) return "(no date)";
  const auto parsed = message::parse_date_time(field);
  if (!parsed) return printable(field);
  const std::string whole = message::format_date_time(parsed->unix_s);  // "Sat, 01 Jan 2000 12:00:12 +0000"
  return whole.size() == 31 ? whole.substr(5, 20) : whole;
}

int read_one(Run& run, const MailboxHere& mailbox, const InspectOptions& options, Terminal& terminal) {
  for (const trace::MailboxMessage& message : mailbox.messages) {
    if (message.uid != *options.read) continue;
    const std::string octets = must(story::octets_of(run.reader(), message));
    if (options.json) {
      print_json(terminal, {{"mailbox", mailbox.name},
                            {"uid", message.uid},
                            {"message", message.message.value},
                            {"delivered_s", seconds(message.time_ns)},
                            {"size", octets.size()},
                            {"octets", octets}});
      return kDone;
    }
    std::string shown;  // with the line ends of this computer
    for (std::size_t i = 0; i < octets.size(); ++i)
      if (octets[i] != '\r' || i + 1 == octets.size() || octets[i + 1] != '\n') shown += octets[i];
    terminal.out << (terminal.is_person ? printable(shown, true) : shown);
    if (!shown.ends_with('\n')) terminal.out << '\n';
    return kDone;
  }
  return complain(
      terminal, kUsage,
      fmt::format("mailbox {} has no message with UID {} then; without --read its messages are listed",
                  printable(mailbox.name), *options.read));
}

}  // namespace

int inspect_mailbox(Run& run, const InspectOptions& options, Terminal& terminal) {
  if (!run.records(trace::Level::mail))
    return complain(terminal, kUsage,
                    fmt::format("mailboxes are not in this file: {}", record_again(run, trace::Level::mail)));
  const auto at_ns = parse_time(options.at, run.end_ns());
  if (!at_ns) return complain(terminal, kUsage, at_ns.error());
  const auto mailbox = mailbox_named(run, options.mailbox, *at_ns);
  if (!mailbox) return complain(terminal, kUsage, mailbox.error());
  if (options.read) return read_one(run, *mailbox, options, terminal);

  using Align = Column::Align;
  Table table({{.heading = "UID", .align = Align::right},
               {.heading = "Date"},
               {.heading = "From"},
               {.heading = "octets", .align = Align::right},
               {.heading = "Subject", .wraps = true}});
  Json list = Json::array();
  std::int64_t total = 0;
  for (const trace::MailboxMessage& message : mailbox->messages) {
    const std::string octets = must(story::octets_of(run.reader(), message));
    const message::Header header(octets);
    const std::string from = field_of(header, "From");
    const std::string subject = field_of(header, "Subject");
    const std::string date = field_of(header, "Date");
    total += message.size_bytes;
    table.add({std::to_string(message.uid),
               {short_date(date), Ink::dim},
               from.empty() ? "(no sender)" : printable_beginning(from),
               grouped(message.size_bytes),
               {subject.empty() ? "(no subject)" : printable_beginning(subject), Ink::strong}});
    list.push_back({{"uid", message.uid},
                    {"message", message.message.value},
                    {"copy", message.copy.value},
                    {"from", from},
                    {"subject", subject},
                    {"date", date},
                    {"size", message.size_bytes},
                    {"delivered_s", seconds(message.time_ns)}});
  }
  if (options.json) {
    print_json(terminal, {{"mailbox", mailbox->name},
                          {"host", mailbox->host ? Json(run.host(mailbox->host)) : Json(nullptr)},
                          {"at_s", seconds(*at_ns)},
                          {"messages", std::move(list)}});
    return kDone;
  }
  fmt::print(terminal.out, "{}{} at {}: {}{}\n", dyed(terminal, Ink::strong, printable(mailbox->name)),
             mailbox->host ? " on " + run.host(mailbox->host) : "", clock(*at_ns),
             counted(static_cast<std::int64_t>(mailbox->messages.size()), "message"),
             total > 0 ? ", " + counted(total, "octet") : "");
  if (table.empty()) return kDone;
  terminal.out << '\n';
  table.print(terminal);
  fmt::print(terminal.out, "\nRead one: mailroom inspect {} --mailbox {} --read {}\n", printable(run.file()),
             printable(mailbox->name), mailbox->messages.front().uid);
  return kDone;
}

}  // namespace mailroom::cli
