// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_story.hpp"

#include <algorithm>
#include <charconv>

namespace mailroom::cli {
namespace {

using trace::Kind;
using trace::StoredEvent;

const std::vector<Kind> kOfMessage = {
    Kind::message_composed, Kind::message_queued, Kind::message_removed,   Kind::copy_created,
    Kind::copy_delivered,   Kind::copy_relayed,   Kind::copy_expanded,     Kind::copy_bounced,
    Kind::copy_discarded,   Kind::copy_destroyed, Kind::copy_deferred,     Kind::mailbox_appended,
    Kind::disk_filled,      Kind::attempt_began,  Kind::attempt_ended,     Kind::exchanger_passed_over,
    Kind::message_held,     Kind::policy_decided, Kind::message_activated, Kind::message_kept_waiting,
    Kind::name_answered,    Kind::route_failed,   Kind::query_unanswered,
};
const std::vector<Kind> kOfConnection = {
    Kind::connection_opened,      Kind::connection_established, Kind::connection_refused,
    Kind::connection_unreachable, Kind::connection_timed_out,   Kind::connection_reset,
    Kind::connection_closed,      Kind::connection_disturbed,
};

// Connections that an attempt asked for. One that was open already shows in attempt.began, which names it. At
// a level without connection.opened, the attempt's end names the connection; while there is none yet, its
// failure may.
std::set<trace::ConnectionId> opened_by(Run& run, const StoredEvent& attempt) {
  std::set<trace::ConnectionId> connections;
  if (attempt.connection) return connections;
  trace::EventQuery query;
  query.cause = attempt.id;
  query.kinds = kOfConnection;
  for (const StoredEvent& e : must(run.reader().events(query))) connections.insert(e.connection);
  return connections;
}

}  // namespace

Story story_of(Run& run, trace::MessageId message) {
  Story story{.message = message, .events = {}, .sessions = {}, .flights = {}};
  trace::EventQuery query;
  query.message = message;
  query.kinds = kOfMessage;
  story.events = must(run.reader().events(query));

  std::set<trace::ConnectionId> opened;
  std::set<trace::ConnectionId> used;
  std::set<trace::AttemptId> asked;  // attempts that had to ask for a connection
  for (const StoredEvent& e : story.events) {
    if (e.kind == Kind::attempt_began) {
      opened.merge(opened_by(run, e));
      if (!e.connection) asked.insert(e.attempt);
    }
    const bool names_connection = e.kind == Kind::attempt_ended || e.kind == Kind::exchanger_passed_over;
    if (names_connection && e.connection && asked.contains(e.attempt)) opened.insert(e.connection);
    if (e.connection) used.insert(e.connection);
    if (e.session) story.sessions.insert(e.session);
  }
  for (const trace::ConnectionId connection : opened) {
    trace::EventQuery of_connection;
    of_connection.connection = connection;
    of_connection.kinds = kOfConnection;
    for (StoredEvent& e : must(run.reader().events(of_connection))) story.events.push_back(std::move(e));
  }
  used.merge(opened);
  for (const trace::ConnectionId connection : used) {
    trace::EventQuery of_session;
    of_session.connection = connection;
    of_session.kinds = {Kind::session_opened};
    for (const StoredEvent& e : must(run.reader().events(of_session))) story.sessions.insert(e.session);
  }
  std::ranges::sort(story.events, {}, &StoredEvent::id);
  const auto twice = std::ranges::unique(story.events, {}, &StoredEvent::id);
  story.events.erase(twice.begin(), twice.end());
  story.flights = must(run.reader().flights_of(message));
  return story;
}

std::vector<trace::MessageId> messages_named(Run& run, std::string_view text) {
  const trace::World& world = run.world();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    const trace::Message* message = world.messages.find({number});
    const bool is_there = message != nullptr && (message->composed || !message->copies.empty());
    return is_there ? std::vector{trace::MessageId{number}} : std::vector<trace::MessageId>{};
  }
  const auto bare = [](std::string_view id) {
    if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
    return id;
  };
  std::vector<trace::MessageId> found;
  world.messages.for_each([&](trace::MessageId id, const trace::Message& message) {
    if (!message.message_id.empty() && bare(message.message_id) == bare(text)) found.push_back(id);
  });
  return found;
}

}  // namespace mailroom::cli
