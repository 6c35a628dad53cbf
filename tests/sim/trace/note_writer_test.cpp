// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/note_writer.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/run_file_writer.hpp"

namespace mailroom::trace {
namespace {

namespace fs = std::filesystem;

class NoteWriter : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / ("mailroom-notes-" + std::to_string(getpid()) + ".mailroom");
    fs::remove(path_);
    writer_ = std::move(*RunFileWriter::create(path_, {.hosts = {{.name = "north"}}}));
  }
  void TearDown() override {
    writer_.reset();
    fs::remove(path_);
  }
  std::vector<Note> read() { return *RunFileReader::open(path_)->notes(); }

  fs::path path_;
  std::unique_ptr<RunFileWriter> writer_;
};

TEST_F(NoteWriter, PutsNotesInPlaceOfThoseBefore) {
  ASSERT_TRUE(writer_->finish());
  ASSERT_TRUE(read().empty());
  ASSERT_TRUE(write_notes(path_, {{.event = {3}, .time_ns = 10, .text = "What comes next?"}, {.text = "two"}}));
  ASSERT_EQ(read().size(), 2u);
  EXPECT_EQ(read()[0], (Note{.id = 1, .event = {3}, .time_ns = 10, .text = "What comes next?"}));
  EXPECT_EQ(read()[1].time_ns, std::nullopt);
  ASSERT_TRUE(write_notes(path_, {{.text = "only one"}}));
  ASSERT_EQ(read().size(), 1u);
  EXPECT_EQ(read()[0].text, "only one");
}

TEST_F(NoteWriter, WaitsUntilTheRunIsOver) {
  writer_->commit();
  const auto early = write_notes(path_, {{.time_ns = 1, .text = "while it runs"}});
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().problem, FileError::Problem::in_use);
  writer_->write(EventId{1}, 5, {}, {.kind = Kind::run_began});
  ASSERT_TRUE(writer_->finish());
  ASSERT_TRUE(write_notes(path_, {{.time_ns = 1, .text = "while it runs"}}));
  EXPECT_EQ(read().size(), 1u);
  EXPECT_EQ(RunFileReader::open(path_)->event_count(), 1);
}

TEST_F(NoteWriter, LeavesWhatIsNoRunFileAlone) {
  const fs::path other = path_.string() + ".txt";
  std::ofstream(other) << "a letter to somebody, which is long enough to be looked at by anybody who reads it: about a "
                          "hundred octets";
  const auto written = write_notes(other, {{.text = "note"}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().problem, FileError::Problem::foreign);
  fs::remove(other);
  EXPECT_EQ(write_notes(other, {}).error().problem, FileError::Problem::not_found);
}

}  // namespace
}  // namespace mailroom::trace
