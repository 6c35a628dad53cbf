// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/story.hpp"

#include <algorithm>
#include <charconv>

#include "sim/story/words.hpp"

namespace mailroom::story {
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

template <class T>
using Read = std::expected<T, trace::FileError>;

// Connections that an attempt asked for. One that was open already shows in attempt.began, which names it. At
// a level without connection.opened, the attempt's end names the connection; while there is none yet, its
// failure may.
Read<std::set<trace::ConnectionId>> opened_by(trace::RunFileReader& reader, const StoredEvent& attempt) {
  std::set<trace::ConnectionId> connections;
  if (attempt.connection) return connections;
  trace::EventQuery query;
  query.cause = attempt.id;
  query.kinds = kOfConnection;
  const auto events = reader.events(query);
  if (!events) return std::unexpected(events.error());
  for (const StoredEvent& e : *events) connections.insert(e.connection);
  return connections;
}

// The connections of the story, and those that it opened itself.
struct Connections {
  std::set<trace::ConnectionId> opened;
  std::set<trace::ConnectionId> used;
};

Read<Connections> connections_of(trace::RunFileReader& reader, Story& story) {
  Connections connections;
  std::set<trace::AttemptId> asked;  // attempts that had to ask for a connection
  for (const StoredEvent& e : story.events) {
    if (e.kind == Kind::attempt_began) {
      auto opened = opened_by(reader, e);
      if (!opened) return std::unexpected(std::move(opened.error()));
      connections.opened.merge(*opened);
      if (!e.connection) asked.insert(e.attempt);
    }
    const bool names_connection = e.kind == Kind::attempt_ended || e.kind == Kind::exchanger_passed_over;
    if (names_connection && e.connection && asked.contains(e.attempt))
      connections.opened.insert(e.connection);
    if (e.connection) connections.used.insert(e.connection);
    if (e.session) story.sessions.insert(e.session);
  }
  connections.used.insert(connections.opened.begin(), connections.opened.end());
  return connections;
}

}  // namespace

Read<Story> story_of(trace::RunFileReader& reader, trace::MessageId message) {
  Story story{.message = message, .events = {}, .sessions = {}, .flights = {}};
  trace::EventQuery query;
  query.message = message;
  query.kinds = kOfMessage;
  auto own = reader.events(query);
  if (!own) return std::unexpected(std::move(own.error()));
  story.events = std::move(*own);

  const auto connections = connections_of(reader, story);
  if (!connections) return std::unexpected(connections.error());
  for (const trace::ConnectionId connection : connections->opened) {
    trace::EventQuery of_connection;
    of_connection.connection = connection;
    of_connection.kinds = kOfConnection;
    auto events = reader.events(of_connection);
    if (!events) return std::unexpected(std::move(events.error()));
    for (StoredEvent& e : *events) story.events.push_back(std::move(e));
  }
  for (const trace::ConnectionId connection : connections->used) {
    trace::EventQuery of_session;
    of_session.connection = connection;
    of_session.kinds = {Kind::session_opened};
    const auto events = reader.events(of_session);
    if (!events) return std::unexpected(events.error());
    for (const StoredEvent& e : *events) story.sessions.insert(e.session);
  }
  std::ranges::sort(story.events, {}, &StoredEvent::id);
  const auto twice = std::ranges::unique(story.events, {}, &StoredEvent::id);
  story.events.erase(twice.begin(), twice.end());
  auto flights = reader.flights_of(message);
  if (!flights) return std::unexpected(std::move(flights.error()));
  story.flights = std::move(*flights);
  return story;
}

std::vector<trace::MessageId> messages_named(const trace::World& world, std::string_view text) {
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

Read<std::string> octets_of(trace::RunFileReader& reader, const trace::MailboxMessage& message) {
  std::string octets;
  const auto appended = reader.event(message.appended);
  if (!appended) return std::unexpected(appended.error());
  if (*appended)
    for (const std::string& fields : detail_texts((*appended)->detail, "trace_fields")) octets += fields;
  if (!message.content) return octets;
  const auto content = reader.content(message.content);
  if (!content) return std::unexpected(content.error());
  if (*content) octets += **content;
  return octets;
}

}  // namespace mailroom::story
