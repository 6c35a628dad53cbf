// SPDX-License-Identifier: GPL-2.0-only
// What docs/BENCH.md promises of ten million events, of fewer and without a clock: how much memory, and how
// little a seek has to do.
#include "tests/bench/long_run.hpp"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/temporary_folder.hpp"
#include "viz/model/player.hpp"
#include "viz/model/recording.hpp"

namespace mailroom::viz {
namespace {

std::int64_t used_bytes() {
  const auto info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

TEST(LongRun, CostsLittleMemoryAndNoSeekGoesFar) {
  const tests::TemporaryFolder folder;
  const auto rows = bench::write_long_run(folder / "long.mailroom", {.events = 400'000, .hosts = 300});
  ASSERT_TRUE(rows) << rows.error().text;
  const std::int64_t before = used_bytes();
  auto run = Recording::open(folder / "long.mailroom");
  ASSERT_TRUE(run) << run.error().text;
  EXPECT_TRUE((*run)->is_indexing()) << "it is too long to be read at once";
  ASSERT_TRUE((*run)->seek_time((*run)->end_ns()));
  EXPECT_TRUE((*run)->is_waiting());
  ASSERT_TRUE((*run)->settle());
  const Index::State& index = (*run)->index();
  ASSERT_TRUE(index.is_over());
  EXPECT_EQ(index.rows.size(), *rows);
  // 0 where the memory is not malloc's own (a sanitizer's).
  EXPECT_LE((used_bytes() - before) / *rows, 100);

  // A mail mix as it should be.
  EXPECT_GT(index.marks.of(MarkClass::delivered).size(), 3000);
  EXPECT_GT(index.marks.of(MarkClass::bounced).size(), 50);
  EXPECT_GT(index.marks.of(MarkClass::deferred).size(), 100);
  EXPECT_GT(index.flights.size(), 10'000);

  // From one state to the next is never farther than it should be.
  std::int64_t last = 0;
  for (const Index::Snapshot& snapshot : index.snapshots) {
    EXPECT_LE(snapshot.rows - last, Index::Options().snapshot_every);
    last = snapshot.rows;
  }
  EXPECT_LE(index.rows.size() - last, Index::Options().snapshot_every);

  // And what is found so is what playing shows.
  std::mt19937_64 random(1);
  auto reader = trace::RunFileReader::open(folder / "long.mailroom");
  ASSERT_TRUE(reader);
  trace::World played;
  std::vector<std::int64_t> stops;
  for (int i = 0; i < 20; ++i)
    stops.push_back(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(*rows)));
  std::ranges::sort(stops);
  std::size_t next = 0;
  std::int64_t row = 0;
  ASSERT_TRUE(reader->for_each({}, [&](const trace::StoredEvent& event) {
    played.apply(event);
    for (; next < stops.size() && stops[next] == row; ++next) {
      EXPECT_TRUE((*run)->seek_event(event.id));
      EXPECT_EQ((*run)->world(), played) << "after " << row << " events";
    }
    ++row;
    return true;
  }));
  EXPECT_EQ(next, stops.size());
}

// A frame at 10,000x passes more than can be looked at in it: the player goes on more slowly, and misses
// nothing.
TEST(LongRun, IsPlayedUntilTheFirstEventThatFitsHoweverFast) {
  const tests::TemporaryFolder folder;
  ASSERT_TRUE(bench::write_long_run(folder / "long.mailroom", {.events = 150'000, .hosts = 100}));
  Recording::Options options;
  options.small_file_bytes = 1'000'000'000;
  auto run = Recording::open(folder / "long.mailroom", options);
  ASSERT_TRUE(run) << run.error().text;
  const auto bounced = (*run)->index().marks.of(MarkClass::bounced);
  const auto deferred = (*run)->index().marks.of(MarkClass::deferred);
  ASSERT_GT(bounced.size(), 20);
  ASSERT_TRUE((*run)->seek_event(deferred[deferred.size() / 2].event));
  const trace::EventId after = (*run)->event();
  const std::int64_t next = bounced.partition(0, [&](const Mark& mark) { return mark.event > after; });
  ASSERT_LT(next + 10, bounced.size());
  Player player;
  player.set_speed(Player::kMaxSpeed);
  for (std::int64_t i = next; i < next + 10; ++i) {
    player.set_until(*Until::parse("is:bounced", (*run)->time_ns(), (*run)->end_ns()));
    player.play();
    int frames = 0;
    bool has_arrived = false;
    while (!has_arrived && ++frames < 1000) {
      const auto step = player.advance(**run, 16'000'000);
      ASSERT_TRUE(step);
      has_arrived = step->has_arrived;
      ASSERT_TRUE(step->event ? (*run)->seek_event(step->event) : (*run)->seek_time(step->time_ns));
    }
    EXPECT_EQ((*run)->event(), bounced[i].event);
    EXPECT_FALSE(player.is_playing());
  }
}

}  // namespace
}  // namespace mailroom::viz
