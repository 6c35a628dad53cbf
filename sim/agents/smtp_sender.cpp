// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/smtp_sender.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/agents/smtp_text.hpp"

namespace mailroom::agents {

namespace {

// A host that does not answer at all: well before TCP gives up (189 s), as real senders do.
constexpr std::int64_t kConnectTimeOutNs = 30 * scenario::kSecond;
// How long the other side may take to close after our 221.
constexpr std::int64_t kLingerNs = 120 * scenario::kSecond;
// Message text is handed to TCP in pieces of this size.
constexpr std::size_t kChunkBytes = 16384;

// For people; ClientSession says before it whether there was a connection to lose.
std::string_view words_for(net::End end) {
  switch (end) {
    case net::End::closed:
      return "closed";
    case net::End::refused:
      return "refused";
    case net::End::reset:
      return "reset";
    case net::End::timed_out:
      return "timed out";
    case net::End::unreachable:
      return "host unreachable";
  }
  std::unreachable();
}

smtp::ClientOptions options_for(const scenario::Host& config) {
  smtp::ClientOptions options{.domain = config.hostname};
  if (config.smtp.lecture_texts) options = smtp::ClientOptions::lecture(config.hostname);
  options.extended = config.smtp.extended && !config.smtp.lecture_texts;
  options.pipelining = config.smtp.pipelining && !config.smtp.lecture_texts;
  // A host of RFC 821 knows nothing of 8BITMIME, so it cannot know that it should refuse.
  if (!config.smtp.extended) options.eighth_bit = smtp::EighthBitToSevenBitHost::send_as_is;
  if (config.smtp.bare_line_end == scenario::SmtpPolicy::BareLineEnd::keep)
    options.bare_line_end = smtp::BareLineEndSent::as_is;
  options.chunking = config.smtp.receiving.chunks_sent;
  if (config.submit_as) options.credentials = {config.submit_as->user, config.submit_as->password};
  return options;
}

}  // namespace

SmtpSender::SmtpSender(Scheduler& scheduler, Destination& destination)
    : scheduler_(scheduler),
      destination_(destination),
      host_(scheduler.host()),
      session_(options_for(scheduler.config())),
      deadline_(host_, [this] { expire(); }) {}

trace::EventId SmtpSender::record(trace::Event event) {
  event.host = host_.id();
  if (connection_) {
    event.connection = connection_->id();
    event.session = connection_->session();
  }
  if (work_) {
    event.message = work_->message;
    event.attempt = work_->attempt;
  }
  return host_.recorder().record(event);
}

void SmtpSender::start(Job job) {
  trace::ContextScope scope(host_.recorder(), {});
  begin(std::move(job));
  scheduler_.locator().locate(destination_.next_hop, [self = alive_.watch(this)](const Located& located) {
    if (SmtpSender* const still_here = self()) still_here->connect(located);
  });
}

void SmtpSender::connect(const Located& located) {
  // Who asked may be in the middle of handing out jobs: a failure comes when control is back.
  if (!located) {
    host_.after(0, [self = alive_.watch(this), reason = located.error()] {
      if (SmtpSender* const still_here = self()) still_here->fail_unlocated(reason);
    });
    return;
  }
  assert(!located->empty());
  const auto limit = static_cast<std::size_t>(scheduler_.config().delivery.address_limit);
  const std::size_t taken = std::min(located->size(), limit);
  search_.exchangers.assign(located->begin(), located->begin() + static_cast<std::ptrdiff_t>(taken));
  call();
}

void SmtpSender::call() {
  const scenario::Host& config = scheduler_.config();
  net::Endpoint endpoint = exchanger().endpoint;
  if (config.submit_as && destination_.next_hop.name == config.submit_to) endpoint.port = config.submit_as->port;
  connection_ = host_.network().connect(endpoint, *this);
  deadline_.set(host_.now_ns() + kConnectTimeOutNs);
}

// There is nobody to talk to: neither for this job nor for others that wait.
void SmtpSender::fail_unlocated(const Unlocated& located) {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  over_ = true;
  Outcome reason{.result = located.is_permanent ? Outcome::Result::for_good : Outcome::Result::for_now,
                 .code = located.code,
                 .enhanced_code = located.enhanced_code,
                 .text = located.text,
                 .because = located.because,
                 .scope = Outcome::Scope::host,
                 .next_hop = destination_.next_hop};
  std::vector<Outcome> outcomes(work_->job.recipients.size(), reason);
  for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i].index = work_->job.recipients[i];
  end_attempt(std::move(outcomes), "no host to talk to");
  if (located.is_permanent) {
    scheduler_.fail_waiting(destination_, reason);
  } else {
    scheduler_.failed(destination_, reason);
  }
  scheduler_.finished(destination_, *this);
}

void SmtpSender::on_established() {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  established_ = true;
  session_.start(host_.now_ns());
  perform_all();
}

void SmtpSender::on_octets(std::string_view octets) {
  // What we do now is about what the octets say, but is no message text and about no single copy.
  const trace::Context heard = host_.recorder().context;
  trace::ContextScope scope(host_.recorder(), {heard.event, heard.message, {}});
  session_.receive(octets, host_.now_ns());
  perform_all();
}

void SmtpSender::on_room() {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  if (!outbox_.flush(*connection_, host_.recorder())) return;
  if (content_open_) pump_content();
  perform_all();
}

void SmtpSender::on_peer_finished() {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  session_.peer_finished(host_.now_ns());
  perform_all();
}

void SmtpSender::on_ended(net::End end) {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  lose(words_for(end));
}

// The connection is no more: whatever is open fails for now, and the sender is through.
void SmtpSender::lose(std::string_view why) {
  session_.connection_lost(why);
  over_ = true;
  perform_all();
  if (established_) record({.kind = trace::Kind::session_closed, .text = why});
  deadline_.set(std::nullopt);
  scheduler_.finished(destination_, *this);
}

void SmtpSender::expire() {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  if (!established_ || closing_) {
    const trace::EventId because = connection_->disturbance();
    if (!established_) {
      host_.recorder().context.event = record({.kind = trace::Kind::connection_timed_out,
                                               .text = "connection establishment",
                                               .because = because});
    }
    connection_->abort();
    return lose(established_ ? "closed without the other side" : words_for(net::End::timed_out));
  }
  if (std::exchange(idle_until_ns_, std::nullopt)) {
    session_.quit(host_.now_ns());
  } else {
    session_.expire(host_.now_ns());
  }
  perform_all();
}

void SmtpSender::perform_all() {
  while (auto action = session_.next_action()) {
    std::visit([this](const auto& known) { perform(known); }, *action);
  }
  if (over_) return;
  const bool all_sent = outbox_.flush(*connection_, host_.recorder());
  if (!closing_) return deadline_.set(idle_until_ns_ ? idle_until_ns_ : session_.deadline_ns());
  if (all_sent) return finish();
  // It is over before all was sent: the rest (perhaps the lone dot of a message that is to be tried again)
  // stays here.
  connection_->abort();
  lose("closed with octets that were not sent");
}

void SmtpSender::finish() {
  if (std::exchange(finished_, true)) return;
  connection_->finish();
  deadline_.set(host_.now_ns() + kLingerNs);
}

void SmtpSender::perform(const smtp::client::CommandSent& action) {
  trace::Recorder& recorder = host_.recorder();
  trace::ContextScope scope(recorder, {recorder.context.event, {}, {}});
  if (work_) recorder.context.message = work_->message;
  if (work_ && action.recipient) {
    const queue::Entry& entry = scheduler_.queue().at(work_->job.entry);
    recorder.context.copy = entry.recipients[work_->job.recipients[*action.recipient]].copy;
  }
  recorder.context.event =
      record({.kind = trace::Kind::command_sent, .copy = recorder.context.copy, .text = action.line});
  outbox_.push(action.wire, recorder.context);
}

void SmtpSender::perform(const smtp::client::ContentWanted& action) {
  is_last_chunk_ = action.is_last;
  content_context_ = {host_.recorder().context.event, work_->message, {}, true};
  content_open_ = true;
  if (outbox_.flush(*connection_, host_.recorder())) pump_content();
}

// As much of the message text as the connection takes now.
void SmtpSender::pump_content() {
  while (session_.content_pending() && outbox_.empty()) {
    outbox_.push(session_.take_content(kChunkBytes, host_.now_ns()), content_context_);
    outbox_.flush(*connection_, host_.recorder());
  }
  if (session_.content_pending() || !outbox_.empty()) return;
  content_open_ = false;
  if (!work_ || !is_last_chunk_) return;  // the session is over, or more of the text is to come
  record(
      {.kind = trace::Kind::content_sent, .size = scheduler_.queue().at(work_->job.entry).text.size_bytes()});
}

void SmtpSender::perform(const smtp::client::ReplyReceived& action) {
  unheard_ = false;
  trace::Recorder& recorder = host_.recorder();
  if (recorder.keeps(trace::Kind::reply_received)) {
    const std::string text = text_of(action.reply);
    recorder.context.event = record({.kind = trace::Kind::reply_received,
                                     .code = action.reply.code,
                                     .value = static_cast<std::int64_t>(session_.state()),
                                     .text = text});
  } else {
    recorder.skip();
  }
  if (work_) remember_reply(action);
}

// In a pipelined group others come between the reply that decides and the end of the transaction.
void SmtpSender::remember_reply(const smtp::client::ReplyReceived& action) {
  using smtp::client::Step;
  const bool is_of_text =
      action.answers == Step::data || action.answers == Step::chunk || action.answers == Step::content;
  const bool is_negative = is_transient(action.reply) || is_permanent(action.reply);
  const trace::EventId event = host_.recorder().context.event;
  if (action.answers == Step::mail) work_->mail_answer = event;
  if (is_of_text && is_negative && !work_->text_refusal) work_->text_refusal = event;
}

void SmtpSender::perform(const smtp::client::PhaseEntered& action) {
  if (action.phase == smtp::Phase::connection_setup) {
    record({.kind = trace::Kind::session_opened, .text = "SMTP sender"});
  }
  record({.kind = trace::Kind::session_phase_entered, .text = name(action.phase)});
}

// What the reply means for the recipient is decided when the transaction ends; then this is why.
void SmtpSender::perform(const smtp::client::RecipientAnswered& action) {
  work_->answers.at(action.recipient) = host_.recorder().context.event;
  if (action.reply.code == 251) work_->forwarded.emplace(action.recipient, text_of(action.reply));
}

// What was asked for comes over connections of its own.
void SmtpSender::perform(const smtp::client::TurnAnswered&) {}

void SmtpSender::perform(const smtp::client::TimedOut& action) {
  host_.recorder().context.event = record({.kind = trace::Kind::timer_expired,
                                           .text = name(action.which),
                                           .because = connection_->disturbance()});
}

void SmtpSender::perform(const smtp::client::Close&) {
  closing_ = true;
}

void SmtpSender::perform(const smtp::client::Ended& action) {
  const bool was_in_session = std::exchange(in_session_, false);
  idle_until_ns_.reset();
  Outcome reason = outcome_of(action.reply, action.is_local);
  // Whom the receiver does not believe it will not believe later; 4yz is another matter.
  const bool is_unknown = action.how == smtp::client::How::not_authenticated && is_permanent(action.reply);
  reason.result = is_unknown ? Outcome::Result::for_good : Outcome::Result::for_now;
  reason.scope = was_in_session ? Outcome::Scope::message : Outcome::Scope::host;
  reason.next_hop = destination_.next_hop;
  if (action.is_local) reason.because = connection_->disturbance();
  if (may_pass_on() && !is_unknown) return pass_on(reason, search_.at + 1);
  if (work_) {
    std::vector<Outcome> outcomes(work_->job.recipients.size(), reason);
    for (std::size_t i = 0; i < outcomes.size(); ++i) outcomes[i].index = work_->job.recipients[i];
    end_attempt(std::move(outcomes), name(action.how));
  }
  // It never let us in: what else waits for this destination will not fare better now.
  if (was_in_session || passed_on_ || action.how == smtp::client::How::quit) return;
  if (is_unknown) {
    scheduler_.fail_waiting(destination_, reason);
  } else {
    scheduler_.failed(destination_, reason);
  }
}

}  // namespace mailroom::agents
