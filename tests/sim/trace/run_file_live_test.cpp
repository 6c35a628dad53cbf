// SPDX-License-Identifier: GPL-2.0-only
// A run file while it grows, when its writer dies, and when the disk is full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "sim/trace/memory_sink.hpp"
#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/trace/random_run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::trace {

using tests::TemporaryFolder;
namespace {

namespace fs = std::filesystem;
using Problem = FileError::Problem;

// The rows of `reader` must be the beginning of the random run; returns how many there are.
std::int64_t expect_prefix(RunFileReader& reader, const MemorySink& whole) {
  std::size_t count = 0;
  const auto read = reader.for_each({}, [&](const StoredEvent& event) {
    EXPECT_LT(count, whole.events.size());
    EXPECT_EQ(event, whole.events[count]);
    return event == whole.events[count++];
  });
  EXPECT_TRUE(read) << read.error().text;
  return static_cast<std::int64_t>(count);
}

class LiveRunFile : public testing::TestWithParam<bool> {
 protected:
  TemporaryFolder folder_;
  fs::path path_ = folder_ / "live.mailroom";
  RunFileWriter::Options options_{.write_ahead = GetParam()};
};

TEST_P(LiveRunFile, IsReadWhileItGrows) {
  MemorySink whole;
  make_random_run(whole, 5, 300);
  auto writer = RunFileWriter::create(path_, random_run_header(), options_);
  ASSERT_TRUE(writer) << writer.error().text;
  EXPECT_EQ((*writer)->write_ahead(), GetParam());
  auto reader = RunFileReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().text;
  EXPECT_EQ(reader->header(), random_run_header());
  EXPECT_EQ(reader->event_count(), 0);
  EXPECT_EQ(reader->last_event(), EventId{});
  EXPECT_EQ(reader->last_time_ns(), -1);

  Recorder recorder(**writer, Level::packets);
  RandomRun run(recorder, 5);
  std::int64_t seen = 0;
  for (int part = 0; part < 10; ++part) {
    for (int i = 0; i < 30; ++i) run.step();
    (*writer)->commit();
    const std::int64_t now = expect_prefix(*reader, whole);
    EXPECT_GT(now, seen);
    EXPECT_EQ(reader->complete(), false);
    seen = now;
  }
  run.end();
  ASSERT_TRUE((*writer)->finish());
  EXPECT_EQ(reader->complete(), true);
  EXPECT_EQ(expect_prefix(*reader, whole), std::ssize(whole.events));
  // The reader was there all the time and yet the file is a plain one.
  EXPECT_FALSE(fs::exists(path_.string() + "-wal"));
  EXPECT_FALSE(fs::exists(path_.string() + "-shm"));
}

// A writer and a reader in two threads, each at its own pace.
TEST_P(LiveRunFile, IsReadAtTheSameTimeAsItIsWritten) {
  MemorySink whole;
  make_random_run(whole, 6, 1500);
  // Without WAL a commit shuts readers out for as long as the disk takes.
  options_.commit_every = std::chrono::milliseconds(GetParam() ? 1 : 50);
  auto writer = RunFileWriter::create(path_, random_run_header(), options_);
  ASSERT_TRUE(writer) << writer.error().text;
  std::expected<void, FileError> finished;
  std::thread writing([&] {
    make_random_run(**writer, 6, 1500);
    finished = (*writer)->finish();
  });
  auto reader = RunFileReader::open(path_);
  EXPECT_TRUE(reader) << reader.error().text;
  std::int64_t seen = 0;
  for (bool complete = false; reader && !complete;) {
    const auto now_complete = reader->complete();
    EXPECT_TRUE(now_complete) << now_complete.error().text;
    if (!now_complete) break;
    complete = *now_complete;
    const std::int64_t now = expect_prefix(*reader, whole);
    EXPECT_GE(now, seen);
    seen = now;
  }
  writing.join();
  EXPECT_TRUE(finished) << finished.error().text;
  EXPECT_EQ(seen, std::ssize(whole.events));
}

TEST_P(LiveRunFile, CommitsByItself) {
  options_.commit_every = std::chrono::milliseconds(0);
  auto writer = RunFileWriter::create(path_, random_run_header(), options_);
  ASSERT_TRUE(writer);
  Recorder recorder(**writer, Level::packets);
  auto reader = RunFileReader::open(path_);
  ASSERT_TRUE(reader);
  recorder.record({.kind = Kind::run_began});
  EXPECT_EQ(reader->event_count(), 0);
  (*writer)->maybe_commit();  // from the pacing loop
  EXPECT_EQ(reader->event_count(), 1);
  for (int i = 0; i < 1000; ++i) recorder.record({.kind = Kind::frame_sent});  // from the record path
  EXPECT_GT(*reader->event_count(), 500);
}

TEST_P(LiveRunFile, IsReadableAfterItsWriterWasKilled) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto writer = RunFileWriter::create(path_, random_run_header(), options_);
    if (!writer) _exit(1);
    Recorder recorder(**writer, Level::packets);
    RandomRun run(recorder, 5);
    for (int i = 0; i < 100; ++i) run.step();
    (*writer)->commit();
    for (int i = 0; i < 5; ++i) run.step();  // never committed
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  MemorySink whole;
  make_random_run(whole, 5, 300);
  auto reader = RunFileReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().text;
  EXPECT_EQ(reader->complete(), false);
  EXPECT_GT(expect_prefix(*reader, whole), 500);
  // And it may be replaced.
  EXPECT_TRUE(RunFileWriter::create(path_, random_run_header(), {.overwrite = true}));
}

// --- a full disk

TEST_P(LiveRunFile, KeepsTheValidPartWhenItMayGrowNoMore) {
  options_.max_bytes = 400'000;
  options_.commit_every = std::chrono::milliseconds(0);
  auto writer = RunFileWriter::create(path_, random_run_header(), options_);
  ASSERT_TRUE(writer) << writer.error().text;
  EXPECT_FALSE((*writer)->error());
  make_random_run(**writer, 5, 3000);
  ASSERT_TRUE((*writer)->error());
  EXPECT_EQ((*writer)->error()->problem, Problem::disk_full);
  EXPECT_THAT((*writer)->error()->text, testing::HasSubstr("no room"));
  const auto finished = (*writer)->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().problem, Problem::disk_full);

  MemorySink whole;
  make_random_run(whole, 5, 3000);
  auto reader = RunFileReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().text;
  EXPECT_EQ(reader->complete(), false);
  EXPECT_GT(expect_prefix(*reader, whole), 1000);
}

// The operating system refuses to let the file grow, as a full disk would.
TEST_P(LiveRunFile, KeepsTheValidPartWhenTheSystemGivesNoMoreRoom) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1'000'000, 1'000'000};
    setrlimit(RLIMIT_FSIZE, &limit);
    options_.commit_every = std::chrono::milliseconds(0);
    auto writer = RunFileWriter::create(path_, random_run_header(), options_);
    if (!writer) _exit(1);
    make_random_run(**writer, 5, 5000);
    if (!(*writer)->error()) _exit(2);
    if ((*writer)->error()->problem != Problem::disk_full) _exit(3);
    _exit((*writer)->finish() ? 4 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 0);
  MemorySink whole;
  make_random_run(whole, 5, 5000);
  auto reader = RunFileReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().text;
  EXPECT_EQ(reader->complete(), false);
  EXPECT_GT(expect_prefix(*reader, whole), 1000);
}

TEST_P(LiveRunFile, LeavesNothingWhenThereIsNoRoomToBegin) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{8192, 8192};
    setrlimit(RLIMIT_FSIZE, &limit);
    const auto writer = RunFileWriter::create(path_, random_run_header(), options_);
    if (writer) _exit(1);
    _exit(writer.error().problem == Problem::disk_full ? 0 : 2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

INSTANTIATE_TEST_SUITE_P(Journals, LiveRunFile, testing::Bool(),
                         [](const auto& journal) { return journal.param ? "WriteAhead" : "Rollback"; });

}  // namespace
}  // namespace mailroom::trace
