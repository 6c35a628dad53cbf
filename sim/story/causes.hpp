// SPDX-License-Identifier: GPL-2.0-only
// Why something happened: the chain of causes from an event up to its root, with the evidence of each as side
// branches; and how that is told without tiring, where most of a long chain is alike.
#pragma once

#include <cstdint>
#include <expected>
#include <vector>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::story {

struct Because {
  trace::EventId of;  // the event that it explains
  // The evidence, its cause, … up to the first event that the main chain has too.
  std::vector<trace::StoredEvent> chain;
};

struct Causes {
  std::vector<trace::StoredEvent> chain;  // the event, its cause, … the root
  std::vector<Because> branches;          // in the order of the chain, evidence of evidence behind it
};

// Empty if the run has no such event. Errors: those of reading.
std::expected<Causes, trace::FileError> causes_of(trace::RunFileReader& reader, trace::EventId id);

// One line of the telling, from the event that is asked about to its root. Most of a long chain is small
// talk: lines of dialogue, each caused by the one before. A run of them is told by its last line and a count,
// unless an event of the answer names one of them as its reason. Of many tries that went alike the last and
// the first are told, and what others name as their reason.
struct Step {
  enum class Relation : std::uint8_t {
    asked,        // the event that is asked about
    caused_by,    // the event before it in the telling, at the same depth, came of this one
    because,      // the evidence for the event above it, of one depth less
    fewer_lines,  // `count` earlier lines of the dialogue are left out
    fewer_tries   // `count` earlier tries that went alike are left out, the earliest of which is `event`
  };
  Relation relation = Relation::asked;
  int depth = 0;
  trace::StoredEvent event{};   // of fewer_lines: the last line that is told
  trace::EventId reason_for{};  // it explains this event too, which stands elsewhere in the telling; 0: none
  std::int64_t count = 0;
};
std::vector<Step> steps_of(const Causes& causes);

}  // namespace mailroom::story
