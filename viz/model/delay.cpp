// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/delay.hpp"

#include <algorithm>
#include <set>

namespace mailroom::viz {
namespace {

using trace::Copy;
using trace::CopyId;
using trace::Kind;
using trace::StoredEvent;

constexpr int kMaxGenerations = 1000;
constexpr std::int64_t kMaxEvents = 50'000;  // of one message that are looked at

template <class T>
using Read = std::expected<T, trace::FileError>;

// The copy that it began with. None: the ancestry does not make sense.
CopyId root_of(const trace::World& world, CopyId id) {
  for (int i = 0; i < kMaxGenerations; ++i) {
    const Copy* copy = world.copies.find(id);
    if (copy == nullptr || !copy->created) return {};
    if (!copy->parent || copy->parent >= id) return id;
    id = copy->parent;
  }
  return {};
}

// The events of the message that tell of time, with the openings of its sessions.
Read<std::vector<StoredEvent>> events_of(trace::RunFileReader& reader, trace::MessageId message,
                                         trace::EventId up_to) {
  trace::EventQuery query;
  query.message = message;
  query.up_to = up_to;
  query.limit = kMaxEvents;
  query.kinds = MailFacts::kinds();
  auto events = reader.events(query);
  if (!events) return events;
  std::set<trace::SessionId> sessions;
  for (const StoredEvent& e : *events)
    if (e.session && e.attempt) sessions.insert(e.session);
  std::vector<StoredEvent> all = std::move(*events);
  for (const trace::SessionId session : sessions) {
    auto opened = reader.events({.up_to = up_to, .kinds = {Kind::session_opened}, .session = session});
    if (!opened) return opened;
    std::ranges::move(*opened, std::back_inserter(all));
  }
  std::ranges::stable_sort(all, {}, &StoredEvent::id);
  const auto twice = std::ranges::unique(all, {}, &StoredEvent::id);
  all.erase(twice.begin(), twice.end());
  return all;
}

}  // namespace

Read<std::optional<Delay>> delay_of(trace::RunFileReader& reader, const trace::World& world, CopyId id) {
  const Copy* copy = world.copies.find(id);
  if (copy == nullptr || copy->end != trace::CopyEnd::delivered) return std::nullopt;
  const CopyId root = root_of(world, id);
  const trace::Message* message = world.messages.find(copy->message);
  if (!root || message == nullptr) return std::nullopt;
  const auto events = events_of(reader, copy->message, world.last_event);
  if (!events) return std::unexpected(events.error());
  MailFacts facts;
  for (const StoredEvent& e : *events) facts.take(e, false);
  // hops_of() walks from the copy up to its root, which must all be known.
  for (CopyId at = id; at; at = facts.copies.find(at)->parent) {
    const CopyFact* fact = facts.copies.find(at);
    if (fact == nullptr || !fact->created) return std::nullopt;
    if (at == root) break;
  }
  RootOutcome outcome{.root = root, .message = copy->message, .recipient = copy->recipient};
  outcome.fate = MailFate::delivered;
  outcome.composed_ns = message->composed ? message->composed_ns : world.copies.find(root)->created_ns;
  outcome.leaf = id;
  outcome.ended_ns = copy->ended_ns;
  return Delay{.composed_ns = outcome.composed_ns, .delivered_ns = copy->ended_ns, .hops = hops_of(facts, outcome)};
}

std::optional<LongestPart> longest_part(const Delay& delay) {
  std::optional<LongestPart> longest;
  for (std::size_t hop = 0; hop < delay.hops.size(); ++hop)
    for (int part = 0; part < kPartCount; ++part) {
      const std::int64_t took_ns = delay.hops[hop].parts_ns[static_cast<std::size_t>(part)];
      if (took_ns > 0 && (!longest || took_ns > longest->took_ns))
        longest = {hop, static_cast<DelayPart>(part), took_ns};
    }
  return longest;
}

}  // namespace mailroom::viz
