// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/replay.hpp"

#include <gtest/gtest.h>

#include <random>

#include "sim/trace/memory_sink.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/trace/random_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::trace {

using tests::TemporaryFolder;
namespace {

// The state after the first `count` events, by playing and nothing else.
World played(const std::vector<StoredEvent>& events, std::size_t count) {
  World world;
  for (std::size_t i = 0; i < count; ++i) world.apply(events[i]);
  return world;
}

class ReplayOfARandomRun : public testing::TestWithParam<std::uint32_t> {
 protected:
  void SetUp() override {
    auto writer = RunFileWriter::create(path_, random_run_header());
    ASSERT_TRUE(writer) << writer.error().text;
    make_random_run(**writer, GetParam(), 400);
    ASSERT_TRUE((*writer)->finish());
    make_random_run(sink_, GetParam(), 400);
    ASSERT_GT(sink_.events.size(), 2000U);
  }
  // Small distances, so that snapshots are taken, thinned out and used.
  Replay open() {
    auto replay = Replay::open(path_, {.snapshot_every = 50, .max_snapshots = 8});
    EXPECT_TRUE(replay) << replay.error().text;
    return std::move(*replay);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
  MemorySink sink_;
};

TEST_P(ReplayOfARandomRun, ShowsTheSameBySeekingAsByPlaying) {
  Replay replay = open();
  EXPECT_EQ(replay.world(), World());
  std::mt19937 random(GetParam());
  const auto& events = sink_.events;
  for (int i = 0; i < 60; ++i) {
    const std::size_t count = random() % (events.size() + 1);
    if (i % 2 == 0) {
      ASSERT_TRUE(replay.seek_event(count == 0 ? EventId{} : events[count - 1].id));
      EXPECT_EQ(replay.world(), played(events, count)) << count << " events";
    } else {
      // Times are shared by several events: all of them count.
      const std::int64_t time_ns = count == 0 ? -1 : events[count - 1].time_ns;
      std::size_t until = count;
      while (until < events.size() && events[until].time_ns == time_ns) ++until;
      ASSERT_TRUE(replay.seek_time(time_ns));
      EXPECT_EQ(replay.world(), played(events, until)) << "at " << time_ns;
      EXPECT_EQ(replay.time_ns(), std::max<std::int64_t>(time_ns, 0));
    }
  }
}

TEST_P(ReplayOfARandomRun, IsWhereItWasAfterStepsBackAndForward) {
  Replay replay = open();
  const auto& events = sink_.events;
  std::mt19937 random(GetParam());
  std::size_t at = 1000;
  ASSERT_TRUE(replay.seek_event(events[at - 1].id));
  for (int i = 0; i < 40; ++i) {
    const World before = replay.world();
    ASSERT_EQ(before.last_event, events[at - 1].id);
    const auto steps = 1 + static_cast<std::int64_t>(random() % 300);
    ASSERT_EQ(replay.step(-steps), steps);
    EXPECT_EQ(replay.world().last_event, events[at - 1 - static_cast<std::size_t>(steps)].id);
    EXPECT_NE(replay.world(), before);
    ASSERT_EQ(replay.step(steps), steps);
    EXPECT_EQ(replay.world(), before);
    at = 301 + random() % (events.size() - 301);
    ASSERT_TRUE(replay.seek_event(events[at - 1].id));
  }
}

TEST_P(ReplayOfARandomRun, StopsAtBothEnds) {
  Replay replay = open();
  const auto count = std::ssize(sink_.events);
  EXPECT_EQ(replay.step(-1), 0);
  EXPECT_EQ(replay.step(count + 10), count);
  EXPECT_EQ(replay.world().last_event, replay.last_event());
  EXPECT_EQ(replay.world(), played(sink_.events, sink_.events.size()));
  EXPECT_EQ(replay.step(1), 0);
  EXPECT_EQ(replay.step(-count - 10), count);
  EXPECT_EQ(replay.world(), World());
  EXPECT_EQ(replay.step(1), 1);
  EXPECT_EQ(replay.world().last_event, EventId{1});
  EXPECT_EQ(replay.step(-1), 1);
  EXPECT_EQ(replay.world(), World());
}

TEST_P(ReplayOfARandomRun, KnowsTheFlightsInProgressAtAnyTime) {
  const Replay replay = open();
  ASSERT_GT(sink_.flights.size(), 300U);  // more than a block
  std::mt19937 random(GetParam());
  std::size_t seen = 0;
  for (int i = 0; i < 300; ++i) {
    const std::int64_t time_ns = static_cast<std::int64_t>(random()) * 5 % replay.end_ns();
    std::size_t expected = 0;
    for (const Flight& flight : sink_.flights) {
      const std::int64_t end =
          flight.last_bit_in_ns >= 0 ? flight.last_bit_in_ns : flight.first_bit_out_ns + 10'000'000;
      if (flight.first_bit_out_ns <= time_ns && time_ns < end) ++expected;
    }
    EXPECT_EQ(replay.flights_in_progress(time_ns).size(), expected) << "at " << time_ns;
    seen += expected;
  }
  EXPECT_GT(seen, 20U);
}

// What must hold in any state, whatever happened.
TEST_P(ReplayOfARandomRun, KeepsCopiesAndHostsInAgreement) {
  World world;
  for (const StoredEvent& event : sink_.events) {
    world.apply(event);
    if (event.id.value % 97 != 0) continue;
    std::int64_t open = 0;
    for (int host = 1; host <= kRandomHosts; ++host) {
      const HostState& at = world.host({host});
      EXPECT_EQ(std::ssize(world.open_copies({host})), at.open)
          << "host " << host << ", event " << event.id.value;
      EXPECT_GE(at.disk_used_bytes, 0);
      open += at.open;
    }
    EXPECT_EQ(open, world.copies_by_end[0]);
  }
  EXPECT_GT(world.copies_by_end[static_cast<std::size_t>(CopyEnd::relayed)], 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplayOfARandomRun, testing::Values(1U, 2U, 3U));

TEST(Replay, FollowsARunThatGrows) {
  const TemporaryFolder folder;
  auto writer = RunFileWriter::create(folder / "live.mailroom", random_run_header());
  ASSERT_TRUE(writer);
  Recorder recorder(**writer, Level::packets);
  RandomRun run(recorder, 11);
  (*writer)->commit();
  auto replay = Replay::open(folder / "live.mailroom");
  ASSERT_TRUE(replay) << replay.error().text;
  EXPECT_EQ(replay->last_event(), EventId{1});
  EXPECT_EQ(replay->refresh(), false);
  for (int i = 0; i < 100; ++i) run.step();
  (*writer)->commit();
  EXPECT_EQ(replay->refresh(), true);
  EXPECT_EQ(replay->last_event(), recorder.last_event());
  EXPECT_EQ(replay->world(), World());
  ASSERT_TRUE(replay->seek_time(replay->end_ns()));
  MemorySink sink;
  Recorder again(sink, Level::packets);
  RandomRun same(again, 11);
  for (int i = 0; i < 100; ++i) same.step();
  EXPECT_EQ(replay->world(), played(sink.events, sink.events.size()));
}

}  // namespace
}  // namespace mailroom::trace
