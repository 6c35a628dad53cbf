// SPDX-License-Identifier: GPL-2.0-only
// What a filter says of an event, a message, a host or a link of one run.
//
// Names are looked up once, so that an event costs little: `host:mx1` means the host of that name, or if
// there is none all whose names contain it; with a '*' all that fit. `rcpt:bob` means all addresses that are
// bob, or have bob before or behind the @; if there are none, all that contain it.
//
// A condition may have nothing to do with what it is asked about (a time of a host, a queue where no length
// is known): then it does not decide, also not under a negation. What nothing decides against is matched.
//
// Order of calls: construct; refresh() when `facts` may have grown; ask. Keeps a copy of both. Asking changes
// nothing, so that threads may share one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "sim/trace/world.hpp"
#include "viz/model/facts.hpp"
#include "viz/model/filter.hpp"

namespace mailroom::viz {

// Messages in the queue of each host, for who reads events in order from the first on: apply() each, then
// ask. Of a run without queue events (level summary) nothing is known.
class QueueLengths {
 public:
  void apply(const trace::StoredEvent& event);
  std::int64_t at(trace::HostId host) const;

 private:
  std::vector<std::int64_t> lengths_;
};

class Matcher {
 public:
  Matcher() = default;  // everything
  Matcher(Filter filter, Facts facts);
  // Takes what is known by now.
  void refresh(const Facts& facts);

  const Filter& filter() const { return filter_; }
  const Facts& facts() const { return facts_; }

  // `queues`: as they are at the event; nullptr: not known.
  bool matches(const trace::StoredEvent& event, const QueueLengths* queues = nullptr) const;
  // As it is at the moment of `world`.
  bool matches(trace::MessageId message, const trace::World& world) const;
  // Named by the filter, or responsible at this moment for a message that matches. Looks at kMostCopies at
  // most, so that a frame may ask for every host.
  bool matches(trace::HostId host, const trace::World& world) const;
  bool matches(trace::LinkId link) const;
  static constexpr int kMostCopies = 256;

 private:
  enum class Answer : std::uint8_t { no, unknown, yes };

  // A node of the filter in a flat tree: what a term's names mean in this run stands with it.
  struct Node {
    FilterNode::What what = FilterNode::What::all;
    std::vector<std::uint32_t> children{};
    FilterTerm term{};
    std::vector<bool> hosts{};       // [id]
    std::vector<bool> links{};       // [id]
    std::vector<bool> recipients{};  // [id]
    std::vector<bool> kinds{};       // [kind]
  };
  std::uint32_t add(const FilterNode& node);
  void resolve(Node& node) const;
  template <class Ask>
  Answer ask(std::uint32_t node, const Ask& ask_term) const;

  Answer term_of_event(const Node& node, const trace::StoredEvent& event, const QueueLengths* queues) const;
  Answer word_of_event(const Node& node, const trace::StoredEvent& event) const;
  Answer is_of_event(const Node& node, const trace::StoredEvent& event) const;
  Answer term_of_message(const Node& node, trace::MessageId id, const trace::World& world) const;
  Answer is_of_message(const Node& node, trace::MessageId id, const trace::World& world) const;
  Answer term_of_host(const Node& node, trace::HostId id, const trace::World& world) const;
  bool holds_match(trace::HostId id, const trace::World& world) const;

  Filter filter_;
  Facts facts_;
  std::vector<Node> nodes_;  // the root is the last
};

}  // namespace mailroom::viz
