// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_mail.hpp"

#include <fmt/format.h>

#include "protocols/message/header.hpp"
#include "protocols/message/received.hpp"
#include "sim/main/cli.hpp"
#include "sim/main/cli_words.hpp"

namespace mailroom::cli {

std::vector<MailboxHere> mailboxes_at(Run& run, std::int64_t time_ns) {
  std::vector<MailboxHere> all;
  const trace::World& world = run.world_at(time_ns);
  world.hosts.for_each([&](trace::HostId id, const trace::HostState& host) {
    for (const auto& [name, mailbox] : host.mailboxes) {
      MailboxHere here{.host = id, .name = name, .messages = {}};
      mailbox.messages.for_each([&](trace::MailNumber, const trace::MailboxMessage& message) {
        if (message.appended) here.messages.push_back(message);
      });
      all.push_back(std::move(here));
    }
  });
  return all;
}

std::expected<MailboxHere, std::string> mailbox_named(Run& run, std::string_view name, std::int64_t time_ns) {
  std::vector<MailboxHere> all = mailboxes_at(run, time_ns);
  MailboxHere* alike = nullptr;
  std::vector<std::string> names;
  for (MailboxHere& mailbox : all) {
    if (mailbox.name == name) return std::move(mailbox);
    if (message::equal_ignoring_case(mailbox.name, name)) alike = &mailbox;
    names.push_back(mailbox.name);
  }
  if (alike != nullptr) return std::move(*alike);
  if (must(run.reader().recipient_named(name)))
    return MailboxHere{.host = {}, .name = std::string(name), .messages = {}};
  if (const std::string_view meant = nearest(name, names); !meant.empty())
    return std::unexpected(fmt::format("there is no mailbox '{}' in this run; did you mean '{}'?",
                                       printable(name), printable(meant)));
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < 6; ++i) list += (i == 0 ? "" : ", ") + printable(names[i]);
  if (names.size() > 6) list += ", ...";
  return std::unexpected(
      fmt::format("there is no mailbox '{}' in this run; {}", printable(name),
                  names.empty() ? "no mail was delivered up to then" : "there is mail in " + list));
}

std::string reverse_path_of(std::string_view octets) {
  const message::Header header(octets);
  const message::Field* field = header.find("Return-Path");
  if (field == nullptr) return {};
  return message::parse_return_path(field->value()).value_or(std::string());
}

}  // namespace mailroom::cli
