// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/traffic_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/message/header.hpp"
#include "tests/sim/agents/support/mail_world.hpp"

namespace mailroom::test {
namespace {

using agents::TrafficSource;
using scenario::AddressSet;
using scenario::Traffic;
using testing::ElementsAre;
using testing::Not;
using testing::SizeIs;

// What was asked for: when, by whom, to whom.
struct Asked {
  std::int64_t time_ns;
  std::string from;
  std::vector<std::string> to;
  friend bool operator==(const Asked&, const Asked&) = default;
};
void PrintTo(const Asked& asked, std::ostream* out) {
  *out << asked.time_ns << " " << asked.from << " " << asked.to.size();
}

struct Source : MailWorld {
  // One host that serves everyone, so that all is delivered on the spot and each copy names its recipient.
  Site& host = add(mail_host("h", "h.test", {"u1", "u2", "u3", "u4"}));
  std::vector<Asked> run(Traffic traffic, std::uint64_t seed = 1) {
    if (traffic.name.empty()) traffic.name = "entry";
    TrafficSource source(
        traffic, seed, *host.host,
        [this](const Traffic&, const std::string& from) {
          return from == elsewhere ? nullptr : host.user_agent.get();
        });
    before = source.planned();
    EXPECT_EQ(source.sent(), 0);
    source.start();
    clock.run();
    sent = source.sent();
    planned = source.planned();
    std::vector<Asked> asked;
    for (const StoredEvent& composed : of(Kind::message_composed)) {
      EXPECT_FALSE(composed.cause) << "what a user does has no cause";
      const auto detail = nlohmann::json::parse(composed.detail);
      asked.push_back({composed.time_ns, detail.at("from"), detail.at("to")});
    }
    return asked;
  }
  std::int64_t before = 0, sent = 0, planned = 0;
  std::string elsewhere;  // whose user agent does not run here
};

AddressSet set_of(AddressSet::Choice choice, std::vector<std::string> members) {
  return {choice, std::move(members)};
}
const std::vector<std::string> kUsers = {"u1@h.test", "u2@h.test", "u3@h.test", "u4@h.test"};
using Choice = AddressSet::Choice;

TEST(TrafficSource, LeavesOutWhatIsSentElsewhereAndDrawsTheSame) {
  const Traffic entry{.from = set_of(Choice::any, kUsers),
                      .to = set_of(Choice::any, kUsers),
                      .when = Traffic::When::poisson,
                      .interval_ns = kSecond,
                      .count = 40};
  Source whole, part;
  auto all = whole.run(entry);
  ASSERT_THAT(all, SizeIs(40));
  part.elsewhere = "u2@h.test";
  const auto asked = part.run(entry);
  std::erase_if(all, [&](const Asked& one) { return one.from == part.elsewhere; });
  EXPECT_THAT(all, SizeIs(testing::Lt(40u)));
  EXPECT_EQ(asked, all);
  EXPECT_EQ(part.before, 40);
  EXPECT_EQ(part.planned, part.sent);
  EXPECT_EQ(part.sent, std::ssize(all));
}

TEST(TrafficSource, SendsAllOfAnEntryAtItsTime) {
  Source world;
  const auto asked = world.run({.from = set_of(Choice::all, {"u1@h.test"}),
                                .to = set_of(Choice::all, {"u2@h.test", "u3@h.test"}),
                                .when = Traffic::When::at,
                                .start_ns = 5 * kSecond,
                                .count = 3});
  ASSERT_THAT(asked, SizeIs(3));
  for (const Asked& one : asked)
    EXPECT_EQ(one, (Asked{5 * kSecond, "u1@h.test", {"u2@h.test", "u3@h.test"}}));
  EXPECT_EQ(world.before, 3);
  EXPECT_EQ(world.sent, 3);
  EXPECT_EQ(world.count(Kind::copy_delivered), 6u);
}

TEST(TrafficSource, SendsEveryIntervalFromStart) {
  Source world;
  const auto asked = world.run({.from = set_of(Choice::all, {"u1@h.test"}),
                                .to = set_of(Choice::all, {"u2@h.test"}),
                                .when = Traffic::When::every,
                                .start_ns = kSecond,
                                .interval_ns = 10 * kSecond,
                                .count = 4});
  std::vector<std::int64_t> times;
  for (const Asked& one : asked) times.push_back(one.time_ns / kSecond);
  EXPECT_THAT(times, ElementsAre(1, 11, 21, 31));
}

TEST(TrafficSource, SendsCountOfEachSenderAndOneMessageToEachRecipientButItself) {
  Source world;
  const auto asked = world.run({.from = set_of(Choice::each, {"u1@h.test", "u9@h.test"}),
                                .to = set_of(Choice::each, kUsers),
                                .count = 2});
  EXPECT_THAT(asked, SizeIs(2 * 3 + 2 * 4));
  EXPECT_EQ(world.before, 14);
  EXPECT_EQ(world.sent, 14);
  for (const Asked& one : asked) {
    ASSERT_THAT(one.to, SizeIs(1));
    EXPECT_NE(one.to[0], one.from);
  }
}

TEST(TrafficSource, DrawsAnyRecipientButTheSenderAndAllOfThemInTime) {
  Source world;
  const auto asked = world.run(
      {.from = set_of(Choice::all, {"u2@h.test"}), .to = set_of(Choice::any, kUsers), .count = 300});
  std::map<std::string, int> drawn;
  for (const Asked& one : asked) ++drawn[one.to.at(0)];
  EXPECT_THAT(drawn, SizeIs(3));
  EXPECT_FALSE(drawn.contains("u2@h.test"));
  for (const auto& [who, times] : drawn) EXPECT_GT(times, 60) << who;
}

TEST(TrafficSource, DrawsAnySenderAnewForEachMessage) {
  Source world;
  const auto asked =
      world.run({.from = set_of(Choice::any, kUsers), .to = set_of(Choice::each, kUsers), .count = 50});
  std::set<std::string> senders;
  for (const Asked& one : asked) senders.insert(one.from);
  EXPECT_THAT(senders, SizeIs(4));
  EXPECT_THAT(asked, SizeIs(50 * 3));
  EXPECT_EQ(world.sent, world.planned);
}

TEST(TrafficSource, LetsSomebodyWriteToItselfWhenThereIsNoOneElse) {
  for (const Choice choice : {Choice::each, Choice::any, Choice::all}) {
    Source world;
    const auto asked =
        world.run({.from = set_of(Choice::all, {"u1@h.test"}), .to = set_of(choice, {"u1@h.test"})});
    EXPECT_THAT(asked, ElementsAre(Asked{0, "u1@h.test", {"u1@h.test"}}));
    EXPECT_EQ(world.sent, world.before);
  }
}

TEST(TrafficSource, SendsAPoissonProcessOfTheGivenMeanForEachSender) {
  Source world;
  const auto asked = world.run({.from = set_of(Choice::all, {"u1@h.test", "u2@h.test"}),
                                .to = set_of(Choice::all, {"u3@h.test"}),
                                .when = Traffic::When::poisson,
                                .start_ns = kHour,
                                .interval_ns = 10 * kSecond,
                                .count = 1000});
  ASSERT_THAT(asked, SizeIs(2000));
  std::map<std::string, std::vector<std::int64_t>> times;
  for (const Asked& one : asked) times[one.from].push_back(one.time_ns);
  for (const auto& [who, when] : times) {
    ASSERT_THAT(when, SizeIs(1000));
    EXPECT_GT(when.front(), kHour) << "after the first random interval";
    const double mean_s = static_cast<double>(when.back() - kHour) / 1000 / kSecond;
    EXPECT_NEAR(mean_s, 10, 1) << who;
  }
  EXPECT_NE(times["u1@h.test"], times["u2@h.test"]);
}

TEST(TrafficSource, RepeatsItselfAndIsMovedBySeedAndNameOnly) {
  const Traffic entry{.name = "one",
                      .from = set_of(Choice::any, kUsers),
                      .to = set_of(Choice::any, kUsers),
                      .when = Traffic::When::poisson,
                      .interval_ns = kSecond,
                      .count = 20};
  const auto first = Source().run(entry);
  EXPECT_EQ(Source().run(entry), first);
  EXPECT_THAT(Source().run(entry, 2), Not(testing::Eq(first)));
  Traffic other = entry;
  other.name = "two";
  EXPECT_THAT(Source().run(other), Not(testing::Eq(first)));
}

TEST(UserAgent, TakesTheRecipientsOfAFileFromItsHeader) {
  Source world;
  const auto asked =
      world.run({.from = set_of(Choice::all, {"u1@h.test"}),
                 .to = {},
                 .eml = "From: u1@h.test\nTo: Two <u2@h.test>\nCc: u3@h.test\nBcc: u4@h.test\n\nHi\n"});
  ASSERT_THAT(asked, SizeIs(1));
  EXPECT_THAT(asked[0].to, ElementsAre("u2@h.test", "u3@h.test", "u4@h.test"));
  EXPECT_EQ(world.of(Kind::message_composed)[0].value, 3);
  EXPECT_EQ(world.count(Kind::copy_delivered), 3u);
}

TEST(UserAgent, MakesNoMessageForNobody) {
  Source world;
  const Traffic traffic{.name = "t", .from = set_of(Choice::all, {"u1@h.test"}), .eml = "Subject: x\n\nHi\n"};
  EXPECT_FALSE(world.host.user_agent->send(traffic, "u1@h.test", {}));
  EXPECT_EQ(world.count(Kind::message_composed), 0u);
}

TEST(UserAgent, ComposesMessagesOfTheSizeAskedForEachWithItsOwnId) {
  Source world;
  world.run({.from = set_of(Choice::all, {"u1@h.test"}),
             .to = set_of(Choice::all, {"u2@h.test"}),
             .count = 3,
             .size_bytes = 4321});
  std::set<std::string> ids, contents;
  for (const StoredEvent& composed : world.of(Kind::message_composed)) {
    EXPECT_EQ(composed.size, 4321);
    ids.insert(composed.text);
    contents.insert(world.sink.contents.at(composed.content));
  }
  EXPECT_THAT(ids, SizeIs(3));
  EXPECT_THAT(contents, SizeIs(3));
}

}  // namespace
}  // namespace mailroom::test
