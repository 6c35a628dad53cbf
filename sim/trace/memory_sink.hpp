// SPDX-License-Identifier: GPL-2.0-only
// A sink that keeps everything in memory, for tests of agents.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

class MemorySink final : public Sink {
 public:
  std::vector<StoredEvent> events;
  std::vector<Flight> flights;
  std::map<ContentId, std::string> contents;
  std::map<RecipientId, std::string> recipients;
  std::map<EventId, std::string> frames;

  void write(EventId id, std::int64_t time_ns, EventId cause, const Event& event) override {
    events.push_back(stored(id, time_ns, cause, event));
  }
  void write(const Flight& flight) override { flights.push_back(flight); }
  void write(const Content& content) override { contents.emplace(content.id, content.octets); }
  void write(RecipientId id, std::string_view forward_path) override { recipients.emplace(id, forward_path); }
  void write_frame(EventId frame, std::string_view octets) override { frames.emplace(frame, octets); }

  // The events of one kind, in order.
  std::vector<StoredEvent> of(Kind kind) const {
    std::vector<StoredEvent> found;
    for (const StoredEvent& event : events) {
      if (event.kind == kind) found.push_back(event);
    }
    return found;
  }
};

}  // namespace mailroom::trace
