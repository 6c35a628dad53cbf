// SPDX-License-Identifier: GPL-2.0-only
// What stands on the timeline: the moments of a run that matter to who looks for what went wrong, by class,
// and the spans of its faults. Copies share (Log), and counting them for a picture costs by its width, not by
// the run's length.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "viz/model/log.hpp"

namespace mailroom::viz {

enum class MarkClass : std::uint8_t { delivered, deferred, bounced, lost, duplicate, fault, crash };
inline constexpr int kMarkClassCount = 7;
std::string_view name(MarkClass mark);  // "delivered", …: for people
// "o", "~", "x", "L", "2", "F", "!": what stands beside its colour
std::string_view sign(MarkClass mark);

struct Mark {
  std::int64_t time_ns = 0;
  trace::EventId event{};
};

// A fault (or a host out of operation) from its beginning to its end.
struct Span {
  trace::FaultId fault{};
  trace::HostId host{};
  trace::LinkId link{};
  trace::EventId began{};
  std::int64_t from_ns = 0;
  std::int64_t until_ns = -1;  // -1: still in force
  trace::EventId ended{};
  std::string what{};  // of a fault: its sentence
};

// Whether a delivery puts a message into a mailbox that has it already (trace::Statistics counts so).
class Deliveries {
 public:
  // True if it is not the first. copy.delivered events in ascending order.
  bool is_duplicate(const trace::StoredEvent& delivered);

 private:
  std::unordered_set<std::uint64_t> seen_;
};

class Marks {
 public:
  // Events in ascending order, and the deliveries among those before.
  void take(const trace::StoredEvent& event, Deliveries& deliveries);

  const Log<Mark>& of(MarkClass mark) const { return marks_[static_cast<std::size_t>(mark)]; }
  // How many of a class are in [from, until).
  std::int64_t count(MarkClass mark, std::int64_t from_ns, std::int64_t until_ns) const;
  // The first of them; nullopt: none.
  std::optional<Mark> first(MarkClass mark, std::int64_t from_ns, std::int64_t until_ns) const;
  // For each of `buckets` equal parts of [from, until) how many of a class are in it.
  std::vector<std::int64_t> histogram(MarkClass mark, std::int64_t from_ns, std::int64_t until_ns,
                                      std::int64_t buckets) const;
  // By their beginnings. At most kMostSpans: a picture of more shows nothing.
  static constexpr std::size_t kMostSpans = 100'000;
  const std::vector<Span>& spans() const { return spans_; }

 private:
  void add(MarkClass mark, const trace::StoredEvent& event);
  void begin(trace::FaultId fault, const trace::StoredEvent& event);
  void end(const trace::StoredEvent& event);

  std::array<Log<Mark>, kMarkClassCount> marks_;
  std::vector<Span> spans_;
  std::vector<std::size_t> in_force_;  // places in spans_
};

// The beginnings of the `buckets` equal parts of [from, until): without rounding that adds up.
std::int64_t bucket_start_ns(std::int64_t from_ns, std::int64_t until_ns, std::int64_t buckets,
                             std::int64_t bucket);

}  // namespace mailroom::viz
