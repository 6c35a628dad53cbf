// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filtered_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include <algorithm>

#include "sim/scenario/load.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/viz/model/ladder_run.hpp"
#include "viz/model/index.hpp"

namespace mailroom::viz {
namespace {

using tests::LadderRun;

class FilteredEventsTest : public testing::Test {
 protected:
  static std::vector<std::int64_t> ids(const FilteredEvents::Found& found) {
    std::vector<std::int64_t> result;
    for (std::int64_t i = 0; i < found.ids.size(); ++i) result.push_back(found.ids[i]);
    return result;
  }
  // What a matcher that knows everything finds.
  static std::vector<std::int64_t> expected(const std::filesystem::path& path, const Filter& filter) {
    auto reader = trace::RunFileReader::open(path);
    EXPECT_TRUE(reader);
    Facts facts(reader->header());
    while (*read_facts(*reader, facts)) {
    }
    const Matcher matcher(filter, facts);
    QueueLengths queues;
    std::vector<std::int64_t> result;
    EXPECT_TRUE(reader->for_each({}, [&](const trace::StoredEvent& event) {
      queues.apply(event);
      if (matcher.matches(event, &queues)) result.push_back(event.id.value);
      return true;
    }));
    return result;
  }
  mailroom::tests::TemporaryFolder folder_;
};

TEST_F(FilteredEventsTest, FindsWhatTheFilterLetsThrough) {
  const auto path = folder_ / "run.mailroom";
  LadderRun::write(path);
  FilteredEvents events;
  for (const char* text :
       {"reply:5xx", "rcpt:bob", "host:south t>31", "is:duplicate", "queue>0 kind:copy.*", ""}) {
    const Filter filter = *Filter::parse(text);
    const auto wanted = expected(path, filter);
    ASSERT_FALSE(wanted.empty()) << text;
    events.ask(path, filter, {100'000});
    events.wait();
    const FilteredEvents::Found found = events.found();
    EXPECT_TRUE(found.is_done);
    EXPECT_EQ(ids(found), wanted) << text;
  }
}

TEST_F(FilteredEventsTest, AMysteryIsNotFoundBeforeItIsRevealed) {
  const auto path = folder_ / "run.mailroom";
  LadderRun::write(path);
  const auto scenario = scenario::load_text(R"(mailroom: 1
topology: {links: [mx1 -- mx2]}
hosts:
  mx1: {domains: a.example, users: [ann]}
  mx2: {domains: b.example, users: [bob]}
traffic: [{from: ann@a.example, to: bob@b.example, start: 1s, every: 1s, count: 9}]
)", "s.yaml", {});
  ASSERT_TRUE(scenario);
  const auto mystery = Mystery::choose(scenario->scenario, 1);  // its fault is the first, as the one of the run
  ASSERT_TRUE(mystery);
  FilteredEvents events;
  const auto faults = [&](const Mystery* secret) {
    events.ask(path, *Filter::parse(""), {100'000}, secret);
    events.wait();
    auto reader = *trace::RunFileReader::open(path);
    return std::ranges::count_if(ids(events.found()), [&](std::int64_t id) { return (*reader.event({id}))->kind == trace::Kind::fault_began; });
  };
  ASSERT_EQ(faults(nullptr), 1);
  EXPECT_EQ(faults(&*mystery), 0);
  EXPECT_EQ(faults(nullptr), 1) << "it was revealed";
}

TEST_F(FilteredEventsTest, GoesOnWhereItStoppedWhenTheRunGrows) {
  const auto path = folder_ / "live.mailroom";
  auto writer = trace::RunFileWriter::create(path, LadderRun::header(trace::Level::full));
  ASSERT_TRUE(writer);
  trace::Recorder recorder(**writer, trace::Level::full);
  const auto compose = [&](const char* address) {
    const trace::RecipientId recipient = recorder.recipient(address);
    recorder.record({.kind = trace::Kind::copy_created,
                     .host = {1},
                     .message = {recipient.value},
                     .copy = {recipient.value},
                     .recipient = recipient});
    (*writer)->commit();
  };
  compose("bob@south.example");
  FilteredEvents events;
  const Filter filter = *Filter::parse("rcpt:carol");
  events.ask(path, filter, {1});
  events.wait();
  ASSERT_TRUE(ids(events.found()).empty());
  compose("carol@south.example");  // an address that was not known
  events.ask(path, filter, {2});
  events.wait();
  EXPECT_THAT(ids(events.found()), testing::ElementsAre(2));
}

TEST_F(FilteredEventsTest, WaitsForAWriterThatHoldsTheFile) {
  const auto path = folder_ / "run.mailroom";
  LadderRun::write(path);
  sqlite3* writer = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &writer), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(writer, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);
  ASSERT_EQ(trace::RunFileReader::open(path).error().problem, trace::FileError::Problem::in_use);
  FilteredEvents events;
  Index index(path);
  events.ask(path, *Filter::parse("reply:5xx"), {10'000});
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));  // longer than a reader waits
  EXPECT_FALSE(events.found().is_done);
  EXPECT_EQ(events.found().failure, "");
  Index::State state;
  index.look(state);
  EXPECT_FALSE(state.error);
  sqlite3_close(writer);
  events.wait();
  EXPECT_EQ(events.found().failure, "");
  EXPECT_GT(events.found().ids.size(), 0);
  index.wait();
  index.look(state);
  EXPECT_FALSE(state.error);
  EXPECT_TRUE(state.has_caught_up);
}

TEST_F(FilteredEventsTest, TellsWhatIsWrongAndTakesAnotherQuestion) {
  const auto path = folder_ / "run.mailroom";
  FilteredEvents events;
  events.ask(path, {}, {10});
  events.wait();
  EXPECT_THAT(events.found().failure, testing::HasSubstr("run.mailroom"));
  LadderRun::write(path);
  events.ask(path, *Filter::parse("reply:5xx"), {10'000});
  events.wait();
  EXPECT_EQ(events.found().failure, "");
  EXPECT_GT(events.found().ids.size(), 0);
}

}  // namespace
}  // namespace mailroom::viz
