// SPDX-License-Identifier: GPL-2.0-only
// `mailroom verify`, called on run files that a script wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/trace/discard_rules.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/main/call.hpp"

namespace mailroom::tests {
namespace {

using testing::HasSubstr;
using testing::Not;
using trace::Kind;

class Verify : public testing::Test {
 protected:
  void begin(trace::Level level = trace::Level::mail) {
    trace::RunHeader header{.scenario_name = "script", .seed = 1, .level = level};
    header.hosts = {{.name = "a"}, {.name = "b"}};
    writer_ = std::move(*trace::RunFileWriter::create(file_, header));
  }
  void event(trace::Event event) { writer_->write({++last_}, last_, {}, event); }
  // a has a message toward b, which takes it: both are responsible.
  void take_over() {
    event({.kind = Kind::message_composed,
           .host = {1},
           .message = {1},
           .value = 1,
           .detail = R"({"from":"ann@a.example"})"});
    event({.kind = Kind::message_queued, .host = {1}, .message = {1}, .text = "Q1"});
    event({.kind = Kind::copy_created, .host = {1}, .message = {1}, .copy = {1}, .text = "Q1"});
    event({.kind = Kind::message_queued, .host = {2}, .message = {1}, .text = "Q1"});
    event(
        {.kind = Kind::copy_created, .host = {2}, .message = {1}, .copy = {2}, .parent = {1}, .text = "Q1"});
  }
  // And a reads the reply.
  void hand_over() {
    take_over();
    event({.kind = Kind::copy_relayed, .host = {1}, .message = {1}, .copy = {1}});
    event({.kind = Kind::message_removed, .host = {1}, .message = {1}, .text = "Q1"});
  }
  Called verify(const std::vector<std::string>& options = {}) {
    EXPECT_TRUE(writer_->finish());
    std::vector<std::string> arguments = {"verify", file_.string()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return call(arguments, 200);
  }

 private:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "run.mailroom";
  std::unique_ptr<trace::RunFileWriter> writer_;
  std::int64_t last_ = 0;
};

TEST_F(Verify, SaysThatMailWasConserved) {
  begin();
  hand_over();
  const Called called = verify();
  EXPECT_EQ(called.exit_code, 0) << called.err;
  EXPECT_THAT(called.out, HasSubstr("Mail was conserved.\n"));
  EXPECT_THAT(called.out, HasSubstr("relayed    1  the next host is responsible"));
  EXPECT_THAT(called.out, HasSubstr("owned      1  still in queues when the run ended"));
  EXPECT_THAT(called.out, Not(HasSubstr("Violations")));
}

TEST_F(Verify, NamesTheEventAtWhichItWasNotAndWhatToAskNext) {
  begin();
  hand_over();
  event({.kind = Kind::copy_discarded, .host = {2}, .message = {1}, .copy = {2}, .text = "a broken pipe"});
  const Called called = verify();
  EXPECT_EQ(called.exit_code, 1);
  EXPECT_THAT(called.out, HasSubstr("Mail was not conserved: 1 violation.\n"));
  EXPECT_THAT(called.out, HasSubstr("8  copy 2 is dropped by 'a broken pipe', which is no rule"));
  EXPECT_THAT(called.out, HasSubstr("--why 8"));
}

TEST_F(Verify, ListsWhatRulesDroppedAndWhatTheyMayDrop) {
  begin();
  hand_over();
  event({.kind = Kind::copy_discarded, .host = {2}, .message = {1}, .copy = {2}, .text = trace::kNotifyRule});
  const Called called = verify();
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(called.out, HasSubstr("NOTIFY: the originator asked not to be told of failures"));
  EXPECT_THAT(called.out, HasSubstr("whose originator asked not to hear of it"));
}

TEST_F(Verify, ExplainsWhatWasHandedOverAgain) {
  begin();
  take_over();
  event({.kind = Kind::attempt_ended,
         .host = {1},
         .message = {1},
         .attempt = {1},
         .text = "in doubt: no reply was read"});
  event({.kind = Kind::message_queued, .host = {2}, .message = {1}, .text = "Q2"});
  event({.kind = Kind::copy_created, .host = {2}, .message = {1}, .copy = {3}, .parent = {1}, .text = "Q2"});
  const auto json = nlohmann::json::parse(verify({"--json"}).out);
  EXPECT_EQ(json["conserved"], true);
  ASSERT_EQ(json["duplicates"].size(), 1u);
  EXPECT_EQ(json["duplicates"][0]["again"], 3);
  EXPECT_EQ(json["duplicates"][0]["because"], 6);
}

TEST_F(Verify, SaysWhatARunOfALowLevelCannotShow) {
  begin(trace::Level::summary);
  const Called called = verify();
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(called.out, HasSubstr("were not looked at: this run was recorded at 'summary'"));
}

}  // namespace
}  // namespace mailroom::tests
