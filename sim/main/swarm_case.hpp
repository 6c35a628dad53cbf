// SPDX-License-Identifier: GPL-2.0-only
// One scenario of a swarm, run in a process of its own: whether its mail was conserved, and what it has reached.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace mailroom::swarm {

struct Verdict {
  enum class Result {
    fine,
    refused,   // the scenario is faulty
    violated,  // mail was not conserved
    crashed,   // an assert, a signal
    endless,   // too much happened, or it took too long
  } result = Result::fine;
  std::string text{};      // what is wrong
  std::uint64_t hash = 0;  // of all events
  std::int64_t events = 0;
  std::map<std::string, std::int64_t> marks{};  // how often what was reached
};
std::string_view name(Verdict::Result result);

struct CaseOptions {
  std::int64_t most_events = 1'000'000;
  int most_seconds = 60;  // of wall time
  // The run is cut into slices of random length, which must not show.
  bool is_sliced = false;
};

// `yaml` is a whole scenario.
Verdict try_scenario(const std::string& yaml, const CaseOptions& options);

}  // namespace mailroom::swarm
