// SPDX-License-Identifier: GPL-2.0-only
// What is written is what is read; and what is not a run file is told apart.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <fstream>

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

void execute(const fs::path& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

void write_octets(const fs::path& path, std::string_view octets) {
  std::ofstream(path, std::ios::binary) << octets;
}

void write_random_run(const fs::path& path, const RunFileWriter::Options& options = {}) {
  auto writer = RunFileWriter::create(path, random_run_header(), options);
  ASSERT_TRUE(writer) << writer.error().text;
  make_random_run(**writer, 5, 200);
  const auto finished = (*writer)->finish();
  ASSERT_TRUE(finished) << finished.error().text;
}

std::optional<Problem> problem_of(const fs::path& path) {
  const auto reader = RunFileReader::open(path);
  if (reader) return std::nullopt;
  EXPECT_THAT(reader.error().text, testing::HasSubstr(path.string()));
  return reader.error().problem;
}

class RunFile : public testing::TestWithParam<bool> {
 protected:
  TemporaryFolder folder_;
  fs::path path_ = folder_ / "run.mailroom";
};

TEST_P(RunFile, GivesBackWhatWasWritten) {
  write_random_run(path_, {.write_ahead = GetParam()});
  MemorySink sink;
  make_random_run(sink, 5, 200);
  ASSERT_GT(sink.events.size(), 1000U);

  auto reader = RunFileReader::open(path_);
  ASSERT_TRUE(reader) << reader.error().text;
  EXPECT_EQ(reader->header(), random_run_header());
  EXPECT_EQ(reader->complete(), true);
  EXPECT_EQ(reader->event_count(), std::ssize(sink.events));
  EXPECT_EQ(reader->last_event(), sink.events.back().id);
  EXPECT_EQ(reader->last_time_ns(), sink.events.back().time_ns);
  EXPECT_EQ(reader->events({}), sink.events);

  for (const auto& [id, octets] : sink.contents) EXPECT_EQ(reader->content(id), octets);
  EXPECT_EQ(reader->content({std::ssize(sink.contents) + 1000}), std::nullopt);
  std::vector<std::string> paths;
  for (const auto& [id, path] : sink.recipients) {
    paths.push_back(path);
    EXPECT_EQ(reader->recipient(id), path);
    EXPECT_EQ(reader->recipient_named(path), id);
  }
  EXPECT_EQ(reader->recipients(), paths);
  EXPECT_EQ(reader->recipient_named("nobody@example"), RecipientId{});

  EXPECT_EQ(reader->flight_count(), std::ssize(sink.flights));
  std::map<EventId, std::string> frames;
  ASSERT_TRUE(reader->for_each_frame([&](const StoredEvent& event, std::string_view octets) {
    EXPECT_EQ(event.kind, Kind::frame_sent);
    return frames.emplace(event.id, octets).second;
  }));
  EXPECT_EQ(frames, sink.frames);
  EXPECT_GT(frames.size(), 10U);
  EXPECT_EQ(reader->frame(frames.begin()->first), frames.begin()->second);
}

TEST_P(RunFile, IsOneFileAfterTheEnd) {
  write_random_run(path_, {.write_ahead = GetParam()});
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder_.path())) files.push_back(entry.path());
  EXPECT_THAT(files, testing::ElementsAre(path_));
}

INSTANTIATE_TEST_SUITE_P(Journals, RunFile, testing::Bool(),
                         [](const auto& journal) { return journal.param ? "WriteAhead" : "Rollback"; });

TEST(RunFileReader, FiltersEvents) {
  const TemporaryFolder folder;
  write_random_run(folder / "run.mailroom");
  MemorySink sink;
  make_random_run(sink, 5, 200);
  auto reader = RunFileReader::open(folder / "run.mailroom");
  ASSERT_TRUE(reader);
  const auto expect = [&](const EventQuery& query, auto&& wanted) {
    std::vector<StoredEvent> expected;
    for (const StoredEvent& event : sink.events) {
      if (wanted(event)) expected.push_back(event);
    }
    EXPECT_FALSE(expected.empty());
    EXPECT_LT(expected.size(), sink.events.size());
    EXPECT_EQ(reader->events(query), expected);
  };
  expect({.message = {3}}, [](const auto& event) { return event.message == MessageId{3}; });
  expect({.session = {2}}, [](const auto& event) { return event.session == SessionId{2}; });
  expect({.copy = {4}}, [](const auto& event) { return event.copy == CopyId{4}; });
  expect({.connection = {2}}, [](const auto& event) { return event.connection == ConnectionId{2}; });
  expect({.attempt = {2}}, [](const auto& event) { return event.attempt == AttemptId{2}; });
  expect({.host = {2}}, [](const auto& event) { return event.host == HostId{2}; });
  expect({.cause = {1}}, [](const auto& event) { return event.cause == EventId{1}; });
  expect({.after = {100}, .up_to = {200}},
         [](const auto& event) { return event.id.value > 100 && event.id.value <= 200; });
  const std::int64_t half = sink.events[500].time_ns;
  expect({.from_ns = half}, [&](const auto& event) { return event.time_ns >= half; });
  expect({.until_ns = half}, [&](const auto& event) { return event.time_ns <= half; });
  expect({.kinds = {Kind::copy_created, Kind::copy_bounced}, .host = {1}}, [](const auto& event) {
    return (event.kind == Kind::copy_created || event.kind == Kind::copy_bounced) && event.host == HostId{1};
  });
  const auto newest = reader->events({.newest_first = true, .limit = 2});
  ASSERT_TRUE(newest);
  EXPECT_THAT(*newest, testing::ElementsAre(sink.events.back(), sink.events[sink.events.size() - 2]));
  EXPECT_EQ(reader->event(sink.events[77].id), sink.events[77]);
  EXPECT_EQ(reader->event(EventId{}), std::nullopt);
  EXPECT_EQ(reader->event({1 << 30}), std::nullopt);
}

TEST(RunFileReader, FollowsCausesToTheBeginning) {
  const TemporaryFolder folder;
  write_random_run(folder / "run.mailroom");
  auto reader = RunFileReader::open(folder / "run.mailroom");
  ASSERT_TRUE(reader);
  const auto ends = reader->events({.kinds = {Kind::copy_relayed}, .limit = 1});
  ASSERT_TRUE(ends && ends->size() == 1);
  const auto chain = reader->causes(ends->front().id);
  ASSERT_TRUE(chain);
  ASSERT_GT(chain->size(), 3U);
  EXPECT_EQ(chain->front(), ends->front());
  for (std::size_t i = 1; i < chain->size(); ++i) EXPECT_EQ((*chain)[i - 1].cause, (*chain)[i].id);
  EXPECT_EQ(chain->back().kind, Kind::run_began);
}

TEST(RunFileReader, FindsTheLastEventAtATime) {
  const TemporaryFolder folder;
  write_random_run(folder / "run.mailroom");
  MemorySink sink;
  make_random_run(sink, 5, 200);
  auto reader = RunFileReader::open(folder / "run.mailroom");
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->last_event_at(-1), EventId{});
  EXPECT_EQ(reader->last_event_at(0), EventId{1});
  for (std::size_t i = 0; i < sink.events.size(); i += 13) {
    for (const std::int64_t time_ns : {sink.events[i].time_ns - 1, sink.events[i].time_ns}) {
      EventId expected{};
      for (const StoredEvent& event : sink.events) {
        if (event.time_ns <= time_ns) expected = event.id;
      }
      EXPECT_EQ(reader->last_event_at(time_ns), expected) << time_ns;
    }
  }
  EXPECT_EQ(reader->last_event_at(sink.events.back().time_ns + 1), sink.events.back().id);
}

TEST(RunFileReader, TakesAnyOctetsInATextAndAContent) {
  const TemporaryFolder folder;
  const std::string odd("a\0b\xff'\r\n\xc3", 8);
  auto writer = RunFileWriter::create(folder / "odd '?#%41.mailroom", random_run_header());
  ASSERT_TRUE(writer) << writer.error().text;
  Recorder recorder(**writer, Level::full);
  const ContentPtr content = recorder.content(odd);
  const ContentPtr nothing = recorder.content("");
  recorder.record({.kind = Kind::command_sent, .content = content->id, .size = 0, .value = -5, .text = odd});
  recorder.record({.kind = Kind::command_sent, .content = nothing->id});
  ASSERT_TRUE((*writer)->finish());
  auto reader = RunFileReader::open(folder / "odd '?#%41.mailroom");
  ASSERT_TRUE(reader) << reader.error().text;
  const auto events = reader->events({});
  ASSERT_TRUE(events && events->size() == 2);
  EXPECT_EQ((*events)[0].text, odd);
  EXPECT_EQ((*events)[0].size, 0);
  EXPECT_EQ((*events)[0].value, -5);
  EXPECT_EQ((*events)[1].size, std::nullopt);
  EXPECT_EQ(reader->content(content->id), odd);
  EXPECT_EQ(reader->content(nothing->id), "");
}

// --- what is no run file

TEST(RunFileReader, TellsWhatIsNotARunFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(problem_of(folder / "none.mailroom"), Problem::not_found);
  EXPECT_EQ(problem_of(folder.path()), Problem::not_found);
  EXPECT_EQ(problem_of("/dev/null"), Problem::foreign);
  write_octets(folder / "empty", "");
  EXPECT_EQ(problem_of(folder / "empty"), Problem::empty);
  write_octets(folder / "text", "mailroom: 1\nhosts:\n");
  EXPECT_EQ(problem_of(folder / "text"), Problem::foreign);
  write_octets(folder / "short", "S");
  EXPECT_EQ(problem_of(folder / "short"), Problem::damaged);
  write_octets(folder / "noise", std::string("SQLite format 3\0", 16) + std::string(5000, '\x5a'));
  EXPECT_NE(problem_of(folder / "noise"), std::nullopt);
  execute(folder / "other.db", "CREATE TABLE event (id INTEGER)");
  EXPECT_EQ(problem_of(folder / "other.db"), Problem::foreign);
}

TEST(RunFileReader, RefusesANewerFormat) {
  const TemporaryFolder folder;
  write_random_run(folder / "run.mailroom");
  EXPECT_EQ(problem_of(folder / "run.mailroom"), std::nullopt);
  execute(folder / "run.mailroom", "INSERT INTO kind VALUES (999, 'copy.cloned', 'mail', '')");
  EXPECT_EQ(problem_of(folder / "run.mailroom"), Problem::newer);
  execute(folder / "run.mailroom", "DELETE FROM kind WHERE id = 999; PRAGMA user_version = 99");
  EXPECT_EQ(problem_of(folder / "run.mailroom"), Problem::newer);
}

// Wherever a file was cut, reading ends with an error and not otherwise.
TEST(RunFileReader, TellsATruncatedFile) {
  const TemporaryFolder folder;
  const fs::path whole = folder / "run.mailroom";
  write_random_run(whole);
  const auto size = fs::file_size(whole);
  ASSERT_GT(size, 100'000U);
  for (const std::uintmax_t cut :
       {50UL, 99UL, 100UL, 511UL, 512UL, 4095UL, 4096UL, 8192UL, 20'000UL, size / 2, size - 1}) {
    const fs::path part = folder / "part.mailroom";
    fs::copy_file(whole, part, fs::copy_options::overwrite_existing);
    fs::resize_file(part, cut);
    EXPECT_EQ(problem_of(part), Problem::damaged) << cut;
  }
}

TEST(RunFileReader, ReportsDamageInTheMiddle) {
  const TemporaryFolder folder;
  const fs::path path = folder / "run.mailroom";
  write_random_run(path);
  const auto size = fs::file_size(path);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  for (std::uintmax_t page = 30; page * 4096 < size; ++page) {
    file.seekp(static_cast<std::streamoff>(page * 4096));
    file << std::string(4096, '\x77');
  }
  file.close();
  auto reader = RunFileReader::open(path);
  ASSERT_TRUE(reader) << reader.error().text;  // the header is whole
  const auto events = reader->events({});
  ASSERT_FALSE(events);
  EXPECT_EQ(events.error().problem, Problem::damaged);
}

// One row may not cost the memory of all the rows that would be before it.
TEST(RunFileReader, TakesNumbersFarBeyondTheEventsForDamage) {
  const TemporaryFolder folder;
  const fs::path path = folder / "run.mailroom";
  for (const char* column : {"session", "message", "copy", "parent", "fault", "host"}) {
    fs::remove(path);
    write_random_run(path);
    ASSERT_TRUE(RunFileReader::open(path)->events({}));
    execute(path, ("UPDATE event SET " + std::string(column) + " = 1 << 28 WHERE id = 7").c_str());
    const auto events = RunFileReader::open(path)->events({});
    ASSERT_FALSE(events) << column;
    EXPECT_EQ(events.error().problem, Problem::damaged);
    EXPECT_THAT(events.error().text, testing::HasSubstr("event 7"));
  }
}

TEST(RunFileReader, TakesNoTimeBeforeTheBeginningOrBeyondReckoning) {
  const TemporaryFolder folder;
  const fs::path path = folder / "run.mailroom";
  write_random_run(path);
  execute(path, "UPDATE event SET time_ns = -(1 << 62) WHERE id < 5");
  execute(path, "UPDATE event SET time_ns = 9223372036854775807 WHERE id >= 5");
  execute(path, "UPDATE event SET id = 9223372036854775807 WHERE id = (SELECT max(id) FROM event)");
  auto reader = RunFileReader::open(path);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->event({1})->value().time_ns, 0);
  EXPECT_EQ(reader->event({5})->value().time_ns, std::int64_t{1} << 61);
  EXPECT_EQ(reader->last_time_ns(), std::int64_t{1} << 61);
  EXPECT_EQ(reader->last_event_at(0)->value, 4);
  EXPECT_FALSE(reader->events({})) << "no event has such a number";
}

// --- where it is written

TEST(RunFileWriter, LeavesWhatIsThereUnlessAsked) {
  const TemporaryFolder folder;
  const fs::path path = folder / "run.mailroom";
  write_random_run(path);
  const auto size = fs::file_size(path);
  const auto refused = RunFileWriter::create(path, random_run_header());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().problem, Problem::exists);
  EXPECT_EQ(fs::file_size(path), size);

  auto replaced = RunFileWriter::create(path, random_run_header(), {.overwrite = true});
  ASSERT_TRUE(replaced) << replaced.error().text;
  ASSERT_TRUE((*replaced)->finish());
  EXPECT_LT(fs::file_size(path), size);
}

TEST(RunFileWriter, NeverReplacesWhatIsNotARunFile) {
  const TemporaryFolder folder;
  write_octets(folder / "thesis.txt", "years of work");
  const auto refused = RunFileWriter::create(folder / "thesis.txt", random_run_header(), {.overwrite = true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().problem, Problem::exists);
  EXPECT_EQ(fs::file_size(folder / "thesis.txt"), 13U);
  EXPECT_EQ(RunFileWriter::create(folder.path(), random_run_header(), {.overwrite = true}).error().problem,
            Problem::exists);
}

TEST(RunFileWriter, NeverReplacesARunThatIsLive) {
  const TemporaryFolder folder;
  const fs::path path = folder / "run.mailroom";
  auto live = RunFileWriter::create(path, random_run_header());
  ASSERT_TRUE(live);
  const auto refused = RunFileWriter::create(path, random_run_header(), {.overwrite = true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().problem, Problem::in_use);
  make_random_run(**live, 5, 50);
  ASSERT_TRUE((*live)->finish());
  EXPECT_EQ(problem_of(path), std::nullopt);
}

TEST(RunFileWriter, SaysWhyItCannotMakeTheFile) {
  const TemporaryFolder folder;
  const auto refused = RunFileWriter::create(folder / "no" / "such.mailroom", random_run_header());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().problem, Problem::no_access);
  EXPECT_THAT(refused.error().text, testing::HasSubstr("such.mailroom"));
}

}  // namespace
}  // namespace mailroom::trace
