// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/branch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "topologies/units.hpp"
#include "viz/model/fault_timing.hpp"

namespace mailroom::viz {

namespace {

using trace::EventId;
using trace::Kind;
using trace::RunFileReader;
using trace::StoredEvent;

// A session's events before one of them: enough for every dialogue that people look at, and a bound for the others.
constexpr std::int64_t kMostOfSession = 20'000;

std::string time_text(std::int64_t ns) { return topology::format_duration(std::max<std::int64_t>(ns, 0)); }

std::string verb_of(std::string_view line) {
  std::string verb(line.substr(0, line.find_first_of(" \t:")));
  std::ranges::transform(verb, verb.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return verb;
}

// What is said at an event: "250", "RCPT", "final dot"; empty: nothing.
std::string said_at(const StoredEvent& event) {
  switch (event.kind) {
    case Kind::reply_sent:
    case Kind::reply_received:
      return event.code > 0 ? std::to_string(event.code) : std::string();
    case Kind::command_sent:
    case Kind::command_received:
      return verb_of(event.text);
    case Kind::content_sent:
    case Kind::content_received:
      return "final dot";
    default:
      return {};
  }
}

struct Session {
  std::string sender, receiver;  // hosts; empty: not known
  std::int64_t nth = 1;          // the event is the nth of its sort in the session, at its end
};

class Changes {
 public:
  Changes(RunFileReader& reader, const StoredEvent& event) : reader_(reader), event_(event) {}

  std::vector<Change> all() {
    if (event_.session) look_at_session();
    switch (event_.kind) {
      case Kind::reply_sent:
      case Kind::reply_received:
        reply();
        break;
      case Kind::command_sent:
      case Kind::command_received:
      case Kind::content_sent:
      case Kind::content_received:
        command();
        break;
      case Kind::connection_opened:
      case Kind::connection_established:
        connection();
        break;
      default:
        break;
    }
    blame();
    return std::move(changes_);
  }

 private:
  const std::string& name_of(trace::HostId id) const {
    static const std::string kNone;
    const trace::HostRow* row = reader_.host(id);
    return row == nullptr ? kNone : row->name;
  }

  // Who talks with whom, and what was said so far.
  void look_at_session() {
    const trace::EventQuery query{.up_to = event_.id, .session = event_.session, .limit = kMostOfSession};
    const auto read = reader_.for_each(query, [this](const StoredEvent& one) {
      if (one.kind == Kind::command_sent || one.kind == Kind::reply_received || one.kind == Kind::content_sent)
        session_.sender = name_of(one.host);
      if (one.kind == Kind::command_received || one.kind == Kind::reply_sent || one.kind == Kind::content_received)
        session_.receiver = name_of(one.host);
      const bool is_same = one.kind == event_.kind && one.host == event_.host && said_at(one) == said_at(event_);
      if (is_same && one.id != event_.id) ++session_.nth;
      return true;
    });
    if (!read) session_ = {};
    find_other_end();
  }

  // The first event of a session may be all that there is: the other end is known of its connection.
  void find_other_end() {
    if (!session_.sender.empty() && !session_.receiver.empty()) return;
    trace::ConnectionId connection = event_.connection;
    const auto opened = reader_.events({.kinds = {Kind::session_opened}, .session = event_.session, .limit = 2});
    if (!connection && opened && !opened->empty()) connection = opened->front().connection;
    if (connection) find_ends(connection);
  }

  void find_ends(trace::ConnectionId connection) {
    const auto asked = reader_.events({.kinds = {Kind::connection_opened}, .connection = connection, .limit = 1});
    if (!asked || asked->empty()) return;
    if (session_.sender.empty()) session_.sender = name_of(asked->front().host);
    if (session_.receiver.empty()) session_.receiver = asked->front().text;
  }

  bool has_ends() const { return !session_.sender.empty() && !session_.receiver.empty(); }
  std::string ends() const { return fmt::format("{} -- {}", session_.sender, session_.receiver); }

  void add(std::string title, std::string meaning, std::vector<std::string> faults) {
    changes_.push_back({.title = std::move(title), .meaning = std::move(meaning), .at = event_.id, .at_ns = event_.time_ns, .faults = std::move(faults)});
  }

  // A time that is before this event and after all that happened earlier.
  std::string just_before(std::int64_t ns) const { return time_text(ns - 1); }

  // The connection is cut in the moment in which this is sent. The condition is counted within a session and takes the
  // first session in which it comes true; where that is another one, or is not known, the time says it.
  std::string cut_when(std::string_view host, std::string_view act, const std::string& said) {
    const std::string condition = fmt::format("when {} {} {}{}", host, act, session_.nth > 1 ? fmt::format("the {} ", ordinal(session_.nth)) : "", said);
    if (is_first_of_all()) return fmt::format("tcp {} cut {}", ends(), condition);
    // What is on its way is lost where it would have come in; what had come in by now is not.
    return fmt::format("tcp {} cut at {}", ends(), time_text(event_.time_ns + 1));
  }

  // Whether no session before came to its nth such thing at this host.
  bool is_first_of_all() {
    std::map<trace::SessionId, std::int64_t> seen;
    bool is_first = true;
    std::int64_t looked_at = 0;
    const trace::EventQuery query{.up_to = event_.id, .kinds = {event_.kind}, .host = event_.host, .limit = kMostOfSession + 1};
    const auto read = reader_.for_each(query, [&](const StoredEvent& one) {
      ++looked_at;
      if (one.session == event_.session || said_at(one) != said_at(event_)) return true;
      is_first = ++seen[one.session] < session_.nth;
      return is_first;
    });
    return read && is_first && looked_at <= kMostOfSession;
  }

  // Of a reply that was received: where it was sent, so that it can be lost on the way.
  bool go_to_sent(Kind sent) {
    const auto causes = reader_.causes(event_.id);
    if (!causes) return false;
    for (const StoredEvent& one : *causes) {
      if (one.kind != sent || one.session != event_.session) continue;
      event_ = one;
      session_ = {};
      look_at_session();
      return true;
    }
    return false;
  }

  void reply() {
    if (event_.kind == Kind::reply_received && !go_to_sent(Kind::reply_sent)) return;
    if (!has_ends() || event_.code == 0) return;
    add(fmt::format("This {} is lost on the way", event_.code),
        fmt::format("The connection of {} and {} is cut without a word as the {} leaves {}.", session_.sender, session_.receiver,
                    event_.code, session_.receiver),
        {cut_when(session_.receiver, "sends", std::to_string(event_.code))});
    another_reply();
    crash(fmt::format("{} crashes just before this {}", session_.receiver, event_.code), session_.receiver);
  }

  // What a reply is to; no event: it is the greeting. (Commands may come several at a time: RFC 2920.)
  StoredEvent command_of_reply() {
    const auto causes = reader_.causes(event_.id);
    if (causes)
      for (const StoredEvent& one : *causes)
        if (one.session == event_.session && (one.kind == Kind::command_received || one.kind == Kind::content_received)) return one;
    return {};
  }

  // The rule is in force from the command to the reply, so that it is about no other.
  void another_reply() {
    const StoredEvent command = command_of_reply();
    const bool is_greeting = !command.id;
    const std::string point = is_greeting ? "greeting" : said_at(command);
    const std::int64_t from_ns = std::max<std::int64_t>((is_greeting ? event_.time_ns : command.time_ns) - 1, 0);
    if (point.empty()) return;
    std::string whom;
    if (point == "RCPT") {
      const std::string& text = command.text;
      const std::size_t open = text.find('<'), close = text.find('>');
      if (open != std::string::npos && close != std::string::npos && open + 1 < close) whom = text.substr(open + 1, close - open - 1);
      if (whom.find_first_of(" ,\"") != std::string::npos || whom.find('@') == std::string::npos) whom.clear();
    }
    for (const int code : {451, 550, 421}) {
      if (code == event_.code || (point == "QUIT" && code != 421)) continue;
      const std::string rule =
          fmt::format("smtp of {} answers {} to {}{} at {} for {}", session_.receiver, code, point, whom.empty() ? "" : " for " + whom,
                      time_text(from_ns), time_text(event_.time_ns - from_ns + 1));
      add(fmt::format("The answer is {} instead of {}", code, event_.code),
          fmt::format("{} answers {} here, whether or not {} was right.", session_.receiver, code, is_greeting ? "it would let anybody in" : point), {rule});
    }
  }

  void crash(std::string title, const std::string& host) {
    add(std::move(title), fmt::format("{} is out of operation for 10 minutes; what its disk has not synced is gone.", host),
        {fmt::format("host {} out of operation at {} for 10m", host, just_before(event_.time_ns))});
  }

  void command() {
    const bool is_received = event_.kind == Kind::command_received || event_.kind == Kind::content_received;
    const std::string said = said_at(event_);
    if (!has_ends() || said.empty()) return;
    if (is_received) {
      const auto reply = reader_.events({.after = event_.id, .kinds = {Kind::reply_sent}, .host = event_.host, .session = event_.session, .limit = 1});
      crash(fmt::format("{} crashes as it reads this {}", session_.receiver, said), session_.receiver);
      if (reply && !reply->empty()) {
        const StoredEvent command = event_;
        event_ = reply->front();
        another_reply();
        event_ = command;
      }
      const Kind sent = event_.kind == Kind::command_received ? Kind::command_sent : Kind::content_sent;
      if (!go_to_sent(sent)) return;
    }
    add(fmt::format("This {} is lost on the way", said),
        fmt::format("The connection of {} and {} is cut without a word as the {} leaves {}.", session_.sender, session_.receiver,
                    said, session_.sender),
        {cut_when(session_.sender, "sends", said)});
  }

  void connection() {
    if (event_.connection) find_ends(event_.connection);
    if (!has_ends()) return;
    const auto opened = reader_.events({.kinds = {Kind::connection_opened}, .connection = event_.connection, .limit = 1});
    const std::int64_t at_ns = opened && !opened->empty() ? opened->front().time_ns : event_.time_ns;
    add("This connection is refused",
        fmt::format("Nobody listens on port 25 of {} for a minute; who is connected there is reset.", session_.receiver),
        {fmt::format("smtp of {} stopped at {} for 1m", session_.receiver, just_before(at_ns))});
    add("Nobody answers this connection",
        fmt::format("No frame comes to {} or leaves it for 10 minutes.", session_.receiver),
        {fmt::format("host {} out of operation at {} for 10m", session_.receiver, just_before(at_ns))});
    add("This connection fails during transfer",
        fmt::format("Connections of {} and {} are reset 200 ms later, at both ends.", session_.sender, session_.receiver),
        {fmt::format("tcp {} reset at {}", ends(), time_text(at_ns + 200'000'000))});
  }

  // A fault that is to blame could have been absent.
  void blame() {
    std::optional<StoredEvent> began;
    if (event_.kind == Kind::fault_began) began = event_;
    for (const EventId id : {event_.because, event_.cause}) {
      if (began || !id) continue;
      const auto row = reader_.event(id);
      if (row && *row && (*row)->kind == Kind::fault_began) began = **row;
    }
    if (!began && event_.fault) {
      const auto rows = reader_.events({.up_to = event_.id, .kinds = {Kind::fault_began}, .newest_first = true, .limit = 200});
      if (rows)
        for (const StoredEvent& row : *rows)
          if (!began && row.fault == event_.fault) began = row;
    }
    if (!began) return;
    for (Change& change : changes_of_fault(reader_, *began, event_.time_ns)) changes_.push_back(std::move(change));
  }

  RunFileReader& reader_;
  StoredEvent event_;
  Session session_;
  std::vector<Change> changes_;
};

Change change_at(std::int64_t at_ns, std::string title, std::string meaning, std::string fault) {
  return {.title = std::move(title), .meaning = std::move(meaning), .at_ns = at_ns, .faults = {std::move(fault)}};
}

}  // namespace

std::vector<Change> changes_at(RunFileReader& reader, EventId id) {
  const auto event = reader.event(id);
  if (!event || !*event) return {};
  return Changes(reader, **event).all();
}

std::vector<Change> changes_of_fault(RunFileReader& reader, const StoredEvent& began, std::int64_t now_ns) {
  std::vector<Change> changes;
  changes.push_back({.title = fmt::format("Without '{}'", began.text),
                     .meaning = "The same run without this fault.",
                     .at = began.id,
                     .at_ns = began.time_ns,
                     .without = {began.text}});
  const auto ended = reader.events({.after = began.id, .kinds = {Kind::fault_ended}, .limit = 1000});
  std::int64_t ended_ns = -1;
  if (ended)
    for (const StoredEvent& row : *ended)
      if (ended_ns < 0 && row.fault == began.fault) ended_ns = row.time_ns;
  const bool is_instant = ended_ns == began.time_ns;
  const bool is_in_force = now_ns > began.time_ns && (ended_ns < 0 || now_ns < ended_ns);
  if (!is_instant && is_in_force)
    changes.push_back({.title = fmt::format("'{}' is mended now", began.text),
                       .meaning = fmt::format("It began at {} and is over at {}.", time_text(began.time_ns), time_text(now_ns)),
                       .at = began.id,
                       .at_ns = now_ns,
                       .faults = {fmt::format("{} at {} for {}", began.text, time_text(began.time_ns), time_text(now_ns - began.time_ns))},
                       .instead_of = began.text});
  return changes;
}

std::vector<Change> changes_of_host(const RunFileReader& reader, trace::HostId host, std::int64_t at_ns) {
  const trace::HostRow* row = reader.host(host);
  if (row == nullptr || row->role == trace::HostRow::Role::lan) return {};
  const std::string at = time_text(at_ns);
  std::vector<Change> changes = {
      change_at(at_ns, fmt::format("{} is out of operation", row->name), "It crashes now, and runs again 10 minutes later.",
                fmt::format("host {} out of operation at {} for 10m", row->name, at)),
      change_at(at_ns, fmt::format("{} is unreachable", row->name), "No frame comes to it or leaves it for 10 minutes.",
                fmt::format("host {} unreachable at {} for 10m", row->name, at))};
  if (row->role == trace::HostRow::Role::host)
    changes.push_back(change_at(at_ns, fmt::format("The disk of {} is full", row->name), "Nothing can be written there for 10 minutes.",
                                fmt::format("disk of {} full at {} for 10m", row->name, at)));
  return changes;
}

std::vector<Change> changes_of_link(const RunFileReader& reader, trace::LinkId link, std::int64_t at_ns) {
  const trace::LinkRow* row = reader.link(link);
  if (row == nullptr) return {};
  const std::string at = time_text(at_ns);
  return {change_at(at_ns, fmt::format("{} is down", row->name), "No frame gets through for 10 minutes.",
                    fmt::format("link {} down at {} for 10m", row->name, at)),
          change_at(at_ns, fmt::format("{} loses a fifth of its frames", row->name), "For 10 minutes; TCP has to send them again.",
                    fmt::format("link {} losing 20% at {} for 10m", row->name, at))};
}

}  // namespace mailroom::viz
