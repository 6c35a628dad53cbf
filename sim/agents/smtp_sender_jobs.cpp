// SPDX-License-Identifier: GPL-2.0-only
// What the SMTP sender does with a job: the transaction, its outcomes, and going on at another exchanger.
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "protocols/message/utf8.hpp"
#include "sim/agents/smtp_sender.hpp"
#include "sim/agents/smtp_text.hpp"

namespace mailroom::agents {

namespace {

Outcome::Result result_of(smtp::client::Verdict verdict) {
  switch (verdict) {
    case smtp::client::Verdict::accepted:
      return Outcome::Result::done;
    case smtp::client::Verdict::temporary:
      return Outcome::Result::for_now;
    case smtp::client::Verdict::permanent:
      return Outcome::Result::for_good;
  }
  std::unreachable();
}

// RFC 5321 §4.5.3.1.10: not refused, but too many for this transaction. 552 is RFC 821's word for it; where it means
// something else, or 452 does, the enhanced code says so.
bool is_one_too_many(const smtp::client::RecipientOutcome& decided) {
  if (decided.is_local || decided.step != smtp::client::Step::rcpt) return false;
  if (decided.verdict != smtp::client::Verdict::temporary) return false;
  const smtp::Reply& reply = decided.reply;
  if (reply.code != 452 && reply.code != 552) return false;
  return !reply.enhanced || (reply.enhanced->subject == 5 && reply.enhanced->detail == 3);
}

}  // namespace

Outcome SmtpSender::outcome_of(const smtp::Reply& reply, bool is_local) const {
  Outcome outcome{
      .code = is_local ? 0 : reply.code, .text = plain_text_of(reply), .remote_host = exchanger().name};
  if (reply.enhanced) outcome.enhanced_code = to_string(*reply.enhanced);
  return outcome;
}

// An attempt begins: what follows is about this message.
void SmtpSender::begin(Job job) {
  trace::Recorder& recorder = host_.recorder();
  const trace::MessageId message = scheduler_.queue().at(job.entry).text.message;
  const trace::EventId cause = job.cause;
  const auto recipients = static_cast<std::int64_t>(job.recipients.size());
  std::vector<trace::EventId> answers(job.recipients.size());
  work_ = Work{.job = std::move(job),
               .attempt = recorder.next_attempt(),
               .message = message,
               .answers = std::move(answers),
               .began_ns = host_.now_ns()};
  ++messages_;
  recorder.context = {cause, message, {}};
  recorder.context.event =
      record({.kind = trace::Kind::attempt_began, .value = recipients, .text = destination_.next_hop.name});
}

bool SmtpSender::takes_more() const {
  const std::int64_t lifetime_ns = scheduler_.config().delivery.lifetime_ns;
  return !passed_on_ && transactions_left_ != 0 && messages_ < scheduler_.config().smtp.messages_per_connection &&
         (lifetime_ns == 0 || host_.now_ns() - session_began_ns_ < lifetime_ns);
}

void SmtpSender::perform(const smtp::client::Ready& action) {
  transactions_left_ = action.transactions_left;
  if (!std::exchange(in_session_, true)) {
    ++search_.sessions;
    session_began_ns_ = host_.now_ns();
  }
  if (!work_ && takes_more()) {
    if (auto job = scheduler_.next_job(destination_, recipient_limit())) begin(std::move(*job));
  }
  if (work_) return transact();
  const scenario::Delivery& delivery = scheduler_.config().delivery;
  if (delivery.idle_ns == 0 || !takes_more()) return session_.quit(host_.now_ns());
  idle_until_ns_ = host_.now_ns() + delivery.idle_ns;
  if (delivery.lifetime_ns > 0)
    idle_until_ns_ = std::min(*idle_until_ns_, session_began_ns_ + delivery.lifetime_ns);
}

void SmtpSender::wake() {
  assert(is_idle());
  auto job = scheduler_.next_job(destination_, recipient_limit());
  if (!job) return;
  idle_until_ns_.reset();
  unheard_ = true;
  trace::ContextScope scope(host_.recorder(), {});
  begin(std::move(*job));
  transact();
  perform_all();
}

// RFC 9422 §3.2.2, RCPTMAX: how many the receiver takes in one transaction was not known when the job was made.
void SmtpSender::put_back_beyond_limit() {
  std::vector<std::size_t>& recipients = work_->job.recipients;
  const auto limit = static_cast<std::size_t>(recipient_limit());
  if (limit == 0 || recipients.size() <= limit) return;
  Job rest{work_->job.entry, {recipients.begin() + static_cast<std::ptrdiff_t>(limit), recipients.end()},
           work_->job.cause};
  recipients.resize(limit);
  work_->answers.resize(limit);
  work_->put_back += rest.recipients.size();
  scheduler_.put_back(destination_, std::move(rest));
}

void SmtpSender::transact() {
  put_back_beyond_limit();
  const queue::Entry& entry = scheduler_.queue().at(work_->job.entry);
  smtp::Transaction transaction;
  // What is no path is refused by the session: a null forward-path, a reverse-path without a domain.
  transaction.reverse_path =
      path_of(entry.reverse_path).value_or(smtp::Path{.local_part = entry.reverse_path});
  for (const std::size_t index : work_->job.recipients) {
    transaction.forward_paths.push_back(path_of(entry.recipients[index].forward_path).value_or(smtp::Path{}));
    if (entry.recipients[index].asked == nullptr) continue;
    transaction.recipient_parameters.resize(work_->job.recipients.size());
    transaction.recipient_parameters[transaction.forward_paths.size() - 1] = *entry.recipients[index].asked;
  }
  transaction.ret = entry.ret;
  transaction.envelope_id = entry.envelope_id;
  transaction.content = {{entry.text.trace_fields, entry.text.content->octets}, entry.text.content};
  transaction.body = entry.eight_bit ? smtp::Body::eight_bit : smtp::Body::seven_bit;
  // RFC 6531 §3.2: whether the header needs it; the session sees whether the paths do. Our own fields count.
  transaction.smtputf8 =
      entry.smtputf8 && (message::has_utf8_header(entry.text.trace_fields) ||
                         message::has_utf8_header(entry.text.content->octets));
  session_.transact(std::move(transaction), host_.now_ns());
}

// The event of the reply that decided, where others may have come after it.
trace::EventId SmtpSender::cause_of(smtp::client::Step step, std::size_t recipient) const {
  using smtp::client::Step;
  switch (step) {
    case Step::mail:
      return work_->mail_answer;
    case Step::rcpt:
      return work_->answers[recipient];
    case Step::data:
    case Step::chunk:
    case Step::content:
      return work_->text_refusal;
    default:
      return {};
  }
}

void SmtpSender::perform(const smtp::client::TransactionEnded& action) {
  std::vector<Outcome> outcomes;
  Job rest{.entry = work_->job.entry, .recipients = {}};
  for (std::size_t i = 0; i < action.recipients.size(); ++i) {
    const smtp::client::RecipientOutcome& decided = action.recipients[i];
    // At once again, but only as long as each transaction gets somebody done.
    if (action.confirmed && is_one_too_many(decided)) {
      if (rest.recipients.empty()) rest.cause = work_->answers[i];
      rest.recipients.push_back(work_->job.recipients[i]);
      continue;
    }
    Outcome outcome = outcome_of(decided.reply, decided.is_local);
    outcome.index = work_->job.recipients[i];
    outcome.result = result_of(decided.verdict);
    outcome.passes_on_request = session_.extensions().dsn;
    if (const auto forwarded = work_->forwarded.find(i); forwarded != work_->forwarded.end())
      outcome.forwarded = std::move(forwarded->second);
    if (!decided.is_local) outcome.cause = cause_of(decided.step, i);
    outcome.scope = decided.step == smtp::client::Step::rcpt ? Outcome::Scope::recipient : Outcome::Scope::message;
    if (decided.is_local) outcome.because = connection_->disturbance();  // else the reply says it all
    outcomes.push_back(std::move(outcome));
  }
  const auto failed = [](const Outcome& outcome) { return outcome.result == Outcome::Result::for_now; };
  // The peer may have closed a connection that was idle, and we learn of it only now.
  if (unheard_ && std::ranges::all_of(action.recipients, &smtp::client::RecipientOutcome::is_local) &&
      std::ranges::all_of(outcomes, failed))
    return pass_on(outcomes.front(), search_.at);
  work_->put_back += rest.recipients.size();
  if (!action.in_doubt && may_pass_on() && std::ranges::any_of(outcomes, failed)) {
    report_and_pass_on(std::move(outcomes));
    return scheduler_.put_back(destination_, std::move(rest));
  }
  std::string_view how = action.confirmed ? "confirmed" : "not confirmed";
  if (action.in_doubt) how = "in doubt: the lone dot was sent, no reply to it was read";
  end_attempt(std::move(outcomes), how);
  scheduler_.put_back(destination_, std::move(rest));
}

// Who was refused for now is tried at the next exchanger; for the others it is decided.
void SmtpSender::report_and_pass_on(std::vector<Outcome> outcomes) {
  const auto failed = std::ranges::stable_partition(
      outcomes, [](const Outcome& outcome) { return outcome.result != Outcome::Result::for_now; });
  const Outcome reason = failed.front();
  work_->job.recipients.clear();
  for (const Outcome& outcome : failed) work_->job.recipients.push_back(outcome.index);
  work_->answers.assign(failed.size(), {});
  work_->forwarded.clear();
  outcomes.erase(failed.begin(), failed.end());
  for (const Outcome& outcome : outcomes) work_->accepted += outcome.result == Outcome::Result::done ? 1 : 0;
  const queue::EntryId entry = work_->job.entry;
  pass_on(reason, search_.at + 1);
  if (outcomes.empty()) return;
  for (Outcome& outcome : outcomes) outcome.next_hop = destination_.next_hop;
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  host_.recorder().context.message = scheduler_.queue().at(entry).text.message;
  scheduler_.report(entry, outcomes);
}

void SmtpSender::end_attempt(std::vector<Outcome> outcomes, std::string_view how) {
  trace::Recorder& recorder = host_.recorder();
  trace::ContextScope scope(recorder, recorder.context);
  std::int64_t accepted = work_->accepted;
  for (const Outcome& outcome : outcomes) accepted += outcome.result == Outcome::Result::done ? 1 : 0;
  recorder.context.message = work_->message;
  std::string text(how);
  if (work_->put_back > 0)
    text += fmt::format("; {} more, too many for one transaction, go in another", work_->put_back);
  record({.kind = trace::Kind::attempt_ended,
          .code = outcomes.front().code,
          .value = accepted,
          .text = text,
          .because = outcomes.front().because});
  for (Outcome& outcome : outcomes) {
    outcome.next_hop = destination_.next_hop;
    outcome.began_ns = work_->began_ns;
  }
  const queue::EntryId entry = work_->job.entry;
  work_.reset();
  if (in_session_) scheduler_.succeeded(destination_);
  scheduler_.report(entry, outcomes);
}

bool SmtpSender::may_pass_on() const {
  return work_ && search_.at + 1 < search_.exchangers.size() &&
         search_.sessions < scheduler_.config().delivery.session_limit;
}

// What is left of the job in hand goes over another connection, to this or another exchanger of the list.
void SmtpSender::pass_on(const Outcome& reason, std::size_t to) {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  if (reason.cause) host_.recorder().context.event = reason.cause;
  host_.recorder().context.message = work_->message;
  const std::string text =
      to == search_.at ? fmt::format("the open connection to {} is gone: {}; called again", exchanger().name, told(reason))
                       : fmt::format("{} does not take it: {}; next: {}", exchanger().name, told(reason),
                                     search_.exchangers[to].name);
  host_.recorder().context.event = record({.kind = trace::Kind::exchanger_passed_over,
                                           .code = reason.code,
                                           .value = static_cast<std::int64_t>(work_->job.recipients.size()),
                                           .text = text,
                                           .because = reason.because});
  passed_on_ = true;
  scheduler_.add_successor(destination_, *this, to);
}

void SmtpSender::succeed(SmtpSender& predecessor, std::size_t at) {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  work_ = std::exchange(predecessor.work_, std::nullopt);
  work_->mail_answer = work_->text_refusal = {};  // they are this exchanger's from now on
  search_ = predecessor.search_;
  search_.at = at;
  ++messages_;
  call();
}

}  // namespace mailroom::agents
