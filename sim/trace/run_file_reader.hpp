// SPDX-License-Identifier: GPL-2.0-only
// Reads a run file, finished or still growing, and never changes it. Each call is one short read; events that
// were committed since are seen by the next. Every call can fail, because a file can be cut short or damaged
// anywhere.
//
// Owns a read-only database connection; movable. Not thread-safe; several readers of one file are fine.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

// Which events: those that meet all conditions that are set.
struct EventQuery {
  EventId after{};                         // later than this one
  EventId up_to{};                         // this one or earlier; 0: no limit
  std::optional<std::int64_t> from_ns{};   // at this time or later
  std::optional<std::int64_t> until_ns{};  // at this time or earlier
  std::vector<Kind> kinds{};               // one of these; empty: any
  HostId host{};
  LinkId link{};
  ConnectionId connection{};
  SessionId session{};
  MessageId message{};
  CopyId copy{};
  AttemptId attempt{};
  EventId cause{};  // direct effects of this event
  bool newest_first = false;
  std::int64_t limit = 0;  // at most so many; 0: all
};

class RunFileReader {
 public:
  template <class T>
  using Result = std::expected<T, FileError>;

  // Errors: not_found, no_access, empty, foreign, newer, damaged, in_use, io.
  static Result<RunFileReader> open(const std::filesystem::path& path);
  RunFileReader(RunFileReader&&) noexcept;
  RunFileReader& operator=(RunFileReader&&) noexcept;
  ~RunFileReader();

  const std::filesystem::path& path() const;
  const RunHeader& header() const;
  // The row of a host or link; nullptr if there is none of this number.
  const HostRow* host(HostId id) const;
  const LinkRow* link(LinkId id) const;
  HostId host_named(std::string_view name) const;  // 0: none

  // Whether the writer closed the file in order. False while a run is live, and for ever if it was killed.
  Result<bool> complete();
  // Rows in the table `event`, the greatest sequence number, and the time of that event (-1: no event yet).
  Result<std::int64_t> event_count();
  Result<EventId> last_event();
  Result<std::int64_t> last_time_ns();

  // Calls `visit` with the events in order of their sequence numbers; it returns false to stop.
  Result<void> for_each(const EventQuery& query, const std::function<bool(const StoredEvent&)>& visit);
  Result<std::vector<StoredEvent>> events(const EventQuery& query);
  Result<std::optional<StoredEvent>> event(EventId id);
  // The last event at or before a time; 0: none.
  Result<EventId> last_event_at(std::int64_t time_ns);

  // The event, its cause, the cause of that, … to the beginning.
  Result<std::vector<StoredEvent>> causes(EventId id);

  // nullopt: no row of this number.
  Result<std::optional<std::string>> content(ContentId id);
  Result<std::optional<std::string>> recipient(RecipientId id);        // the forward-path
  Result<RecipientId> recipient_named(std::string_view forward_path);  // 0: none
  Result<std::vector<std::string>> recipients();                       // [i] is RecipientId i + 1

  Result<std::int64_t> flight_count();
  Result<void> for_each_flight(const std::function<bool(const Flight&)>& visit);  // by first bit out
  // Rows after `row`, in the order of writing, until `visit` returns false; returns the last row that it saw, to go on from.
  Result<std::int64_t> for_each_flight_after(std::int64_t row,
                                             const std::function<bool(const Flight&)>& visit);
  Result<std::vector<Flight>> flights_of(MessageId message);  // by first bit out
  // frame.sent events with their octets from the IP header on, in order of time. Both live for the call.
  Result<void> for_each_frame(const std::function<bool(const StoredEvent&, std::string_view)>& visit);
  Result<std::optional<std::string>> frame(EventId frame);
  Result<std::vector<Note>> notes();

 private:
  struct Implementation;
  Result<std::optional<std::string>> first_text(std::string_view sql, std::int64_t id);
  explicit RunFileReader(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace mailroom::trace
