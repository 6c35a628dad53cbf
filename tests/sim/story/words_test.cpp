// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::story {
namespace {

using testing::HasSubstr;
using trace::Kind;
using trace::RunFileReader;
using trace::StoredEvent;

class Words : public testing::Test {
 protected:
  Words() { tests::write_scripted_run(path_); }

  RunFileReader open() {
    auto reader = RunFileReader::open(path_);
    EXPECT_TRUE(reader);
    return std::move(*reader);
  }

  std::vector<StoredEvent> all(RunFileReader& reader) {
    auto events = reader.events({});
    EXPECT_TRUE(events);
    return std::move(*events);
  }

  // Overwrites all pages of the file but the first, which has the schema.
  void damage() {
    const auto size = std::filesystem::file_size(path_);
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(size - 4096, '\x7f');
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
};

TEST_F(Words, TellEveryEventOfARun) {
  RunFileReader reader = open();
  Names names(reader);
  const std::vector<StoredEvent> events = all(reader);
  ASSERT_GT(events.size(), 100u);
  for (const StoredEvent& e : events) {
    const std::string text = sentence(names, e);
    EXPECT_FALSE(text.empty()) << e.id.value;
    EXPECT_FALSE(text.starts_with(info(e.kind).name)) << text;  // as what has no sentence would be told
  }
  EXPECT_FALSE(names.failure());
}

TEST_F(Words, TellAnEventWhoseNumbersPointNowhere) {
  RunFileReader reader = open();
  Names names(reader);
  StoredEvent e{.id = {1}, .kind = Kind::copy_deferred, .cause = {999'999}};
  e.copy = {12'345};
  e.text = "try later";
  e.code = 451;
  EXPECT_EQ(sentence(names, e), "copy 12345 is re-queued: 451 try later");
  e.recipient = {777};
  EXPECT_EQ(sentence(names, e), "copy 12345 toward recipient 777 is re-queued: 451 try later");
  e.kind = Kind::connection_disturbed;
  e.link = {888};
  e.connection = {3};
  EXPECT_THAT(sentence(names, e), HasSubstr("on link link 888"));
  EXPECT_EQ(names.host({999}), "host 999");
  EXPECT_FALSE(names.failure());  // that nothing is there is no failure of reading
}

TEST_F(Words, StillTellWhatCannotBeReadAndKeepWhy) {
  RunFileReader reader = open();
  const std::vector<StoredEvent> events = all(reader);
  const auto delivered = std::ranges::find(events, Kind::copy_delivered, &StoredEvent::kind);
  ASSERT_NE(delivered, events.end());
  {
    Names names(reader);
    ASSERT_THAT(sentence(names, *delivered), HasSubstr("toward bob@south.example is delivered"));
  }
  RunFileReader victim = open();  // has read the header, and no more
  damage();
  Names names(victim);
  const std::string text = sentence(names, *delivered);
  ASSERT_TRUE(names.failure());
  EXPECT_THAT(names.failure()->text, HasSubstr("run.mailroom"));
  EXPECT_THAT(text, HasSubstr(fmt::format("toward recipient {} is delivered", delivered->recipient.value)));
}

TEST_F(Words, TakeTextsOutOfDetails) {
  EXPECT_EQ(detail_texts(R"({"to":["a","b",3]})", "to"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(detail_texts(R"({"to":"a"})", "to"), (std::vector<std::string>{"a"}));
  EXPECT_TRUE(detail_texts("{", "to").empty());
  EXPECT_TRUE(detail_texts("[1]", "to").empty());
}

TEST_F(Words, QuoteARepliesFirstLine) {
  EXPECT_EQ(quoted_reply(550, "5.1.1 no such user\nmore"), "550 5.1.1 no such user");
  EXPECT_EQ(quoted_reply(250, "250 OK"), "250 OK");
  EXPECT_EQ(quoted_reply(0, "no answer\x1b"), "no answer\\x1b");
  EXPECT_EQ(reply_lines(250, "mx\nSIZE"), (std::vector<std::string>{"250-mx", "250 SIZE"}));
}

}  // namespace
}  // namespace mailroom::story
