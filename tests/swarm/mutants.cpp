// SPDX-License-Identifier: GPL-2.0-only
// By the linker's --wrap (CMakeLists.txt): a call to a function of one object file from another leads here, and from
// here on to the function itself.
#include "tests/swarm/mutants.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim/agents/outcome.hpp"
#include "sim/agents/scheduler.hpp"
#include "sim/queue/queue.hpp"

namespace {

using mailroom::agents::Outcome;
using mailroom::agents::Scheduler;
using mailroom::queue::EntryId;
using mailroom::queue::Queue;
using mailroom::swarm::Mutant;
using Recovered = std::vector<std::pair<EntryId, std::size_t>>;

Mutant planted = Mutant::none;

std::vector<Outcome> mutated(std::vector<Outcome> outcomes) {
  if (planted == Mutant::drops_retry_after_451)
    std::erase_if(outcomes, [](const Outcome& one) { return one.result == Outcome::Result::for_now && one.code == 451; });
  if (planted == Mutant::deletes_before_250)
    for (Outcome& one : outcomes)
      if (one.result == Outcome::Result::for_now && one.code == 0 && one.scope == Outcome::Scope::message)
        one.result = Outcome::Result::done;
  return outcomes;
}

void forget_one(Queue& queue) {
  for (const EntryId id : queue.ids(mailroom::queue::Place::incoming)) {
    mailroom::queue::Entry& entry = queue.at(id);
    if (entry.recipients.empty() || entry.recipients.front().state != mailroom::queue::RecipientState::ready) continue;
    queue.take(entry);
    queue.activate(entry, 0);
    queue.settle(entry, 0);
    queue.mark(entry, 0);
    return;
  }
}

}  // namespace

void mailroom::swarm::plant(Mutant mutant) {
  planted = mutant;
}

extern "C" {

void __real__ZN8mailroom6agents9Scheduler6reportElRKSt6vectorINS0_7OutcomeESaIS3_EE(Scheduler* self, EntryId entry,
                                                                                  const std::vector<Outcome>& outcomes);
void __wrap__ZN8mailroom6agents9Scheduler6reportElRKSt6vectorINS0_7OutcomeESaIS3_EE(
    Scheduler* self, EntryId entry, const std::vector<Outcome>& outcomes) {
  const std::vector<Outcome> changed = mutated(outcomes);
  if (!changed.empty()) __real__ZN8mailroom6agents9Scheduler6reportElRKSt6vectorINS0_7OutcomeESaIS3_EE(self, entry, changed);
}

Recovered __real__ZN8mailroom5queue5Queue7recoverEv(Queue* self);
Recovered __wrap__ZN8mailroom5queue5Queue7recoverEv(Queue* self) {
  Recovered recovered = __real__ZN8mailroom5queue5Queue7recoverEv(self);
  if (planted == Mutant::forgets_recipient_at_restart) forget_one(*self);
  return recovered;
}

}  // extern "C"
