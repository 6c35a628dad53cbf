// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/message_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "protocols/message/utf8.hpp"

namespace mailroom::message {
namespace {

TEST(MessageId, ReadsAndWrites) {
  const auto id = parse_message_id(" <1234.abc@host.example> (comment)\r\n ");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->left, "1234.abc");
  EXPECT_EQ(id->right, "host.example");
  EXPECT_EQ(format(*id), "<1234.abc@host.example>");
  const auto odd = parse_message_id("<\"a b\"@[no.net]>");
  ASSERT_TRUE(odd);
  EXPECT_EQ(format(*odd), "<\"a b\"@[no.net]>");
}

TEST(MessageId, RefusesWhatIsNone) {
  for (const std::string_view text : {"", "a@b", "<a>", "<a@>", "<@b>", "<a@b", "<a@b> <c@d>", "<a@b@c>"}) {
    const auto id = parse_message_id(text);
    ASSERT_FALSE(id) << text;
    EXPECT_LE(id.error().offset, text.size());
  }
}

TEST(MessageId, ReadsListsWithObsoletePhrases) {
  const auto ids =
      parse_message_ids("Your message of \"Monday.\" <a@b.example>\r\n <c@d.example>, <e@f.example>");
  ASSERT_TRUE(ids);
  ASSERT_EQ(ids->size(), 3U);
  EXPECT_EQ((*ids)[1].left, "c");
  EXPECT_TRUE(parse_message_ids("")->empty());
  EXPECT_FALSE(parse_message_ids("<a@b> @"));
}

TEST(MessageId, MakesOneThatReadsBack) {
  EXPECT_EQ(make_message_id("42.7", "pc.example"), "<42.7@pc.example>");
  std::set<std::string> all;
  const std::vector<std::string_view> uniques = {"",   ".", "..a", ".=2Ea", "a b>", "a_b_", "a.",           "@",
                                                 "=40", "=", "a=",  "\xC3\x9C",  "\xC3\x9D", "\r\nBcc: x", "a..b", "a"};
  for (const std::string_view unique : uniques) {
    const std::string made = make_message_id(unique, "pc.example");
    EXPECT_TRUE(parse_message_id(made)) << made;
    EXPECT_TRUE(is_ascii(made)) << made;
    EXPECT_THAT(made, testing::Not(testing::HasSubstr("\""))) << "atoms";
    EXPECT_TRUE(all.insert(made).second) << made << " came twice";
  }
  EXPECT_EQ(make_message_id("7.\xC3\x9C" "bung <1>", "pc.example"), "<7.=C3=9Cbung=20=3C1=3E@pc.example>");
}

}  // namespace
}  // namespace mailroom::message
