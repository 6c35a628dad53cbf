// SPDX-License-Identifier: GPL-2.0-only
// Run files that are not there, not whole, not ours, or not recorded well enough.
#include <fstream>

#include "sim/main/cli_json.hpp"
#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::tests {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(InspectFiles, SaysWhatToDoAboutAFileThatIsNotThere) {
  const Called called = call({"inspect", "/no/such/run.mailroom"});
  EXPECT_EQ(called.exit_code, 2);
  EXPECT_THAT(called.err, StartsWith("mailroom: "));
  EXPECT_THAT(called.err, HasSubstr("give the run file that 'mailroom run' wrote"));
}

TEST(InspectFiles, RefusesWhatIsNoRunFile) {
  const TemporaryFolder folder;
  const auto write = [&](const char* name, const std::string& octets) {
    std::ofstream(folder / name, std::ios::binary) << octets;
    return (folder / name).string();
  };
  EXPECT_EQ(call({"inspect", folder / "."}).exit_code, 2);
  EXPECT_EQ(call({"inspect", write("empty", "")}).exit_code, 2);
  EXPECT_EQ(call({"inspect", write("noise", std::string(10'000, '\xf3'))}).exit_code, 2);
  const Called scenario = call({"inspect", write("s.yaml", "mailroom: 1\n")});
  EXPECT_EQ(scenario.exit_code, 2);
  EXPECT_THAT(scenario.err, HasSubstr("'mailroom run' makes a run file of it"));
}

TEST(InspectFiles, ComplainsOfATruncatedFileAndNeverCrashes) {
  const TemporaryFolder folder;
  const auto whole = folder / "whole.mailroom";
  write_scripted_run(whole);
  const std::string octets = contents_of(whole);
  const std::vector<std::vector<std::string>> questions = {{},
                                                           {"--message", "1"},
                                                           {"--why", "80"},
                                                           {"--session", "1"},
                                                           {"--mailbox", "bob@south.example", "--read", "1"}};
  int complaints = 0;
  for (std::size_t size = 0; size < octets.size(); size += 4096) {
    const std::string cut = folder / "cut.mailroom";
    std::ofstream(cut, std::ios::binary) << octets.substr(0, size);
    for (std::vector<std::string> question : questions) {
      question.insert(question.begin(), {"inspect", cut});
      const Called called = call(question);
      EXPECT_TRUE(called.exit_code == 2 || called.exit_code == 0) << size << ": " << called.err;
      if (called.exit_code == 2) {
        ++complaints;
        EXPECT_THAT(called.err, HasSubstr("mailroom: "));
      }
    }
  }
  EXPECT_GT(complaints, 0);
}

TEST(InspectFiles, ShowsTheStateSoFarOfARunThatIsGoingOn) {
  const TemporaryFolder folder;
  const std::string path = folder / "live.mailroom";
  write_scripted_run(path, {.level = trace::Level::full, .finish = false});
  const Called called = call({"inspect", path});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(
      called.err,
      HasSubstr("the run is still going on, or was killed; this is the state so far, at 0:16:40.000"));
  EXPECT_THAT(called.out, HasSubstr("not finished"));
  const Called json = call({"inspect", path, "--json"});
  EXPECT_EQ(cli::Json::parse(json.out)["complete"], false);
}

struct Left {
  trace::Level level;
  std::vector<std::string> question;
  const char* wanted;  // the level to record at
};

TEST(InspectFiles, SaysAtWhichLevelToRecordAgain) {
  const TemporaryFolder folder;
  const std::vector<Left> all = {
      {trace::Level::mail, {"--session", "1"}, "--record full"},
      {trace::Level::mail, {"--sessions"}, "--record full"},
      {trace::Level::summary, {"--mailbox", "bob@south.example"}, "--record mail"},
      {trace::Level::full, {"--why", "10"}, "--record packets"},
  };
  for (const Left& left : all) {
    const std::string path =
        folder / (std::string(trace::name(left.level)) + left.question.front() + ".mailroom");
    write_scripted_run(path, {.level = left.level});
    std::vector<std::string> arguments = {"inspect", path};
    arguments.insert(arguments.end(), left.question.begin(), left.question.end());
    const Called called = call(arguments);
    EXPECT_EQ(called.exit_code, 2) << path;
    EXPECT_THAT(called.err, HasSubstr(left.wanted)) << path;
  }
}

TEST(InspectFiles, TellsWhatALowLevelStillKnows) {
  const TemporaryFolder folder;
  const std::string path = folder / "summary.mailroom";
  write_scripted_run(path, {.level = trace::Level::summary});
  const Called story = call({"inspect", path, "--message", "1"});
  EXPECT_EQ(story.exit_code, 0);
  EXPECT_THAT(story.out, HasSubstr("gave up copy 4 toward nobody@south.example"));
  EXPECT_THAT(story.out, HasSubstr("run the scenario again with --record mail"));
  const cli::Json json = cli::Json::parse(call({"inspect", path, "--json"}).out);
  EXPECT_EQ(json["delivered"], 1);
  EXPECT_EQ(json["queued"], 1);
  EXPECT_FALSE(json.contains("replies"));
  EXPECT_EQ(call({"inspect", path, "--host", "mx1"}).exit_code, 0);
}

}  // namespace
}  // namespace mailroom::tests
