// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_next.hpp"

#include <fmt/format.h>

#include "sim/main/cli_table.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {
namespace {

using trace::Copy;
using trace::CopyEnd;
using trace::CopyId;

// What the copies of a run are remembered for.
struct Telling {
  trace::MessageId story;  // its message was re-queued most often, else travelled furthest
  bool story_was_requeued = false;
  CopyId bounced;
  trace::EventId bounced_event{};
  CopyId deferred;      // the first that was
  trace::HostId queue;  // a host that still has copies
  std::string mailbox;  // of the last delivery
};

int hops_of(const trace::World& world, CopyId id) {
  int hops = 0;
  for (const Copy* copy = world.copies.find(id); copy != nullptr && copy->parent && hops < 100;
       copy = world.copies.find(copy->parent))
    ++hops;
  return hops;
}

Telling look(const trace::World& world) {
  Telling telling;
  int most_deferrals = 0;
  int most_hops = -1;
  world.copies.for_each([&](CopyId id, const Copy& copy) {
    if (!copy.created) return;
    if (copy.deferrals > most_deferrals) {
      most_deferrals = copy.deferrals;
      telling.story = copy.message;
      telling.story_was_requeued = true;
    }
    if (most_deferrals == 0) {
      if (const int hops = hops_of(world, id); hops > most_hops) {
        most_hops = hops;
        telling.story = copy.message;
      }
    }
    if (copy.deferrals > 0 && !telling.deferred) telling.deferred = id;
    if (copy.end == CopyEnd::bounced && !telling.bounced) {
      telling.bounced = id;
      telling.bounced_event = copy.ended;
    }
    if (copy.end == CopyEnd::delivered) telling.mailbox = copy.mailbox;
    if (copy.open()) telling.queue = copy.host;
  });
  return telling;
}

// The first session in which this message was handed over.
trace::SessionId session_with(Run& run, trace::MessageId message) {
  trace::EventQuery query;
  query.message = message;
  query.kinds = {trace::Kind::content_sent, trace::Kind::command_sent, trace::Kind::copy_relayed};
  trace::SessionId session;
  must(run.reader().for_each(query, [&](const trace::StoredEvent& e) {
    session = e.session;
    return !session;
  }));
  return session;
}

trace::EventId first_event(Run& run, trace::Kind kind, CopyId copy) {
  trace::EventQuery query;
  query.kinds = {kind};
  query.copy = copy;
  query.limit = 1;
  const auto events = must(run.reader().events(query));
  return events.empty() ? trace::EventId{} : events.front().id;
}

}  // namespace

void print_next_questions(Run& run, Terminal& terminal) {
  const Telling telling = look(run.world());
  if (!telling.story) return;
  std::vector<Suggestion> suggestions;
  const auto suggest = [&](const std::string& question, const std::string& meaning) {
    suggestions.push_back({fmt::format("mailroom inspect {} {}", printable(run.file()), question), meaning});
  };
  suggest(fmt::format("--message {}", telling.story.value), telling.story_was_requeued
                                                                ? "the message that was re-queued most often"
                                                                : "the whole story of one message");
  if (run.records(trace::Level::full)) {
    if (const auto session = session_with(run, telling.story))
      suggest(fmt::format("--session {}", session.value), "a dialogue of its sender and receiver");
    else
      suggest("--sessions", "who talked to whom");
  }
  if (telling.bounced_event)
    suggest(fmt::format("--why {}", telling.bounced_event.value),
            fmt::format("why copy {} bounced", telling.bounced.value));
  else if (telling.deferred)
    if (const auto event = first_event(run, trace::Kind::copy_deferred, telling.deferred))
      suggest(fmt::format("--why {}", event.value),
              fmt::format("why copy {} was re-queued", telling.deferred.value));
  if (telling.queue)
    suggest(fmt::format("--host {}", run.host(telling.queue)), "what still stands in its queue");
  if (!telling.mailbox.empty())
    suggest(fmt::format("--mailbox {}", printable(telling.mailbox)), "what this user would read");
  print_suggestions(terminal, suggestions);
}

}  // namespace mailroom::cli
