// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/trace/memory_sink.hpp"
#include "tests/sim/trace/random_run.hpp"

namespace mailroom::trace {
namespace {

TEST(Kinds, HaveUniqueNamesThatLeadBack) {
  std::set<std::string_view> names;
  for (int i = 0; i < kKindCount; ++i) {
    const auto kind = static_cast<Kind>(i);
    EXPECT_TRUE(names.insert(info(kind).name).second) << info(kind).name;
    EXPECT_EQ(kind_named(info(kind).name), kind);
  }
  EXPECT_EQ(info(Kind::copy_deferred).name, "copy.deferred");
  EXPECT_EQ(info(Kind::copy_deferred).level, Level::mail);
  EXPECT_EQ(kind_named("copy.lost"), std::nullopt);
  EXPECT_EQ(level_named("full"), Level::full);
  EXPECT_EQ(level_named("everything"), std::nullopt);
  EXPECT_EQ(name(Level::packets), "packets");
}

TEST(Recorder, NumbersEventsAndAddsTimeAndCause) {
  MemorySink sink;
  Recorder recorder(sink, Level::full);
  EXPECT_EQ(recorder.last_event(), EventId{});
  const EventId first = recorder.record({.kind = Kind::run_began});
  recorder.set_time(5);
  recorder.context.event = first;
  const EventId second = recorder.record({.kind = Kind::timer_expired, .host = {3}, .text = "DATA"});
  ASSERT_EQ(sink.events.size(), 2U);
  EXPECT_EQ(sink.events[0].id, EventId{1});
  EXPECT_EQ(sink.events[0].cause, EventId{});
  EXPECT_EQ(sink.events[1].id, second);
  EXPECT_EQ(sink.events[1].time_ns, 5);
  EXPECT_EQ(sink.events[1].cause, first);
  EXPECT_EQ(sink.events[1].host, HostId{3});
  EXPECT_EQ(sink.events[1].text, "DATA");
}

TEST(Recorder, NamesTheNearestKeptAncestorForWhatItLeavesOut) {
  MemorySink sink;
  Recorder recorder(sink, Level::mail);
  const EventId kept = recorder.record({.kind = Kind::attempt_began});
  recorder.context.event = kept;
  const EventId left_out = recorder.record({.kind = Kind::command_sent});
  EXPECT_EQ(left_out, kept);
  recorder.context.event = left_out;
  recorder.skip();
  const EventId next = recorder.record({.kind = Kind::copy_deferred});
  EXPECT_EQ(next, EventId{4});  // the numbers of what was left out are used up
  ASSERT_EQ(sink.events.size(), 2U);
  EXPECT_EQ(sink.events[1].cause, kept);
}

// Every level must be the full run less the rows that it leaves out; only causes move to kept ancestors.
TEST(Recorder, GivesTheSameRunAtEveryLevel) {
  MemorySink all;
  make_random_run(all, 7, 300, Level::packets);
  ASSERT_GT(all.events.size(), 1000U);
  for (const Level level : {Level::summary, Level::mail, Level::full}) {
    MemorySink sink;
    make_random_run(sink, 7, 300, level);
    std::vector<StoredEvent> expected;
    for (const StoredEvent& event : all.events) {
      if (info(event.kind).level <= level) expected.push_back(event);
    }
    ASSERT_EQ(sink.events.size(), expected.size());
    ASSERT_LT(sink.events.size(), all.events.size());
    std::set<EventId> kept{EventId{}};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      StoredEvent& event = sink.events[i];
      EXPECT_TRUE(kept.contains(event.cause)) << "event " << event.id.value << " at " << name(level);
      kept.insert(event.id);
      // The nearest kept ancestor of what the cause is at the highest level.
      EventId cause = expected[i].cause;
      while (cause) {
        const auto at = std::lower_bound(all.events.begin(), all.events.end(), cause,
                                         [](const StoredEvent& row, EventId id) { return row.id < id; });
        if (info(at->kind).level <= level) break;
        cause = at->cause;
      }
      EXPECT_EQ(event.cause, cause) << "event " << event.id.value << " at " << name(level);
      event.cause = expected[i].cause;
      EXPECT_EQ(event, expected[i]);
    }
    EXPECT_EQ(sink.flights.size(), level >= Level::mail ? all.flights.size() : 0U);
    EXPECT_EQ(sink.frames.size(), 0U);
    EXPECT_EQ(sink.recipients, all.recipients);
  }
}

TEST(Recorder, SharesEqualContentsWhileAnyoneHoldsThem) {
  MemorySink sink;
  Recorder recorder(sink, Level::full);
  const ContentPtr first = recorder.content("Hello\r\n");
  const ContentPtr again = recorder.content("Hello\r\n");
  const ContentPtr other = recorder.content("Hello!\r\n");
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  EXPECT_EQ(first->id, ContentId{1});
  EXPECT_EQ(other->id, ContentId{2});
}

TEST(Recorder, FreesContentsThatNobodyHoldsButKeepsTheirNumber) {
  MemorySink sink;
  Recorder recorder(sink, Level::full);
  ContentPtr held = recorder.content("Hello\r\n");
  const std::weak_ptr<const Content> watch = held;
  recorder.record({.kind = Kind::message_composed, .content = held->id});
  EXPECT_EQ(sink.contents.size(), 1U);
  held.reset();
  EXPECT_TRUE(watch.expired());
  held = recorder.content("Hello\r\n");
  EXPECT_EQ(held->id, ContentId{1});
  sink.contents.clear();
  recorder.record({.kind = Kind::message_composed, .content = held->id});
  EXPECT_TRUE(sink.contents.empty());  // written once
}

TEST(Recorder, WritesOnlyContentsThatAKeptEventNames) {
  MemorySink sink;
  Recorder recorder(sink, Level::summary);
  const ContentPtr composed = recorder.content("composed");
  const ContentPtr queued = recorder.content("queued");
  EXPECT_TRUE(sink.contents.empty());
  recorder.record({.kind = Kind::message_composed, .content = composed->id});
  recorder.record({.kind = Kind::message_queued, .content = queued->id});
  EXPECT_THAT(sink.contents, testing::ElementsAre(testing::Pair(composed->id, "composed")));
}

TEST(Recorder, KnowsTheSha256OfAContent) {
  MemorySink sink;
  Recorder recorder(sink, Level::full);
  const Sha256& sha256 = recorder.content("abc")->sha256;  // FIPS 180-4, example of SHA-256
  EXPECT_EQ(sha256[0], 0xba);
  EXPECT_EQ(sha256[1], 0x78);
  EXPECT_EQ(sha256[31], 0xad);
}

TEST(Recorder, InternsForwardPaths) {
  MemorySink sink;
  Recorder recorder(sink, Level::summary);
  const RecipientId ann = recorder.recipient("ann@a.example");
  const RecipientId bob = recorder.recipient("bob@b.example");
  EXPECT_NE(ann, bob);
  EXPECT_EQ(recorder.recipient("ann@a.example"), ann);
  EXPECT_THAT(sink.recipients,
              testing::ElementsAre(testing::Pair(ann, "ann@a.example"), testing::Pair(bob, "bob@b.example")));
}

TEST(Recorder, RestoresTheContextAfterAScope) {
  MemorySink sink;
  Recorder recorder(sink, Level::full);
  recorder.context.event = {9};
  {
    const ContextScope scope(recorder, {.event = {10}, .copy = {3}});
    EXPECT_EQ(recorder.context.copy, CopyId{3});
  }
  EXPECT_EQ(recorder.context, (Context{.event = {9}}));
}

}  // namespace
}  // namespace mailroom::trace
