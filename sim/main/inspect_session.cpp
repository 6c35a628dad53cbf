// SPDX-License-Identifier: GPL-2.0-only
// `inspect --session`: one dialogue as C: and S: lines. `inspect --sessions`: all of them, a line each.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <map>

#include "protocols/smtp/command.hpp"
#include "sim/main/cli.hpp"
#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {
namespace {

using trace::EventId;
using trace::Kind;
using trace::StoredEvent;

// One line of a dialogue as it is shown.
struct Line {
  enum class Who { client, server, heading, note } who = Who::note;
  std::int64_t time_ns = 0;
  EventId event;
  std::string text;
  std::optional<trace::MessageId> message;  // of the contents
  std::optional<std::int64_t> octets;       // of the contents
};

bool is_phase_of(const StoredEvent& e, trace::HostId host) {
  return e.kind == Kind::session_phase_entered && e.host == host;
}

// Both ends enter the phases, each in its own time. The headings are the sender's; the receiver's where the
// sender is outside the simulation.
trace::HostId host_of_phases(const std::vector<StoredEvent>& events, const trace::SessionState& session) {
  const auto has_phases = [&](trace::HostId host) {
    return host && std::ranges::any_of(events, [&](const StoredEvent& e) { return is_phase_of(e, host); });
  };
  return has_phases(session.sender.host) ? session.sender.host : session.receiver.host;
}

// The host of the sender; of one that is outside of the simulation, the host at which it sits.
std::string sender_of(Run& run, const trace::SessionState& session) {
  if (session.sender.host) return run.host(session.sender.host);
  const trace::ConnectionState* connection = run.world().connections.find(session.connection);
  return run.host(connection != nullptr ? connection->from : trace::HostId{});
}

bool has(const std::vector<StoredEvent>& events, Kind kind) {
  return std::ranges::any_of(events, [&](const StoredEvent& e) { return e.kind == kind; });
}

// Whose events are the dialogue: what was sent; and of a side that is outside the simulation, what was
// received from it.
struct Sources {
  Kind command;
  Kind reply;
  Kind content;
  explicit Sources(const std::vector<StoredEvent>& events)
      : command(has(events, Kind::command_sent) ? Kind::command_sent : Kind::command_received),
        reply(has(events, Kind::reply_sent) ? Kind::reply_sent : Kind::reply_received),
        content(has(events, Kind::command_sent) ? Kind::content_sent : Kind::content_received) {}
};

// RFC 3030 §2: a text that comes by BDAT has no lone dot.
bool is_by_chunks(const std::vector<Line>& lines) {
  const auto command = std::find_if(lines.rbegin(), lines.rend(),
                                    [](const Line& line) { return line.who == Line::Who::client; });
  if (command == lines.rend()) return false;
  return smtp::verb_of(command->text) == smtp::Verb::bdat;
}

void add_lines(Run& run, const StoredEvent& e, const Sources& sources, std::vector<Line>& lines) {
  const auto line = [&](Line::Who who, std::string text) {
    lines.push_back({.who = who,
                     .time_ns = e.time_ns,
                     .event = e.id,
                     .text = std::move(text),
                     .message = {},
                     .octets = {}});
  };
  if (e.kind == sources.command) {
    // The lone dot belongs to the contents, which have their line.
    if (e.text != ".") line(Line::Who::client, printable(e.text));
  } else if (e.kind == sources.reply) {
    for (std::string& text : reply_lines(e.code, e.text)) line(Line::Who::server, std::move(text));
  } else if (e.kind == sources.content) {
    const bool has_lone_dot = !is_by_chunks(lines);
    line(Line::Who::client,
         fmt::format("... actual contents of the message ({}) ...", counted(e.size.value_or(0), "octet")));
    lines.back().message = e.message;
    lines.back().octets = e.size.value_or(0);
    if (has_lone_dot) line(Line::Who::client, ".");
  } else if (e.kind == Kind::timer_expired || e.kind == Kind::connection_reset ||
             e.kind == Kind::connection_timed_out || e.kind == Kind::connection_disturbed) {
    line(Line::Who::note, fmt::format("{}: {}", run.host(e.host), sentence(run, e)));
  }
}

std::vector<Line> dialogue(Run& run, const std::vector<StoredEvent>& events, trace::HostId phases) {
  std::vector<Line> lines;
  const Sources sources(events);
  for (const StoredEvent& e : events) {
    if (is_phase_of(e, phases))
      lines.push_back({.who = Line::Who::heading,
                       .time_ns = e.time_ns,
                       .event = e.id,
                       .text = printable(e.text),
                       .message = {},
                       .octets = {}});
    else
      add_lines(run, e, sources, lines);
  }
  const auto is_heading = [](const Line& line) { return line.who == Line::Who::heading; };
  // The receiver may greet before the sender enters its first phase: the first heading is above all lines.
  if (const auto first = std::ranges::find_if(lines, is_heading); first != lines.end())
    std::rotate(lines.begin(), first, first + 1);
  return lines;
}

std::vector<StoredEvent> events_of(Run& run, trace::SessionId id, trace::ConnectionId connection) {
  trace::EventQuery query;
  query.session = id;
  std::vector<StoredEvent> events = must(run.reader().events(query));
  if (connection) {
    trace::EventQuery wire;
    wire.connection = connection;
    wire.kinds = {Kind::connection_reset, Kind::connection_timed_out, Kind::connection_disturbed};
    for (StoredEvent& e : must(run.reader().events(wire)))
      if (e.session != id) events.push_back(std::move(e));
  }
  std::ranges::sort(events, {}, &StoredEvent::id);
  return events;
}

std::string how_it_closed(const trace::SessionState& session) {
  const std::string& how =
      session.sender.closed_how.empty() ? session.receiver.closed_how : session.sender.closed_how;
  if (!how.empty()) return printable(how);
  return session.sender.open() || session.receiver.open() ? "open" : "";
}

void print_dialogue(const std::vector<Line>& lines, const InspectOptions& options, Terminal& terminal) {
  const auto stamp = [&](const Line& line) {
    return options.times ? dyed(terminal, Ink::dim, clock(line.time_ns)) + "  " : std::string("  ");
  };
  for (const Line& line : lines) {
    switch (line.who) {
      case Line::Who::heading:
        fmt::print(terminal.out, "\n{}\n", dyed(terminal, Ink::strong, line.text));
        break;
      case Line::Who::client:
        fmt::print(terminal.out, "{}{} {}\n", stamp(line), dyed(terminal, Ink::name, "C:"), line.text);
        break;
      case Line::Who::server: {
        const char digit = line.text.empty() ? ' ' : line.text.front();
        const Ink ink = digit == '5' ? Ink::bad : digit == '4' ? Ink::warn : Ink::plain;
        fmt::print(terminal.out, "{}S: {}\n", stamp(line), dyed(terminal, ink, line.text));
        break;
      }
      case Line::Who::note:
        fmt::print(terminal.out, "{}{}\n", stamp(line), dyed(terminal, Ink::warn, "(" + line.text + ")"));
        break;
    }
  }
  if (lines.empty()) fmt::print(terminal.out, "\nNothing was said.\n");
}

Json dialogue_json(Run& run, trace::SessionId id, const trace::SessionState& session,
                   const std::vector<Line>& lines) {
  Json json = {{"session", id.value},
               {"connection", session.connection.value},
               {"sender", sender_of(run, session)},
               {"receiver", run.host(session.receiver.host)},
               {"closed", how_it_closed(session)},
               {"lines", Json::array()}};
  std::string phase;
  for (const Line& line : lines) {
    if (line.who == Line::Who::heading) {
      phase = line.text;
      continue;
    }
    Json row = {{"time_s", seconds(line.time_ns)},
                {"who", line.who == Line::Who::client   ? "C"
                        : line.who == Line::Who::server ? "S"
                                                        : "note"},
                {"phase", phase},
                {"text", line.text},
                {"event", line.event.value}};
    if (line.message) row["message"] = line.message->value;
    if (line.octets) row["octets"] = *line.octets;
    json["lines"].push_back(std::move(row));
  }
  return json;
}

bool exists(const trace::SessionState& session) {
  return session.sender.opened_ns >= 0 || session.receiver.opened_ns >= 0 || session.connection;
}

}  // namespace

int inspect_session(Run& run, const InspectOptions& options, Terminal& terminal) {
  if (!run.records(trace::Level::full))
    return complain(terminal, kUsage,
                    fmt::format("the lines of dialogues are not in this file: {}",
                                record_again(run, trace::Level::full)));
  const trace::SessionId id{*options.session};
  const trace::SessionState* found = run.world().sessions.find(id);
  if (found == nullptr || !exists(*found))
    return complain(
        terminal, kUsage,
        fmt::format("there is no session {} in this run; 'mailroom inspect {} --sessions' lists them",
                    id.value, printable(run.file())));
  const trace::SessionState session = *found;
  const auto events = events_of(run, id, session.connection);
  const auto lines = dialogue(run, events, host_of_phases(events, session));
  if (options.json) {
    print_json(terminal, dialogue_json(run, id, session, lines));
    return kDone;
  }
  fmt::print(terminal.out, "{}  C: {}   S: {}   over connection {}\n",
             dyed(terminal, Ink::strong, numbered("Session", id.value)),
             dyed(terminal, Ink::name, sender_of(run, session)),
             dyed(terminal, Ink::name, run.host(session.receiver.host)), session.connection.value);
  print_dialogue(lines, options, terminal);
  if (const std::string how = how_it_closed(session); !how.empty() && !how.ends_with("closed"))
    fmt::print(terminal.out, "\n{}\n",
               dyed(terminal, Ink::dim, how == "open" ? "(the session is still open)" : "(" + how + ")"));
  return kDone;
}

int inspect_sessions(Run& run, const InspectOptions& options, Terminal& terminal) {
  if (!run.records(trace::Level::full))
    return complain(terminal, kUsage,
                    fmt::format("sessions are not in this file: {}", record_again(run, trace::Level::full)));
  const trace::World& world = run.world();
  struct Attempts {
    std::int64_t attempts = 0;
    std::int64_t accepted = 0;
  };
  std::map<trace::ConnectionId, Attempts> by_connection;
  world.attempts.for_each([&](trace::AttemptId, const trace::AttemptState& attempt) {
    if (!attempt.connection) return;
    ++by_connection[attempt.connection].attempts;
    by_connection[attempt.connection].accepted += attempt.accepted;
  });
  using Align = Column::Align;
  Table table({{.heading = "session", .align = Align::right},
               {.heading = "opened"},
               {.heading = "lasted", .align = Align::right},
               {.heading = "sender"},
               {.heading = "receiver"},
               {.heading = "messages", .align = Align::right},
               {.heading = "recipients accepted", .align = Align::right},
               {.heading = "end", .wraps = true}});
  Json list = Json::array();
  std::int64_t count = 0;
  world.sessions.for_each([&](trace::SessionId id, const trace::SessionState& session) {
    if (!exists(session) || (options.limit > 0 && count >= options.limit)) return;
    ++count;
    const trace::SessionEnd& end = session.sender.opened_ns >= 0 ? session.sender : session.receiver;
    const Attempts attempts = by_connection[session.connection];
    const std::int64_t lasted_ns = end.closed_ns >= 0 ? end.closed_ns - end.opened_ns : -1;
    list.push_back({{"session", id.value},
                    {"connection", session.connection.value},
                    {"sender", sender_of(run, session)},
                    {"receiver", run.host(session.receiver.host)},
                    {"opened_s", seconds(end.opened_ns)},
                    {"closed_s", seconds(end.closed_ns)},
                    {"messages", attempts.attempts},
                    {"recipients_accepted", attempts.accepted},
                    {"closed", how_it_closed(session)}});
    if (!options.json)
      table.add({std::to_string(id.value),
                 {clock(end.opened_ns), Ink::dim},
                 lasted_ns >= 0 ? duration(lasted_ns) : std::string(end.opened_ns >= 0 ? "open" : ""),
                 {sender_of(run, session), Ink::name},
                 {run.host(session.receiver.host), Ink::name},
                 grouped(attempts.attempts),
                 grouped(attempts.accepted),
                 how_it_closed(session)});
  });
  if (options.json) {
    print_json(terminal, list);
  } else if (table.empty()) {
    fmt::print(terminal.out, "No session was opened in this run.\n");
  } else {
    table.print(terminal, 0);
    fmt::print(terminal.out, "\nA dialogue: mailroom inspect {} --session NUMBER\n", printable(run.file()));
  }
  return kDone;
}

}  // namespace mailroom::cli
