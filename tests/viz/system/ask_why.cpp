// SPDX-License-Identifier: GPL-2.0-only
// usage: ask_why RUN
// Asks "Why?" of whatever went wrong in a run, at its end: a line for each copy that was re-queued or given up, and for
// each question that a message offers. Fields by tabs: event or question, what is asked, the root cause, steps.
#include <fmt/format.h>

#include <limits>

#include "sim/trace/replay.hpp"
#include "viz/model/why.hpp"

namespace {

using namespace mailroom;

int tell(trace::Replay& replay, story::Names& names, std::string_view kind, const viz::WhyQuestion& question) {
  const auto told = viz::answer(replay.reader(), names, replay.world(), question);
  if (!told) {
    fmt::print(stderr, "{}\n", told.error().text);
    return 1;
  }
  fmt::print("{}\t{}\t{}\t{}\n", kind, told->question, told->root, told->lines.size());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  auto replay = trace::Replay::open(arguments[1]);
  if (!replay || !replay->seek_time(std::numeric_limits<std::int64_t>::max())) return 1;
  story::Names names(replay->reader());
  const auto events = replay->reader().events({.kinds = {trace::Kind::copy_deferred, trace::Kind::copy_bounced}});
  if (!events) return 1;
  int failures = 0;
  for (const trace::StoredEvent& e : *events) failures += tell(*replay, names, info(e.kind).name, {.event = e.id});
  for (std::int64_t message = 1; message <= replay->world().messages.size(); ++message)
    for (const viz::WhyOffer& offer : viz::offers_for(replay->world(), replay->reader(), {message}, {}))
      failures += tell(*replay, names, offer.label, offer.question);
  return failures == 0 ? 0 : 1;
}
