// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/root_cause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "sim/faults/fault.hpp"
#include "sim/story/fault_words.hpp"
#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"

namespace mailroom::viz {
namespace {

using story::Step;
using trace::EventId;
using trace::Kind;
using trace::StoredEvent;

// How deep a reason goes: 0 is the deepest. None: it is a step, not a reason.
constexpr int kNone = std::numeric_limits<int>::max();
constexpr int kFinal = 12;    // it tells in words what went wrong for good
constexpr int kTelling = 13;  // it tells what went wrong this time
int depth_of(const StoredEvent& e) {
  switch (e.kind) {
    case Kind::fault_began: return 0;
    case Kind::host_crashed: return 1;
    case Kind::disk_filled: return 2;
    // A rule that only delays or lets through is no reason for a refusal.
    case Kind::policy_decided: return e.code >= 400 ? 3 : kFinal;
    case Kind::message_held: return 4;
    case Kind::relay_misused: return 4;
    case Kind::query_unanswered: return 5;
    case Kind::route_failed: return 6;
    case Kind::frame_dropped:
    case Kind::datagram_dropped: return 7;
    case Kind::connection_disturbed: return 8;
    case Kind::connection_refused:
    case Kind::connection_unreachable:
    case Kind::datagram_refused: return 9;
    case Kind::connection_timed_out:
    case Kind::connection_reset:
    case Kind::timer_expired: return 10;
    case Kind::reply_sent:
    case Kind::reply_received: return e.code >= 400 ? 11 : kNone;
    case Kind::copy_bounced:
      // For good is for good; what was given up because it was too old had its reason before.
      if (e.code >= 500) return kFinal;
      return e.text.empty() ? kNone : kTelling;
    case Kind::copy_deferred:
    case Kind::exchanger_passed_over:
    case Kind::destination_declared_dead: return e.text.empty() && e.code == 0 ? kNone : kTelling;
    case Kind::copy_discarded:
    case Kind::copy_destroyed: return kFinal;
    default: return kNone;
  }
}

// A connection that is reset is so in an instant, and nothing ends.
bool is_an_instant(const StoredEvent& began) {
  const std::vector<std::string> names = story::detail_texts(began.detail, "kind");
  return !names.empty() && std::ranges::any_of(faults::kKinds, [&](const faults::KindInfo& kind) {
    return kind.name == names.front() && !kind.is_lasting;
  });
}

std::string fault_words(const StoredEvent& e, const trace::World& world) {
  std::int64_t ended_ns = is_an_instant(e) ? e.time_ns : e.value.value_or(-1);
  if (const trace::FaultState* fault = world.faults.find(e.fault); fault != nullptr && fault->began == e.id)
    if (fault->ended) ended_ns = fault->ended_ns;
  return fmt::format("{} {}", story::as_reason(e.text), story::in_force_words(e.time_ns, ended_ns));
}

std::string on_link(story::Names& names, const StoredEvent& e) {
  return e.link ? " on link " + names.link(e.link) : std::string();
}

std::string after(std::string_view text) {
  return text.empty() ? std::string() : fmt::format(": {}", story::printable_beginning(text));
}

std::string words(const StoredEvent& e, story::Names& names, const trace::World& world) {
  const std::string host = names.host(e.host);
  switch (e.kind) {
    case Kind::fault_began:
      return fault_words(e, world);
    case Kind::host_crashed:
      return fmt::format("the host {} crashed at {}", host, story::duration(e.time_ns));
    case Kind::disk_filled:
      return fmt::format("the disk of {} was full", host);
    case Kind::policy_decided:
      return fmt::format("a rule of {} decided so{}", host, after(e.text));
    case Kind::message_held:
      return fmt::format("a rule of {} holds it{}", host, after(e.text));
    case Kind::query_unanswered:
      return fmt::format("a name server gave {} no answer of use{}", host, after(e.text));
    case Kind::route_failed:
      return fmt::format("{} found nobody who takes mail for the domain{}", host,
                         after(story::quoted_reply(e.code, e.text)));
    case Kind::frame_dropped:
    case Kind::datagram_dropped:
      return fmt::format("{} was lost{}{}", e.kind == Kind::frame_dropped ? "a frame" : "a datagram",
                         on_link(names, e), after(e.text));
    case Kind::connection_refused:
      return fmt::format("no one listened where {} asked for a connection", host);
    case Kind::datagram_refused:
      return fmt::format("no one listened where {} asked{}", host, after(e.text));
    case Kind::connection_unreachable:
      return fmt::format("there was no way from {} to the other host", host);
    case Kind::connection_disturbed:
      return fmt::format("the connection was disturbed{}{}", on_link(names, e), after(e.text));
    case Kind::connection_timed_out:
      return fmt::format("{} waited in vain for {}", host,
                         e.text.empty() ? std::string("an answer") : story::printable_beginning(e.text));
    case Kind::connection_reset:
      return fmt::format("the connection of {} was reset", host);
    case Kind::timer_expired:
      return fmt::format("{} had no answer in time{}", host, after(e.text));
    case Kind::reply_sent:
      return fmt::format("{} replied {}", host, story::quoted_reply(e.code, e.text));
    case Kind::reply_received: {
      std::optional<StoredEvent> sent;
      if (e.text.empty() && e.cause) sent = names.event(e.cause);
      return fmt::format("the receiver replied {}", story::quoted_reply(e.code, sent ? sent->text : e.text));
    }
    default: {
      const std::string reply = story::quoted_reply(e.code, e.text);
      return e.code == 0 ? reply : "the answer was " + reply;
    }
  }
}

// Where the try before this one ends: what lies behind is older news.
bool ends_try(const StoredEvent& e) {
  return e.kind == Kind::copy_deferred || e.kind == Kind::copy_created || e.kind == Kind::message_queued;
}

}  // namespace

RootCause root_cause_of(const story::Causes& causes, story::Names& names, const trace::World& world,
                        const Hides& hides) {
  const StoredEvent* best = nullptr;
  int best_depth = kNone;
  const auto look = [&](const StoredEvent& e) {
    if (const int depth = depth_of(e); depth < best_depth && !(hides && hides(e))) {
      best = &e;
      best_depth = depth;
    }
  };
  // The evidence of an event, and the evidence of that: a branch is of an event of the chain or of a branch.
  const auto look_below = [&](EventId id) {
    std::vector<EventId> open{id};
    for (std::size_t i = 0; i < open.size() && i < 1000; ++i)
      for (const story::Because& branch : causes.branches) {
        if (branch.of != open[i]) continue;
        for (const StoredEvent& e : branch.chain) {
          look(e);
          open.push_back(e.id);
        }
      }
  };
  for (std::size_t i = 0; i < causes.chain.size(); ++i) {
    const StoredEvent& e = causes.chain[i];
    if (i > 0 && best_depth < kTelling && ends_try(e)) break;
    look(e);
    look_below(e.id);
  }
  if (best == nullptr) return {};
  // A copy that a fault destroyed names it, though no event may.
  if (best->fault && best->kind != Kind::fault_began)
    if (const trace::FaultState* fault = world.faults.find(best->fault); fault != nullptr && fault->began)
      if (const auto began = names.event(fault->began); !hides || !began || !hides(*began))
        return {fault->began, fmt::format("{} {}", story::as_reason(fault->what),
                                          story::in_force_words(fault->began_ns, fault->ended_ns))};
  return {best->id, words(*best, names, world)};
}

}  // namespace mailroom::viz
