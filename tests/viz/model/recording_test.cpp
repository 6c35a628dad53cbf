// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/recording.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include "sim/trace/memory_sink.hpp"
#include "sim/trace/replay.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/trace/random_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::viz {
namespace {

using namespace std::chrono_literals;
using tests::TemporaryFolder;
using trace::EventId;
using trace::World;

// Small distances, so that snapshots are made and used, and nothing far is shown before the index is there.
Recording::Options small_distances() {
  Recording::Options options;
  options.index = {.snapshot_every = 50, .slice = 37, .poll_ms = 2};
  options.most_at_once = 80;
  options.near_every = 16;
  options.most_near = 4;
  return options;
}

World played(const std::vector<trace::StoredEvent>& events, std::size_t count) {
  World world;
  for (std::size_t i = 0; i < count; ++i) world.apply(events[i]);
  return world;
}

// Takes news until `is_there`, for some seconds at most.
template <class Condition>
bool until(Recording& run, Condition is_there) {
  for (int i = 0; i < 2000; ++i) {
    (void)run.refresh();
    if (is_there()) return true;
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

class RecordingOfARandomRun : public testing::TestWithParam<std::uint32_t> {
 protected:
  void SetUp() override {
    auto writer = trace::RunFileWriter::create(path_, trace::random_run_header());
    ASSERT_TRUE(writer) << writer.error().text;
    make_random_run(**writer, GetParam(), 400);
    ASSERT_TRUE((*writer)->finish());
    make_random_run(sink_, GetParam(), 400);
    ASSERT_GT(sink_.events.size(), 2000U);
  }
  std::unique_ptr<Recording> open(const Recording::Options& options = small_distances()) {
    auto run = Recording::open(path_, options);
    EXPECT_TRUE(run) << run.error().text;
    return std::move(*run);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
  trace::MemorySink sink_;
};

TEST_P(RecordingOfARandomRun, ShowsTheSameBySeekingAsByPlaying) {
  const auto run = open();
  EXPECT_EQ(run->world(), World());
  EXPECT_TRUE(run->index().is_over());
  EXPECT_GT(run->index().snapshots.size(), 30U);
  std::mt19937 random(GetParam());
  const auto& events = sink_.events;
  for (int i = 0; i < 100; ++i) {
    const std::size_t count = random() % (events.size() + 1);
    if (i % 2 == 0) {
      ASSERT_TRUE(run->seek_event(count == 0 ? EventId{} : events[count - 1].id));
      EXPECT_EQ(run->world(), played(events, count)) << count << " events";
      EXPECT_EQ(run->time_ns(), run->world().time_ns);
    } else {
      const std::int64_t time_ns = count == 0 ? -1 : events[count - 1].time_ns;
      std::size_t end = count;
      while (end < events.size() && events[end].time_ns == time_ns) ++end;
      ASSERT_TRUE(run->seek_time(time_ns));
      EXPECT_EQ(run->world(), played(events, end)) << "at " << time_ns;
      EXPECT_EQ(run->time_ns(), std::max<std::int64_t>(time_ns, 0));
    }
    EXPECT_FALSE(run->is_waiting());
  }
}

TEST_P(RecordingOfARandomRun, ShowsWhatReplayShows) {
  const auto run = open();
  auto replay = trace::Replay::open(path_);
  ASSERT_TRUE(replay);
  std::mt19937 random(GetParam());
  std::size_t flown = 0;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t time_ns = static_cast<std::int64_t>(random()) * 5 % replay->end_ns();
    ASSERT_TRUE(run->seek_time(time_ns));
    ASSERT_TRUE(replay->seek_time(time_ns));
    EXPECT_EQ(run->world(), replay->world());
    const auto ours = run->flights();
    const auto theirs = replay->flights_in_progress();
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t j = 0; j < ours.size(); ++j)
      EXPECT_EQ(ours[j].first_bit_out_ns, theirs[j].first_bit_out_ns);
    flown += ours.size();
  }
  EXPECT_GT(flown, 20U);
  EXPECT_EQ(run->last_event(), replay->last_event());
  EXPECT_EQ(run->end_ns(), replay->end_ns());
}

TEST_P(RecordingOfARandomRun, IsWhereItWasAfterStepsBackAndForward) {
  for (const bool is_indexed : {true, false}) {
    auto options = small_distances();
    // What was not looked at is not there: all is read from the file.
    if (!is_indexed) options.small_file_bytes = 0, options.most_at_once = 1'000'000;
    const auto run = open(options);
    EXPECT_EQ(run->index().rows.empty(), !is_indexed);
    const auto& events = sink_.events;
    std::mt19937 random(GetParam());
    std::size_t at = 1000;
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(run->seek_event(events[at - 1].id));
      const World before = run->world();
      ASSERT_EQ(before.last_event, events[at - 1].id);
      const auto steps = 1 + static_cast<std::int64_t>(random() % 300);
      ASSERT_EQ(run->step(-steps), steps);
      EXPECT_EQ(run->world().last_event, events[at - 1 - static_cast<std::size_t>(steps)].id);
      EXPECT_NE(run->world(), before);
      ASSERT_EQ(run->step(steps), steps);
      EXPECT_EQ(run->world(), before);
      at = 301 + random() % (events.size() - 301);
    }
  }
}

TEST_P(RecordingOfARandomRun, StopsAtBothEnds) {
  for (const std::uintmax_t small : {std::uintmax_t{0}, std::uintmax_t{1'000'000'000}}) {
    auto options = small_distances();
    options.small_file_bytes = small;
    options.most_at_once = 1'000'000;
    const auto run = open(options);
    const auto count = std::ssize(sink_.events);
    EXPECT_EQ(run->step(-1), 0);
    EXPECT_EQ(run->step(count + 10), count);
    EXPECT_EQ(run->event(), run->last_event());
    EXPECT_EQ(run->world(), played(sink_.events, sink_.events.size()));
    EXPECT_EQ(run->step(1), 0);
    EXPECT_EQ(run->step(-count - 10), count);
    EXPECT_EQ(run->world(), World());
    EXPECT_EQ(run->step(1), 1);
    EXPECT_EQ(run->event(), EventId{1});
    EXPECT_EQ(run->step(-1), 1);
    EXPECT_EQ(run->world(), World());
  }
}

TEST_P(RecordingOfARandomRun, StepsOverDialoguesAndFramesToTheNextEventOfTheMail) {
  std::vector<EventId> mail;
  for (const auto& event : sink_.events) {
    if (is_mail(event.kind)) mail.push_back(event.id);
  }
  ASSERT_LT(mail.size(), sink_.events.size()) << "there is something to step over";
  ASSERT_GT(mail.size(), 100U);
  for (const std::uintmax_t small : {std::uintmax_t{0}, std::uintmax_t{1'000'000'000}}) {
    auto options = small_distances();
    options.small_file_bytes = small;
    options.most_at_once = 1'000'000;
    const auto run = open(options);
    for (std::size_t i = 0; i < 100; ++i) {
      ASSERT_EQ(run->step_mail(true), true);
      ASSERT_EQ(run->event(), mail[i]);
    }
    // From between two events of the mail back to the first of them.
    std::size_t other = 0;
    while (is_mail(sink_.events[other].kind) || sink_.events[other].id < mail[50]) ++other;
    std::size_t last = 0;
    while (mail[last + 1] < sink_.events[other].id) ++last;
    ASSERT_TRUE(run->seek_event(sink_.events[other].id));
    ASSERT_EQ(run->step_mail(false), true);
    EXPECT_EQ(run->event(), mail[last]);
    for (std::size_t i = last; i-- > 0;) {
      ASSERT_EQ(run->step_mail(false), true);
      ASSERT_EQ(run->event(), mail[i]);
    }
    ASSERT_EQ(run->step_mail(false), true);
    EXPECT_EQ(run->world(), World());
    EXPECT_EQ(run->step_mail(false), false);
    ASSERT_TRUE(run->seek_event(mail.back()));
    EXPECT_EQ(run->step_mail(true), false);
    EXPECT_EQ(run->event(), mail.back());
  }
}

TEST_P(RecordingOfARandomRun, WaitsForWhatTheIndexHasNotReached) {
  auto options = small_distances();
  options.small_file_bytes = 0;
  const auto run = open(options);
  EXPECT_TRUE(run->is_indexing());
  // Near the beginning it need not wait.
  ASSERT_TRUE(run->seek_event(sink_.events[60].id));
  EXPECT_FALSE(run->is_waiting());
  EXPECT_EQ(run->world(), played(sink_.events, 61));
  const std::size_t far = sink_.events.size() - 5;
  ASSERT_TRUE(run->seek_event(sink_.events[far - 1].id));
  EXPECT_TRUE(run->is_waiting());
  EXPECT_EQ(run->awaited_ns(), sink_.events[far - 1].time_ns);
  EXPECT_EQ(run->world(), played(sink_.events, 61)) << "what was shown stays";
  EXPECT_TRUE(until(*run, [&] { return !run->is_waiting(); }));
  EXPECT_EQ(run->world(), played(sink_.events, far));
  // Whoever asks for something else in the meantime, gets that.
  const auto again = open(options);
  ASSERT_TRUE(again->seek_event(sink_.events[far - 1].id));
  ASSERT_TRUE(again->is_waiting());
  ASSERT_TRUE(again->seek_event(sink_.events[3].id));
  EXPECT_FALSE(again->is_waiting());
  EXPECT_TRUE(until(*again, [&] { return again->index().is_over(); }));
  EXPECT_EQ(again->event(), sink_.events[3].id);
  // Who draws no frames sleeps.
  const auto patient = open(options);
  ASSERT_TRUE(patient->seek_time(run->end_ns()));
  ASSERT_TRUE(patient->is_waiting());
  ASSERT_TRUE(patient->settle());
  EXPECT_EQ(patient->world(), played(sink_.events, sink_.events.size()));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RecordingOfARandomRun, testing::Values(1U, 2U));

// --- files that change

struct LiveRun {
  explicit LiveRun(const std::filesystem::path& path, bool write_ahead = true) {
    auto made = trace::RunFileWriter::create(path, trace::random_run_header(),
                                             {.overwrite = true, .write_ahead = write_ahead});
    EXPECT_TRUE(made);
    writer = std::move(*made);
    recorder = std::make_unique<trace::Recorder>(*writer, trace::Level::packets);
    run = std::make_unique<trace::RandomRun>(*recorder, 11);
    writer->commit();
  }
  void grow(int steps) {
    for (int i = 0; i < steps; ++i) run->step();
    writer->commit();
  }
  std::unique_ptr<trace::RunFileWriter> writer;
  std::unique_ptr<trace::Recorder> recorder;
  std::unique_ptr<trace::RandomRun> run;
};

TEST(Recording, FollowsARunThatGrowsToItsEnd) {
  for (const bool write_ahead : {true, false}) {
    const TemporaryFolder folder;
    LiveRun live(folder / "live.mailroom", write_ahead);
    auto run = Recording::open(folder / "live.mailroom", small_distances());
    ASSERT_TRUE(run) << run.error().text;
    EXPECT_EQ((*run)->last_event(), EventId{1});
    EXPECT_FALSE((*run)->is_complete());
    for (int i = 0; i < 5; ++i) {
      live.grow(60);
      ASSERT_TRUE(until(**run, [&] { return (*run)->index().rows.last() == live.recorder->last_event(); }));
      EXPECT_EQ((*run)->last_event(), live.recorder->last_event());
      EXPECT_FALSE((*run)->index().is_over());
      ASSERT_TRUE((*run)->seek_time((*run)->end_ns()));
      EXPECT_EQ((*run)->event(), live.recorder->last_event());
    }
    ASSERT_TRUE(live.writer->finish()) << "nobody is in its way";
    ASSERT_TRUE(until(**run, [&] { return (*run)->index().is_over(); }));
    EXPECT_TRUE((*run)->is_complete());
    EXPECT_FALSE((*run)->index().error);
    trace::MemorySink sink;
    trace::Recorder again(sink, trace::Level::packets);
    trace::RandomRun same(again, 11);
    for (int i = 0; i < 300; ++i) same.step();
    EXPECT_EQ((*run)->world(), played(sink.events, sink.events.size()));
    EXPECT_EQ((*run)->index().rows.size(), std::ssize(sink.events));
    EXPECT_EQ((*run)->index().flights.size(), std::ssize(sink.flights));
  }
}

TEST(Recording, SaysThatALiveFileIsGoneAndStillShowsNothingWrong) {
  const TemporaryFolder folder;
  LiveRun live(folder / "live.mailroom");
  live.grow(60);
  auto run = Recording::open(folder / "live.mailroom", small_distances());
  ASSERT_TRUE(run);
  ASSERT_TRUE((*run)->seek_event({100}));
  const World before = (*run)->world();
  std::filesystem::remove(folder / "live.mailroom");
  std::filesystem::remove(folder / "live.mailroom-wal");
  ASSERT_TRUE(until(**run, [&] { return (*run)->index().error.has_value(); }));
  EXPECT_EQ((*run)->index().error->problem, trace::FileError::Problem::not_found);
  const auto news = (*run)->refresh();
  ASSERT_FALSE(news);
  EXPECT_NE(news.error().text.find("no such file"), std::string::npos);
  EXPECT_TRUE((*run)->seek_event({150})) << "a snapshot needs no file";
  ASSERT_TRUE((*run)->seek_event({100}));
  EXPECT_FALSE((*run)->seek_event({170}));
  EXPECT_TRUE((*run)->seek_event({100}));
  EXPECT_EQ((*run)->world(), before);
}

TEST(Recording, SaysThatAnotherRunHasTakenThePlaceOfALiveOne) {
  const TemporaryFolder folder;
  auto live = std::make_unique<LiveRun>(folder / "live.mailroom");
  live->grow(60);
  auto run = Recording::open(folder / "live.mailroom", small_distances());
  ASSERT_TRUE(run);
  for (const char* name : {"live.mailroom", "live.mailroom-wal", "live.mailroom-shm"}) {
    std::filesystem::remove(folder / name);
  }
  LiveRun other(folder / "live.mailroom");
  ASSERT_TRUE(until(**run, [&] { return (*run)->index().error.has_value(); }));
  const auto news = (*run)->refresh();
  ASSERT_FALSE(news);
  EXPECT_FALSE(news.error().text.empty());  // whichever it met: no file, an empty one, or another run's
}

TEST(Recording, ShowsWhatIsLeftOfAFileThatIsCutUnderIt) {
  const TemporaryFolder folder;
  const auto path = folder / "run.mailroom";
  {
    auto writer = trace::RunFileWriter::create(path, trace::random_run_header());
    ASSERT_TRUE(writer);
    make_random_run(**writer, 3, 4000);
    ASSERT_TRUE((*writer)->finish());
  }
  auto options = small_distances();
  options.small_file_bytes = 0;
  auto run = Recording::open(path, options);
  ASSERT_TRUE(run);
  std::filesystem::resize_file(path, 16'384 * 4);
  ASSERT_TRUE(until(**run, [&] { return (*run)->index().is_over(); }));
  const EventId last = (*run)->last_event();
  // Whether it was read before the cut or not: an error or a state, and never a crash.
  for (std::int64_t id = 0; id <= last.value; id += 500) {
    const auto shown = (*run)->seek_event({id});
    EXPECT_TRUE(shown || !shown.error().text.empty());
  }
  while ((*run)->step(-100).value_or(0) > 0) {
  }
}

TEST(Recording, OpensAnEmptyRun) {
  const TemporaryFolder folder;
  {
    auto writer = trace::RunFileWriter::create(folder / "run.mailroom", trace::random_run_header());
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->finish());
  }
  auto run = Recording::open(folder / "run.mailroom");
  ASSERT_TRUE(run);
  EXPECT_TRUE((*run)->index().is_over());
  EXPECT_EQ((*run)->end_ns(), 0);
  EXPECT_TRUE((*run)->seek_time(5));
  EXPECT_EQ((*run)->step(1), 0);
  EXPECT_EQ((*run)->step(-1), 0);
  EXPECT_EQ((*run)->step_mail(true), false);
  EXPECT_EQ((*run)->step_mail(false), false);
  EXPECT_EQ((*run)->world(), World());
}

}  // namespace
}  // namespace mailroom::viz
