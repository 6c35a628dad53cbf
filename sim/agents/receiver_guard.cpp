// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/receiver_guard.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "sim/agents/mta.hpp"

namespace mailroom::agents {

namespace {

constexpr std::int64_t kBillion = 1'000'000'000;

std::string dumped(const nlohmann::json& detail) {
  return detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Whole seconds, rounded up: who waits so long has waited long enough.
std::int64_t seconds_of(std::int64_t duration_ns) {
  return (duration_ns + scenario::kSecond - 1) / scenario::kSecond;
}

std::string_view what(ClientBook::Limit limit) {
  switch (limit) {
    case ClientBook::Limit::connections:
      return "connections at the same time";
    case ClientBook::Limit::connection_rate:
      return "connections";
    case ClientBook::Limit::message_rate:
      return "messages";
    case ClientBook::Limit::recipient_rate:
      return "recipients";
  }
  std::unreachable();
}

}  // namespace

ReceiverGuard::ReceiverGuard(Mta& mta) : mta_(mta), clients_(mta.config().smtp.receiving.client) {}

ReceiverGuard::Ruling ReceiverGuard::too_much(const ClientBook::Excess& excess, net::Address client) const {
  const bool is_connection =
      excess.limit == ClientBook::Limit::connections || excess.limit == ClientBook::Limit::connection_rate;
  const bool is_rate = excess.limit != ClientBook::Limit::connections;
  std::string words = fmt::format("too many {} from {}", what(excess.limit), to_string(client));
  Ruling ruling;
  ruling.refusal = is_connection ? smtp::reply(421, fmt::format("{} {}", mta_.config().hostname, words),
                                               smtp::EnhancedCode{4, 7, 0})
                                 : smtp::reply(450, words, smtp::EnhancedCode{4, 7, 1});
  ruling.text =
      fmt::format("client limit: {}: {} of {}{}", words, excess.count, excess.most,
                  is_rate ? fmt::format(" in {} s", seconds_of(clients_.period_ns())) : std::string());
  ruling.detail = dumped({{"rule", "clients"}, {"count", excess.count}, {"most", excess.most}});
  return ruling;
}

std::optional<ReceiverGuard::Ruling> ReceiverGuard::connected(net::Address client, std::int64_t served) {
  if (const auto excess = clients_.connected(client, mta_.host().now_ns())) return too_much(*excess, client);
  const std::int64_t most = mta_.config().smtp.receiving.load.queue;
  const auto queued = static_cast<std::int64_t>(mta_.queue().size());
  if (most == 0 || queued < most) return no_session_left(served);
  Ruling ruling;
  ruling.refusal =
      smtp::reply(421, fmt::format("{} Too much to do already, try again later", mta_.config().hostname),
                  smtp::EnhancedCode{4, 3, 2});
  ruling.text = fmt::format("load: {} messages are queued, and from {} on nobody is let in", queued, most);
  ruling.detail = dumped({{"rule", "load"}, {"queued", queued}, {"most", most}});
  return ruling;
}

std::optional<ReceiverGuard::Ruling> ReceiverGuard::no_session_left(std::int64_t served) const {
  const std::int64_t most = mta_.config().smtp.connection_limit;
  if (served < most) return std::nullopt;
  Ruling ruling;
  ruling.refusal = smtp::reply(421, fmt::format("{} Too many connections, try again later", mta_.config().hostname),
                               smtp::EnhancedCode{4, 3, 2});
  ruling.text = fmt::format("connection limit: {} sessions are open, and from {} on nobody is let in", served, most);
  ruling.detail = dumped({{"rule", "connection-limit"}, {"count", served}, {"most", most}});
  return ruling;
}

std::optional<ReceiverGuard::Ruling> ReceiverGuard::sender(net::Address client, std::int64_t declared_bytes) {
  if (const auto excess = clients_.message(client, mta_.host().now_ns())) return too_much(*excess, client);
  const std::int64_t share = mta_.config().smtp.receiving.load.disk_free_per_billion;
  // In two steps, lest a large disk overflow.
  const std::int64_t size = mta_.host().disk().capacity_bytes();
  const std::int64_t needed = size / kBillion * share + size % kBillion * share / kBillion;
  const std::int64_t free = mta_.host().disk().free_bytes();
  if (share == 0 || free >= needed) {
    // RFC 1870 §6.1 (1): no room for what was declared.
    if (declared_bytes < free) return std::nullopt;
    return no_room(declared_bytes);
  }
  Ruling ruling;
  ruling.refusal =
      smtp::reply(452, "Insufficient system storage, try again later", smtp::EnhancedCode{4, 3, 1});
  ruling.text = fmt::format("load: {} octets of the disk are free, and {} must be", free, needed);
  ruling.detail = dumped({{"rule", "load"}, {"free_bytes", free}, {"needed_bytes", needed}});
  if (const auto& fault = mta_.host().disk().full()) ruling.fault = fault->fault, ruling.because = fault->began;
  return ruling;
}

std::optional<ReceiverGuard::Ruling> ReceiverGuard::recipient(net::Address client, std::int64_t ordinal) {
  std::optional<Ruling> ruling;
  if (const auto excess = clients_.recipient(client, mta_.host().now_ns())) ruling = too_much(*excess, client);
  const auto& tarpit = mta_.config().smtp.receiving.tarpit;
  if (!tarpit || ordinal <= tarpit->after) return ruling;
  if (!ruling) {
    ruling.emplace();
    ruling->text = fmt::format("tarpit: recipient {} of the message, and from {} on each waits {} s", ordinal,
                               tarpit->after + 1, seconds_of(tarpit->delay_ns));
    ruling->detail = dumped({{"rule", "tarpit"}, {"recipients", ordinal}, {"delay_ns", tarpit->delay_ns}});
  }
  ruling->delay_ns = tarpit->delay_ns;
  return ruling;
}

std::optional<ReceiverGuard::Ruling> ReceiverGuard::greylist(const Recipient& recipient) {
  if (mta_.greylist() == nullptr || recipient.is_known) return std::nullopt;
  const std::int64_t now_ns = mta_.host().now_ns();
  const Greylist::Decision decision =
      mta_.greylist()->decide(recipient.client, recipient.sender, recipient.recipient, now_ns);
  Ruling ruling;
  ruling.text = fmt::format("greylist: {}", name(decision.rule));
  ruling.because = decision.because;
  nlohmann::json detail = {{"rule", "greylist"},
                           {"client", to_string(recipient.client)},
                           {"from", recipient.sender},
                           {"to", recipient.recipient}};
  if (decision.rule == Greylist::Rule::waited)
    ruling.text +=
        fmt::format(", {} s after the first time", (now_ns - decision.first_seen_ns) / scenario::kSecond);
  if (decision.first_seen_ns > 0 || !decision.passes()) detail["first_seen_ns"] = decision.first_seen_ns;
  if (!decision.passes()) {
    const std::int64_t seconds = seconds_of(decision.wait_ns);
    ruling.refusal = smtp::reply(450, fmt::format("Greylisted, try again in {} seconds", seconds),
                                 smtp::EnhancedCode{4, 2, 0});
    ruling.text += fmt::format("; try again in {} s", seconds);
    detail["wait_ns"] = decision.wait_ns;
  }
  ruling.detail = dumped(detail);
  return ruling;
}

void ReceiverGuard::greylisted(trace::EventId event) {
  mta_.greylist()->set_event(event);
}

ReceiverGuard::Ruling ReceiverGuard::no_room(std::int64_t octets, trace::EventId full) const {
  const std::int64_t free = mta_.host().disk().free_bytes();
  Ruling ruling;
  ruling.refusal = smtp::reply(452, "Requested action not taken: insufficient system storage",
                               smtp::EnhancedCode{4, 3, 1});
  ruling.text = fmt::format("disk: {} octets are to be stored, and {} are free", octets, free);
  ruling.detail = dumped({{"rule", "disk"}, {"wanted_bytes", octets}, {"free_bytes", free}});
  ruling.because = full;
  if (const auto& fault = mta_.host().disk().full()) {
    ruling.fault = fault->fault;
    if (!full) ruling.because = fault->began;
  }
  return ruling;
}

ReceiverGuard::Ruling ReceiverGuard::limit_reached(const smtp::LimitReached& limit, std::int64_t errors) const {
  const bool is_errors = limit.limit == smtp::LimitReached::Limit::errors;
  Ruling ruling;
  ruling.text = is_errors ? fmt::format("error limit: {} errors since the last message, and {} end the session",
                                        errors, limit.most)
                          : fmt::format("input limit: more than {} octets wait", limit.most);
  nlohmann::json detail = {{"rule", is_errors ? "errors" : "input"}, {"most", limit.most}};
  if (is_errors) detail["count"] = errors;
  ruling.detail = dumped(detail);
  ruling.refusal = smtp::reply(421, ruling.text);
  return ruling;
}

}  // namespace mailroom::agents
