// SPDX-License-Identifier: GPL-2.0-only
// The simulator as a child, the real one: what is told to it, what is seen in its run file, and that what was done can be
// saved, run again, and run again with one change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "sim/scenario/load.hpp"
#include "sim/trace/run_file_reader.hpp"
#include "tests/support/temporary_folder.hpp"
#include "viz/model/background_run.hpp"
#include "viz/model/branch.hpp"
#include "viz/model/live_run.hpp"
#include "viz/model/mystery.hpp"
#include "viz/model/parting.hpp"
#include "viz/model/scenario_text.hpp"

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using State = LiveRun::State;
using trace::Kind;
using trace::RunFileReader;
using trace::StoredEvent;
using ::testing::HasSubstr;

constexpr const char* kScenario = R"(# Three letters, a second apart.
mailroom: 1
name: Three letters
topology:
  links:
    - north -- south: {rate: 1Mbps, delay: 10ms}
retry: {intervals: [1m]}
dns: {mode: static}
hosts:
  north: {domains: north.example, users: [ann]}
  south: {domains: south.example, users: [bob]}
traffic:
  - {from: ann@north.example, to: bob@south.example, start: 1s, every: 1s, count: 3}
faults:   # one
  - link north-south slow 64kbps at 2500ms for 200ms   # the third letter
)";

class Simulator : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(scenario()) << kScenario;
    ASSERT_TRUE(fs::exists(simulator_program())) << "the program mailroom is built beside this test";
  }
  fs::path scenario() const { return folder_ / "letters.yaml"; }
  fs::path file(const std::string& name) const { return folder_ / name; }

  LiveRun start(const RunOrder& order, bool is_paused = false) {
    auto run = LiveRun::start(order, simulator_program(), is_paused);
    EXPECT_TRUE(run) << (run ? "" : run.error());
    return std::move(*run);
  }
  template <class Run, class Condition>
  bool soon(Run& run, const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      run.poll();
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }
  bool obeyed(LiveRun& run, std::int64_t line) {
    EXPECT_NE(line, 0);
    EXPECT_TRUE(soon(run, [&] { return run.is_over() || run.line(line)->answer != LiveRun::Line::Answer::none; }));
    return run.line(line)->answer == LiveRun::Line::Answer::done;
  }
  RunFileReader reader(const fs::path& path) {
    auto opened = RunFileReader::open(path);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().text);
    return std::move(*opened);
  }
  std::vector<StoredEvent> events(const fs::path& path, std::vector<Kind> kinds = {}) {
    auto opened = reader(path);
    auto found = opened.events({.kinds = std::move(kinds)});
    EXPECT_TRUE(found);
    return found ? *found : std::vector<StoredEvent>{};
  }
  // Makes the run to its end.
  fs::path made(const RunOrder& order) {
    auto run = BackgroundRun::start(order, simulator_program(), 0);
    EXPECT_TRUE(run) << (run ? "" : run.error());
    EXPECT_TRUE(soon(*run, [&] { return run->is_over(); }));
    EXPECT_EQ(run->state(), BackgroundRun::State::done) << run->trouble() << (run->complaints().empty() ? "" : run->complaints().back());
    return order.out;
  }
  std::int64_t delivered(const fs::path& path) { return static_cast<std::int64_t>(events(path, {Kind::copy_delivered}).size()); }

  // A run in which somebody broke and mended the link and typed a letter.
  fs::path with_hands_in_it() {
    const fs::path out = file("live.mailroom");
    LiveRun run = start({.scenario = scenario(), .out = out, .pace = "20x"});
    EXPECT_TRUE(obeyed(run, run.fault("link north-south down for 1h")));
    EXPECT_TRUE(obeyed(run, run.mend("link north-south down")));
    const auto number = run.next_connection();
    EXPECT_TRUE(obeyed(run, run.send("connect " + std::to_string(number) + " from north to south:25")));
    const std::string name = std::to_string(number);
    std::string said;
    const auto heard = [&](std::string_view what) {
      return soon(run, [&] {
        for (const auto& one : run.take_heard()) said += one.text;
        return said.find(what) != std::string::npos;
      });
    };
    EXPECT_TRUE(heard("220 "));
    for (const auto& [line, code] : {std::pair("HELO pc.north.example", "250 "), std::pair("MAIL FROM:<ann@north.example>", "250 "),
                                     std::pair("RCPT TO:<bob@south.example>", "250 "), std::pair("DATA", "354 "),
                                     std::pair("Subject: typed\\r\\n\\r\\nHello \\\"Bob\\\"\\r\\n.", "250 "), std::pair("QUIT", "221 ")}) {
      said.clear();
      EXPECT_TRUE(obeyed(run, run.send("type " + name + " \"" + line + "\\r\\n\"")));
      EXPECT_TRUE(heard(code)) << line << " got " << said;
    }
    EXPECT_TRUE(soon(run, [&] { return run.state() == State::waiting; }));
    run.quit();
    EXPECT_EQ(run.state(), State::ended);
    return out;
  }

  tests::TemporaryFolder folder_;
};

TEST_F(Simulator, IsPausedSteppedAndQuitAndItsFileGrows) {
  const fs::path out = file("live.mailroom");
  LiveRun run = start({.scenario = scenario(), .out = out, .pace = "1x"}, true);
  ASSERT_TRUE(soon(run, [&] { return run.state() == State::paused && RunFileReader::open(out); }));
  auto growing = reader(out);
  const auto before = growing.last_time_ns();
  ASSERT_TRUE(before);
  EXPECT_LE(*before, 0) << "it was paused before it began";
  EXPECT_TRUE(obeyed(run, run.step()));
  ASSERT_TRUE(soon(run, [&] { return growing.last_time_ns().value_or(0) >= 1'000'000'000; }));
  EXPECT_TRUE(obeyed(run, run.set_pace("max")));
  EXPECT_TRUE(obeyed(run, run.resume()));
  ASSERT_TRUE(soon(run, [&] { return run.state() == State::waiting; }));
  EXPECT_FALSE(*growing.complete());
  run.quit();
  EXPECT_EQ(run.state(), State::ended);
  EXPECT_EQ(delivered(out), 3);
}

TEST_F(Simulator, ACrashIsSeenAndTheFileHasWhatCameBefore) {
  for (const int signal : {SIGKILL, SIGSEGV}) {
    const fs::path out = file("live" + std::to_string(signal) + ".mailroom");
    LiveRun run = start({.scenario = scenario(), .out = out, .pace = "max"});
    ASSERT_TRUE(soon(run, [&] { return run.state() == State::waiting; }));
    ASSERT_TRUE(obeyed(run, run.fault("link north-south down")));
    ASSERT_TRUE(soon(run, [&] { return events(out, {Kind::fault_began}).size() == 2; })) << "committed";
    kill(run.process(), signal);
    ASSERT_TRUE(soon(run, [&] { return run.is_over(); }));
    EXPECT_EQ(run.state(), State::crashed);
    // The program says itself that it has crashed, if it still can.
    EXPECT_THAT(run.trouble(), HasSubstr(signal == SIGKILL ? "signal 9" : "exit code 3, a mistake of its own"));
    EXPECT_EQ(run.complaints().empty(), signal == SIGKILL);
    EXPECT_EQ(delivered(out), 3);
  }
}

TEST_F(Simulator, MistakesOfAScenarioHaveTheirPlaces) {
  std::ofstream(scenario(), std::ios::app) << "  - link north-sout down\n";
  LiveRun run = start({.scenario = scenario(), .out = file("live.mailroom"), .pace = "1x"});
  ASSERT_TRUE(soon(run, [&] { return run.is_over(); }));
  EXPECT_EQ(run.state(), State::refused);
  ASSERT_FALSE(run.complaints().empty());
  const auto mistake = scenario_mistake(run.complaints().front());
  ASSERT_TRUE(mistake) << run.complaints().front();
  EXPECT_EQ(mistake->file, scenario().string());
  EXPECT_EQ(mistake->line, 16);
  EXPECT_THAT(mistake->wrong, HasSubstr("north-sout"));
  EXPECT_FALSE(fs::exists(file("live.mailroom")));
}

TEST_F(Simulator, WhatWasDoneIsSavedAsAScenarioThatRepeatsIt) {
  const fs::path live = with_hands_in_it();
  EXPECT_EQ(delivered(live), 4);
  auto opened = reader(live);
  const auto saved = scenario_of_run(opened, {});
  ASSERT_TRUE(saved) << saved.error();
  EXPECT_TRUE(saved->keeps_comments);
  EXPECT_THAT(saved->text, HasSubstr("# Three letters, a second apart."));
  std::ofstream(file("saved.yaml")) << saved->text;
  const auto loaded = scenario::load(file("saved.yaml"));
  ASSERT_TRUE(loaded) << scenario::to_string(loaded.error()) << saved->text;
  made({.scenario = file("saved.yaml"), .out = file("saved.mailroom")});
  auto again = reader(file("saved.mailroom"));
  // Event for event, number for number; only why it ended is not the same.
  auto first = events(live), second = events(file("saved.mailroom"));
  ASSERT_EQ(first.size(), second.size());
  EXPECT_EQ(first.back().kind, Kind::run_ended);
  first.pop_back();
  second.pop_back();
  EXPECT_EQ(first, second);
  // And saved again it has nothing twice.
  const auto twice = scenario_of_run(again, {});
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->text, saved->text);
}

TEST_F(Simulator, PlannedFaultsAreSavedToo) {
  const fs::path run = made({.scenario = scenario(), .out = file("a.mailroom"), .sets = {"seed=7"}});
  auto opened = reader(run);
  const auto saved = scenario_of_run(opened, {"host south unreachable at 10s for 5m"});
  ASSERT_TRUE(saved) << saved.error();
  const auto loaded = scenario::load_text(saved->text, "saved.yaml", folder_.path());
  ASSERT_TRUE(loaded) << scenario::to_string(loaded.error()) << saved->text;
  EXPECT_EQ(loaded->scenario.seed, 7u);
  ASSERT_EQ(loaded->scenario.faults.size(), 2u);
  EXPECT_EQ(loaded->scenario.faults[1].what, "host south unreachable");
}

// Branches: each is the run as it was up to the change, and another afterwards.
class Branching : public Simulator {
 protected:
  // The run again with this change, and where the two part.
  PartingOfRuns branch(const fs::path& a, const Change& change, const std::string& name) {
    auto opened = reader(a);
    const auto order = order_with(opened, change, scenario(), file(name));
    EXPECT_TRUE(order) << (order ? "" : order.error());
    made(*order);
    auto of_a = reader(a), of_b = reader(order->out);
    const std::atomic<bool> goes_on = true;
    const auto parting = find_parting(of_a, of_b, goes_on);
    EXPECT_TRUE(parting) << (parting ? "" : parting.error());
    return parting ? *parting : PartingOfRuns{};
  }
  Change change_called(const std::vector<Change>& changes, std::string_view title) {
    std::string all;
    for (const Change& change : changes) {
      if (change.title == title) return change;
      all += change.title + "\n";
    }
    ADD_FAILURE() << "no change is called '" << title << "', but\n" << all;
    return {};
  }
};

TEST_F(Branching, WithoutAChangeNothingParts) {
  const fs::path a = made({.scenario = scenario(), .out = file("a.mailroom")});
  EXPECT_TRUE(branch(a, {}, "b.mailroom").are_same);
}

TEST_F(Branching, AReplyIsLostAndTheMessageArrivesTwice) {
  const fs::path a = made({.scenario = scenario(), .out = file("a.mailroom")});
  // The 250 to the text of the second letter, as the sender reads it.
  StoredEvent reply;
  int dots = 0;
  for (const StoredEvent& event : events(a, {Kind::content_sent, Kind::reply_received})) {
    if (event.kind == Kind::content_sent) ++dots;
    else if (dots == 2 && event.code == 250 && !reply.id) reply = event;
  }
  ASSERT_TRUE(reply.id);
  auto opened = reader(a);
  const Change change = change_called(changes_at(opened, reply.id), "This 250 is lost on the way");
  ASSERT_EQ(change.faults.size(), 1u);
  EXPECT_THAT(change.faults[0], HasSubstr("tcp north -- south cut"));
  const PartingOfRuns parting = branch(a, change, "b.mailroom");
  ASSERT_FALSE(parting.are_same);
  EXPECT_GE(parting.time_ns, change.at_ns - 1);
  EXPECT_LE(parting.time_ns, reply.time_ns);
  EXPECT_GT(parting.same, 20);
  EXPECT_EQ(delivered(a), 3);
  EXPECT_EQ(delivered(file("b.mailroom")), 4) << "the sender could not know that it had arrived";
}

TEST_F(Branching, AReplyBecomesAnother) {
  const fs::path a = made({.scenario = scenario(), .out = file("a.mailroom")});
  const auto commands = events(a, {Kind::command_received});
  std::vector<StoredEvent> recipients;
  for (const StoredEvent& event : commands)
    if (event.text.starts_with("RCPT")) recipients.push_back(event);
  ASSERT_EQ(recipients.size(), 3u);
  auto opened = reader(a);
  const Change later = change_called(changes_at(opened, recipients[1].id), "The answer is 451 instead of 250");
  const PartingOfRuns parting = branch(a, later, "later.mailroom");
  EXPECT_GE(parting.time_ns, recipients[1].time_ns - 1);
  EXPECT_EQ(events(file("later.mailroom"), {Kind::copy_deferred}).size(), 1u) << "only this one";
  EXPECT_EQ(delivered(file("later.mailroom")), 3);
  const Change never = change_called(changes_at(opened, recipients[1].id), "The answer is 550 instead of 250");
  branch(a, never, "never.mailroom");
  EXPECT_EQ(events(file("never.mailroom"), {Kind::copy_bounced}).size(), 1u);
}

TEST_F(Branching, AConnectionIsRefusedOrCommandsAreLost) {
  const fs::path a = made({.scenario = scenario(), .out = file("a.mailroom")});
  const auto opened_at = events(a, {Kind::connection_opened});
  ASSERT_FALSE(opened_at.empty());
  auto opened = reader(a);
  branch(a, change_called(changes_at(opened, opened_at[0].id), "This connection is refused"), "refused.mailroom");
  EXPECT_FALSE(events(file("refused.mailroom"), {Kind::connection_refused}).empty());
  EXPECT_EQ(delivered(file("refused.mailroom")), 3);
  StoredEvent data;
  for (const StoredEvent& event : events(a, {Kind::command_sent}))
    if (event.text == "DATA" && !data.id) data = event;
  ASSERT_TRUE(data.id) << "no DATA";
  const PartingOfRuns parting = branch(a, change_called(changes_at(opened, data.id), "This DATA is lost on the way"), "lost.mailroom");
  EXPECT_GE(parting.time_ns, data.time_ns - 1);
  EXPECT_EQ(delivered(file("lost.mailroom")), 3);
}

TEST_F(Branching, AFaultIsLeftOutOrMendedWhereverItCameFrom) {
  const fs::path live = with_hands_in_it();
  auto opened = reader(live);
  const auto began = events(live, {Kind::fault_began});
  ASSERT_EQ(began.size(), 2u);
  EXPECT_EQ(began[1].text, "link north-south slow 64kbps") << "the scenario's";
  const auto of_hand = change_called(changes_at(opened, began[0].id), "Without 'link north-south down'");
  branch(live, of_hand, "by-hand.mailroom");
  const auto left = events(file("by-hand.mailroom"), {Kind::fault_began});
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].text, "link north-south slow 64kbps");
  EXPECT_EQ(delivered(file("by-hand.mailroom")), 4) << "what was typed is typed again";

  const auto of_scenario = change_called(changes_at(opened, began[1].id), "Without 'link north-south slow 64kbps'");
  branch(live, of_scenario, "scenario.mailroom");
  ASSERT_EQ(events(file("scenario.mailroom"), {Kind::fault_began}).size(), 1u);

  const std::int64_t middle_ns = began[1].time_ns + 100'000'000;
  const auto mended = change_called(changes_of_fault(opened, began[1], middle_ns), "'link north-south slow 64kbps' is mended now");
  branch(live, mended, "mended.mailroom");
  std::int64_t ended_ns = 0;
  for (const StoredEvent& event : events(file("mended.mailroom"), {Kind::fault_ended}))
    if (event.text == began[1].text) ended_ns = event.time_ns;
  EXPECT_EQ(ended_ns, middle_ns);
}

TEST_F(Branching, OneThatWasCancelledLeavesNothing) {
  std::ofstream(scenario(), std::ios::app) << "# \n";
  RunOrder order{.scenario = scenario(), .out = file("b.mailroom"), .sets = {"traffic.0.count=100000"}};
  auto run = BackgroundRun::start(order, simulator_program(), 100'000'000'000'000);
  ASSERT_TRUE(run);
  ASSERT_TRUE(soon(*run, [&] { return run->is_over() || run->progress() > 0; }));
  EXPECT_EQ(run->state(), BackgroundRun::State::running);
  run->cancel();
  EXPECT_EQ(run->state(), BackgroundRun::State::cancelled);
  EXPECT_FALSE(fs::exists(file("b.mailroom")));
}

TEST_F(Simulator, EveryMysteryOfAScenarioIsAcceptedAndNoticed) {
  const auto loaded = scenario::load(scenario());
  ASSERT_TRUE(loaded);
  ASSERT_GE(Mystery::candidates(loaded->scenario).size(), 12u);
  std::set<std::string> chosen;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    auto mystery = Mystery::choose(loaded->scenario, seed);
    ASSERT_TRUE(mystery);
    EXPECT_EQ(mystery->sentence(), Mystery::choose(loaded->scenario, seed)->sentence());
    chosen.insert(mystery->sentence());
    const fs::path out = made({.scenario = scenario(), .out = file("m" + std::to_string(seed) + ".mailroom"), .faults = {mystery->sentence()}});
    int hidden = 0;
    for (const StoredEvent& event : events(out)) hidden += mystery->hides(event) ? 1 : 0;
    EXPECT_GE(hidden, 1) << mystery->sentence();
    mystery->reveal();
    for (const StoredEvent& event : events(out)) EXPECT_FALSE(mystery->hides(event));
  }
  EXPECT_GE(chosen.size(), 4u);
}

}  // namespace
}  // namespace mailroom::viz
