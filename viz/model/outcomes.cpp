// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/outcomes.hpp"

#include <algorithm>
#include <numeric>

namespace mailroom::viz {

using trace::CopyEnd;
using trace::CopyId;

namespace {

// What happened somewhere below a copy, itself included.
struct Below {
  std::array<bool, kFateCount> has{};
  CopyId first_delivery{};
  CopyId last_end{};

  bool& of(MailFate fate) { return has[static_cast<std::size_t>(fate)]; }
};

void take(Below& below, CopyId id, const CopyFact& copy, const MailFacts& facts) {
  switch (copy.end) {
    case CopyEnd::none:
      if (copy.created) below.of(MailFate::queued) = true;
      return;
    case CopyEnd::delivered: {
      const CopyFact* first = facts.copies.find(below.first_delivery);
      if (first == nullptr || copy.ended_ns < first->ended_ns) below.first_delivery = id;
      below.of(MailFate::delivered) = true;
      break;
    }
    case CopyEnd::bounced:
      below.of(MailFate::bounced) = true;
      break;
    case CopyEnd::destroyed:
      below.of(MailFate::destroyed) = true;
      break;
    case CopyEnd::discarded:
      below.of(MailFate::discarded) = true;
      break;
    default:
      break;
  }
  const CopyFact* last = facts.copies.find(below.last_end);
  if (last == nullptr || copy.ended_ns > last->ended_ns) below.last_end = id;
}

void take(Below& below, const Below& child, const MailFacts& facts) {
  for (std::size_t i = 0; i < below.has.size(); ++i) below.has[i] |= child.has[i];
  const auto ended_ns = [&](CopyId id) { return facts.copies.find(id)->ended_ns; };
  if (child.first_delivery &&
      (!below.first_delivery || ended_ns(child.first_delivery) < ended_ns(below.first_delivery)))
    below.first_delivery = child.first_delivery;
  if (child.last_end && (!below.last_end || ended_ns(child.last_end) > ended_ns(below.last_end)))
    below.last_end = child.last_end;
}

MailFate fate_of(Below& below) {
  for (const MailFate fate :
       {MailFate::delivered, MailFate::queued, MailFate::bounced, MailFate::destroyed, MailFate::discarded})
    if (below.of(fate)) return fate;
  return MailFate::unaccounted;
}

}  // namespace

std::string_view name(MailFate fate) {
  constexpr std::array<std::string_view, kFateCount> kNames = {"delivered", "queued",    "bounced",
                                                               "destroyed", "discarded", "unaccounted"};
  return kNames[static_cast<std::size_t>(fate)];
}

std::string_view name(DelayPart part) {
  constexpr std::array<std::string_view, kPartCount> kNames = {"connect", "transfer", "queue", "retry"};
  return kNames[static_cast<std::size_t>(part)];
}

std::int64_t HopShare::total_ns() const {
  return std::accumulate(parts_ns.begin(), parts_ns.end(), std::int64_t{0});
}

std::vector<RootOutcome> outcomes_of(const MailFacts& facts) {
  // A child has a greater number than its parent, so one walk from the end does.
  std::vector<Below> below(static_cast<std::size_t>(facts.copies.size()));
  std::vector<bool> counts(below.size());
  std::vector<RootOutcome> found;
  for (std::int64_t id = facts.copies.size(); id >= 1; --id) {
    const CopyFact& copy = *facts.copies.find({id});
    Below& own = below[static_cast<std::size_t>(id - 1)];
    take(own, {id}, copy, facts);
    const bool is_counted = counts[static_cast<std::size_t>(id - 1)] || copy.counts;
    if (copy.parent) {
      if (copy.parent.value < 1 || copy.parent.value >= id || !copy.created) continue;
      const auto parent = static_cast<std::size_t>(copy.parent.value - 1);
      take(below[parent], own, facts);
      if (is_counted) counts[parent] = true;
      continue;
    }
    if (!copy.created) continue;
    const MessageFact* message = facts.messages.find(copy.message);
    if (!is_counted && !facts.counted(copy.message)) continue;
    RootOutcome root = {
        .root = {id}, .message = copy.message, .recipient = copy.recipient, .fate = fate_of(own)};
    root.is_notification = message != nullptr && message->is_notification;
    root.composed_ns = message != nullptr && message->composed ? message->composed_ns : copy.created_ns;
    root.leaf = root.fate == MailFate::delivered ? own.first_delivery : own.last_end;
    if (const CopyFact* leaf = facts.copies.find(root.leaf);
        leaf != nullptr && root.fate != MailFate::queued) {
      root.event = leaf->ended;
      root.ended_ns = leaf->ended_ns;
    }
    found.push_back(root);
  }
  std::sort(found.begin(), found.end(), [](const RootOutcome& a, const RootOutcome& b) {
    return std::pair(a.message, a.root) < std::pair(b.message, b.root);
  });
  return found;
}

std::vector<HopShare> hops_of(const MailFacts& facts, const RootOutcome& delivered) {
  if (delivered.fate != MailFate::delivered) return {};
  std::vector<CopyId> path;  // from the mailbox back
  for (CopyId id = delivered.leaf; id; id = facts.copies.find(id)->parent) {
    path.push_back(id);
    if (id == delivered.root) break;
  }
  std::vector<HopShare> hops;
  std::int64_t start_ns = delivered.composed_ns;
  for (std::size_t i = path.size(); i-- > 0;) {
    const CopyFact& copy = *facts.copies.find(path[i]);
    const CopyFact* next = i > 0 ? facts.copies.find(path[i - 1]) : nullptr;
    const std::int64_t end_ns = std::max(start_ns, next != nullptr ? next->created_ns : copy.ended_ns);
    if (hops.empty() || hops.back().from != copy.host) hops.push_back({.from = copy.host});
    HopShare& hop = hops.back();
    if (next != nullptr && next->host != copy.host) hop.to = next->host;
    const bool was_handed = hop.to && next->handing_began_ns >= 0;
    // Three moments between start and end, in order, whatever a damaged file says.
    const auto moment = [&](std::int64_t time_ns, std::int64_t least_ns, std::int64_t otherwise_ns) {
      return time_ns < 0 ? otherwise_ns : std::clamp(time_ns, least_ns, end_ns);
    };
    const std::int64_t handing_ns = was_handed ? moment(next->handing_began_ns, start_ns, end_ns) : end_ns;
    const std::int64_t first_ns = std::min(moment(copy.first_try_ns, start_ns, handing_ns), handing_ns);
    const std::int64_t connected_ns =
        was_handed ? moment(next->handing_connected_ns, handing_ns, handing_ns) : end_ns;
    const auto add = [&](DelayPart part, std::int64_t time_ns) {
      hop.parts_ns[static_cast<std::size_t>(part)] += time_ns;
    };
    add(DelayPart::queue, first_ns - start_ns);
    add(DelayPart::retry, handing_ns - first_ns);
    add(DelayPart::connect, connected_ns - handing_ns);
    add(DelayPart::transfer, end_ns - connected_ns);
    start_ns = end_ns;
  }
  return hops;
}

}  // namespace mailroom::viz
