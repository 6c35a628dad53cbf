// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/compare.hpp"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <unordered_map>

namespace mailroom::viz {

std::expected<std::vector<DeliveryRow>, trace::FileError> read_deliveries(trace::RunFileReader& reader,
                                                                          const MailFacts& facts) {
  const auto recipients = reader.recipients();
  if (!recipients) return std::unexpected(recipients.error());
  const auto host_name = [&](trace::HostId id) {
    const trace::HostRow* row = reader.host(id);
    return row != nullptr ? row->name : std::string();
  };
  struct Names {
    std::string message_id;
    trace::HostId host;
  };
  std::unordered_map<trace::MessageId, Names> names;
  const auto read = reader.for_each({.up_to = facts.last_event, .kinds = {trace::Kind::message_composed}},
                                    [&](const trace::StoredEvent& event) {
                                      names[event.message] = {event.text, event.host};
                                      return true;
                                    });
  if (!read) return std::unexpected(read.error());
  std::vector<DeliveryRow> deliveries;
  for (const RootOutcome& outcome : outcomes_of(facts)) {
    DeliveryRow delivery = {.message = outcome.message,
                            .event = outcome.event,
                            .fate = outcome.fate,
                            .composed_ns = outcome.composed_ns,
                            .ended_ns = outcome.ended_ns,
                            .delay_ns = outcome.delay_ns(),
                            .is_notification = outcome.is_notification};
    const auto name = names.find(outcome.message);
    if (name != names.end()) delivery.message_id = name->second.message_id;
    delivery.from =
        host_name(name != names.end() ? name->second.host : facts.copies.find(outcome.root)->host);
    const auto recipient = static_cast<std::size_t>(outcome.recipient.value);
    if (recipient >= 1 && recipient <= recipients->size()) delivery.recipient = (*recipients)[recipient - 1];
    for (const HopShare& hop : hops_of(facts, outcome)) delivery.hops += hop.to ? 1 : 0;
    if (const MessageFact* message = facts.messages.find(outcome.message))
      delivery.size_bytes = message->size_bytes;
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

std::optional<std::int64_t> DeliveryPair::difference_ns() const {
  if (!a || !b || a->fate != MailFate::delivered || b->fate != MailFate::delivered) return std::nullopt;
  return b->delay_ns - a->delay_ns;
}

bool DeliveryPair::differs_in_fate() const {
  return !a || !b || a->fate != b->fate;
}

Comparison compare(std::span<const DeliveryRow> a, std::span<const DeliveryRow> b) {
  Comparison comparison;
  std::map<std::pair<std::string_view, std::string_view>, std::deque<std::size_t>> in_b;
  for (std::size_t i = 0; i < b.size(); ++i) in_b[{b[i].message_id, b[i].recipient}].push_back(i);
  std::vector<bool> taken(b.size());
  for (const DeliveryRow& one : a) {
    DeliveryPair pair = {.a = one};
    if (const auto found = in_b.find({one.message_id, one.recipient});
        found != in_b.end() && !found->second.empty()) {
      pair.b = b[found->second.front()];
      taken[found->second.front()] = true;
      found->second.pop_front();
    }
    comparison.pairs.push_back(std::move(pair));
  }
  for (std::size_t i = 0; i < b.size(); ++i)
    if (!taken[i]) comparison.pairs.push_back({.b = b[i]});
  for (const DeliveryPair& pair : comparison.pairs) {
    if (!pair.a || !pair.b) ++comparison.only_in_one;
    const bool in_a = pair.a && pair.a->fate == MailFate::delivered;
    const bool in_b_too = pair.b && pair.b->fate == MailFate::delivered;
    if (in_a && !in_b_too) ++comparison.delivered_only_in_a;
    if (in_b_too && !in_a) ++comparison.delivered_only_in_b;
    if (const auto difference_ns = pair.difference_ns())
      ++(*difference_ns < 0 ? comparison.faster : *difference_ns > 0 ? comparison.slower : comparison.same);
  }
  return comparison;
}

std::vector<std::string> differences(const trace::RunHeader& a, const trace::RunHeader& b) {
  std::vector<std::string> found;
  if (a.seed != b.seed) found.push_back(fmt::format("The seeds differ: {} and {}.", a.seed, b.seed));
  if (a.scenario_name != b.scenario_name) {
    found.push_back(fmt::format("Two scenarios: '{}' and '{}'.", a.scenario_name, b.scenario_name));
  } else if (a.scenario_text != b.scenario_text) {
    found.emplace_back("The scenario files differ.");
  }
  if (a.overrides != b.overrides) found.emplace_back("The runs were started with other options.");
  if (a.level != b.level)
    found.push_back(fmt::format("Recorded at '{}' and at '{}'.", trace::name(a.level), trace::name(b.level)));
  if (a.program_version != b.program_version || a.network_version != b.network_version)
    found.emplace_back("Other versions of Mailroom or of its network made them.");
  return found;
}

}  // namespace mailroom::viz
