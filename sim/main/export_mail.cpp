// SPDX-License-Identifier: GPL-2.0-only
// `export mbox` and `export eml`: mailboxes for mail programs.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <set>

#include "protocols/message/date.hpp"
#include "sim/main/cli.hpp"
#include "sim/main/cli_file.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/export.hpp"
#include "sim/main/inspect_mail.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/story/story.hpp"

namespace mailroom::cli {
namespace {

namespace fs = std::filesystem;

// The mailboxes that the options ask for; else the exit code, after a complaint.
std::expected<std::vector<MailboxHere>, int> mailboxes_for(Run& run, const ExportOptions& options,
                                                           Terminal& terminal) {
  if (!run.records(trace::Level::mail))
    return std::unexpected(
        complain(terminal, kUsage,
                 fmt::format("mailboxes are not in this file: {}", record_again(run, trace::Level::mail))));
  const auto at_ns = parse_time(options.at, run.end_ns());
  if (!at_ns) return std::unexpected(complain(terminal, kUsage, at_ns.error()));
  if (options.mailbox.empty()) return mailboxes_at(run, *at_ns);
  auto one = mailbox_named(run, options.mailbox, *at_ns);
  if (!one) return std::unexpected(complain(terminal, kUsage, one.error()));
  std::vector<MailboxHere> list;
  list.push_back(std::move(*one));
  return list;
}

// "Sat Jan  1 12:00:12 2000", as the From line of an mbox has it (RFC 4155, Appendix A).
std::string mbox_date(std::int64_t unix_s) {
  const std::string whole = message::format_date_time(unix_s);  // "Sat, 01 Jan 2000 12:00:12 +0000"
  const std::string day = whole[5] == '0' ? fmt::format(" {}", whole[6]) : whole.substr(5, 2);
  return fmt::format("{} {} {} {} {}", whole.substr(0, 3), whole.substr(8, 3), day, whole.substr(17, 8),
                     whole.substr(12, 4));
}

// The line without its line end, then past it. CR LF and LF end a line.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// mboxrd: ">" before every line that is "From " after any number of ">", so that reading takes exactly one
// away.
std::string mboxrd(std::string_view octets, std::int64_t unix_s) {
  const std::string path = reverse_path_of(octets);
  std::string entry =
      fmt::format("From {} {}\n", path.empty() ? "MAILER-DAEMON" : printable(path), mbox_date(unix_s));
  while (!octets.empty()) {
    const std::string_view line = take_line(octets);
    const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
    if (line.substr(quotes).starts_with("From ")) entry += '>';
    entry += line;
    entry += '\n';
  }
  return entry + "\n";
}

// A mailbox's name as a folder's: no separator, nothing hidden, nothing that a terminal obeys. '%' and what
// must not stand there become %XX.
std::string folder_name(std::string_view mailbox) {
  std::string name;
  for (const char c : mailbox) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f || c == '/' || c == '\\' || c == '%' || (c == '.' && name.empty()))
      name += fmt::format("%{:02X}", octet);
    else
      name += c;
  }
  return name.empty() ? std::string("%00") : name;
}

struct EmlFile {
  fs::path path;
  trace::MailboxMessage message;
};

std::vector<EmlFile> plan(Run& run, const std::vector<MailboxHere>& mailboxes, const fs::path& out) {
  std::vector<EmlFile> files;
  std::set<std::string> folders;
  for (const MailboxHere& mailbox : mailboxes) {
    std::string folder = folder_name(mailbox.name);
    // Two hosts may each have a mailbox of this name.
    if (!folders.insert(folder).second) folder += "%" + run.host(mailbox.host);
    for (const trace::MailboxMessage& message : mailbox.messages)
      files.push_back({.path = out / folder / fmt::format("{}.eml", message.uid), .message = message});
  }
  return files;
}

}  // namespace

int export_mbox(Run& run, const ExportOptions& options, Terminal& terminal) {
  const auto mailboxes = mailboxes_for(run, options, terminal);
  if (!mailboxes) return mailboxes.error();
  OutputFile file(options.out);
  std::int64_t messages = 0;
  for (const MailboxHere& mailbox : *mailboxes) {
    for (const trace::MailboxMessage& message : mailbox.messages) {
      const std::int64_t unix_s = run.header().epoch_unix_s + message.time_ns / 1'000'000'000;
      file.write(mboxrd(must(story::octets_of(run.reader(), message)), unix_s));
      ++messages;
    }
  }
  return finish_export(file, options, counted(messages, "message"), terminal);
}

int export_eml(Run& run, const ExportOptions& options, Terminal& terminal) {
  const auto mailboxes = mailboxes_for(run, options, terminal);
  if (!mailboxes) return mailboxes.error();
  const fs::path out = options.out;
  std::error_code error;
  if (fs::exists(out, error) && !fs::is_directory(out, error))
    return complain(terminal, kUsage,
                    fmt::format("{} is not a folder; give another --out", printable(options.out)));
  const std::vector<EmlFile> files = plan(run, *mailboxes, out);
  for (const EmlFile& file : files)
    if (!options.force && fs::exists(file.path, error))
      return complain(terminal, kUsage,
                      fmt::format("{} is there already; give another --out, or --force to overwrite",
                                  printable(file.path.string())));
  fs::create_directories(out, error);
  for (const EmlFile& file : files) {
    fs::create_directories(file.path.parent_path(), error);
    if (error)
      return complain(terminal, kUsage,
                      fmt::format("cannot make the folder {}: {}; give another --out",
                                  printable(file.path.parent_path().string()), error.message()));
    if (const auto wrong = write_file(file.path, must(story::octets_of(run.reader(), file.message))))
      return complain(terminal, kUsage, *wrong);
  }
  fmt::print(
      terminal.out, "wrote {} of {} to {}\n", counted(static_cast<std::int64_t>(files.size()), "message"),
      counted(static_cast<std::int64_t>(mailboxes->size()), "mailbox", "mailboxes"), printable(options.out));
  return kDone;
}

}  // namespace mailroom::cli
