// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_faults.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>

#include "sim/scenario/fields.hpp"
#include "topologies/units.hpp"

namespace mailroom::scenario {

namespace {

using faults::Fault;

struct Interval {
  std::int64_t from_ns, to_ns;
  Position at;
};

// When it is in force, as far as that is known beforehand.
std::vector<Interval> known_intervals(const Fault& fault, const Position& at) {
  const faults::When& when = fault.when;
  if (when.condition || when.is_random || when.interval_ns > 0 || !faults::info(fault.kind).is_lasting) return {};
  const std::int64_t to_ns = when.lasts_ns > 0 ? when.at_ns + when.lasts_ns : std::numeric_limits<std::int64_t>::max();
  return {{when.at_ns, to_ns, at}};
}

std::string place(const Position& at) {
  return at.line > 0 ? fmt::format("line {}", at.line) : *at.file;
}

// Two that cannot be in force at the same time: the later one is told.
class Rivals {
 public:
  explicit Rivals(Report& report) : report_(report) {}

  void add(const Fault& fault, const Position& at) {
    auto& others = known_[faults::slot(fault)];
    for (const Interval& own : known_intervals(fault, at)) {
      for (const Interval& other : others) {
        if (own.from_ns >= other.to_ns || other.from_ns >= own.to_ns) continue;
        const std::string until = other.to_ns == std::numeric_limits<std::int64_t>::max()
                                      ? "the end of the run"
                                      : topology::format_duration(other.to_ns);
        report_.mistake(at,
                        fmt::format("'{}' contradicts {}, which is in force from {} to {}", fault.what, place(other.at),
                                    topology::format_duration(other.from_ns), until),
                        "let one end before the other begins, or leave one out");
        break;
      }
      others.push_back(own);
    }
  }

 private:
  Report& report_;
  std::map<std::string, std::vector<Interval>> known_;
};

}  // namespace

std::vector<Fault> read_faults(const Value* value, const Topology& topology, const Hosts& hosts, const Dns& dns,
                               Report& report) {
  std::vector<Fault> read;
  if (value == nullptr || value->kind == Value::Kind::null) return read;
  Rivals rivals(report);
  for (const Word& word : read_texts(*value, "a fault", report)) {
    auto fault = faults::parse(word.text);
    if (!fault) {
      report.mistake(word.at, std::move(fault.error().wrong), std::move(fault.error().right));
      continue;
    }
    const bool is_known = topology.is_complete && hosts.is_complete;
    if (auto mistake = is_known ? fault_mistake(*fault, topology.graph, hosts.hosts, dns) : std::nullopt) {
      report.mistake(word.at, fmt::format("'{}': {}", fault->what, mistake->wrong), std::move(mistake->right));
      continue;
    }
    settle_link(*fault, topology.graph);
    fault->line = word.at.line;
    rivals.add(*fault, word.at);
    read.push_back(std::move(*fault));
  }
  return read;
}

}  // namespace mailroom::scenario
