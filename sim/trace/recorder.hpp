// SPDX-License-Identifier: GPL-2.0-only
// The event sink of a run. It numbers events, adds time and cause, leaves out what the level does not ask for, and
// interns contents and forward-paths.
//
// Sequence numbers are the same at every level: an event that is left out still takes its number. Record() returns the
// event if it was kept, else the nearest kept ancestor, so that no cause ever points at a missing row.
//
// Not thread-safe; one Recorder a run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/trace/event.hpp"

namespace mailroom::trace {

// Octets that several owners share: spools, mailboxes, the run file. Never changed after they were made.
struct Content {
  ContentId id{};
  std::string octets;
};
using ContentPtr = std::shared_ptr<const Content>;

// Where recorded things go: a run file, or a list in memory for tests.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(EventId id, std::int64_t time_ns, EventId cause, const Event& event) = 0;
  virtual void write(const Flight& flight) = 0;
  virtual void write(const Content& content) = 0;
  virtual void write(RecipientId id, std::string_view forward_path) = 0;
  // The octets of a frame, from the IP header on; `frame` is the frame.sent event.
  virtual void write_frame(EventId frame, std::string_view octets) = 0;
};

class Recorder {
 public:
  // `sink` must outlive the recorder.
  Recorder(Sink& sink, Level level);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  Level level() const { return level_; }
  bool keeps(Kind kind) const { return info(kind).level <= level_; }

  // Simulated time, set by the network that owns the clock whenever it moves.
  void set_time(std::int64_t time_ns) { time_ns_ = time_ns; }
  std::int64_t time_ns() const { return time_ns_; }

  // What is going on now. Set through ContextScope.
  Context context;

  // Records `event` with context.event as its cause. Returns what later events should name as their cause.
  EventId record(const Event& event);
  // Counts an event that is certainly below the level, without building it: used per frame.
  void skip() { ++last_event_; }

  void record(const Flight& flight);  // from level `mail`
  void record_frame(EventId frame, std::string_view octets);

  ConnectionId next_connection() { return {++last_connection_}; }
  SessionId next_session() { return {++last_session_}; }
  MessageId next_message() { return {++last_message_}; }
  CopyId next_copy() { return {++last_copy_}; }
  AttemptId next_attempt() { return {++last_attempt_}; }

  // The id of a forward-path; the same text gives the same id.
  RecipientId recipient(std::string_view forward_path);

  // The shared object for these octets: equal octets give the same object while anyone holds it.
  ContentPtr content(std::string octets);

 private:
  Sink& sink_;
  Level level_;
  std::int64_t time_ns_ = 0;
  std::int64_t last_event_ = 0;
  std::int64_t last_connection_ = 0;
  std::int64_t last_session_ = 0;
  std::int64_t last_message_ = 0;
  std::int64_t last_copy_ = 0;
  std::int64_t last_attempt_ = 0;
  // The rest is the implementation's business (interning tables).
};

// Sets recorder.context for a scope and puts the old one back.
class ContextScope {
 public:
  ContextScope(Recorder& recorder, Context context) : recorder_(recorder), before_(recorder.context) {
    recorder_.context = context;
  }
  ~ContextScope() { recorder_.context = before_; }
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  Recorder& recorder_;
  Context before_;
};

}  // namespace mailroom::trace
