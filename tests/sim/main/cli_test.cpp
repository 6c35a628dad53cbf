// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli.hpp"

#include <CLI/CLI.hpp>
#include <array>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::tests {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(CommandLine, GreetsANewcomerWithTheVerbsAndTheNextThingToTry) {
  const Called called = call({});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(called.out, StartsWith("Mailroom 0."));
  EXPECT_THAT(called.out, HasSubstr("  inspect    deliveries, delays, bounces"));
  EXPECT_THAT(called.out, HasSubstr("Next, try\n"));
  EXPECT_EQ(called.err, "");
  EXPECT_EQ(call({"--help"}).out, called.out);
  EXPECT_EQ(call({"help"}).out, called.out);
}

TEST(CommandLine, ListsOnlyTheProgramsThatAreInstalled) {
  EXPECT_THAT(call({}).out, Not(HasSubstr("  view ")));
  const Called view = call({"view", "run.mailroom"});
  EXPECT_EQ(view.exit_code, 2);
  EXPECT_THAT(view.err, HasSubstr("'view' is not part of this version"));
  EXPECT_EQ(call({"lab"}).exit_code, 2);
}

TEST(CommandLine, PrintsItsVersion) {
  const Called called = call({"--version"});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(called.out, testing::MatchesRegex("mailroom [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST(CommandLine, SuggestsTheVerbThatWasMeant) {
  const Called called = call({"inspekt", "x"});
  EXPECT_EQ(called.exit_code, 2);
  EXPECT_EQ(called.err, "mailroom: there is no verb 'inspekt'; did you mean 'inspect'?\n");
  EXPECT_THAT(call({"qqqqqq"}).err, HasSubstr("'mailroom --help' lists the verbs"));
}

TEST(CommandLine, SuggestsTheOptionThatWasMeant) {
  const Called called = call({"inspect", "x.mailroom", "--jsn"});
  EXPECT_EQ(called.exit_code, 2);
  EXPECT_THAT(called.err, HasSubstr("did you mean --json?"));
}

TEST(CommandLine, SaysWhichArgumentIsMissing) {
  const Called called = call({"inspect"});
  EXPECT_EQ(called.exit_code, 2);
  EXPECT_THAT(called.err, HasSubstr("RUN is required"));
  EXPECT_EQ(call({"export", "pcap", "x"}).exit_code, 2);
}

TEST(CommandLine, ExplainsAVerb) {
  const Called called = call({"inspect", "--help"});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(called.out, HasSubstr("usage: mailroom inspect"));
  EXPECT_THAT(called.out, HasSubstr("--message"));
  EXPECT_EQ(call({"help", "inspect"}).out, called.out);
}

TEST(CommandLine, ReportsAnExceptionThatNobodyCaughtAsOurBug) {
  static constexpr std::array<cli::AddVerb, 1> kVerbs = {[](CLI::App& app, cli::Invocation& invocation) {
    app.add_subcommand("boom", "")->callback([&invocation] {
      invocation.act = []() -> int { throw std::logic_error("the floor gave way"); };
    });
  }};
  std::ostringstream out;
  std::ostringstream err;
  cli::Terminal terminal{.out = out, .err = err};
  EXPECT_EQ(cli::run_program({"boom"}, "/nowhere/mailroom", terminal, kVerbs), 3);
  EXPECT_THAT(err.str(), HasSubstr("bug in Mailroom, not a mistake of yours: the floor gave way"));
  EXPECT_THAT(err.str(), HasSubstr("send us"));
}

TEST(CommandLineDeathTest, EndsAFailedAssertWithExitCodeThree) {
  EXPECT_EXIT(
      {
        cli::report_crashes_as_our_bugs();
        std::abort();
      },
      testing::ExitedWithCode(3), "bug in Mailroom");
}

TEST(Nearest, FindsATypoAndNothingElse) {
  const std::vector<std::string> words = {"inspect", "export", "check"};
  EXPECT_EQ(cli::nearest("exprot", words), "export");
  EXPECT_EQ(cli::nearest("ins", words), "inspect");
  EXPECT_EQ(cli::nearest("zzzzzz", words), "");
  EXPECT_EQ(cli::nearest("", words), "");
}

TEST(CommandLine, SaysWhatASeedIs) {
  static constexpr std::array<cli::AddVerb, 1> kVerbs = {[](CLI::App& app, cli::Invocation& invocation) {
    const auto seed = std::make_shared<std::uint64_t>(1);
    CLI::App* verb = app.add_subcommand("sow", "");
    verb->add_option("--seed", *seed);
    verb->callback([seed, &invocation] { invocation.act = [seed] { return *seed == 7 ? 0 : 1; }; });
  }};
  std::ostringstream out;
  std::ostringstream err;
  cli::Terminal terminal{.out = out, .err = err};
  EXPECT_EQ(cli::run_program({"sow", "--seed", "7"}, "/nowhere/mailroom", terminal, kVerbs), 0);
  EXPECT_EQ(err.str(), "");
  for (const std::string seed : {"-1", "1.5", "x"}) {
    err.str("");
    EXPECT_EQ(cli::run_program({"sow", "--seed", seed}, "/nowhere/mailroom", terminal, kVerbs), 2);
    EXPECT_THAT(err.str(), HasSubstr("'" + seed + "' is no seed: a seed is a whole number from 0 on"));
  }
}

}  // namespace
}  // namespace mailroom::tests
