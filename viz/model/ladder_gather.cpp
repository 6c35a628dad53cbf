// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/ladder_gather.hpp"

#include <algorithm>
#include <optional>

namespace mailroom::viz {
namespace {

using trace::EventId;
using trace::FileError;
using trace::Kind;
using trace::StoredEvent;

// How far behind a subject's last event its connections' ends are looked for, and how far before its first
// event their beginnings: a scan by number, since no index is by connection.
constexpr std::int64_t kEventsBehind = 4096;
constexpr int kCausesBefore = 4;

// Not shown: a ladder tells of the conversation, not of what each agent keeps in mind.
bool is_shown(const StoredEvent& event, const LadderQuestion& question) {
  switch (event.kind) {
    case Kind::run_began:
    case Kind::run_ended:
    case Kind::message_queued:
    case Kind::message_removed:
    case Kind::message_kept_waiting:
    case Kind::message_activated:
    case Kind::mailbox_appended:
    case Kind::attempt_began:
    case Kind::attempt_ended:
    case Kind::datagram_sent:
    case Kind::datagram_received:
    case Kind::destination_limit_changed:
      return false;
    case Kind::name_asked:
    case Kind::name_answered:
    case Kind::name_remembered:
    case Kind::query_sent:
    case Kind::query_received:
    case Kind::query_unanswered:
    case Kind::response_sent:
    case Kind::response_received:
    case Kind::datagram_refused:
    case Kind::datagram_dropped:
    case Kind::route_found:
      return question.names;
    case Kind::frame_sent:
    case Kind::frame_received:
    case Kind::frame_dropped:
      return question.segments;
    default:
      return true;
  }
}

class Gatherer {
 public:
  Gatherer(trace::RunFileReader& reader, const LadderQuestion& question)
      : reader_(reader), question_(question) {}

  std::expected<LadderEvents, FileError> gather() {
    const auto last = reader_.last_event();
    if (!last) return std::unexpected(last.error());
    result_.up_to = *last;
    if (!read_subject() || !read_setup() || !read_sessions() || !read_between())
      return std::unexpected(*failure_);
    std::ranges::sort(result_.events, {}, &StoredEvent::id);
    const auto same = std::ranges::unique(result_.events, {}, &StoredEvent::id);
    result_.events.erase(same.begin(), same.end());
    drop_far_faults();
    std::erase_if(result_.events, [&](const StoredEvent& e) { return !is_shown(e, question_); });
    find_parties();
    return std::move(result_);
  }

 private:
  template <class T>
  bool good(const std::expected<T, FileError>& result) {
    if (!result && !failure_) failure_ = result.error();
    return result.has_value();
  }

  // False: reading failed. `wanted`: which of those found count.
  template <class Wanted>
  bool read(trace::EventQuery query, Wanted wanted) {
    query.limit = 0;
    return good(reader_.for_each(query, [&](const StoredEvent& event) {
      if (!wanted(event)) return true;
      if (std::ssize(result_.events) >= Ladder::kMostEvents) {
        result_.is_cut = true;
        return false;
      }
      keep(event);
      return true;
    }));
  }

  void keep(const StoredEvent& event) {
    result_.events.push_back(event);
    first_ = first_ ? std::min(first_, event.id) : event.id;
    last_ = std::max(last_, event.id);
    if (event.session) sessions_.insert(event.session);
    if (event.connection) connections_.insert(event.connection);
    if (event.message) messages_.insert(event.message);
    if (event.host) hosts_.insert(event.host);
  }

  bool read_subject() {
    const LadderSubject& subject = question_.subject;
    trace::EventQuery query;
    if (subject.message) {
      query.message = subject.message;
    } else if (subject.session) {
      query.session = subject.session;
    } else if (subject.connection) {
      query.connection = subject.connection;
    } else {
      return true;
    }
    return read(query, [&](const StoredEvent& e) {
      // Frames have their message, too; they are read where they are wanted.
      return is_shown(e, question_) && trace::info(e.kind).level < trace::Level::packets;
    });
  }

  // How the connection of a session came about lies before its first event, along the causes.
  bool read_setup() {
    if (!question_.subject.session || result_.events.empty()) return true;
    EventId cause = result_.events.front().cause;
    for (int i = 0; i < kCausesBefore && cause; ++i) {
      const auto event = reader_.event(cause);
      if (!good(event)) return false;
      if (!*event || !connections_.contains((*event)->connection)) return true;
      keep(**event);
      cause = (*event)->cause;
    }
    return true;
  }

  // Of a message: what is said in its sessions and is about no message (greeting, QUIT).
  bool read_sessions() {
    if (!question_.subject.message) return true;
    for (const trace::SessionId session : std::set<trace::SessionId>(sessions_)) {
      trace::EventQuery query;
      query.session = session;
      if (!read(query, [](const StoredEvent& e) { return !e.message; })) return false;
    }
    return true;
  }

  // Between the first event and a little behind the last: connections, segments, faults and crashes, and (of
  // a session) who becomes responsible for its messages.
  bool read_between() {
    if (result_.events.empty()) return true;
    trace::EventQuery query;
    query.after = {first_.value - 1};
    query.up_to = {last_.value + kEventsBehind};
    query.kinds = {Kind::connection_opened, Kind::connection_established, Kind::connection_refused,
                   Kind::connection_reset,  Kind::connection_unreachable, Kind::connection_timed_out,
                   Kind::connection_closed, Kind::connection_disturbed,   Kind::fault_began,
                   Kind::fault_ended,       Kind::host_crashed,           Kind::host_restarted};
    if (question_.segments)
      query.kinds.insert(query.kinds.end(), {Kind::frame_sent, Kind::frame_received, Kind::frame_dropped});
    const bool is_session = !question_.subject.message;
    if (is_session)
      query.kinds.insert(query.kinds.end(), {Kind::copy_created, Kind::copy_delivered, Kind::copy_relayed,
                                             Kind::copy_deferred, Kind::copy_bounced, Kind::copy_destroyed,
                                             Kind::copy_expanded, Kind::copy_discarded});
    hosts_of_lanes_ = hosts_;
    const auto& hosts = hosts_of_lanes_;
    const auto messages = messages_;
    const auto connections = connections_;
    const EventId last = last_;
    return read(query, [&](const StoredEvent& e) {
      if (e.connection) return connections.contains(e.connection);
      if (e.id > last) return false;
      if (e.copy) return messages.contains(e.message) && hosts.contains(e.host);
      return e.fault || touches(e, hosts);
    });
  }

  // A fault at one of the hosts or at a link of theirs.
  bool touches(const StoredEvent& e, const std::set<trace::HostId>& hosts) const {
    if (hosts.contains(e.host)) return true;
    const trace::LinkRow* link = e.link ? reader_.link(e.link) : nullptr;
    return link != nullptr && (hosts.contains(link->from) || hosts.contains(link->to));
  }

  // A fault counts if it is here, or if something here is because of it.
  void drop_far_faults() {
    const auto is_fault = [](const StoredEvent& e) {
      return e.kind == Kind::fault_began || e.kind == Kind::fault_ended;
    };
    std::set<trace::FaultId> faults;
    for (const StoredEvent& e : result_.events)
      if (e.fault && !is_fault(e)) faults.insert(e.fault);
    std::erase_if(result_.events, [&](const StoredEvent& e) {
      return is_fault(e) && !faults.contains(e.fault) && !touches(e, hosts_of_lanes_);
    });
  }

  void find_parties() {
    for (const StoredEvent& e : result_.events) {
      LadderParty* connection = e.connection ? &result_.connections[e.connection] : nullptr;
      LadderParty* session = e.session ? &result_.sessions[e.session] : nullptr;
      bool is_client = false;
      switch (e.kind) {
        case Kind::connection_opened:
          if (connection != nullptr && !connection->server) connection->server = reader_.host_named(e.text);
          is_client = true;
          break;
        case Kind::session_opened:
          is_client = e.text.ends_with("sender");
          break;
        case Kind::command_sent:
        case Kind::content_sent:
        case Kind::reply_received:
          is_client = true;
          break;
        case Kind::connection_established:
          if (connection != nullptr && connection->client == e.host) continue;
          break;
        case Kind::command_received:
        case Kind::content_received:
        case Kind::reply_sent:
          break;
        default:
          continue;
      }
      for (LadderParty* party : {connection, session})
        if (party != nullptr) (is_client ? party->client : party->server) = e.host;
    }
    for (const StoredEvent& e : result_.events) {  // a session of which one side said nothing
      if (!e.session || !e.connection) continue;
      LadderParty& session = result_.sessions[e.session];
      const LadderParty& connection = result_.connections[e.connection];
      if (!session.client) session.client = connection.client;
      if (!session.server) session.server = connection.server;
    }
  }

  trace::RunFileReader& reader_;
  LadderQuestion question_;
  LadderEvents result_;
  EventId first_{};
  EventId last_{};
  std::set<trace::SessionId> sessions_;
  std::set<trace::ConnectionId> connections_;
  std::set<trace::MessageId> messages_;
  std::set<trace::HostId> hosts_;
  std::set<trace::HostId> hosts_of_lanes_;  // before faults and routers came in
  std::optional<FileError> failure_;
};

}  // namespace

std::expected<LadderEvents, FileError> gather_ladder(trace::RunFileReader& reader,
                                                     const LadderQuestion& question) {
  return Gatherer(reader, question).gather();
}

}  // namespace mailroom::viz
