// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace mailroom::viz {
namespace {

constexpr std::int64_t kS = 1'000'000'000;

Filter must(std::string_view text) {
  auto filter = Filter::parse(text);
  if (!filter) ADD_FAILURE() << text << ": " << filter.error().wrong << "; " << filter.error().right;
  return filter.value_or(Filter{});
}
FilterError error_of(std::string_view text) {
  const auto filter = Filter::parse(text);
  if (filter) {
    ADD_FAILURE() << "was taken: " << text << " as " << filter->print();
    return {};
  }
  return filter.error();
}
const FilterTerm& only_term(const Filter& filter) {
  EXPECT_EQ(filter.root().what, FilterNode::What::term);
  return filter.root().term;
}

TEST(Filter, BlanksAreEverything) {
  EXPECT_TRUE(Filter{}.is_empty());
  EXPECT_TRUE(must("").is_empty());
  EXPECT_TRUE(must(" \t ").is_empty());
  EXPECT_EQ(must("  ").print(), "");
  EXPECT_FALSE(must("bob").is_empty());
}

TEST(Filter, TakesTheFilterOfTheDrawing) {
  EXPECT_EQ(must("rcpt:bob reply:4xx host:mx2 t>30").print(), "rcpt:bob reply:4xx host:mx2 t>=30.000000001s");
  EXPECT_EQ(must("rcpt:bob 4xx"), must("rcpt:bob reply:4xx"));
}

TEST(Filter, ConditionsBindCloserThanAlternatives) {
  const Filter filter = must("a b or c");
  ASSERT_EQ(filter.root().what, FilterNode::What::any);
  ASSERT_EQ(filter.root().children.size(), 2U);
  EXPECT_EQ(filter.root().children[0].what, FilterNode::What::all);
  EXPECT_EQ(filter.print(), "a b or c");
  EXPECT_EQ(must("a and b OR c"), filter);
  EXPECT_EQ(must("(a b) or (c)"), filter);
  EXPECT_EQ(must("a (b or c)").print(), "a (b or c)");
  EXPECT_NE(must("a (b or c)"), filter);
}

TEST(Filter, NegatesByAWordOrAMinus) {
  EXPECT_EQ(must("-host:mx1"), must("not host:mx1"));
  EXPECT_EQ(must("-(a or b)").print(), "-(a or b)");
  EXPECT_EQ(must("-(a b) c").print(), "-(a b) c");
  EXPECT_EQ(must("not not a"), must("a"));
  EXPECT_EQ(must("mx-1").print(), "mx-1");
}

TEST(Filter, TimesAreSecondsOrHaveAUnitOrAreOfAClock) {
  EXPECT_EQ(only_term(must("t>=30")).least, 30 * kS);
  EXPECT_EQ(only_term(must("t>30")).least, 30 * kS + 1);
  EXPECT_EQ(only_term(must("t<1.5")).most, kS * 3 / 2 - 1);
  EXPECT_EQ(only_term(must("t<=2m")).most, 120 * kS);
  EXPECT_EQ(only_term(must("t:10s..2m")).least, 10 * kS);
  EXPECT_EQ(only_term(must("t:10s..2m")).most, 120 * kS);
  EXPECT_EQ(only_term(must("t:10..")).most, FilterTerm::kMost);
  EXPECT_EQ(only_term(must("t:..10")).least, FilterTerm::kLeast);
  EXPECT_EQ(only_term(must("time>=1:00:30.5")).least, 3630 * kS + kS / 2);
  EXPECT_EQ(only_term(must("t:1:30..2:00")).least, 90 * kS);
  EXPECT_EQ(only_term(must("t:1:30..2:00")).most, 120 * kS);
}

TEST(Filter, SizesAndQueuesAreNumbers) {
  EXPECT_EQ(only_term(must("size>10k")).least, 10'001);
  EXPECT_EQ(only_term(must("size:1KiB..2MB")).least, 1024);
  EXPECT_EQ(only_term(must("queue>=5")).least, 5);
  EXPECT_EQ(only_term(must("queue:3")).least, 3);
  EXPECT_EQ(only_term(must("queue=3")).most, 3);
}

TEST(Filter, ValuesMayBeSeveralOrInQuotationMarks) {
  EXPECT_THAT(only_term(must("host:mx1,mx2")).texts, testing::ElementsAre("mx1", "mx2"));
  EXPECT_THAT(only_term(must("text:\"try, later\"")).texts, testing::ElementsAre("try, later"));
  EXPECT_THAT(only_term(must(R"("say \"or\" \\")")).texts, testing::ElementsAre(R"(say "or" \)"));
  EXPECT_THAT(only_term(must("msg:3,<1.a@b.example>")).numbers, testing::ElementsAre(3));
  EXPECT_THAT(only_term(must("msg:3,<1.a@b.example>")).texts, testing::ElementsAre("<1.a@b.example>"));
  EXPECT_THAT(only_term(must("reply:451,5XX,5.1.1")).texts, testing::ElementsAre("451", "5xx", "5.1.1"));
}

TEST(Filter, WordsOfTheLanguageAreTextInQuotationMarks) {
  EXPECT_EQ(only_term(must("\"or\"")).key, FilterKey::any);
  EXPECT_EQ(only_term(must("\"4xx\"")).key, FilterKey::any);
  EXPECT_EQ(must("\"4xx\"").print(), "\"4xx\"");
  EXPECT_EQ(must("\"-a\"").print(), "\"-a\"");
  EXPECT_EQ(only_term(must("10.0.0.1:25")).key, FilterKey::any);
  EXPECT_EQ(must("\"rcpt:x\"").print(), "\"rcpt:x\"");
}

TEST(Filter, KeysHaveTheirExamplesAndOtherNames) {
  for (const FilterKeyInfo& key : kFilterKeys) {
    EXPECT_EQ(only_term(must(key.example)).key, key.key) << key.example;
    EXPECT_EQ(&info(key.key), &key);
  }
  EXPECT_EQ(must("recipient:bob code:451 message:1 time>1"), must("rcpt:bob reply:451 msg:1 t>1"));
  EXPECT_EQ(must("RCPT:bob"), must("rcpt:bob"));
  for (const FilterIsInfo& word : kFilterIs)
    EXPECT_EQ(only_term(must("is:" + std::string(word.name))).is, word.is);
}

TEST(Filter, SaysWhereWhatIsWrongAndWhatWouldBeRight) {
  EXPECT_EQ(error_of("rcpt:bob hots:mx1"),
            (FilterError{9, "there is no key \"hots\"", "did you mean 'host'?"}));
  EXPECT_THAT(error_of("zzzzzz:1").right, testing::HasSubstr("rcpt, from, to, host"));
  EXPECT_EQ(error_of("kind:copy.defered").right, "did you mean 'copy.deferred'?");
  EXPECT_EQ(error_of("kind:copy.defered").offset, 5U);
  EXPECT_EQ(error_of("is:delivred").right, "did you mean 'delivered'?");
  EXPECT_EQ(error_of("reply:6xx").wrong, "\"6xx\" is no reply code");
  EXPECT_EQ(error_of("reply:45").offset, 6U);
  EXPECT_EQ(error_of("t>soon").wrong, "\"soon\" is not a time of the run");
  EXPECT_EQ(error_of("t:5").wrong, "one moment is no range of time");
  EXPECT_EQ(error_of("t:5..1").wrong, "the range ends before it begins");
  EXPECT_EQ(error_of("t:1..x").offset, 5U);
  EXPECT_EQ(error_of("t:..").wrong, "the range has neither a beginning nor an end");
  EXPECT_EQ(error_of("t<0").wrong, "nothing is less than 0");
  EXPECT_EQ(error_of("queue>many").wrong, "\"many\" is not a number");
  EXPECT_EQ(error_of("host>mx1").wrong, "'host' has no order");
  EXPECT_EQ(error_of("copy:x").wrong, "\"x\" is not a number");
  EXPECT_EQ(error_of("a (b").offset, 2U);
  EXPECT_EQ(error_of("a (b").wrong, "this bracket is not closed");
  EXPECT_EQ(error_of("a) b").offset, 1U);
  EXPECT_EQ(error_of("a or").offset, 4U);
  EXPECT_EQ(error_of("or a").offset, 0U);
  EXPECT_EQ(error_of("()").offset, 1U);
  EXPECT_EQ(error_of("a -").wrong, "a condition is missing here");
  EXPECT_EQ(error_of("rcpt: bob").wrong, "a value is missing here");
  EXPECT_EQ(error_of("rcpt:bob,").offset, 9U);
  EXPECT_EQ(error_of("text:\"later").offset, 5U);
  EXPECT_EQ(error_of(std::string(Filter::kMostOctets + 1, 'a')).wrong, "the filter is too long");
  EXPECT_EQ(error_of(std::string(1000, '(')).wrong, "this is nested too deep");
  EXPECT_EQ(error_of(std::string(1000, '-')).wrong, "this is nested too deep");
}

// A random filter out of pieces that mean something together, so that much of it is taken.
TEST(Filter, IsReadBackAsItselfFromWhatItPrints) {
  const char* const kPieces[] = {
      "rcpt:bob",  "reply:4xx",       "or",        "-",   "(",        ")",       "not",     "t>30",
      "t:1..2",    "\"a b\"",         "size<1k",   "and", "host:a,b", "queue>2", "\"or\"",  "kind:copy.*",
      "msg:\"7\"", "text:\"x\\\"y\"", "is:bounce", "5xx", "\"-\"",    "t<=0.5",  "to:*mx*", "event:1,2"};
  std::mt19937 random(1);
  int taken = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto count = 1 + random() % 8; count > 0; --count) {
      text += kPieces[random() % std::size(kPieces)];
      if (random() % 4 != 0) text += ' ';
    }
    const auto filter = Filter::parse(text);
    if (!filter) continue;
    ++taken;
    const std::string printed = filter->print();
    const auto again = Filter::parse(printed);
    ASSERT_TRUE(again) << text << " => " << printed << ": " << again.error().wrong;
    ASSERT_EQ(*again, *filter) << text << " => " << printed;
    ASSERT_EQ(again->print(), printed);
  }
  EXPECT_GT(taken, 2000);
}

TEST(Filter, NoOctetsTripIt) {
  const std::string_view kOctets = "rcpthosikndx:<>=().,\"\\- 0123459msk*@\t";
  std::mt19937 random(2);
  for (int i = 0; i < 100'000; ++i) {
    std::string text;
    for (auto count = random() % 24; count > 0; --count)
      text += random() % 8 == 0 ? static_cast<char>(random()) : kOctets[random() % kOctets.size()];
    const auto filter = Filter::parse(text);
    if (filter) {
      const auto again = Filter::parse(filter->print());
      ASSERT_TRUE(again) << text << " => " << filter->print();
      ASSERT_EQ(*again, *filter) << text << " => " << filter->print();
    } else {
      ASSERT_LE(filter.error().offset, text.size()) << text;
      ASSERT_FALSE(filter.error().wrong.empty());
      ASSERT_FALSE(filter.error().right.empty());
    }
  }
}

}  // namespace
}  // namespace mailroom::viz
