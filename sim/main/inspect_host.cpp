// SPDX-License-Identifier: GPL-2.0-only
// `inspect --host --at`: queue, mailboxes, sessions and disk of one host at one moment.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <map>

#include "sim/main/cli.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"
#include "sim/story/copies.hpp"

namespace mailroom::cli {
namespace {

using Align = Column::Align;
using trace::Copy;
using trace::CopyId;
using trace::HostState;
using trace::QueueEntry;
using trace::World;

// What is asked about, and the moment.
struct Moment {
  Run& run;
  trace::HostId id;
  std::int64_t time_ns;
  World world;  // a copy (it costs next to nothing): naming things may move the replay
  const HostState& host() const { return world.host(id); }
};

// ": 1 incoming, 3 deferred", of those queues that have some.
std::string queues_of(const Moment& moment) {
  std::map<std::string_view, std::int64_t> counts;
  for (const auto& [key, entry_id] : moment.host().queue) {
    if (const QueueEntry* entry = moment.world.queue_entries.find(entry_id))
      ++counts[story::place_of(moment.world, *entry, moment.time_ns)];
  }
  std::string text;
  for (const char* place : {"incoming", "active", "deferred", "held"}) {
    if (counts[place] > 0)
      text += fmt::format("{}{} {}", text.empty() ? ": " : ", ", grouped(counts[place]), place);
  }
  return text;
}

void print_queue(Moment& moment, Terminal& terminal) {
  const HostState& host = moment.host();
  heading(terminal,
          fmt::format("Queue: {}{}", counted(static_cast<std::int64_t>(host.queue.size()), "message"),
                      queues_of(moment)));
  Table table({{.heading = "message", .align = Align::right},
               {.heading = "queue id"},
               {.heading = "since"},
               {.heading = "octets", .align = Align::right},
               {.heading = "destination"},
               {.heading = "state", .wraps = true}});
  for (const auto& [key, entry_id] : host.queue) {
    const QueueEntry* entry = moment.world.queue_entries.find(entry_id);
    if (entry == nullptr) continue;
    bool is_first = true;
    for (const CopyId id : entry->copies) {
      const Copy* copy = moment.world.copies.find(id);
      if (copy == nullptr || !copy->open()) continue;  // processed, deleted from the list
      table.add({is_first ? std::to_string(entry->message.value) : std::string(),
                 is_first ? printable(entry->queue_id) : std::string(),
                 {is_first ? clock(entry->queued_ns) : std::string(), Ink::dim},
                 is_first ? grouped(entry->size_bytes) : std::string(),
                 copy->recipient ? moment.run.recipient(copy->recipient) : std::string(),
                 {story::waits_for(moment.world, *copy, moment.time_ns),
                  copy->deferrals > 0 ? Ink::warn : Ink::plain}});
      is_first = false;
    }
    if (is_first)
      table.add({std::to_string(entry->message.value),
                 printable(entry->queue_id),
                 {clock(entry->queued_ns), Ink::dim},
                 grouped(entry->size_bytes),
                 "",
                 "all destinations are processed"});
  }
  if (!table.empty()) table.print(terminal);
}

void print_mailboxes(const Moment& moment, Terminal& terminal) {
  const HostState& host = moment.host();
  if (host.mailboxes.empty()) return;
  heading(terminal, "Mailboxes");
  Table table({{.heading = "mailbox"},
               {.heading = "messages", .align = Align::right},
               {.heading = "octets", .align = Align::right}});
  for (const auto& [name, mailbox] : host.mailboxes)
    table.add({{printable(name), Ink::name}, grouped(mailbox.messages.size()), grouped(mailbox.size_bytes)});
  table.print(terminal);
}

// Aliases, lists and redirections, from what the run file says of the host.
void print_rewriting(const trace::HostRow& row, Terminal& terminal) {
  const Json detail = Json::parse(row.detail, nullptr, false);
  if (!detail.is_object()) return;
  Table table({{.heading = "name"}, {.heading = "is"}, {.heading = "mail for it goes to", .wraps = true}});
  // A text, or all texts of a list; nothing for what a damaged file may have there.
  const auto joined = [](const Json& object, const char* key) {
    constexpr std::size_t kMost = 8;
    std::string text;
    const auto found = object.find(key);
    if (found == object.end()) return text;
    const Json addresses = found->is_array() ? *found : Json::array({*found});
    for (std::size_t i = 0; i < addresses.size() && i < kMost; ++i)
      if (addresses[i].is_string())
        text += (text.empty() ? "" : ", ") + printable(addresses[i].get<std::string>());
    if (addresses.size() > kMost)
      text += fmt::format(" and {} more", grouped(static_cast<std::int64_t>(addresses.size() - kMost)));
    return text;
  };
  const auto number = [](const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
  };
  const auto each = [&](const char* key, auto add) {
    if (const auto found = detail.find(key); found != detail.end() && found->is_array())
      for (const Json& one : *found)
        if (one.is_object() && one.contains("name") && one["name"].is_string())
          add(one, printable(one["name"].get<std::string>()));
  };
  each("aliases", [&](const Json& one, const std::string& name) {
    table.add({{name, Ink::name}, "an alias", joined(one, "targets")});
  });
  each("lists", [&](const Json& one, const std::string& name) {
    table.add({{name, Ink::name},
               "a list",
               fmt::format("{}; {} is told of failures", counted(number(one, "members"), "member"),
                           joined(one, "owner"))});
  });
  each("users", [&](const Json& one, const std::string& name) {
    const std::string forward = joined(one, "forward");
    if (!forward.empty())
      table.add({{name, Ink::name}, "a user", forward + (one.contains("keep") ? ", and the mailbox" : "")});
    if (const std::string moved = joined(one, "moved_to"); !moved.empty())
      table.add({{name, Ink::name}, "a user who has moved", moved});
  });
  if (const std::string all = joined(detail, "catch_all"); !all.empty())
    table.add({"all others", "the catch-all", all});
  if (table.empty()) return;
  heading(terminal, "Addresses that lead on");
  table.print(terminal);
}

void print_sessions(Moment& moment, Terminal& terminal) {
  const HostState& host = moment.host();
  if (host.sessions.empty() && host.connections.empty()) return;
  heading(terminal, "Sessions and connections");
  Table table({{.heading = "session", .align = Align::right},
               {.heading = "connection", .align = Align::right},
               {.heading = "sender"},
               {.heading = "receiver"},
               {.heading = "since"},
               {.heading = "phase"}});
  std::set<trace::ConnectionId> shown;
  for (const trace::SessionId id : host.sessions) {
    const trace::SessionState* session = moment.world.sessions.find(id);
    if (session == nullptr) continue;
    shown.insert(session->connection);
    const trace::SessionEnd& here = session->sender.host == moment.id ? session->sender : session->receiver;
    table.add({std::to_string(id.value),
               std::to_string(session->connection.value),
               {moment.run.host(session->sender.host), Ink::name},
               {moment.run.host(session->receiver.host), Ink::name},
               {clock(here.opened_ns), Ink::dim},
               printable(here.phase)});
  }
  for (const trace::ConnectionId id : host.connections) {
    const trace::ConnectionState* connection = moment.world.connections.find(id);
    if (connection == nullptr || shown.contains(id)) continue;
    table.add({"-",
               std::to_string(id.value),
               {moment.run.host(connection->from), Ink::name},
               {connection->to ? moment.run.host(connection->to) : printable(connection->remote), Ink::name},
               {clock(connection->opened_ns), Ink::dim},
               std::string(name(connection->phase))});
  }
  table.print(terminal);
}

void print_host(Moment& moment, Terminal& terminal) {
  const trace::HostRow& row = *moment.run.reader().host(moment.id);
  const HostState& host = moment.host();
  std::string also = row.hostname.empty() || row.hostname == row.name ? "" : printable(row.hostname);
  if (!row.address.empty()) also += (also.empty() ? "" : ", ") + row.address;
  fmt::print(terminal.out, "{} at {}{}\n", dyed(terminal, Ink::strong, row.name), clock(moment.time_ns),
             also.empty() ? "" : "  (" + also + ")");
  if (const std::vector<std::string> zones = detail_texts(row.detail, "zones"); !zones.empty())
    fmt::print(terminal.out, "  name server of: {}\n", printable(fmt::format("{}", fmt::join(zones, ", "))));
  if (row.role != trace::HostRow::Role::host) {
    fmt::print(terminal.out, "  a {}: it has no queue and no mailboxes\n", name(row.role));
    return;
  }
  fmt::print(terminal.out, "  responsible for {} so far, {} of them now\n",
             counted(host.owned, "copy", "copies"), grouped(host.open));
  if (!moment.run.records(trace::Level::mail)) {
    fmt::print(terminal.out, "  queue, mailboxes and sessions are not in this file: {}\n",
               record_again(moment.run, trace::Level::mail));
    return;
  }
  if (row.disk_bytes > 0)
    fmt::print(
        terminal.out, "  disk: {} of {} octets used{}\n", grouped(host.disk_used_bytes),
        grouped(row.disk_bytes),
        host.disk_filled ? fmt::format("; a write found no room (--why {})", host.disk_filled.value) : "");
  print_queue(moment, terminal);
  print_mailboxes(moment, terminal);
  print_rewriting(row, terminal);
  print_sessions(moment, terminal);
}

Json queue_json(Moment& moment) {
  Json list = Json::array();
  for (const auto& [key, entry_id] : moment.host().queue) {
    const QueueEntry* entry = moment.world.queue_entries.find(entry_id);
    if (entry == nullptr) continue;
    Json json = {{"message", entry->message.value},
                 {"queue_id", entry->queue_id},
                 {"in", story::place_of(moment.world, *entry, moment.time_ns)},
                 {"queued_s", seconds(entry->queued_ns)},
                 {"size", entry->size_bytes},
                 {"destinations", Json::array()}};
    for (const CopyId id : entry->copies) {
      const Copy* copy = moment.world.copies.find(id);
      if (copy == nullptr || !copy->open()) continue;
      json["destinations"].push_back(
          {{"copy", id.value},
           {"recipient", copy->recipient ? Json(moment.run.recipient(copy->recipient)) : Json(nullptr)},
           {"deferrals", copy->deferrals},
           {"code", copy->last_code},
           {"reply", copy->last_reply},
           {"next_try_s", seconds(copy->next_try_ns)}});
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json host_json(Moment& moment) {
  const trace::HostRow& row = *moment.run.reader().host(moment.id);
  const HostState& host = moment.host();
  Json json = {{"host", row.name},
               {"role", name(row.role)},
               {"hostname", row.hostname},
               {"address", row.address},
               {"at_s", seconds(moment.time_ns)},
               {"responsible", host.owned},
               {"open", host.open},
               {"disk_used", host.disk_used_bytes},
               {"disk_size", row.disk_bytes},
               {"zones", detail_texts(row.detail, "zones")},
               {"queue", queue_json(moment)},
               {"mailboxes", Json::array()},
               {"sessions", Json::array()},
               {"connections", Json::array()}};
  for (const auto& [name, mailbox] : host.mailboxes)
    json["mailboxes"].push_back(
        {{"mailbox", name}, {"messages", mailbox.messages.size()}, {"size", mailbox.size_bytes}});
  for (const trace::SessionId id : host.sessions) json["sessions"].push_back(id.value);
  for (const trace::ConnectionId id : host.connections) json["connections"].push_back(id.value);
  return json;
}

}  // namespace

int inspect_host(Run& run, const InspectOptions& options, Terminal& terminal) {
  const trace::HostId id = run.reader().host_named(options.host);
  if (!id) return complain(terminal, kUsage, no_such_host(run, options.host));
  const auto at_ns = parse_time(options.at, run.end_ns());
  if (!at_ns) return complain(terminal, kUsage, at_ns.error());
  Moment moment{.run = run, .id = id, .time_ns = *at_ns, .world = run.world_at(*at_ns)};
  if (options.json)
    print_json(terminal, host_json(moment));
  else
    print_host(moment, terminal);
  return kDone;
}

}  // namespace mailroom::cli
