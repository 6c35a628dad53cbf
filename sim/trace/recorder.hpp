// SPDX-License-Identifier: GPL-2.0-only
// The event sink of a run. It numbers events, adds time and cause, leaves out what the level does not ask
// for, and interns contents and forward-paths.
//
// Sequence numbers are the same at every level: an event that is left out still takes its number. Record()
// returns the event if it was kept, else the nearest kept ancestor, so that no cause ever points at a missing
// row.
//
// Not thread-safe; one Recorder a run.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/trace/event.hpp"

namespace mailroom::trace {

// Octets that several owners share: spools, mailboxes, the run file. Never changed after they were made.
using Sha256 = std::array<std::uint8_t, 32>;
struct Content {
  ContentId id{};
  std::string octets;
  Sha256 sha256{};
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

// Hears of every event, whatever the level, while it is recorded. It may record events of its own.
class Observer {
 public:
  virtual ~Observer() = default;
  // `id`: the event, or its nearest ancestor that was kept.
  virtual void on_event(EventId id, const Event& event) = 0;
};

class Recorder {
 public:
  // `sink` must outlive the recorder.
  Recorder(Sink& sink, Level level);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  Level level() const { return level_; }
  // Whether an event of this kind is to be built and recorded: the level keeps it, or somebody observes the run.
  bool keeps(Kind kind) const { return is_kept(kind) || (observer_ != nullptr && info(kind).level <= Level::full); }
  // Nullptr: nobody observes. `observer` must outlive the recorder, or be taken back.
  void observe(Observer* observer) { observer_ = observer; }

  // Simulated time, set by the network that owns the clock whenever it moves.
  void set_time(std::int64_t time_ns) { time_ns_ = time_ns; }
  std::int64_t time_ns() const { return time_ns_; }

  // What is going on now. Set through ContextScope.
  Context context;

  // Records `event` with context.event as its cause. Returns what later events should name as their cause. A
  // content that the event names must still be held by someone.
  EventId record(const Event& event) {
    EventId id{++last_event_};
    if (is_kept(event.kind)) {
      write(id, event);
    } else {
      id = context.event;
    }
    if (observer_ != nullptr) observer_->on_event(id, event);
    return id;
  }
  // Counts an event that is certainly below the level, without building it: used per frame.
  void skip() { ++last_event_; }

  void record(const Flight& flight);                          // left out below level `mail`
  void record_frame(EventId frame, std::string_view octets);  // left out below level `packets`

  ConnectionId next_connection() { return {++last_connection_}; }
  SessionId next_session() { return {++last_session_}; }
  // A new message with this content; and the content of a message, while anyone holds it.
  MessageId next_message(const ContentPtr& content = nullptr);
  ContentPtr content_of(MessageId message) const;
  CopyId next_copy() { return {++last_copy_}; }
  AttemptId next_attempt() { return {++last_attempt_}; }

  // The id of a forward-path; the same text gives the same id.
  RecipientId recipient(std::string_view forward_path);

  // The shared object for these octets: equal octets give the same object while anyone holds it, and the same
  // id at any time. The octets are freed when nobody holds them; they go to the sink with the first kept
  // event that names them.
  ContentPtr content(std::string octets);

  // The last sequence number given away.
  EventId last_event() const { return {last_event_}; }

 private:
  bool is_kept(Kind kind) const { return info(kind).level <= level_; }

  Sink& sink_;
  Level level_;
  Observer* observer_ = nullptr;
  std::int64_t time_ns_ = 0;
  std::int64_t last_event_ = 0;
  std::int64_t last_connection_ = 0;
  std::int64_t last_session_ = 0;
  std::vector<std::weak_ptr<const Content>> messages_;  // by id - 1
  std::int64_t last_copy_ = 0;
  std::int64_t last_attempt_ = 0;

  // What is known of a content for the whole run: about a hundred octets for each.
  struct KnownContent {
    ContentId id{};
    Sha256 sha256{};
    std::weak_ptr<const Content> live;
    bool written = false;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  void write(EventId id, const Event& event);

  std::vector<KnownContent> contents_;                               // [i] is ContentId i + 1
  std::unordered_multimap<std::size_t, ContentId> content_by_hash_;  // by std::hash of the octets
  std::unordered_map<std::string, RecipientId, TextHash, std::equal_to<>> recipients_;
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
