// SPDX-License-Identifier: GPL-2.0-only
// Reads the events of a run as they come: accounts of all copies, a hash of everything, and what was reached.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/trace/conservation.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::swarm {

class SwarmSink final : public trace::Sink {
 public:
  // `too_much` is called once, when there have been more events than that.
  SwarmSink(std::int64_t most_events, std::function<void()> too_much)
      : most_events_(most_events), too_much_(std::move(too_much)), conservation_(trace::Level::full) {}

  void write(trace::EventId id, std::int64_t time_ns, trace::EventId cause, const trace::Event& event) override;
  void write(const trace::Flight& flight) override;
  void write(const trace::Content&) override {}
  void write(trace::RecipientId, std::string_view) override {}
  void write_frame(trace::EventId, std::string_view) override {}

  std::int64_t events() const { return events_; }
  std::uint64_t hash() const { return hash_; }
  trace::Accounts finish() { return conservation_.finish(); }
  // Hosts that run, and own copies. When nothing is left to do, nobody will ever see to those.
  std::vector<std::pair<trace::HostId, std::int64_t>> stuck() const;
  const std::map<std::string, std::int64_t>& marks() const { return marks_; }

 private:
  void mix(std::int64_t number);
  void mix(std::string_view text);
  void note(const trace::Event& event);
  void note_dialogue(const trace::Event& event);

  std::int64_t most_events_;
  std::function<void()> too_much_;
  trace::Conservation conservation_;
  std::int64_t events_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::map<std::string, std::int64_t> marks_;
  std::map<trace::HostId, std::set<trace::SessionId>> unanswered_dots_;  // by receiver
  std::set<trace::HostId> crashed_;
};

}  // namespace mailroom::swarm
