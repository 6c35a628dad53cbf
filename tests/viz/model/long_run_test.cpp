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

}  // namespace
}  // namespace mailroom::viz
