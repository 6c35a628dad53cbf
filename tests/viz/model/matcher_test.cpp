// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/matcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "sim/trace/memory_sink.hpp"
#include "sim/trace/recorder.hpp"

namespace mailroom::viz {
namespace {

using trace::Event;
using trace::EventId;
using trace::HostId;
using trace::Kind;
using trace::StoredEvent;

constexpr std::int64_t kS = 1'000'000'000;

trace::RunHeader header() {
  trace::RunHeader header;
  const auto host = [&](const char* name, const char* label, const char* hostname) {
    trace::HostRow row;
    row.name = name;
    row.label = label;
    row.hostname = hostname;
    header.hosts.push_back(row);
  };
  host("ua1", "Alice's desk", "");
  host("mx1", "", "mail.north.example");
  host("mx10", "", "");
  host("mx2", "", "mail.south.example");
  header.links.push_back({.name = "mx1-mx2", .label = "the cable", .from = {2}, .to = {4}});
  return header;
}

// alice writes at ua1 to bob and bobby; mx1 has it and hands it to mx2, which defers bob and gets bobby in.
struct ShortRun {
  std::vector<StoredEvent> events{};
  Facts facts{header()};
  trace::World world{};

  StoredEvent& add(std::int64_t time_ns, const Event& event) {
    const EventId id{std::ssize(events) + 1};
    events.push_back(trace::stored(id, time_ns, {}, event));
    return events.back();
  }
  ShortRun() {
    add(0, {.kind = Kind::run_began, .text = "0.1.0"});
    add(10 * kS, {.kind = Kind::message_composed,
                  .host = {1},
                  .message = {1},
                  .size = 12'000,
                  .value = 2,
                  .text = "<1.alice@north.example>",
                  .detail = R"({"from":"alice@north.example","to":["bob@south.example"]})"});
    add(10 * kS, {.kind = Kind::copy_created, .host = {2}, .message = {1}, .copy = {1}, .recipient = {1}});
    add(10 * kS, {.kind = Kind::copy_created, .host = {2}, .message = {1}, .copy = {2}, .recipient = {2}});
    add(10 * kS, {.kind = Kind::message_queued, .host = {2}, .message = {1}, .size = 12'000, .text = "Q1"});
    add(20 * kS,
        {.kind = Kind::connection_opened, .host = {2}, .connection = {1}, .text = "mx2", .detail = ""});
    add(21 * kS, {.kind = Kind::command_sent,
                  .host = {2},
                  .connection = {1},
                  .session = {1},
                  .message = {1},
                  .copy = {1},
                  .text = "RCPT TO:<bob@south.example>"});
    add(22 * kS, {.kind = Kind::command_received,
                  .host = {4},
                  .connection = {1},
                  .session = {1},
                  .message = {1},
                  .text = "RCPT TO:<bob@south.example>"});
    add(23 * kS, {.kind = Kind::reply_sent,
                  .host = {4},
                  .connection = {1},
                  .session = {1},
                  .message = {1},
                  .code = 451,
                  .text = "4.7.1 Try Later"});
    add(40 * kS, {.kind = Kind::copy_deferred,
                  .host = {2},
                  .message = {1},
                  .copy = {1},
                  .recipient = {1},
                  .attempt = {7},
                  .code = 451,
                  .text = "451 4.7.1 try later"});
    add(41 * kS,
        {.kind = Kind::copy_relayed, .host = {2}, .message = {1}, .copy = {2}, .code = 250, .text = "OK"});
    add(42 * kS, {.kind = Kind::copy_created,
                  .host = {4},
                  .message = {1},
                  .copy = {3},
                  .parent = {2},
                  .recipient = {2}});
    add(43 * kS, {.kind = Kind::copy_delivered, .host = {4}, .message = {1}, .copy = {3}, .text = "bobby"});
    add(50 * kS, {.kind = Kind::fault_began, .link = {1}, .fault = {1}, .text = "link mx1-mx2 down"});
    add(51 * kS, {.kind = Kind::frame_dropped, .link = {1}, .connection = {1}, .text = "loss"});
    add(60 * kS, {.kind = Kind::copy_created,
                  .host = {4},
                  .message = {1},
                  .copy = {4},
                  .parent = {2},
                  .recipient = {2}});
    add(61 * kS, {.kind = Kind::copy_delivered, .host = {4}, .message = {1}, .copy = {4}, .text = "bobby"});
    add(70 * kS, {.kind = Kind::message_composed,
                  .host = {4},
                  .message = {2},
                  .text = "<2@south.example>",
                  .detail = R"({"from":"","notifies":1})"});
    add(90 * kS, {.kind = Kind::message_removed, .host = {2}, .message = {1}, .text = "Q1"});
    for (const StoredEvent& event : events) {
      facts.learn(event);
      world.apply(event);
    }
    facts.add_recipients({"bob@south.example", "bobby@south.example"});
  }

  Matcher matcher(std::string_view text) const {
    auto filter = Filter::parse(text);
    EXPECT_TRUE(filter) << text << ": " << (filter ? "" : filter.error().wrong);
    return Matcher(filter.value_or(Filter{}), facts);
  }
  // Numbers of the events that match.
  std::vector<int> matching(std::string_view text) const {
    const Matcher matcher_of_text = matcher(text);
    QueueLengths queues;
    std::vector<int> ids;
    for (const StoredEvent& event : events) {
      queues.apply(event);
      if (matcher_of_text.matches(event, &queues)) ids.push_back(static_cast<int>(event.id.value));
    }
    return ids;
  }
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Matcher, AnEmptyFilterMatchesEverything) {
  const ShortRun run;
  EXPECT_EQ(run.matching("").size(), run.events.size());
  EXPECT_TRUE(run.matcher("").matches(trace::MessageId{99}, run.world));
  EXPECT_TRUE(run.matcher("").matches(HostId{1}, run.world));
}

TEST(Matcher, RecipientIsTheWholeLocalPartAndNotItsBeginning) {
  const ShortRun run;
  EXPECT_THAT(run.matching("rcpt:bob kind:copy.*"), ElementsAre(3, 10));
  EXPECT_THAT(run.matching("rcpt:bobby kind:copy.*"), ElementsAre(4, 11, 12, 13, 16, 17));
  EXPECT_THAT(run.matching("rcpt:bob@south.example kind:copy.*"), ElementsAre(3, 10));
  EXPECT_THAT(run.matching("rcpt:bo kind:copy.created"),
              ElementsAre(3, 4, 12, 16));  // a part, as none is named so
  EXPECT_THAT(run.matching("rcpt:*by@* kind:copy.created"), ElementsAre(4, 12, 16));
  EXPECT_THAT(run.matching("rcpt:nobody"), IsEmpty());
}

TEST(Matcher, RecipientOfACommandIsItsOwnAndOfAReplyThatOfTheMessage) {
  const ShortRun run;
  EXPECT_THAT(run.matching("rcpt:bob session:1"), ElementsAre(7, 8, 9));
  EXPECT_THAT(run.matching("rcpt:bobby session:1"), ElementsAre(9));
}

TEST(Matcher, HostsAreNamedExactlyOrElseInPart) {
  const ShortRun run;
  EXPECT_THAT(run.matching("host:mx1"), ElementsAre(3, 4, 5, 6, 7, 10, 11, 19));
  EXPECT_EQ(run.matching("host:mail.north.example"), run.matching("host:mx1"));
  EXPECT_EQ(run.matching("host:MX1"), run.matching("host:mx1"));
  EXPECT_THAT(run.matching("host:\"alice's desk\""), ElementsAre(2));
  EXPECT_EQ(run.matching("host:mx"), run.matching("host:mx1,mx2,mx10"));
  EXPECT_EQ(run.matching("host:mx*"), run.matching("host:mx"));
  EXPECT_THAT(run.matching("link:\"the cable\""), ElementsAre(14, 15));
}

TEST(Matcher, FromAndToAreHostsOrAddresses) {
  const ShortRun run;
  EXPECT_THAT(run.matching("from:mx1 t>20"), ElementsAre(7, 8, 9, 15));
  EXPECT_THAT(run.matching("to:mx2"), ElementsAre(6, 7, 8, 9, 15));
  EXPECT_THAT(run.matching("from:ua1 kind:copy.created t<50"), ElementsAre(3, 4, 12));
  EXPECT_THAT(run.matching("from:alice kind:message.composed"), ElementsAre(2));
  EXPECT_THAT(run.matching("to:bob kind:copy.created"), ElementsAre(3));
}

TEST(Matcher, RepliesGoByCodeClassAndEnhancedCode) {
  const ShortRun run;
  EXPECT_THAT(run.matching("reply:4xx"), ElementsAre(9, 10));
  EXPECT_THAT(run.matching("reply:451"), ElementsAre(9, 10));
  EXPECT_THAT(run.matching("reply:45x"), ElementsAre(9, 10));
  EXPECT_THAT(run.matching("reply:4.7.1"), ElementsAre(9, 10));
  EXPECT_THAT(run.matching("reply:4.7"), ElementsAre(9, 10));
  EXPECT_THAT(run.matching("reply:4.7.11"), IsEmpty());
  EXPECT_THAT(run.matching("reply:2xx,5xx"), ElementsAre(11));
}

TEST(Matcher, TextAndWordsDisregardCase) {
  const ShortRun run;
  EXPECT_THAT(run.matching("text:\"TRY later\""), ElementsAre(9, 10));
  EXPECT_THAT(run.matching("cable"), ElementsAre(14, 15));
  EXPECT_THAT(run.matching("451"), ElementsAre(9, 10));
  EXPECT_THAT(run.matching("deferred"), ElementsAre(10));
  EXPECT_THAT(run.matching("bobby -created"), ElementsAre(11, 13, 17));
  EXPECT_THAT(run.matching("<2@"), ElementsAre(18));
}

TEST(Matcher, TimesSizesNumbersAndQueues) {
  const ShortRun run;
  EXPECT_THAT(run.matching("t:22..23"), ElementsAre(8, 9));
  EXPECT_THAT(run.matching("t>22 t<40"), ElementsAre(9));
  EXPECT_THAT(run.matching("size>10k"), ElementsAre(2, 5));
  EXPECT_THAT(run.matching("msg:2"), ElementsAre(18));
  EXPECT_THAT(run.matching("msg:1.alice attempt:7"), ElementsAre(10));
  EXPECT_THAT(run.matching("copy:3,4"), ElementsAre(12, 13, 16, 17));
  EXPECT_THAT(run.matching("fault:1"), ElementsAre(14));
  EXPECT_THAT(run.matching("event:14,15"), ElementsAre(14, 15));
  EXPECT_THAT(run.matching("queue>0 kind:copy.deferred,message.*"), ElementsAre(5, 10));
  EXPECT_THAT(run.matching("queue:0 kind:message.removed"), ElementsAre(19));
}

TEST(Matcher, WhatBecameOfIt) {
  const ShortRun run;
  EXPECT_THAT(run.matching("is:delivered"), ElementsAre(13, 17));
  EXPECT_THAT(run.matching("is:duplicate"), ElementsAre(17));
  EXPECT_THAT(run.matching("is:deferred"), ElementsAre(10));
  EXPECT_THAT(run.matching("is:bounce"), ElementsAre(18));
  EXPECT_THAT(run.matching("is:lost"), ElementsAre(15));
  EXPECT_THAT(run.matching("is:fault"), ElementsAre(14));
  EXPECT_THAT(run.matching("is:bounced"), IsEmpty());
}

TEST(Matcher, WhatIsNotKnownDecidesNothingAlsoNegated) {
  const ShortRun run;
  const StoredEvent& event = run.events[9];
  EXPECT_TRUE(run.matcher("queue>1000").matches(event));
  EXPECT_TRUE(run.matcher("-queue>1000").matches(event));
  EXPECT_FALSE(run.matcher("queue>1000 reply:5xx").matches(event));
  EXPECT_TRUE(run.matcher("queue>1000 or reply:4xx").matches(event));
}

TEST(Matcher, MessagesMatchByWhatTheyAreAndWhatBecameOfThemSoFar) {
  const ShortRun run;
  const auto message = [&](std::string_view text) {
    return run.matcher(text).matches(trace::MessageId{1}, run.world);
  };
  EXPECT_TRUE(message("rcpt:bob"));
  EXPECT_FALSE(message("rcpt:carol"));
  EXPECT_TRUE(message("from:alice"));
  EXPECT_TRUE(message("host:mx2"));
  EXPECT_FALSE(message("host:mx10"));
  EXPECT_TRUE(message("reply:4xx"));
  EXPECT_FALSE(message("reply:5xx"));
  EXPECT_TRUE(message("is:deferred"));
  EXPECT_TRUE(message("is:duplicate"));
  EXPECT_FALSE(message("is:bounce"));
  EXPECT_TRUE(run.matcher("is:bounce").matches(trace::MessageId{2}, run.world));
  EXPECT_TRUE(message("size>10k"));
  EXPECT_FALSE(message("t<5"));
  EXPECT_TRUE(message("kind:frame.*"));   // says nothing of a message
  EXPECT_TRUE(message("-kind:frame.*"));  // and so does its contrary
  trace::World before;
  for (const StoredEvent& event : run.events)
    if (event.time_ns < 40 * kS) before.apply(event);
  EXPECT_FALSE(run.matcher("is:deferred").matches(trace::MessageId{1}, before));
}

TEST(Matcher, HostsMatchByNameOrByWhatTheyAreResponsibleFor) {
  const ShortRun run;
  const auto host = [&](std::string_view text, std::int64_t id) {
    return run.matcher(text).matches(HostId{id}, run.world);
  };
  EXPECT_TRUE(host("host:mx1", 2));
  EXPECT_FALSE(host("host:mx1", 3));
  EXPECT_TRUE(host("rcpt:bob", 2));   // still in its queue
  EXPECT_FALSE(host("rcpt:bob", 4));  // owes nothing any more
  EXPECT_FALSE(host("rcpt:carol", 2));
  EXPECT_TRUE(host("mx10", 3));
  EXPECT_TRUE(run.matcher("link:mx1-mx2").matches(trace::LinkId{1}));
  EXPECT_FALSE(run.matcher("-link:mx1-mx2").matches(trace::LinkId{1}));
  EXPECT_TRUE(run.matcher("rcpt:bob").matches(trace::LinkId{1}));
}

TEST(Matcher, TakesRecipientsThatComeLater) {
  ShortRun run;
  Matcher matcher = run.matcher("rcpt:carol");
  const StoredEvent event = trace::stored({100}, 0, {}, {.kind = Kind::copy_created, .recipient = {3}});
  EXPECT_FALSE(matcher.matches(event));
  run.facts.add_recipients({"bob@south.example", "bobby@south.example", "carol@south.example"});
  matcher.refresh(run.facts);
  EXPECT_TRUE(matcher.matches(event));
}

// Numbers that point nowhere, as a damaged file has them, and every key.
TEST(Matcher, NumbersThatPointNowhereAreAnswered) {
  const ShortRun run;
  std::mt19937_64 random(3);
  const auto number = [&]() -> std::int64_t {
    const std::int64_t kOdd[] = {0, 1, -1, 5, INT64_MAX, INT64_MIN, std::int64_t{1} << 20};
    return kOdd[random() % std::size(kOdd)];
  };
  std::vector<Matcher> matchers;
  for (const FilterKeyInfo& key : kFilterKeys) matchers.push_back(run.matcher(key.example));
  for (const FilterIsInfo& word : kFilterIs) matchers.push_back(run.matcher("-is:" + std::string(word.name)));
  matchers.push_back(run.matcher("word"));
  Facts facts = run.facts;
  QueueLengths queues;
  for (int i = 0; i < 3000; ++i) {
    StoredEvent event{
        .id = {i + 1000}, .time_ns = number(), .kind = static_cast<Kind>(random() % trace::kKindCount)};
    event.host = {number()};
    event.link = {number()};
    event.connection = {number()};
    event.message = {number()};
    event.copy = {number()};
    event.recipient = {number()};
    event.code = static_cast<int>(number());
    event.size = number();
    event.text = std::string(random() % 3, '\xff');
    event.detail = i % 2 == 0 ? "{\"from\":3,\"notifies\":\"x\"}" : "]";
    facts.learn(event);
    queues.apply(event);
    for (const Matcher& matcher : matchers) {
      matcher.matches(event, &queues);
      matcher.matches(event.message, run.world);
      matcher.matches(event.host, run.world);
      matcher.matches(event.link);
    }
  }
  EXPECT_EQ(facts.last_event().value, 3999);
}

}  // namespace
}  // namespace mailroom::viz
