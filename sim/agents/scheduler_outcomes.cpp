// SPDX-License-Identifier: GPL-2.0-only
// What becomes of the recipients of an attempt: done, or tried again later; who is given up is told of by
// scheduler_giving_up.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/agents/address_book.hpp"
#include "sim/agents/detail_text.hpp"
#include "sim/agents/directory.hpp"
#include "sim/agents/notifier.hpp"
#include "sim/agents/scheduler.hpp"
#include "sim/agents/smtp_text.hpp"
#include "sim/trace/discard_rules.hpp"

namespace mailroom::agents {

void Scheduler::report(queue::EntryId id, const std::vector<Outcome>& outcomes) {
  queue::Entry& entry = queue_.at(id);
  std::vector<Outcome> failures;
  std::vector<Outcome> delayed;
  std::vector<Outcome> successes;  // of which the originator may want to hear
  std::vector<std::size_t> done;
  for (const Outcome& outcome : outcomes) {
    switch (outcome.result) {
      case Outcome::Result::done:
        if (entry.recipients[outcome.index].asked) successes.push_back(outcome);
        if (entry.recipients[outcome.index].state == queue::RecipientState::done) {  // written before
          if (entry.recipients[outcome.index].asked) done.push_back(outcome.index);
          break;
        }
        relayed(entry, outcome);
        clear_records(entry, outcome);
        queue_.settle(entry, outcome.index);
        done.push_back(outcome.index);
        break;
      case Outcome::Result::for_now:
        (failed_for_now(entry, outcome) ? delayed : failures).push_back(outcome);
        break;
      case Outcome::Result::for_good:
        if (!redirects(entry, outcome)) failures.push_back(outcome);
        break;
    }
  }
  if (!successes.empty()) notifier_.succeeded(entry, successes);
  if (!delayed.empty()) warn_if_late(entry, delayed);
  if (!failures.empty()) give_up(entry, failures);
  if (!done.empty()) mark(id, std::move(done));
  if (is_starved_) fill_active();
  arm();
}

// The disk is to know that these are done; then it can forget them.
void Scheduler::mark(queue::EntryId id, std::vector<std::size_t> done) {
  if (!host_.disk().is_slow()) return marked(id, done);
  mark_later(id, std::move(done));
}

void Scheduler::mark_later(queue::EntryId id, std::vector<std::size_t> done) {
  writes_.after(host_.disk().write_and_sync_ns(host_.now_ns()),
                [this, id, done = std::move(done)] { marked(id, done); });
}

void Scheduler::marked(queue::EntryId id, const std::vector<std::size_t>& done) {
  queue::Entry& entry = queue_.at(id);
  for (const std::size_t index : done) queue_.mark(entry, index);
  if (entry.open == 0 && entry.unmarked == 0) remove(entry);
  if (is_starved_) fill_active();
  arm();
}

void Scheduler::remove(const queue::Entry& entry) {
  host_.recorder().record({.kind = trace::Kind::message_removed,
                           .host = host_.id(),
                           .message = entry.text.message,
                           .text = queue::queue_id(entry.id)});
  host_.disk().give(entry.text.size_bytes());
  if (retry_->is_shared()) book_.succeed(message_key(entry));
  redirected_.erase(entry.id);
  queue_.remove(entry.id);
}

// True: a moved recipient's copy is being replaced by one toward the new address, or there is one already.
bool Scheduler::redirects(queue::Entry& entry, const Outcome& outcome) {
  if (!redirect_ || outcome.code != 551 || entry.is_redirected) return false;
  const auto address = new_address(outcome.text);
  if (!address) return false;
  // Nobody gets two copies: others of the message may have moved there, too, or the address is among its recipients.
  const std::string mailbox = AddressBook::canonical_elsewhere(*address);
  const queue::EntryId id = entry.id;
  if (is_recipient(entry, outcome.index, mailbox) || !redirected_[id].insert(mailbox).second) {
    discard(entry, {outcome}, fmt::format("{}: {} has one already", trace::kOneCopyRule, *address));
    return true;
  }
  trace::Recorder& recorder = host_.recorder();
  trace::ContextScope scope(recorder, recorder.context);
  if (outcome.cause) recorder.context.event = outcome.cause;
  // No room for it: the originator is told instead.
  const bool is_taken =
      redirect_(entry, outcome.index, *address, [this, id, outcome, to = *address](queue::EntryId child) {
        redirected(id, outcome, to, child);
      }).has_value();
  if (!is_taken) redirected_[id].erase(mailbox);
  return is_taken;
}

// Whether somebody else on the list, who is not done with, has that mailbox.
bool Scheduler::is_recipient(const queue::Entry& entry, std::size_t index, const std::string& mailbox) {
  for (std::size_t i = 0; i < entry.recipients.size(); ++i) {
    const queue::Recipient& one = entry.recipients[i];
    if (i != index && one.state != queue::RecipientState::done &&
        AddressBook::canonical_elsewhere(without_route(one.forward_path)) == mailbox)
      return true;
  }
  return false;
}

void Scheduler::redirected(queue::EntryId id, const Outcome& outcome, const std::string& address,
                           queue::EntryId child) {
  const std::string text = "user has moved to " + address;
  record(queue_.at(id), outcome, {.kind = trace::Kind::copy_expanded, .text = text});
  settle(queue_.at(id), {outcome});
  dispatch(queue_.at(child));
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
  event.fault = outcome.fault;
  return recorder.record(event);
}

// False: it has failed for so long that it is given up.
bool Scheduler::failed_for_now(queue::Entry& entry, const Outcome& outcome) {
  if (entry.recipients[outcome.index].was_held && !outcome.is_untried) return false;  // that was the last try
  if (outcome.ruled) {
    if (outcome.ruled->gives_up) return false;
    defer(entry, outcome, *outcome.ruled);
    return true;
  }
  queue::Recipient& recipient = entry.recipients[outcome.index];
  if (!outcome.is_untried) ++recipient.attempts;
  auto next = retry_->is_shared() ? next_of_record(entry, outcome)
                                        : retry_->next({.since_ns = entry.arrival_ns,
                                                        .began_ns = outcome.began_ns.value_or(host_.now_ns()),
                                                        .now_ns = host_.now_ns(),
                                                        .attempts = std::max(recipient.attempts, 1),
                                                        .is_local = outcome.is_local});
  if (!next) return false;
  if (!next->gives_up) next->time_ns = std::max(next->time_ns, outcome.not_before_ns);
  defer(entry, outcome, *next);
  return true;
}

std::optional<queue::NextTry> Scheduler::next_of_record(const queue::Entry& entry, const Outcome& outcome) {
  std::string key;
  switch (outcome.scope) {
    case Outcome::Scope::host:
      key = host_key(*outcome.next_hop);
      break;
    case Outcome::Scope::message:
      key = message_key(entry);
      break;
    case Outcome::Scope::recipient:
      key = recipient_key(entry, outcome.index);
      break;
  }
  const trace::EventId because = outcome.cause ? outcome.cause : host_.recorder().context.event;
  const queue::RetryRecord& record =
      book_.fail(key, *retry_, host_.now_ns(), outcome.is_local, because);
  if (record.is_given_up) return std::nullopt;
  return queue::NextTry{.time_ns = record.next_try_ns, .rule = record.rule};
}

// Where a record says that the next try is later, or that none is worth it: why and when.
std::optional<Outcome> Scheduler::too_early(const std::string& key) const {
  if (key.empty()) return std::nullopt;
  const queue::RetryRecord* record = book_.find(key, host_.now_ns());
  if (record == nullptr || host_.now_ns() >= record->next_try_ns) return std::nullopt;
  Outcome outcome{.text = record->is_given_up ? "not tried: it has failed for too long, and its next try is later"
                                              : "not tried: it has failed, and its next try is later"};
  outcome.enhanced_code = "4.4.1";
  outcome.because = record->because;
  outcome.is_untried = true;
  outcome.ruled = {record->next_try_ns, record->is_given_up, record->rule};
  return outcome;
}

// What a shared schedule keeps its records by; empty where each recipient has its own history.
std::string Scheduler::host_key(const NextHop& hop) const {
  if (!retry_->is_shared()) return {};
  return fmt::format("host {}{}", hop.name, hop.kind == NextHop::Kind::host ? "" : " (domain)");
}
std::string Scheduler::message_key(const queue::Entry& entry) const {
  return "message " + queue::queue_id(entry.id);
}
std::string Scheduler::recipient_key(const queue::Entry& entry, std::size_t index) const {
  if (!retry_->is_shared()) return {};
  return fmt::format("recipient <{}> from <{}>", entry.recipients[index].forward_path, entry.reverse_path);
}

void Scheduler::clear_records(const queue::Entry& entry, const Outcome& outcome) {
  if (!retry_->is_shared()) return;
  if (outcome.next_hop) book_.succeed(host_key(*outcome.next_hop));
  book_.succeed(recipient_key(entry, outcome.index));
}

// RFC 5321 §4.5.4.1 leaves it open to tell the sender that it takes long: once of each recipient, and in one report of
// all that are known to be late.
void Scheduler::warn_if_late(queue::Entry& entry, const std::vector<Outcome>& delayed) {
  const std::int64_t after_ns = config_.retry.delay_warning_ns;
  if (after_ns == 0 || host_.now_ns() - entry.arrival_ns < after_ns) return;
  const auto has_news = [&entry](const Outcome& outcome) { return entry.recipients[outcome.index].trouble != nullptr; };
  if (std::ranges::none_of(delayed, has_news)) return;
  std::vector<Outcome> late;
  for (std::size_t index = 0; index < entry.recipients.size(); ++index) {
    const queue::Recipient& recipient = entry.recipients[index];
    if (recipient.state == queue::RecipientState::done || !recipient.trouble) continue;
    const queue::Trouble& last = *recipient.trouble;
    late.push_back({.index = index,
                    .code = last.code,
                    .enhanced_code = last.enhanced_code,
                    .text = last.text,
                    .remote_host = last.remote_host});
  }
  if (!notifier_.warn_delayed(entry, late, entry.arrival_ns + config_.retry.give_up_ns)) return;
  for (const Outcome& told : late) {
    entry.recipients[told.index].is_warned = true;
    entry.recipients[told.index].trouble.reset();
  }
}

// What the originator may have to be told of the recipient later.
void Scheduler::remember_trouble(queue::Entry& entry, const Outcome& outcome) {
  queue::Recipient& recipient = entry.recipients[outcome.index];
  if (config_.retry.delay_warning_ns == 0 || recipient.is_warned) return;
  if (!notifier_.wants(entry, outcome.index, dsn::Action::delayed)) return;
  queue::Trouble now{outcome.code, outcome.enhanced_code, outcome.text, outcome.remote_host};
  if (!last_trouble_ || *last_trouble_ != now) last_trouble_ = std::make_shared<const queue::Trouble>(std::move(now));
  recipient.trouble = last_trouble_;
}

// A recipient whose time is over before the next try.
Outcome Scheduler::expiry(const queue::Recipient& recipient, std::size_t index) const {
  Outcome outcome{.index = index, .enhanced_code = "4.4.7"};
  outcome.text = fmt::format("delivery time expired: {} without success",
                             recipient.attempts == 1 ? "one try" : fmt::format("{} tries", recipient.attempts));
  outcome.cause = outcome.because = recipient.deferred;
  return outcome;
}

void Scheduler::defer(queue::Entry& entry, const Outcome& outcome, const queue::NextTry& next) {
  queue::Recipient& recipient = entry.recipients[outcome.index];
  const std::int64_t scan_ns = config_.retry.scan_ns;
  const std::int64_t time_ns = queue::at_scan(next.time_ns, scan_ns, started_ns_);
  std::string detail;
  if (!next.rule.empty()) {
    std::string rule = next.rule;
    if (next.gives_up) rule += ", but its time is over before";
    if (scan_ns > 0) rule += fmt::format("; the queue is scanned every {} s", scan_ns / scenario::kSecond);
    detail = R"({"rule":)";
    append_json(detail, rule);
    detail += '}';
  }
  const std::string text = told(outcome);
  recipient.deferred = record(
      entry, outcome, {.kind = trace::Kind::copy_deferred, .value = time_ns, .text = text, .detail = detail});
  recipient.expires = next.gives_up;
  remember_trouble(entry, outcome);
  queue_.defer(entry, outcome.index, time_ns);
}

void Scheduler::settle(queue::Entry& entry, const std::vector<Outcome>& outcomes) {
  std::vector<std::size_t> done;
  for (const Outcome& outcome : outcomes) {
    queue_.settle(entry, outcome.index);
    done.push_back(outcome.index);
  }
  mark(entry.id, std::move(done));
}

}  // namespace mailroom::agents
