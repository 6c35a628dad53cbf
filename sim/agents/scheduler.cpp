// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/scheduler.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/agents/detail_text.hpp"
#include "sim/agents/notifier.hpp"
#include "sim/agents/smtp_sender.hpp"
#include "sim/agents/smtp_text.hpp"

namespace mailroom::agents {

namespace {
// A notification found no room on the disk: its failures stay queued this long before the next try.
constexpr std::int64_t kNoRoomRetryNs = 15 * 60 * scenario::kSecond;
// And so long after the message would have been given up the attempt to tell of it ends.
constexpr std::int64_t kNoRoomLimitNs = 24 * 3600 * scenario::kSecond;
// A notification that failed is held for as long, counted from its arrival, before it is tried once more.
constexpr std::int64_t kHoldNs = 48 * 3600 * scenario::kSecond;
}  // namespace

Scheduler::Scheduler(net::Host& host, const scenario::Host& config, queue::Queue& queue, const Router& router,
                     Locator& locator, LocalDelivery& local, Notifier& notifier)
    : host_(host),
      config_(config),
      queue_(queue),
      router_(router),
      locator_(locator),
      local_(local),
      notifier_(notifier),
      retry_(std::make_unique<queue::FixedIntervals>(config.retry.intervals_ns, config.retry.give_up_ns)) {}

Scheduler::~Scheduler() {
  host_.cancel(due_timer_);
  host_.cancel(clean_timer_);
}

// What an event says of an outcome: the reply with its enhanced code, or what happened instead.
std::string Scheduler::told(const Outcome& outcome) {
  return outcome.enhanced_code.empty() ? outcome.text : outcome.enhanced_code + " " + outcome.text;
}

void Scheduler::dispatch(queue::Entry& entry) {
  const std::vector<queue::EntryId> expansions = std::move(entry.expansions);
  entry.expansions.clear();
  dispatch_all(entry);
  for (const queue::EntryId id : expansions) dispatch_all(queue_.at(id));
}

void Scheduler::dispatch_all(queue::Entry& entry) {
  if (entry.recipients.empty()) return remove(entry);  // all were expanded
  std::vector<std::size_t> all(entry.recipients.size());
  for (std::size_t index = 0; index < all.size(); ++index) all[index] = index;
  dispatch(entry, all, entry.queued);
}

void Scheduler::dispatch(queue::Entry& entry, const std::vector<std::size_t>& ready, trace::EventId cause) {
  trace::ContextScope scope(host_.recorder(), {cause, entry.text.message, {}});
  std::vector<std::size_t> local;
  std::vector<Outcome>
      decided;  // here and now: one report, so that there is one notification of all that failed
  std::vector<std::pair<NextHop, std::vector<std::size_t>>> remote;  // in order of first appearance
  for (const std::size_t index : ready) {
    const Route route = router_.route(first_hop_domain(entry.recipients[index].forward_path));
    if (std::holds_alternative<LocalDomain>(route)) {
      local.push_back(index);
    } else if (const auto* none = std::get_if<NoRoute>(&route)) {
      queue_.activate(entry, index);
      decided.push_back({index, Outcome::Result::for_good, 550, none->enhanced_code, none->reason, {}, {}});
    } else {
      const auto& hop = std::get<NextHop>(route);
      auto found = std::ranges::find(remote, hop, [](const auto& group) { return group.first; });
      if (found == remote.end()) found = remote.insert(remote.end(), {hop, {}});
      found->second.push_back(index);
    }
  }
  // The entry may go with its last recipient, so that all groups are made before any is acted on.
  const queue::EntryId id = entry.id;
  const auto at_once = static_cast<std::size_t>(config_.smtp.recipients_per_message);
  for (auto& [hop, indices] : remote) {
    for (std::size_t first = 0; first < indices.size(); first += at_once) {
      const auto begin = indices.begin() + static_cast<std::ptrdiff_t>(first);
      const auto end =
          indices.begin() + static_cast<std::ptrdiff_t>(std::min(first + at_once, indices.size()));
      enqueue(hop, {id, {begin, end}, cause});
    }
  }
  for (const std::size_t index : local) decided.push_back(deliver_locally(entry, index));
  if (!decided.empty()) report(id, decided);
}

Outcome Scheduler::deliver_locally(queue::Entry& entry, std::size_t index) {
  queue_.activate(entry, index);
  const auto delivered = local_.deliver(entry, entry.recipients[index]);
  Outcome outcome{.index = index, .result = Outcome::Result::done};
  if (delivered) return outcome;
  const smtp::Reply& reply = delivered.error().reply;
  outcome.result = reply.code >= 500 ? Outcome::Result::for_good : Outcome::Result::for_now;
  outcome.code = reply.code;
  if (reply.enhanced) outcome.enhanced_code = to_string(*reply.enhanced);
  outcome.text = plain_text_of(reply);
  outcome.because = delivered.error().because;
  return outcome;
}

void Scheduler::enqueue(const NextHop& next_hop, Job job) {
  Destination& destination =
      destinations_.try_emplace(next_hop, Destination{next_hop, {}, {}}).first->second;
  destination.ready.push_back(std::move(job));
  open_connections(destination);
}

void Scheduler::open_connections(Destination& destination) {
  const auto limit = static_cast<std::size_t>(config_.smtp.connections_per_destination);
  while (destination.senders.size() < limit) {
    auto job = next_job(destination);
    if (!job) return;
    destination.senders.push_back(std::make_unique<SmtpSender>(*this, destination));
    destination.senders.back()->start(std::move(*job));
  }
}

std::optional<Job> Scheduler::next_job(Destination& destination) {
  if (destination.ready.empty()) return std::nullopt;
  Job job = std::move(destination.ready.front());
  destination.ready.pop_front();
  queue::Entry& entry = queue_.at(job.entry);
  for (const std::size_t index : job.recipients) queue_.activate(entry, index);
  return job;
}

void Scheduler::report(queue::EntryId id, const std::vector<Outcome>& outcomes) {
  queue::Entry& entry = queue_.at(id);
  std::vector<Outcome> failures;
  std::vector<Outcome> successes;  // of which the originator may want to hear
  std::vector<queue::EntryId> redirections;
  for (const Outcome& outcome : outcomes) {
    switch (outcome.result) {
      case Outcome::Result::done:
        relayed(entry, outcome);
        if (entry.recipients[outcome.index].asked) successes.push_back(outcome);
        break;
      case Outcome::Result::for_now:
        if (!failed_for_now(entry, outcome)) failures.push_back(outcome);
        break;
      case Outcome::Result::for_good:
        if (const auto redirection = redirected(entry, outcome))
          redirections.push_back(*redirection);
        else
          failures.push_back(outcome);
        break;
    }
  }
  if (!successes.empty()) notifier_.succeeded(entry, successes);
  if (!failures.empty()) give_up(entry, failures);
  for (const Outcome& outcome : outcomes) {
    if (entry.recipients[outcome.index].state == queue::RecipientState::active) settle(entry, outcome.index);
  }
  if (entry.open == 0) remove(entry);
  for (const queue::EntryId redirection : redirections) dispatch(queue_.at(redirection));
  arm();
}

void Scheduler::remove(const queue::Entry& entry) {
  host_.recorder().record({.kind = trace::Kind::message_removed,
                           .host = host_.id(),
                           .message = entry.text.message,
                           .text = queue::queue_id(entry.id)});
  host_.disk().give(entry.text.size_bytes());
  queue_.remove(entry.id);
}

// The entry with the copy that replaces a moved recipient's; nothing: it fails.
std::optional<queue::EntryId> Scheduler::redirected(const queue::Entry& entry, const Outcome& outcome) {
  if (!redirect_ || outcome.code != 551 || entry.is_redirected) return std::nullopt;
  const auto address = new_address(outcome.text);
  if (!address) return std::nullopt;
  trace::Recorder& recorder = host_.recorder();
  trace::ContextScope scope(recorder, recorder.context);
  if (outcome.cause) recorder.context.event = outcome.cause;
  const Committed committed = redirect_(entry, outcome.index, *address);
  if (!committed) return std::nullopt;  // no room for it: the originator is told instead
  const std::string text = "user has moved to " + *address;
  record(entry, outcome, {.kind = trace::Kind::copy_expanded, .text = text});
  return *committed;
}

void Scheduler::relayed(queue::Entry& entry, const Outcome& outcome) {
  if (outcome.remote_host.empty()) return;  // local delivery has recorded its own end of the copy
  const std::string text = told(outcome);
  std::string detail;
  if (!outcome.forwarded.empty()) {
    detail = R"({"forwarded":[)";
    append_json(detail, "251 " + outcome.forwarded);
    detail += "]}";
  }
  record(entry, outcome, {.kind = trace::Kind::copy_relayed, .text = text, .detail = detail});
}

// An event of the recipient's copy that this outcome led to.
trace::EventId Scheduler::record(const queue::Entry& entry, const Outcome& outcome, trace::Event event) {
  trace::Recorder& recorder = host_.recorder();
  trace::ContextScope scope(recorder, recorder.context);
  if (outcome.cause) recorder.context.event = outcome.cause;
  const queue::Recipient& recipient = entry.recipients[outcome.index];
  event.host = host_.id();
  event.message = entry.text.message;
  event.copy = recipient.copy;
  event.recipient = recipient.id;
  event.code = outcome.code;
  event.because = outcome.because;
  return recorder.record(event);
}

// False: it has failed for so long that it is given up.
bool Scheduler::failed_for_now(queue::Entry& entry, const Outcome& outcome) {
  queue::Recipient& recipient = entry.recipients[outcome.index];
  ++recipient.attempts;
  const auto next_try_ns = retry_->next_try_ns(entry.arrival_ns, recipient.attempts, host_.now_ns());
  if (!next_try_ns) return false;
  defer(entry, outcome, *next_try_ns);
  return true;
}

void Scheduler::defer(queue::Entry& entry, const Outcome& outcome, std::int64_t next_try_ns) {
  queue::Recipient& recipient = entry.recipients[outcome.index];
  const std::string text = told(outcome);
  recipient.deferred =
      record(entry, outcome, {.kind = trace::Kind::copy_deferred, .value = next_try_ns, .text = text});
  queue_.defer(entry, outcome.index, next_try_ns);
}

void Scheduler::give_up(queue::Entry& entry, const std::vector<Outcome>& failures) {
  if (entry.reverse_path.empty()) return give_up_notification(entry, failures);
  std::vector<Outcome> wanted;
  std::vector<Outcome> unwanted;
  for (const Outcome& outcome : failures)
    (notifier_.wants(entry, outcome.index, dsn::Action::failed) ? wanted : unwanted).push_back(outcome);
  discard(entry, unwanted, kNotifyRule);
  if (!wanted.empty()) tell(entry, wanted);
}

// RFC 5321 §6.1: a notification is not answered with another. Who may hear of it is the postmaster of this host.
void Scheduler::give_up_notification(queue::Entry& entry, std::vector<Outcome> failures) {
  using Double = scenario::Bounces::DoubleBounce;
  switch (config_.bounces.double_bounce) {
    case Double::discard:
      return discard(entry, failures, kNullReversePathRule);
    case Double::postmaster: {
      const auto is_to_postmaster = [&](const Outcome& outcome) {
        return entry.recipients[outcome.index].forward_path == notifier_.postmaster();
      };
      const auto theirs = std::ranges::stable_partition(failures, std::not_fn(is_to_postmaster));
      discard(entry, {theirs.begin(), theirs.end()}, kNullReversePathRule);
      failures.erase(theirs.begin(), theirs.end());
      if (!failures.empty()) tell(entry, failures);
      return;
    }
    case Double::hold:
      if (host_.now_ns() - entry.arrival_ns >= kHoldNs) return discard(entry, failures, kHeldRule);
      for (const Outcome& outcome : failures) defer(entry, outcome, entry.arrival_ns + kHoldNs);
      return;
  }
}

// The copies end when the notification is committed.
void Scheduler::tell(queue::Entry& entry, const std::vector<Outcome>& failures) {
  const auto id = notifier_.failed(entry, failures);
  if (!id) return keep_untold(entry, failures, id.error());
  queue::Entry& notification = queue_.at(*id);
  for (const Outcome& outcome : failures) {
    const std::string text = told(outcome);
    record(entry, outcome,
           {.kind = trace::Kind::copy_bounced, .value = notification.text.message.value, .text = text});
  }
  dispatch(notification);
}

void Scheduler::discard(const queue::Entry& entry, const std::vector<Outcome>& failures,
                        std::string_view rule) {
  for (const Outcome& outcome : failures) {
    record(entry, outcome, {.kind = trace::Kind::copy_discarded, .text = rule});
  }
}

// There is no room for the notification: still ours, until the originator can be told; but not for ever.
void Scheduler::keep_untold(queue::Entry& entry, std::vector<Outcome> failures, trace::EventId disk_filled) {
  for (Outcome& outcome : failures) {
    outcome.text = "no room for the notification that " + told(outcome);
    outcome.enhanced_code.clear();
    outcome.because = disk_filled;
  }
  if (host_.now_ns() - entry.arrival_ns - config_.retry.give_up_ns >= kNoRoomLimitNs) {
    return discard(entry, failures, kNoRoomRule);
  }
  for (const Outcome& outcome : failures) defer(entry, outcome, host_.now_ns() + kNoRoomRetryNs);
}

void Scheduler::settle(queue::Entry& entry, std::size_t index) {
  const bool is_empty = queue_.settle(entry, index);
  assert(is_empty == (entry.open == 0));
}

void Scheduler::fail_waiting(Destination& destination, const Outcome& reason) {
  const auto in_session = [](const auto& sender) { return sender->is_in_session(); };
  if (std::ranges::any_of(destination.senders, in_session)) return;
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

void Scheduler::arm() {
  const auto next_due_ns = queue_.next_due_ns();
  if (next_due_ns.value_or(-1) == due_armed_ns_) return;
  host_.cancel(due_timer_);
  due_timer_ = {};
  due_armed_ns_ = next_due_ns.value_or(-1);
  if (next_due_ns) due_timer_ = host_.after(*next_due_ns - host_.now_ns(), [this] { run_due(); });
}

void Scheduler::run_due() {
  due_timer_ = {};
  due_armed_ns_ = -1;
  while (auto due = queue_.take_due(host_.now_ns())) {
    queue::Entry& entry = queue_.at(due->first);
    dispatch(entry, due->second, entry.recipients[due->second.front()].deferred);
  }
  arm();
}

}  // namespace mailroom::agents
