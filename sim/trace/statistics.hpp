// SPDX-License-Identifier: GPL-2.0-only
// The summary of a run, from its run file alone. What is counted is the root recipient: a recipient that a
// user's message was addressed to, and all copies that descend from it (docs/RUN_FILE.md, 'Copies' and
// 'Summary').
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::trace {

// What became of a set of root recipients: accepted is always the sum of the six below it.
struct Outcomes {
  std::int64_t messages = 0;
  std::int64_t recipients = 0;  // asked for
  std::int64_t accepted = 0;    // a host became responsible: root copies
  std::int64_t delivered = 0;   // at least one mailbox has it
  std::int64_t bounced = 0;
  std::int64_t discarded = 0;
  std::int64_t destroyed = 0;
  std::int64_t queued = 0;       // some host is still responsible
  std::int64_t unaccounted = 0;  // relayed or expanded to nobody: outside the simulation, or a lost message
  friend bool operator==(const Outcomes&, const Outcomes&) = default;
};

struct Summary {
  Outcomes mail{};              // users' messages
  Outcomes bounces{};           // messages made to tell an originator
  std::int64_t backscatter = 0;  // those of them about a message whose reverse-path was forged
  std::int64_t duplicates = 0;  // deliveries of one message into one mailbox, beyond the first
  std::int64_t events = 0;      // rows
  bool complete = false;        // the run file was closed in order
  std::int64_t simulated_ns = 0;
  // From the composing of a user's message to its first mailbox, over delivered root recipients, by nearest
  // rank.
  std::optional<std::int64_t> delay_p50_ns{};
  std::optional<std::int64_t> delay_p95_ns{};
  std::optional<std::int64_t> delay_max_ns{};
  friend bool operator==(const Summary&, const Summary&) = default;
};

std::expected<Summary, FileError> summarize(RunFileReader& reader);

// {"messages": …, "recipients": …, …, "delay_s": {"p50": …, "p95": …, "max": …}, …}, on one line; a delay
// that does not exist is null.
std::string to_json(const Summary& summary);

}  // namespace mailroom::trace
