// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/statistics.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "sim/trace/world.hpp"

namespace mailroom::trace {

namespace {

// What happened somewhere below a copy, itself included.
struct Fate {
  bool delivered = false;
  bool open = false;
  bool bounced = false;
  bool destroyed = false;
  bool discarded = false;
  std::int64_t first_delivery_ns = -1;

  void take(const Copy& copy) {
    delivered |= copy.end == CopyEnd::delivered;
    open |= copy.open();
    bounced |= copy.end == CopyEnd::bounced;
    destroyed |= copy.end == CopyEnd::destroyed;
    discarded |= copy.end == CopyEnd::discarded;
    if (copy.end == CopyEnd::delivered) take_delivery(copy.ended_ns);
  }
  void take(const Fate& child) {
    delivered |= child.delivered;
    open |= child.open;
    bounced |= child.bounced;
    destroyed |= child.destroyed;
    discarded |= child.discarded;
    if (child.delivered) take_delivery(child.first_delivery_ns);
  }
  void take_delivery(std::int64_t time_ns) {
    if (first_delivery_ns < 0 || time_ns < first_delivery_ns) first_delivery_ns = time_ns;
  }
};

// The one column in which a root recipient is counted: the first that applies.
std::int64_t Outcomes::* column_of(const Fate& fate) {
  if (fate.delivered) return &Outcomes::delivered;
  if (fate.open) return &Outcomes::queued;
  if (fate.bounced) return &Outcomes::bounced;
  if (fate.destroyed) return &Outcomes::destroyed;
  if (fate.discarded) return &Outcomes::discarded;
  return &Outcomes::unaccounted;
}

// [i] is the fate of CopyId i + 1. A child has a greater number than its parent, so one walk from the end
// does.
std::vector<Fate> fates_of(const World& world) {
  std::vector<Fate> fates(static_cast<std::size_t>(world.copies.size()));
  for (std::int64_t id = world.copies.size(); id >= 1; --id) {
    const Copy& copy = *world.copies.find({id});
    Fate& fate = fates[static_cast<std::size_t>(id - 1)];
    fate.take(copy);
    for (const CopyId child : copy.children) {
      if (child.value > id) fate.take(fates[static_cast<std::size_t>(child.value - 1)]);
    }
  }
  return fates;
}

std::int64_t duplicates_in(const World& world) {
  std::map<std::tuple<MessageId, HostId, std::string>, std::int64_t> deliveries;
  world.copies.for_each([&](CopyId, const Copy& copy) {
    if (copy.end == CopyEnd::delivered) ++deliveries[{copy.message, copy.host, copy.mailbox}];
  });
  std::int64_t duplicates = 0;
  for (const auto& [mailbox, count] : deliveries) duplicates += count - 1;
  return duplicates;
}

// The smallest of `sorted` that at least `percent` of them do not exceed.
std::optional<std::int64_t> nearest_rank(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  if (sorted.empty()) return std::nullopt;
  return sorted[(sorted.size() * percent + 99) / 100 - 1];
}

nlohmann::ordered_json json_of(const Outcomes& outcomes) {
  return {{"messages", outcomes.messages},      {"recipients", outcomes.recipients},
          {"accepted", outcomes.accepted},      {"delivered", outcomes.delivered},
          {"bounced", outcomes.bounced},        {"discarded", outcomes.discarded},
          {"destroyed", outcomes.destroyed},    {"queued", outcomes.queued},
          {"unaccounted", outcomes.unaccounted}};
}

nlohmann::ordered_json seconds(const std::optional<std::int64_t>& time_ns) {
  if (!time_ns) return nullptr;
  return static_cast<double>(*time_ns) / 1e9;
}

}  // namespace

std::expected<Summary, FileError> summarize(RunFileReader& reader) {
  Summary summary;
  const auto events = reader.event_count();
  if (!events) return std::unexpected(events.error());
  summary.events = *events;
  const auto complete = reader.complete();
  if (!complete) return std::unexpected(complete.error());
  summary.complete = *complete;
  const auto last_time_ns = reader.last_time_ns();
  if (!last_time_ns) return std::unexpected(last_time_ns.error());
  summary.simulated_ns = std::max<std::int64_t>(*last_time_ns, 0);

  World world;
  const EventQuery responsibility = {
      .kinds = {Kind::message_composed, Kind::copy_created, Kind::copy_delivered, Kind::copy_relayed,
                Kind::copy_expanded, Kind::copy_bounced, Kind::copy_discarded, Kind::copy_destroyed}};
  const auto read = reader.for_each(responsibility, [&](const StoredEvent& event) {
    world.apply(event);
    return true;
  });
  if (!read) return std::unexpected(read.error());

  const std::vector<Fate> fates = fates_of(world);
  std::vector<std::int64_t> delays_ns;
  world.messages.for_each([&](MessageId, const Message& message) {
    const bool is_notification = message.bounce_of || message.notifies;
    Outcomes& outcomes = is_notification ? summary.bounces : summary.mail;
    if (decltype(World::messages)::holds(message.notifies)) {
      const Message* about = world.messages.find(message.notifies);
      if (about != nullptr && about->is_forged) ++summary.backscatter;
    }
    std::int64_t roots = 0;
    for (const CopyId id : message.copies) {
      const Copy& copy = *world.copies.find(id);
      if (copy.parent) continue;
      ++roots;
      const Fate& fate = fates[static_cast<std::size_t>(id.value - 1)];
      ++(outcomes.*column_of(fate));
      if (!fate.delivered || is_notification) continue;
      delays_ns.push_back(fate.first_delivery_ns -
                          (message.composed ? message.composed_ns : copy.created_ns));
    }
    if (!message.composed && roots == 0) return;
    ++outcomes.messages;
    outcomes.accepted += roots;
    outcomes.recipients += std::max(roots, message.recipients);
  });
  summary.duplicates = duplicates_in(world);
  std::sort(delays_ns.begin(), delays_ns.end());
  summary.delay_p50_ns = nearest_rank(delays_ns, 50);
  summary.delay_p95_ns = nearest_rank(delays_ns, 95);
  summary.delay_max_ns = nearest_rank(delays_ns, 100);
  return summary;
}

std::string to_json(const Summary& summary) {
  nlohmann::ordered_json json = json_of(summary.mail);
  json["duplicates"] = summary.duplicates;
  json["events"] = summary.events;
  json["complete"] = summary.complete;
  json["simulated_s"] = static_cast<double>(summary.simulated_ns) / 1e9;
  json["delay_s"] = {{"p50", seconds(summary.delay_p50_ns)},
                     {"p95", seconds(summary.delay_p95_ns)},
                     {"max", seconds(summary.delay_max_ns)}};
  json["bounces"] = json_of(summary.bounces);
  json["backscatter"] = summary.backscatter;
  return json.dump();
}

}  // namespace mailroom::trace
