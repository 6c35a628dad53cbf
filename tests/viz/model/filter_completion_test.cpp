// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filter_completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace mailroom::viz {
namespace {

Facts facts() {
  trace::RunHeader header;
  for (const char* name : {"mx1", "mx2", "relay", "two words"}) {
    trace::HostRow row;
    row.name = name;
    header.hosts.push_back(row);
  }
  header.links.push_back({.name = "mx1-mx2"});
  Facts facts(header);
  facts.add_recipients({"bob@south.example", "carol@mx.example"});
  return facts;
}

std::vector<std::string> texts(std::string_view text, std::size_t cursor = std::string_view::npos) {
  std::vector<std::string> result;
  for (const FilterCompletion& completion : complete_filter(text, cursor, facts()))
    result.push_back(completion.text);
  return result;
}

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST(FilterCompletion, OffersKeysFirst) {
  EXPECT_THAT(texts(""), Contains("rcpt:"));
  EXPECT_THAT(texts("h"), testing::AllOf(Contains("host:"), Not(Contains("rcpt:"))));
  EXPECT_EQ(texts("h").front(), "host:");
  EXPECT_THAT(texts("que"), Contains("queue>"));
}

TEST(FilterCompletion, OffersWhatAKeyKnows) {
  EXPECT_THAT(texts("host:m"), ElementsAre("mx1", "mx2"));
  EXPECT_THAT(texts("host:mx1,m"), ElementsAre("mx1", "mx2"));
  EXPECT_THAT(texts("host:two"), ElementsAre("\"two words\""));
  EXPECT_THAT(texts("rcpt:b"), ElementsAre("bob@south.example"));
  EXPECT_THAT(texts("rcpt:south"), ElementsAre("bob@south.example"));
  EXPECT_THAT(texts("to:mx"), ElementsAre("mx1", "mx2", "carol@mx.example"));
  EXPECT_THAT(texts("link:"), ElementsAre("mx1-mx2"));
  EXPECT_THAT(texts("reply:"), ElementsAre("2xx", "3xx", "4xx", "5xx"));
  EXPECT_THAT(texts("is:d"), ElementsAre("delivered", "deferred", "duplicate", "bounced"));
  EXPECT_THAT(texts("kind:copy.d"), Contains("copy.deferred"));
  EXPECT_THAT(texts("t:"), IsEmpty());
}

TEST(FilterCompletion, OffersNamesWithTheirKey) {
  EXPECT_THAT(texts("bob"), ElementsAre("rcpt:bob@south.example"));
  EXPECT_THAT(texts("rel"), ElementsAre("host:relay"));
  EXPECT_THAT(texts("defer"), ElementsAre("is:deferred"));
}

TEST(FilterCompletion, ReplacesTheWordAtTheCursor) {
  const auto found = complete_filter("4xx -(host:m) t>3", 12, facts());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].from, 11U);
  EXPECT_EQ(found[0].to, 12U);
  EXPECT_THAT(complete_filter("rcpt:bobby", 6, facts()).front().to, 10U);
  EXPECT_THAT(texts("text:\"h"), IsEmpty());
  EXPECT_THAT(texts("\"a\" h"), Contains("host:"));
}

TEST(FilterCompletion, WhatItOffersIsTaken) {
  std::mt19937 random(4);
  const std::string_view kOctets = "rcpthos:m,\"\\ (-x1.";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto count = random() % 10; count > 0; --count) text += kOctets[random() % kOctets.size()];
    for (const FilterCompletion& completion : complete_filter(text, random() % 12, facts())) {
      ASSERT_LE(completion.from, completion.to);
      ASSERT_LE(completion.to, text.size());
    }
  }
  for (const FilterKeyInfo& key : kFilterKeys) {
    const std::string head = std::string(key.name) + ":";
    for (const FilterCompletion& completion : complete_filter(head, head.size(), facts()))
      EXPECT_TRUE(Filter::parse(head + completion.text)) << head << completion.text;
  }
}

}  // namespace
}  // namespace mailroom::viz
