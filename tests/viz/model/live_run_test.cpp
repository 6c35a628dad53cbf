// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/live_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/support/temporary_folder.hpp"

namespace mailroom::viz {
namespace {

using namespace std::chrono_literals;
using State = LiveRun::State;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Live : public testing::Test {
 protected:
  // A program that a shell script plays.
  LiveRun play(const std::string& script, bool is_paused = false) {
    const auto program = folder_ / "program";
    std::ofstream(program) << "#!/bin/sh\n" << script;
    chmod(program.c_str(), 0755);
    auto run = LiveRun::start({.scenario = "a.yaml", .out = folder_ / "a.mailroom", .pace = "1x"}, program, is_paused);
    EXPECT_TRUE(run) << (run ? "" : run.error());
    return std::move(*run);
  }
  template <class Condition>
  bool soon(LiveRun& run, const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      run.poll();
      std::this_thread::sleep_for(2ms);
    }
    return true;
  }
  tests::TemporaryFolder folder_;
};

// Answers as the simulator does.
constexpr const char* kObedient = R"(
while read number word rest; do
  case $word in
    pause) echo "$number done: paused at 1.5s, pace 1x" >&2;;
    resume) echo "$number done: running at 1.5s, pace 1x" >&2;;
    pace) echo "$number done: running at 1.5s, pace $rest" >&2;;
    stay) echo "$number done: running at 0s, pace 1x" >&2;;
    fault) case "$rest" in *nort-*) echo "$number wrong: there is no link 'nort-south'; did you mean 'north-south'?" >&2;;
             *) echo "$number done: at 1.5s" >&2;; esac;;
    connect) echo "$number done: at 2s" >&2; echo '1: connected' >&2; printf '%s\n' '1: "220 south.example: ready\r\n"' >&2;;
    idle) echo "$number done: at 2s" >&2; echo "waiting at 2s: nothing is left to do" >&2;;
    crash) echo "assertion failed" >&2; kill -ABRT $$;;
    quit) exit 0;;
  esac
done
)";

TEST_F(Live, AnswersBelongToTheLinesThatWereSent) {
  LiveRun run = play(kObedient);
  const auto good = run.fault("link north-south down");
  const auto bad = run.fault("link nort-south down");
  ASSERT_NE(good, bad);
  EXPECT_EQ(run.line(good)->answer, LiveRun::Line::Answer::none);
  ASSERT_TRUE(soon(run, [&] { return run.line(bad)->answer != LiveRun::Line::Answer::none; }));
  EXPECT_EQ(run.line(good)->answer, LiveRun::Line::Answer::done);
  EXPECT_EQ(run.line(good)->answered, "at 1.5s");
  EXPECT_EQ(run.line(bad)->answer, LiveRun::Line::Answer::wrong);
  EXPECT_THAT(run.line(bad)->answered, HasSubstr("did you mean 'north-south'"));
  EXPECT_EQ(run.state(), State::running);
  EXPECT_EQ(run.send("two\nlines"), 0) << "a line is one line";
}

TEST_F(Live, ItsStateFollowsWhatItSays) {
  LiveRun run = play(kObedient, true);
  EXPECT_EQ(run.state(), State::starting);
  ASSERT_TRUE(soon(run, [&] { return run.state() == State::paused; })) << "it begins paused";
  run.resume();
  ASSERT_TRUE(soon(run, [&] { return run.state() == State::running; }));
  EXPECT_EQ(run.pace(), "1x");
  run.set_pace("10x");
  ASSERT_TRUE(soon(run, [&] { return run.pace() == "10x"; }));
  run.send("idle");
  ASSERT_TRUE(soon(run, [&] { return run.state() == State::waiting; }));
  run.send("connect 1 from a to b:25");
  ASSERT_TRUE(soon(run, [&] { return run.state() == State::running; }));
  run.quit();
  EXPECT_EQ(run.state(), State::ended);
  EXPECT_EQ(run.trouble(), "");
  EXPECT_EQ(run.pause(), 0);
}

TEST_F(Live, WhatTypedConnectionsHearIsTakenOnce) {
  LiveRun run = play(kObedient);
  run.send("connect 1 from a to b:25");
  std::vector<LiveRun::Heard> heard;
  ASSERT_TRUE(soon(run, [&] {
    for (auto& one : run.take_heard()) heard.push_back(one);
    return heard.size() == 2;
  }));
  EXPECT_EQ(heard[0].text, "connected");
  EXPECT_EQ(heard[1].name, "1");
  EXPECT_EQ(heard[1].text, R"("220 south.example: ready\r\n")");
  EXPECT_TRUE(run.take_heard().empty());
  EXPECT_TRUE(run.complaints().empty());
}

TEST_F(Live, ACrashIsAStateWithWords) {
  LiveRun run = play(kObedient);
  ASSERT_TRUE(soon(run, [&] { return run.state() == State::running; }));
  run.send("crash");
  ASSERT_TRUE(soon(run, [&] { return run.is_over(); }));
  EXPECT_EQ(run.state(), State::crashed);
  EXPECT_THAT(run.trouble(), HasSubstr("signal 6"));
  EXPECT_THAT(run.trouble(), HasSubstr("a.mailroom"));
  EXPECT_THAT(run.complaints(), ElementsAre("assertion failed"));
}

TEST_F(Live, MistakesOfAScenarioAreComplaintsWithTheirPlaces) {
  LiveRun run = play("echo \"my: file.yaml:4:7: there is no host 'nort'; did you mean 'north'?\" >&2\n"
                     "echo 'mailroom: 1 mistake in a.yaml; nothing was run' >&2\nexit 2\n");
  ASSERT_TRUE(soon(run, [&] { return run.is_over(); }));
  EXPECT_EQ(run.state(), State::refused);
  ASSERT_EQ(run.complaints().size(), 2u);
  const auto mistake = scenario_mistake(run.complaints()[0]);
  ASSERT_TRUE(mistake);
  EXPECT_EQ(mistake->file, "my: file.yaml");
  EXPECT_EQ(mistake->line, 4);
  EXPECT_EQ(mistake->column, 7);
  EXPECT_EQ(mistake->wrong, "there is no host 'nort'");
  EXPECT_EQ(mistake->right, "did you mean 'north'?");
  EXPECT_FALSE(scenario_mistake(run.complaints()[1]));
  EXPECT_FALSE(scenario_mistake("::::1:2"));
}

TEST_F(Live, NonsenseFromTheChildIsTakenAsWords) {
  LiveRun run = play("for n in 1 2 3; do read line; done; printf '#\\n#x done: y\\n#99999999999999999999 done: z\\n: \\n1.2.3: \\n#1\\n' >&2; "
                     "head -c 1000 /dev/urandom >&2; exit 3\n");
  ASSERT_TRUE(soon(run, [&] { return run.is_over() || run.fault("x") == 0; }));
  ASSERT_TRUE(soon(run, [&] { return run.is_over(); }));
  EXPECT_EQ(run.state(), State::crashed);
}

TEST(RunOrder, IsACommandLineThatAShellTakes) {
  const RunOrder order{.scenario = "my file.yaml", .out = "b.mailroom", .sets = {"seed=3"}, .faults = {"link a-b down", "it's"},
                       .replay = "a.mailroom", .pace = "1x"};
  EXPECT_EQ(order.command_line(), "mailroom run 'my file.yaml' --out b.mailroom --set seed=3 --fault 'link a-b down' "
                                  "--fault 'it'\\''s' --replay a.mailroom --pace 1x");
  RunOrder secret = order;
  secret.hides_faults = true;
  EXPECT_THAT(secret.command_line(), testing::Not(HasSubstr("down")));
  EXPECT_THAT(secret.arguments(), testing::Contains("link a-b down"));
  const RunOrder dashed{.scenario = "-x.yaml", .out = "-x.mailroom"};
  EXPECT_THAT(dashed.arguments(), testing::IsSupersetOf({"./-x.yaml", "./-x.mailroom"})) << "no options";
}

TEST(RunOrder, NamesThatAreFreeAreFound) {
  tests::TemporaryFolder folder;
  const auto path = folder / "a.mailroom";
  EXPECT_EQ(free_name(path), path);
  std::ofstream(path) << "x";
  EXPECT_EQ(free_name(path), folder / "a-2.mailroom");
  std::ofstream(folder / "a-2.mailroom") << "x";
  EXPECT_EQ(free_name(path), folder / "a-3.mailroom");
  EXPECT_EQ(usual_run_file("labs/two-offices.yaml"), "two-offices.mailroom");
  EXPECT_FALSE(has_notes(path));
}

TEST(RunOrder, AScenarioIsFoundByItsTextOrWritten) {
  tests::TemporaryFolder folder;
  const trace::RunHeader header{.scenario_name = "../My lab: 1", .scenario_text = "mailroom: 1\n"};
  std::ofstream(folder / "a.yaml") << "mailroom: 2\n";
  const auto written = scenario_file_of(header, folder / "a.mailroom", {}, folder / "scratch");
  ASSERT_TRUE(written);
  EXPECT_EQ(*written, folder / "scratch" / "My-lab-1.yaml") << "the file of its name has another text";
  std::ofstream(folder / "a.yaml") << "mailroom: 1\n";
  EXPECT_EQ(scenario_file_of(header, folder / "a.mailroom", {}, folder / "scratch"), folder / "a.yaml");
  EXPECT_EQ(overrides_of({.overrides = "seed=3\nfaults+=link a-b down\n"}), (std::vector<std::string>{"seed=3", "faults+=link a-b down"}));
}

}  // namespace
}  // namespace mailroom::viz
