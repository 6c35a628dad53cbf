// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/notifier.hpp"

#include <fmt/format.h>

#include <utility>

#include "protocols/message/message_id.hpp"
#include "protocols/message/received.hpp"
#include "protocols/message/utf8.hpp"
#include "sim/agents/detail_text.hpp"
#include "sim/agents/mta.hpp"

namespace mailroom::agents {

namespace {

using dsn::Action;

// What the reply says; where there was none, what happened; where that was only waiting, that it took too
// long.
dsn::Status status_of(const Outcome& outcome, Action action) {
  const bool expired = action == Action::failed && outcome.result == Outcome::Result::for_now;
  if (outcome.code == 0 && expired) return dsn::status_of(dsn::Trouble::expired);
  // RFC 3463 §3.2: X.1.9 is for a host that was given the message and will not tell of its delivery.
  if (action == Action::relayed) return {2, 1, 9};
  if (action == Action::delivered || action == Action::expanded) return {2, 0, 0};
  if (const auto status = dsn::parse_status(outcome.enhanced_code)) return *status;
  const dsn::Status status = dsn::status_of_reply(outcome.code);
  return status ? status : dsn::status_of(dsn::Trouble::no_answer);
}

dsn::Typed diagnostic_of(const Outcome& outcome) {
  if (outcome.code != 0) return dsn::smtp_diagnostic(outcome.code, outcome.enhanced_code, outcome.text);
  return {std::string(dsn::kLocal), outcome.text};
}

std::string detail_of(const std::string& to, trace::MessageId notifies, Action action) {
  std::string detail = R"({"from":"","to":[)";
  append_json(detail, to);
  detail += fmt::format(R"(],"notifies":{},"action":"{}"}})", notifies.value, dsn::name(action));
  return detail;
}

dsn::Return returned(const queue::Entry& entry, const scenario::Bounces& bounces) {
  if (entry.ret) return *entry.ret == smtp::Return::full ? dsn::Return::full : dsn::Return::headers;
  return bounces.ret == scenario::Bounces::Return::full ? dsn::Return::full : dsn::Return::headers;
}

}  // namespace

bool Notifier::wants(const queue::Entry& entry, std::size_t index, Action action) const {
  return wants(entry, entry.recipients[index].asked, action);
}

bool Notifier::wants(const queue::Entry& entry, const queue::Asked& asked, Action action) {
  if (entry.reverse_path.empty()) return false;
  if (asked == nullptr || !asked->notify) return action == Action::failed || action == Action::delayed;
  switch (action) {
    case Action::failed:
      return asked->notify->failure;
    case Action::delayed:
      return asked->notify->delay;
    case Action::delivered:
    case Action::relayed:
    case Action::expanded:
      return asked->notify->success;
  }
  std::unreachable();
}

std::string Notifier::postmaster() const {
  const scenario::Host& config = mta_.config();
  return "postmaster@" + (config.domains.empty() ? config.hostname : config.domains.front());
}

std::int64_t Notifier::unix_time_s(std::int64_t time_ns) const {
  // Whole seconds as the host's clock shows them.
  const std::int64_t start_s = mta_.host().unix_time_s() - mta_.host().now_ns() / scenario::kSecond;
  return start_s + time_ns / scenario::kSecond;
}

dsn::Notification Notifier::notification_of(const queue::Entry& entry) const {
  const bool is_double_bounce = entry.reverse_path.empty();
  dsn::Notification n{.to = is_double_bounce ? postmaster() : entry.reverse_path,
                      .unix_s = mta_.host().unix_time_s(),
                      .trace_fields = entry.text.trace_fields,
                      .content = entry.text.content->octets,
                      .is_double_bounce = is_double_bounce};
  const scenario::Bounces& bounces = mta_.config().bounces;
  n.returned = {.wanted = returned(entry, bounces),
                .size_limit_bytes = bounces.size_limit_bytes,
                .allows_eight_bit = mta_.config().smtp.extended};
  n.is_international = entry.smtputf8;
  n.report.original_envelope_id = entry.envelope_id.value_or("");
  n.report.reporting_mta = {std::string(dsn::kDns), mta_.config().hostname};
  n.report.arrival_s = unix_time_s(entry.arrival_ns);
  // Who handed it to us, by our own trace field.
  const message::Header trace(entry.text.trace_fields);
  if (const message::Field* field = trace.find("Received")) {
    const auto received = message::parse_received(field->value());
    if (received && !received->from.empty())
      n.report.received_from_mta = {std::string(dsn::kDns), received->from};
  }
  return n;
}

dsn::Recipient Notifier::fields_of(const queue::Entry& entry, const queue::Recipient& recipient,
                                   const Outcome& outcome, Action action) const {
  dsn::Recipient fields{.final_recipient = dsn::address(recipient.forward_path),
                        .action = action,
                        .status = status_of(outcome, action),
                        .diagnostic_code = diagnostic_of(outcome),
                        .last_attempt_s = mta_.host().unix_time_s(),
                        .final_log_id = queue::queue_id(entry.id)};
  if (recipient.asked && recipient.asked->original_recipient)
    fields.original_recipient = {recipient.asked->original_recipient->address_type,
                                 recipient.asked->original_recipient->address};
  if (!outcome.remote_host.empty()) fields.remote_mta = {std::string(dsn::kDns), outcome.remote_host};
  return fields;
}

Taken Notifier::failed(const queue::Entry& entry, const std::vector<Outcome>& failures, OnCommit committed) {
  dsn::Notification n = notification_of(entry);
  for (const Outcome& failure : failures) {
    n.report.recipients.push_back(fields_of(entry, entry.recipients[failure.index], failure, Action::failed));
    const bool expired = failure.result == Outcome::Result::for_now;
    n.attempts.push_back(expired ? entry.recipients[failure.index].attempts : 0);
  }
  return commit(entry, std::move(n), std::move(committed));
}

void Notifier::succeeded(const queue::Entry& entry, const std::vector<Outcome>& successes) {
  dsn::Notification n = notification_of(entry);
  for (const Outcome& success : successes) {
    const Action action = success.remote_host.empty() ? Action::delivered : Action::relayed;
    if (success.passes_on_request || !wants(entry, success.index, action)) continue;
    n.report.recipients.push_back(fields_of(entry, entry.recipients[success.index], success, action));
  }
  send(entry, std::move(n));
}

void Notifier::spread(const queue::Entry& entry, const std::vector<Spread>& all) {
  dsn::Notification n = notification_of(entry);
  trace::ContextScope scope(mta_.host().recorder(), mta_.host().recorder().context);
  for (const Spread& one : all) {
    const Action action = one.is_list ? Action::delivered : Action::expanded;
    if (!wants(entry, one.recipient.asked, action)) continue;
    const Outcome outcome{.result = Outcome::Result::done, .text = one.rule};
    n.report.recipients.push_back(fields_of(entry, one.recipient, outcome, action));
    mta_.host().recorder().context.event = one.event;
  }
  send(entry, std::move(n));
}

bool Notifier::warn_delayed(const queue::Entry& entry, const std::vector<Outcome>& delayed,
                            std::int64_t will_retry_until_ns) {
  dsn::Notification n = notification_of(entry);
  for (const Outcome& outcome : delayed) {
    if (!wants(entry, outcome.index, Action::delayed)) continue;
    n.report.recipients.push_back(fields_of(entry, entry.recipients[outcome.index], outcome, Action::delayed));
    n.report.recipients.back().will_retry_until_s = unix_time_s(will_retry_until_ns);
    n.attempts.push_back(entry.recipients[outcome.index].attempts);
  }
  return send(entry, std::move(n));
}

bool Notifier::send(const queue::Entry& entry, dsn::Notification notification) {
  if (notification.report.recipients.empty()) return false;
  // Where there is no room for it, nobody is told.
  return commit(entry, std::move(notification), [this](queue::EntryId id) { mta_.dispatch(id); }).has_value();
}

Taken Notifier::commit(const queue::Entry& entry, dsn::Notification notification, OnCommit committed) {
  net::Host& host = mta_.host();
  trace::Recorder& recorder = host.recorder();
  const Action action = dsn::gravest(notification.report);
  notification.message_id = message::make_message_id(
      fmt::format("{}.{}.{}", ++composed_, dsn::name(action), queue::queue_id(entry.id)),
      mta_.config().hostname);
  dsn::Composed composed = dsn::compose_report(notification);
  const auto content = recorder.content(std::move(composed.octets));
  const auto size = static_cast<std::int64_t>(content->octets.size());
  // Where there is no room for it, no message has been made.
  if (size > host.disk().free_bytes()) return std::unexpected(mta_.record_full(entry.text.message, size));
  const auto message = recorder.next_message(content);
  const std::string detail = detail_of(notification.to, entry.text.message, action);
  const auto event = recorder.record({.kind = trace::Kind::message_composed,
                                      .host = host.id(),
                                      .message = message,
                                      .content = content->id,
                                      .size = size,
                                      .value = 1,
                                      .text = notification.message_id,
                                      .detail = detail});
  trace::ContextScope scope(recorder, {event, message, {}});
  return mta_.commit({.reverse_path = {},
                      .recipients = {{notification.to, {}, {}}},
                      .text = {message, {}, content},
                      .eight_bit = composed.eight_bit,
                      .smtputf8 = !message::is_ascii(notification.to),
                      .is_double_bounce = notification.is_double_bounce},
                     std::move(committed));
}

}  // namespace mailroom::agents
