// SPDX-License-Identifier: GPL-2.0-only
// All that waits for one next hop, and the connections to it.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "sim/agents/outcome.hpp"
#include "sim/agents/route.hpp"
#include "sim/queue/concurrency.hpp"
#include "sim/queue/entry.hpp"
#include "sim/trace/ids.hpp"

namespace mailroom::agents {

class SmtpSender;

// Some recipients of one message, to be handed to one next hop in one transaction.
struct Job {
  queue::EntryId entry = 0;
  std::vector<std::size_t> recipients;
  trace::EventId cause{};  // the event that made them ready: queued, or due again
};

// The recipients of one message that wait for a connection.
struct Waiting {
  Job job;
  std::size_t taken = 0;  // of its recipients
};

struct Destination {
  NextHop next_hop;
  queue::Concurrency concurrency;
  std::deque<Waiting> ready;  // whose turn is next, first
  std::vector<std::unique_ptr<SmtpSender>> senders;
};

// A destination of which nothing is tried until then.
struct DeadDestination {
  std::int64_t until_ns = 0;
  Outcome reason;
};

}  // namespace mailroom::agents
