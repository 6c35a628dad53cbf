// SPDX-License-Identifier: GPL-2.0-only
// `inspect --why` of a message that was tried many times.
#include "sim/main/cli_json.hpp"
#include "sim/trace/recorder.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "tests/sim/main/call.hpp"

namespace mailroom::tests {
namespace {

using namespace mailroom::trace;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kS = 1'000'000'000;
constexpr HostId kNorth{1};

// One message of north that nobody ever answers: a try every 100 s, and a bounce when the last has failed.
class Retries {
 public:
  explicit Retries(const std::filesystem::path& path) {
    RunHeader header;
    header.level = Level::mail;
    header.hosts.emplace_back().name = "north";
    auto writer = RunFileWriter::create(path, header);
    EXPECT_TRUE(writer);
    writer_ = std::move(*writer);
    recorder_.emplace(*writer_, Level::mail);
    recorder_->set_time(0);
    note({.kind = Kind::run_began, .text = "0.1.0"});
    message_ = recorder_->next_message();
    copy_ = recorder_->next_copy();
    note({.kind = Kind::message_queued, .host = kNorth, .message = message_, .size = 10, .value = 1});
  }

  // The event that tells that the try failed.
  EventId fail(const char* why, EventId because = {}) {
    recorder_->set_time(recorder_->time_ns() + 100 * kS);
    const AttemptId attempt = recorder_->next_attempt();
    note({.kind = Kind::attempt_began,
          .host = kNorth,
          .message = message_,
          .attempt = attempt,
          .value = 1,
          .text = "south"});
    const EventId failed = note({.kind = Kind::connection_timed_out,
                                 .host = kNorth,
                                 .connection = recorder_->next_connection(),
                                 .text = why});
    note({.kind = Kind::copy_deferred,
          .host = kNorth,
          .message = message_,
          .copy = copy_,
          .attempt = attempt,
          .value = recorder_->time_ns() + 100 * kS,
          .text = why,
          .because = because});
    return failed;
  }

  // The end of the run. The event that gives up.
  EventId give_up(EventId because = {}) {
    const EventId bounced = note({.kind = Kind::copy_bounced,
                                  .host = kNorth,
                                  .message = message_,
                                  .copy = copy_,
                                  .value = 0,
                                  .text = "too old",
                                  .because = because});
    EXPECT_TRUE(writer_->finish());
    return bounced;
  }

 private:
  EventId note(const Event& event) {
    recorder_->context.event = recorder_->record(event);
    return recorder_->context.event;
  }

  std::unique_ptr<RunFileWriter> writer_;
  std::optional<Recorder> recorder_;
  MessageId message_;
  CopyId copy_;
};

std::ptrdiff_t count_of(const std::string& text, const std::string& part) {
  std::ptrdiff_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

struct Answer {
  std::string text;
  cli::Json json;
};

Answer why(const std::string& path, EventId event) {
  const Called called = call({"inspect", path, "--why", std::to_string(event.value)}, 140);
  EXPECT_EQ(called.exit_code, 0) << called.err;
  const Called json = call({"inspect", path, "--why", std::to_string(event.value), "--json"});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  return {called.out, cli::Json::parse(json.out)};
}

TEST(InspectWhy, TellsTheFirstAndTheLastOfManyTriesThatWentAlike) {
  const TemporaryFolder folder;
  const std::string path = folder / "retries.mailroom";
  Retries retries(path);
  for (int i = 0; i < 50; ++i) retries.fail("no answer");
  const Answer answer = why(path, retries.give_up());
  EXPECT_EQ(count_of(answer.text, "is re-queued"), 2);
  EXPECT_THAT(answer.text, AllOf(HasSubstr("attempt 50:"), Not(HasSubstr("attempt 49:")),
                                 Not(HasSubstr("attempt 2:")), HasSubstr("attempt 1:")));
  EXPECT_EQ(count_of(answer.text, "48 earlier tries like this, since 0:03:20.000\n"), 1);
  EXPECT_LT(answer.text.find("attempt 50:"), answer.text.find("48 earlier tries"));
  EXPECT_LT(answer.text.find("48 earlier tries"), answer.text.find("attempt 1:"));
  EXPECT_THAT(answer.text, HasSubstr("What was left out: --json has every step.\n"));
  EXPECT_EQ(answer.json["chain"].size(), 3u + 50 * 3);
}

TEST(InspectWhy, TellsAFewTriesOneByOne) {
  const TemporaryFolder folder;
  const std::string path = folder / "retries.mailroom";
  Retries retries(path);
  for (int i = 0; i < 3; ++i) retries.fail("no answer");
  const Answer answer = why(path, retries.give_up());
  EXPECT_EQ(count_of(answer.text, "is re-queued"), 3);
  EXPECT_THAT(answer.text, Not(HasSubstr("left out")));
}

TEST(InspectWhy, TellsWhereTriesBeganToGoAnotherWay) {
  const TemporaryFolder folder;
  const std::string path = folder / "retries.mailroom";
  Retries retries(path);
  for (int i = 0; i < 10; ++i) retries.fail("no answer");
  for (int i = 0; i < 20; ++i) retries.fail("a silent wire");
  const Answer answer = why(path, retries.give_up());
  EXPECT_EQ(count_of(answer.text, "is re-queued"), 4);
  for (const char* shown : {"attempt 30:", "attempt 11:", "attempt 10:", "attempt 1:",
                            "18 earlier tries like this", "8 earlier tries like this"})
    EXPECT_THAT(answer.text, HasSubstr(shown));
}

TEST(InspectWhy, KeepsATryThatIsTheReasonForAnotherEvent) {
  const TemporaryFolder folder;
  const std::string path = folder / "retries.mailroom";
  Retries retries(path);
  EventId reason{};
  for (int i = 1; i <= 50; ++i) {
    const EventId failed = retries.fail("no answer");
    if (i == 20) reason = failed;
  }
  const EventId bounced = retries.give_up(reason);
  const Answer answer = why(path, bounced);
  EXPECT_THAT(answer.text, HasSubstr("(the reason for event " + std::to_string(bounced.value) + ")"));
  EXPECT_THAT(answer.text, HasSubstr("attempt 20:"));
  EXPECT_THAT(answer.text,
              AllOf(HasSubstr("28 earlier tries like this"), HasSubstr("17 earlier tries like this")));
}

}  // namespace
}  // namespace mailroom::tests
