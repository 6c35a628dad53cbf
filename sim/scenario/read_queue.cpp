// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/read_queue.hpp"

#include <fmt/format.h>

#include "sim/scenario/fields.hpp"

namespace mailroom::scenario {

void read_delivery(const Value& value, Delivery& delivery, Report& report) {
  const Fields fields(value, object("delivery"), report);
  if (const auto profile = fields.choice("profile")) delivery = *profile == 1 ? Delivery::postfix() : Delivery{};
  constexpr std::int64_t kMany = 1'000'000'000;
  constexpr std::int64_t kConnections = 10'000;
  fields.count("address-limit", delivery.address_limit, 1, kMany);
  fields.count("session-limit", delivery.session_limit, 1, kMany);
  fields.count("recipients", delivery.recipients, 1, kMany);
  fields.count("initial-concurrency", delivery.initial_concurrency, 1, kConnections);
  fields.count("concurrency-limit", delivery.concurrency_limit, 1, kConnections);
  fields.count("positive-feedback", delivery.positive_feedback, 0, kConnections);
  fields.count("negative-feedback", delivery.negative_feedback, 0, kConnections);
  fields.count("failed-cohorts", delivery.failed_cohorts, 0, kConnections);
  fields.duration("dead-for", delivery.dead_ns);
  fields.duration("idle", delivery.idle_ns);
  fields.duration("lifetime", delivery.lifetime_ns);
  fields.count("active-limit", delivery.active_limit, 1, kMany);
  if (delivery.concurrency_limit > 0 && delivery.initial_concurrency > delivery.concurrency_limit)
    report.mistake(fields.at("initial-concurrency"),
                   fmt::format("{} connections at first, but at most {}", delivery.initial_concurrency,
                               delivery.concurrency_limit),
                   "make 'concurrency-limit' at least as large");
}

void read_hold(const Value& value, std::vector<Hold>& hold, Report& report) {
  if (value.kind != Value::Kind::list)
    return report.mistake(value.at, fmt::format("{} for 'hold'", describe(value)),
                          "write a list such as [{from: \"*@spam.example\"}, {to: \"list@*\"}]");
  std::vector<Hold> read;
  for (const ValuePtr& item : value.items) {
    const Fields fields(*item, object("hold"), report);
    Hold& one = read.emplace_back();
    fields.text("from", one.from);
    fields.text("to", one.to);
    if (std::int64_t until_ns = 0; fields.duration("until", until_ns)) one.until_ns = until_ns;
  }
  hold = std::move(read);
}

std::optional<Word> read_turn(const Value& value, Host& host, Report& report) {
  const Fields fields(value, object("turn"), report);
  Turn turn;
  const bool has_host = fields.require("host") && fields.text("host", turn.host);
  if (fields.require("at")) {
    const Value& at = *fields.find("at");
    std::int64_t at_ns = 0;
    if (at.kind == Value::Kind::scalar && read_duration(at, at_ns, 0, report)) turn.at_ns.push_back(at_ns);
    for (const ValuePtr& item : at.items)
      if (read_duration(*item, at_ns, 0, report)) turn.at_ns.push_back(at_ns);
    if (at.kind == Value::Kind::map || (at.kind == Value::Kind::list && at.items.empty()))
      report.mistake(at.at, "no time", "write a time of the run, or a list such as [1h, 2h]");
  }
  if (host.domains.empty())
    report.mistake(value.at, fmt::format("'turn' of {}, which has no domain", shown(host.name)),
                   "give it 'domains', for whose mail it can ask");
  const Word word{turn.host, has_host ? fields.at("host") : value.at};
  host.turn = std::move(turn);
  if (!has_host) return std::nullopt;
  return word;
}

void read_disk(const Value& value, Host& host, Report& report) {
  if (value.kind != Value::Kind::map) {
    read_size(value, host.disk_bytes, 0, report);
    return;
  }
  const Fields fields(value, object("disk"), report);
  fields.size("size", host.disk_bytes);
  fields.duration("write", host.disk_write_ns);
  fields.duration("sync", host.disk_sync_ns);
}

}  // namespace mailroom::scenario
