// SPDX-License-Identifier: GPL-2.0-only
// Destinations: what waits for each next hop, how many connections it has, and when it is dead.
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/agents/scheduler.hpp"
#include "sim/agents/smtp_sender.hpp"

namespace mailroom::agents {

void Scheduler::enqueue(const NextHop& next_hop, Job job) {
  Destination& destination =
      destinations_
          .try_emplace(next_hop, Destination{next_hop, queue::Concurrency(concurrency_rules()), {}, {}})
          .first->second;
  destination.ready.push_back({std::move(job)});
  open_connections(destination);
}

void Scheduler::open_connections(Destination& destination) {
  // First those that are open and have nothing to do.
  for (std::size_t i = 0; i < destination.senders.size() && !destination.ready.empty(); ++i) {
    if (destination.senders[i]->is_idle()) destination.senders[i]->wake();
  }
  while (destination.senders.size() < static_cast<std::size_t>(destination.concurrency.size())) {
    auto job = next_job(destination);
    if (!job) return;
    destination.senders.push_back(std::make_unique<SmtpSender>(*this, destination));
    destination.senders.back()->start(std::move(*job));
  }
}

std::optional<Job> Scheduler::next_job(Destination& destination, std::int64_t limit) {
  if (destination.ready.empty()) return std::nullopt;
  // One transaction of each message in turn, so that no message waits for all the recipients of another.
  Waiting waiting = std::move(destination.ready.front());
  destination.ready.pop_front();
  const std::int64_t own = config_.delivery.recipients;
  auto at_once = static_cast<std::size_t>(own > 0 ? own : config_.smtp.recipients_per_message);
  if (limit > 0) at_once = std::min(at_once, static_cast<std::size_t>(limit));
  Job job{waiting.job.entry, {}, waiting.job.cause};
  std::vector<std::size_t>& all = waiting.job.recipients;
  if (waiting.taken == 0 && all.size() <= at_once) {
    job.recipients = std::move(all);
  } else {
    const std::size_t end = std::min(waiting.taken + at_once, all.size());
    job.recipients.assign(all.begin() + static_cast<std::ptrdiff_t>(waiting.taken),
                          all.begin() + static_cast<std::ptrdiff_t>(end));
    waiting.taken = end;
    if (end < all.size()) destination.ready.push_back(std::move(waiting));
  }
  queue::Entry& entry = queue_.at(job.entry);
  for (const std::size_t index : job.recipients) queue_.activate(entry, index);
  return job;
}

void Scheduler::put_back(Destination& destination, Job rest) {
  if (rest.recipients.empty()) return;
  queue::Entry& entry = queue_.at(rest.entry);
  for (const std::size_t index : rest.recipients) queue_.put_back(entry, index);
  destination.ready.push_front({std::move(rest)});
}

queue::ConcurrencyRules Scheduler::concurrency_rules() const {
  const scenario::Delivery& own = config_.delivery;
  queue::ConcurrencyRules rules{.limit = own.concurrency_limit,
                                .positive_feedback = own.positive_feedback,
                                .negative_feedback = own.negative_feedback,
                                .failed_cohorts = own.failed_cohorts};
  if (rules.limit == 0) rules.limit = config_.smtp.connections_per_destination;
  rules.initial = own.initial_concurrency == 0 ? rules.limit : std::min(own.initial_concurrency, rules.limit);
  return rules;
}

void Scheduler::note_limit(const Destination& destination, std::int64_t before) {
  if (destination.concurrency.size() == before) return;
  host_.recorder().record({.kind = trace::Kind::destination_limit_changed,
                           .host = host_.id(),
                           .value = destination.concurrency.size(),
                           .text = destination.next_hop.name});
}

void Scheduler::succeeded(Destination& destination) {
  const std::int64_t before = destination.concurrency.size();
  destination.concurrency.succeeded(static_cast<std::int64_t>(destination.senders.size()));
  note_limit(destination, before);
  if (destination.concurrency.size() > before) open_connections(destination);
}

void Scheduler::failed(Destination& destination, const Outcome& reason) {
  if (dead_reason(destination.next_hop)) return;  // another one of the cohort
  const std::int64_t before = destination.concurrency.size();
  const bool is_dead = destination.concurrency.failed();
  note_limit(destination, before);
  if (is_dead) return declare_dead(destination, reason);
  if (config_.delivery.failed_cohorts > 0) return;  // who waits may fare better
  const auto in_session = [](const auto& sender) { return sender->is_in_session(); };
  if (std::ranges::none_of(destination.senders, in_session)) fail_waiting(destination, reason);
}

void Scheduler::fail_waiting(Destination& destination, const Outcome& reason) {
  while (auto job = next_job(destination)) {
    const queue::Entry& entry = queue_.at(job->entry);
    trace::Context context = host_.recorder().context;
    context.message = entry.text.message;
    trace::ContextScope scope(host_.recorder(), context);
    std::vector<Outcome> outcomes(job->recipients.size(), reason);
    for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i].index = job->recipients[i];
    report(job->entry, outcomes);
  }
}

void Scheduler::declare_dead(Destination& destination, const Outcome& reason) {
  const std::int64_t now_ns = host_.now_ns();
  std::erase_if(dead_, [now_ns](const auto& dead) { return dead.second.until_ns <= now_ns; });
  DeadDestination dead{.until_ns = now_ns + config_.delivery.dead_ns, .reason = reason};
  const std::string text = fmt::format("{}: {}", destination.next_hop.name, agents::told(reason));
  dead.reason.because = host_.recorder().record({.kind = trace::Kind::destination_declared_dead,
                                                 .host = host_.id(),
                                                 .code = reason.code,
                                                 .value = dead.until_ns,
                                                 .text = text,
                                                 .because = reason.because});
  dead.reason.cause = {};
  dead.reason.text = "not tried, the destination is dead: " + reason.text;
  dead.reason.is_untried = true;
  dead.reason.not_before_ns = dead.until_ns;
  const Outcome told_to_all = dead.reason;
  dead_.insert_or_assign(destination.next_hop, std::move(dead));
  fail_waiting(destination, told_to_all);
}

std::optional<Outcome> Scheduler::dead_reason(const NextHop& hop) const {
  const auto found = dead_.find(hop);
  if (found == dead_.end() || found->second.until_ns <= host_.now_ns()) return std::nullopt;
  return found->second.reason;
}

void Scheduler::add_successor(Destination& destination, SmtpSender& sender, std::size_t exchanger) {
  destination.senders.push_back(std::make_unique<SmtpSender>(*this, destination));
  destination.senders.back()->succeed(sender, exchanger);
}

void Scheduler::finished(Destination& destination, SmtpSender& sender) {
  const auto found = std::ranges::find(destination.senders, &sender, &std::unique_ptr<SmtpSender>::get);
  assert(found != destination.senders.end());
  // The sender is still on the call stack: it goes when control is back with the network.
  if (finished_.empty()) clean_timer_ = host_.after(0, [this] { clean(); });
  finished_.push_back({std::move(*found), destination.next_hop});
  destination.senders.erase(found);
  open_connections(destination);
}

// Nothing is kept of a destination that nothing waits for.
void Scheduler::clean() {
  for (Finished& finished : std::exchange(finished_, {})) {
    finished.sender.reset();
    const auto found = destinations_.find(finished.destination);
    if (found == destinations_.end()) continue;
    if (found->second.ready.empty() && found->second.senders.empty()) destinations_.erase(found);
  }
}

}  // namespace mailroom::agents
