// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/scheduler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/agents/smtp_sender.hpp"
#include "sim/agents/smtp_text.hpp"

namespace mailroom::agents {

Scheduler::Scheduler(net::Host& host, const scenario::Host& config, queue::Queue& queue, const Router& router,
                     Locator& locator, LocalDelivery& local, Notifier& notifier)
    : host_(host),
      config_(config),
      queue_(queue),
      router_(router),
      locator_(locator),
      local_(local),
      notifier_(notifier),
      retry_(queue::make_schedule(config.retry)),
      started_ns_(host.now_ns()),
      writes_(host),
      releases_(host) {}

Scheduler::~Scheduler() {
  host_.cancel(due_timer_);
  host_.cancel(clean_timer_);
}

void Scheduler::dispatch(queue::Entry& entry) {
  const std::vector<queue::EntryId> expansions = std::exchange(entry.expansions, {});
  admit(entry);
  for (const queue::EntryId id : expansions) admit(queue_.at(id));
}

// A new entry goes where it belongs.
void Scheduler::admit(queue::Entry& entry) {
  if (entry.recipients.empty()) return remove(entry);  // all were expanded
  if (!hold(entry)) begin(entry, entry.queued);
}

// An incoming entry is seen to, if there is room for it.
void Scheduler::begin(queue::Entry& entry, trace::EventId cause) {
  if (!has_room()) {
    is_starved_ = true;
    trace::ContextScope scope(host_.recorder(), {cause, entry.text.message, {}});
    const std::string id = queue::queue_id(entry.id);
    const trace::EventId waits = host_.recorder().record({.kind = trace::Kind::message_kept_waiting,
                                                          .host = host_.id(),
                                                          .message = entry.text.message,
                                                          .text = id});
    return incoming_.push_back({entry.id, waits});
  }
  queue_.take(entry);
  dispatch_all(entry, cause);
}

void Scheduler::dispatch_all(queue::Entry& entry, trace::EventId cause) {
  std::vector<std::size_t> ready;
  ready.reserve(entry.recipients.size());
  for (std::size_t index = 0; index < entry.recipients.size(); ++index) {
    if (entry.recipients[index].state == queue::RecipientState::ready) ready.push_back(index);
  }
  dispatch(entry, ready, cause);
}

void Scheduler::dispatch(queue::Entry& entry, const std::vector<std::size_t>& ready, trace::EventId cause) {
  if (ready.empty()) return;
  trace::ContextScope scope(host_.recorder(),
                            {cause_of(entry.recipients[ready.front()], cause), entry.text.message, {}});
  std::vector<std::size_t> local;
  std::vector<Outcome>
      decided;  // here and now: one report, so that there is one notification of all that failed
  std::vector<std::pair<NextHop, std::vector<std::size_t>>> remote;  // in order of first appearance
  std::map<NextHop, std::size_t> places;                             // of hops in `remote`
  for (const std::size_t index : ready) {
    if (auto waits = too_early(recipient_key(entry, index))) {
      queue_.activate(entry, index);
      waits->index = index;
      decided.push_back(std::move(*waits));
      continue;
    }
    const Route route = router_.route(first_hop_domain(entry.recipients[index].forward_path));
    if (std::holds_alternative<LocalDomain>(route)) {
      local.push_back(index);
    } else if (const auto* none = std::get_if<NoRoute>(&route)) {
      queue_.activate(entry, index);
      decided.push_back({index, Outcome::Result::for_good, 550, none->enhanced_code, none->reason, {}, {}});
    } else {
      const auto& hop = std::get<NextHop>(route);
      const auto [place, is_new] = places.try_emplace(hop, remote.size());
      if (is_new) remote.push_back({hop, {}});
      remote[place->second].second.push_back(index);
    }
  }
  // The entry may go with its last recipient, so that all groups are made before any is acted on.
  const queue::EntryId id = entry.id;
  for (auto& [hop, indices] : remote) {
    auto waits = too_early(host_key(hop));
    if (!waits) waits = dead_reason(hop);
    if (waits) {
      for (const std::size_t index : indices) {
        queue_.activate(entry, index);
        decided.push_back(*waits);
        decided.back().index = index;
      }
      continue;
    }
    const trace::EventId why = cause_of(entry.recipients[indices.front()], cause);
    enqueue(hop, {id, std::move(indices), why});
  }
  for (Outcome& outcome : decided) outcome.cause = cause_of(entry.recipients[outcome.index], cause);
  deliver_all_locally(id, local, std::move(decided), cause);
}

trace::EventId Scheduler::cause_of(const queue::Recipient& recipient, trace::EventId cause) {
  return cause ? cause : recipient.deferred;
}

// With those that were decided otherwise there is one report of all.
void Scheduler::deliver_all_locally(queue::EntryId id, const std::vector<std::size_t>& local,
                                    std::vector<Outcome> decided, trace::EventId cause) {
  if (local.empty()) {
    if (!decided.empty()) report(id, decided);
    return;  // else the entry may be gone
  }
  queue::Entry& entry = queue_.at(id);
  const bool is_slow = host_.disk().is_slow();
  const auto writing = std::make_shared<Writing>(Writing{id, local.size(), std::move(decided)});
  for (const std::size_t index : local) {
    queue_.activate(entry, index);
    trace::ContextScope scope(host_.recorder(), host_.recorder().context);
    host_.recorder().context.event = cause_of(entry.recipients[index], cause);
    if (!is_slow) {
      writing->outcomes.push_back(deliver_locally(id, index));
      continue;
    }
    // The mailbox has it when the disk has it.
    writes_.after(host_.disk().write_and_sync_ns(host_.now_ns()),
                  [this, writing, index] { written(*writing, index); });
  }
  if (!is_slow) report(id, writing->outcomes);
}

// Who has it is done at once, lest a crash deliver it again; who is told of whom waits for the last of them.
void Scheduler::written(Writing& writing, std::size_t index) {
  Outcome outcome = deliver_locally(writing.entry, index);
  queue::Entry& entry = queue_.at(writing.entry);
  if (outcome.result == Outcome::Result::done) {
    clear_records(entry, outcome);
    queue_.settle(entry, index);
    // Not at once, though the disk may be fast by now: the entry must be there for the report.
    if (!entry.recipients[index].asked) mark_later(entry.id, {index});
  }
  writing.outcomes.push_back(std::move(outcome));
  if (--writing.left == 0) report(writing.entry, writing.outcomes);
}

Outcome Scheduler::deliver_locally(queue::EntryId id, std::size_t index) {
  const queue::Entry& entry = queue_.at(id);
  const auto delivered = local_.deliver(entry, entry.recipients[index]);
  Outcome outcome{.index = index, .result = Outcome::Result::done};
  outcome.is_local = true;
  outcome.cause = host_.recorder().context.event;
  if (delivered) return outcome;
  const smtp::Reply& reply = delivered.error().reply;
  outcome.result = reply.code >= 500 ? Outcome::Result::for_good : Outcome::Result::for_now;
  outcome.code = reply.code;
  if (reply.enhanced) outcome.enhanced_code = to_string(*reply.enhanced);
  outcome.text = plain_text_of(reply);
  outcome.because = delivered.error().because;
  outcome.fault = delivered.error().fault;
  return outcome;
}

// ---- the active queue: what is seen to at the same time

bool Scheduler::has_room() const {
  return queue_.count(queue::Place::active) < static_cast<std::size_t>(config_.delivery.active_limit);
}

// One message of the incoming and one of the deferred mail in turn, so that neither keeps the other waiting (as
// Postfix does). False: nothing is there to be taken.
bool Scheduler::take_next() {
  if (is_due_next_ ? take_due() : take_incoming()) {
    is_due_next_ = !is_due_next_;
    return true;
  }
  return is_due_next_ ? take_incoming() : take_due();
}

void Scheduler::fill_active() {
  if (is_filling_) return;  // what is taken may be done at once, and make room for more
  is_filling_ = true;
  bool found = true;
  while (found && has_room()) found = take_next();
  is_starved_ = found;
  is_filling_ = false;
}

bool Scheduler::take_incoming() {
  if (incoming_.empty()) return false;
  queue::Entry& entry = queue_.at(incoming_.front().entry);
  trace::ContextScope scope(host_.recorder(), {incoming_.front().cause, entry.text.message, {}});
  incoming_.pop_front();
  if (entry.recipients.empty()) {  // the host crashed when all were expanded, and nothing else was done
    remove(entry);
    return true;
  }
  queue_.take(entry);
  const std::string id = queue::queue_id(entry.id);
  dispatch_all(entry, host_.recorder().record({.kind = trace::Kind::message_activated,
                                               .host = host_.id(),
                                               .message = entry.text.message,
                                               .text = id}));
  return true;
}

bool Scheduler::take_due() {
  const auto due = queue_.take_due(host_.now_ns());
  if (!due) return false;
  queue::Entry& entry = queue_.at(due->first);
  std::vector<Outcome> expired;
  std::vector<std::size_t> ready;
  for (const std::size_t index : due->second) {
    if (!entry.recipients[index].expires) {
      ready.push_back(index);
      continue;
    }
    queue_.activate(entry, index);
    expired.push_back(expiry(entry.recipients[index], index));
  }
  if (!ready.empty()) dispatch(entry, ready, {});
  if (expired.empty()) return true;
  trace::ContextScope scope(host_.recorder(), {expired.front().cause, queue_.at(due->first).text.message, {}});
  give_up(queue_.at(due->first), expired);
  return true;
}

void Scheduler::arm() {
  auto next_due_ns = queue_.next_due_ns();
  // What is due already waits for room, not for a time.
  if (next_due_ns && *next_due_ns <= host_.now_ns() && !has_room()) next_due_ns.reset();
  if (next_due_ns.value_or(-1) == due_armed_ns_) return;
  host_.cancel(due_timer_);
  due_timer_ = {};
  due_armed_ns_ = next_due_ns.value_or(-1);
  if (next_due_ns) due_timer_ = host_.after(*next_due_ns - host_.now_ns(), [this] { run_due(); });
}

// ---- crash and restart

void Scheduler::crash() {
  host_.cancel(due_timer_);
  host_.cancel(clean_timer_);
  due_timer_ = clean_timer_ = {};
  due_armed_ns_ = -1;
  writes_.cancel();
  releases_.cancel();
  redirected_.clear();
  incoming_.clear();
  is_starved_ = false;
  dead_.clear();
  finished_.clear();
  destinations_.clear();
}

void Scheduler::resume(trace::EventId cause) {
  started_ns_ = host_.now_ns();
  for (const queue::EntryId id : queue_.ids(queue::Place::incoming)) incoming_.push_back({id, cause});
  for (const queue::EntryId id : queue_.ids(queue::Place::held)) await_release(queue_.at(id));
  fill_active();
  arm();
}

void Scheduler::run_due() {
  due_timer_ = {};
  due_armed_ns_ = -1;
  fill_active();
  arm();
}

}  // namespace mailroom::agents
