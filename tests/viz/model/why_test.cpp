// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/why.hpp"

#include <algorithm>

#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/model/asking.hpp"
#include "tests/viz/model/hand_made_run.hpp"

namespace mailroom::viz {
namespace {

using testing::HasSubstr;
using trace::Kind;
using About = WhyQuestion::About;

class Why : public testing::Test {
 protected:
  Why() { tests::write_scripted_run(path_); }
  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
};

TEST_F(Why, OfARequeuedCopyEndsInTheCutLink) {
  Asked run(path_);
  const auto deferred = run.first(Kind::copy_deferred);
  const auto told = answer(run.reader(), run.names, run.world(), {.event = deferred.id});
  ASSERT_TRUE(told);
  EXPECT_THAT(told->question, HasSubstr("toward bob@south.example re-queued?"));
  EXPECT_THAT(told->root, HasSubstr("link mx1-mx2"));
  const auto root = run.first(Kind::connection_disturbed);
  EXPECT_EQ(told->root_event, root.id);
  ASSERT_FALSE(told->lines.empty());
  EXPECT_EQ(told->lines.front().event, deferred.id);
  const auto marked = std::ranges::find(told->lines, true, &WhyLine::is_root);
  ASSERT_NE(marked, told->lines.end());
  EXPECT_EQ(marked->event, root.id);
}

TEST_F(Why, OfABounceIsTheReplyAndNotTheLinkThatWasCutBefore) {
  Asked run(path_);
  const auto bounced = run.first(Kind::copy_bounced);
  const auto told = answer(run.reader(), run.names, run.world(), {.event = bounced.id});
  ASSERT_TRUE(told);
  EXPECT_THAT(told->root, HasSubstr("the answer was 550"));
  EXPECT_THAT(told->root, testing::Not(HasSubstr("mx1-mx2")));
}

TEST_F(Why, OfWhatIsNoFailureIsWhereItBegan) {
  Asked run(path_);
  const auto delivered = run.first(Kind::copy_delivered);
  const auto told = answer(run.reader(), run.names, run.world(), {.event = delivered.id});
  ASSERT_TRUE(told);
  EXPECT_THAT(told->root, HasSubstr("It began at pc1"));
  EXPECT_EQ(told->root_event, run.first(Kind::message_composed).id);
}

TEST_F(Why, OfNoEventHasNothingToTell) {
  Asked run(path_);
  const auto told = answer(run.reader(), run.names, run.world(), {.event = {123'456}});
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->lines.empty());
  EXPECT_TRUE(told->root.empty());
}

TEST_F(Why, TellsNothingThatIsHidden) {
  Asked run(path_);
  const auto deferred = run.first(Kind::copy_deferred);
  const Hides hides = [](const trace::StoredEvent& e) { return e.kind == Kind::connection_disturbed; };
  const auto told = answer(run.reader(), run.names, run.world(), {.event = deferred.id}, hides);
  ASSERT_TRUE(told);
  EXPECT_THAT(told->root, testing::Not(HasSubstr("mx1-mx2")));
  EXPECT_NE(told->root_event, run.first(Kind::connection_disturbed).id);
  for (const WhyLine& line : told->lines) EXPECT_THAT(line.text, testing::Not(HasSubstr("mx1-mx2")));
}

TEST_F(Why, OfALateDeliveryTellsThePartsAndTheCauseOfTheLongest) {
  Asked run(path_);
  const auto delivered = run.first(Kind::copy_delivered);
  const auto told =
      answer(run.reader(), run.names, run.world(), {.about = About::late, .copy = delivered.copy});
  ASSERT_TRUE(told);
  EXPECT_THAT(told->question, HasSubstr("take 15 min"));
  EXPECT_THAT(told->root, testing::AllOf(HasSubstr("mx1 had to try again"), HasSubstr("mx1-mx2")));
  const auto longest = std::ranges::find_if(told->lines, [](const WhyLine& line) {
    return line.text.find("the longest part") != std::string::npos;
  });
  ASSERT_NE(longest, told->lines.end());
  EXPECT_THAT(longest->text, HasSubstr("tries that failed"));
  EXPECT_EQ(run.names.host(longest->host), "mx1");
}

TEST_F(Why, IsOfferedForWhatHappenedUpToTheMomentTheGravestFirst) {
  Asked run(path_);
  const auto composed = run.first(Kind::message_composed);
  const auto bounced = run.first(Kind::copy_bounced);
  run.after(composed.id);
  EXPECT_TRUE(offers_for(run.world(), run.reader(), composed.message, {}).empty());
  run.after(run.first(Kind::copy_deferred).id);
  auto offers = offers_for(run.world(), run.reader(), composed.message, {});
  ASSERT_FALSE(offers.empty());
  EXPECT_EQ(offers.front().label, "Why does it wait?");
  run.at(1'000'000'000'000);
  offers = offers_for(run.world(), run.reader(), composed.message, {});
  ASSERT_GE(offers.size(), 2u);
  EXPECT_EQ(offers.front().label, "Why did it bounce?");
  EXPECT_EQ(offers.front().question.event, bounced.id);
  EXPECT_EQ(offers.back().label, "Why did it take 15 min 1 s?");
}

// h1 hands to h2, which takes it; the 250 is lost, and h1 hands it over again.
class WhyTwice : public testing::Test {
 protected:
  WhyTwice() {
    run_.at(1);
    message_ = run_.compose(1);
    sent_ = run_.create(message_, 1);
    run_.at(2);
    first_ = run_.create(message_, 2, sent_);
    run_.end(first_, Kind::copy_delivered, message_, 2, 0, 1);
    run_.at(62);
    const auto lost = run_.record({.kind = Kind::fault_began, .fault = {1}, .text = "link h1-h2 down"});
    deferred_ = run_.record({.kind = Kind::copy_deferred,
                             .host = {1},
                             .message = message_,
                             .copy = sent_,
                             .value = 100'000'000'000,
                             .text = "4.4.2 connection lost",
                             .because = lost});
    run_.at(100);
    second_ = run_.create(message_, 2, sent_);
    run_.end(second_, Kind::copy_delivered, message_, 2, 0, 2);
    run_.finish();
  }
  HandMadeRun run_;
  trace::MessageId message_;
  trace::CopyId sent_, first_, second_;
  trace::EventId deferred_;
};

TEST_F(WhyTwice, TellsOfTwoOwnersAndTheLostConfirmation) {
  Asked asked(run_.path());
  const auto offers = offers_for(asked.world(), asked.reader(), message_, {});
  const auto twice = std::ranges::find(offers, "Why did it come twice?", &WhyOffer::label);
  ASSERT_NE(twice, offers.end());
  EXPECT_EQ(twice->copy, second_);
  const auto told = answer(asked.reader(), asked.names, asked.world(), twice->question);
  ASSERT_TRUE(told);
  EXPECT_THAT(told->root, HasSubstr("h1 did not read the 250"));
  EXPECT_THAT(told->root, HasSubstr("the link h1-h2 was down from 1 min 2 s on"));
  ASSERT_GE(told->lines.size(), 4u);
  EXPECT_THAT(told->lines[0].text, HasSubstr("h2 committed it"));
  EXPECT_EQ(told->lines[1].event, deferred_);
  EXPECT_THAT(told->lines[2].text, HasSubstr("h2 took it once more"));
}

TEST_F(WhyTwice, IsNotAskedOfTheFirst) {
  Asked asked(run_.path());
  for (const WhyOffer& offer : offers_for(asked.world(), asked.reader(), message_, {}))
    if (offer.copy == first_) {
      EXPECT_NE(offer.question.about, About::twice);
    }
}

}  // namespace
}  // namespace mailroom::viz
