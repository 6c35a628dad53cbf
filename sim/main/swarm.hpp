// SPDX-License-Identifier: GPL-2.0-only
// Thousands of random scenarios, each run and verified: nothing may be lost, nothing may crash, and what is run twice
// must happen twice. A scenario that fails is made as small as it can be and still fails.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/main/swarm_case.hpp"
#include "sim/main/swarm_generate.hpp"

namespace mailroom::swarm {

struct Plan {
  std::uint64_t first = 1, last = 100;  // seeds
  std::int64_t budget_ns = 0;           // of wall time: no further seed is begun after it; 0: none
  std::uint64_t replayed_each = 16;     // every so manieth seed is run twice; 0: none
  int jobs = 1;
  Options options;
  CaseOptions limits;
};

struct Failure {
  std::uint64_t seed = 0;
  Verdict verdict;  // of the scenario as it was made
  std::string yaml;
};

struct Tally {
  std::int64_t seeds = 0;
  std::int64_t replayed = 0;
  std::int64_t events = 0;
  std::int64_t mail = 0;  // copies
  std::map<std::string, std::int64_t> marks;
  std::optional<Failure> failure;  // the first; nothing is begun after it
};

// `progress` is told after each seed.
Tally run(const Plan& plan, const std::function<void(const Tally&)>& progress);

// A part of the scenario after the other is taken away, as long as it fails in the same way. `progress` is told the
// number of parts that are left.
Failure shrink(const Failure& failure, const Plan& plan, const std::function<void(std::size_t)>& progress);

// What a swarm should reach, by name: replies, faults, events, rules, cases.
std::vector<std::string> wanted_marks();

}  // namespace mailroom::swarm
