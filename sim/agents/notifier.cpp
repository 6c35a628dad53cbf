// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/notifier.hpp"

#include <fmt/format.h>

#include <utility>

#include "protocols/message/message_id.hpp"
#include "protocols/message/received.hpp"
#include "sim/agents/detail_text.hpp"
#include "sim/agents/mta.hpp"

namespace mailroom::agents {

namespace {

// What the reply says; where there was none, what happened; where that was only waiting, that it took too long.
dsn::Status status_of(const Outcome& outcome, dsn::Action action) {
  const bool expired = action == dsn::Action::failed && outcome.result == Outcome::Result::for_now;
  if (outcome.code == 0 && expired) return dsn::status_of(dsn::Trouble::expired);
  if (const auto status = dsn::parse_status(outcome.enhanced_code)) return *status;
  const dsn::Status status = dsn::status_of_reply(outcome.code);
  return status ? status : dsn::status_of(dsn::Trouble::no_answer);
}

dsn::Typed diagnostic_of(const Outcome& outcome) {
  if (outcome.code != 0) return dsn::smtp_diagnostic(outcome.code, outcome.enhanced_code, outcome.text);
  return {std::string(dsn::kLocal), outcome.text};
}

std::string detail_of(const std::string& to, trace::MessageId notifies, dsn::Action action) {
  std::string detail = R"({"from":"","to":[)";
  append_json(detail, to);
  detail += fmt::format(R"(],"notifies":{},"action":"{}"}})", notifies.value, dsn::name(action));
  return detail;
}

}  // namespace

dsn::Report Notifier::report_on(const queue::Entry& entry) const {
  net::Host& host = mta_.host();
  // Whole seconds as the host's clock shows them.
  const std::int64_t start_s = host.unix_time_s() - host.now_ns() / scenario::kSecond;
  dsn::Report report{.reporting_mta = {std::string(dsn::kDns), mta_.config().hostname},
                     .arrival_s = start_s + entry.arrival_ns / scenario::kSecond};
  // Who handed it to us, by our own trace field.
  const message::Header trace(entry.text.trace_fields);
  if (!trace.fields().empty()) {
    if (const auto received = message::parse_received(trace.fields().front().value());
        received && !received->from.empty())
      report.received_from_mta = {std::string(dsn::kDns), received->from};
  }
  return report;
}

dsn::Recipient Notifier::fields_of(const queue::Entry& entry, const Outcome& outcome) const {
  const queue::Recipient& recipient = entry.recipients[outcome.index];
  const dsn::Action action = dsn::Action::failed;
  dsn::Recipient fields{.final_recipient = {std::string(dsn::kRfc822), recipient.forward_path},
                        .action = action,
                        .status = status_of(outcome, action),
                        .diagnostic_code = diagnostic_of(outcome),
                        .last_attempt_s = mta_.host().unix_time_s(),
                        .final_log_id = queue::queue_id(entry.id)};
  if (!outcome.remote_host.empty()) fields.remote_mta = {std::string(dsn::kDns), outcome.remote_host};
  return fields;
}

Committed Notifier::failed(const queue::Entry& entry, const std::vector<Outcome>& failures) {
  dsn::Notification notification{.report = report_on(entry), .to = entry.reverse_path};
  for (const Outcome& failure : failures) {
    notification.report.recipients.push_back(fields_of(entry, failure));
    const bool expired = failure.result == Outcome::Result::for_now;
    notification.attempts.push_back(expired ? entry.recipients[failure.index].attempts : 0);
  }
  return commit(entry, std::move(notification));
}

Committed Notifier::commit(const queue::Entry& entry, dsn::Notification notification) {
  net::Host& host = mta_.host();
  trace::Recorder& recorder = host.recorder();
  notification.message_id = message::make_message_id(
      fmt::format("{}.undelivered.{}", mta_.queue().next_id(), queue::queue_id(entry.id)),
      mta_.config().hostname);
  notification.unix_s = host.unix_time_s();
  notification.trace_fields = entry.text.trace_fields;
  notification.content = entry.text.content->octets;
  dsn::Composed composed = dsn::compose_report(notification);
  const auto content = recorder.content(std::move(composed.octets));
  const auto size = static_cast<std::int64_t>(content->octets.size());
  // Where there is no room for it, no message has been made.
  if (size > host.disk().free_bytes()) return std::unexpected(mta_.record_full(entry.text.message, size));
  const auto message = recorder.next_message(content);
  const std::string detail =
      detail_of(notification.to, entry.text.message, dsn::gravest(notification.report));
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
                      .recipients = {{notification.to, {}}},
                      .text = {message, {}, content},
                      .eight_bit = composed.eight_bit});
}

}  // namespace mailroom::agents
