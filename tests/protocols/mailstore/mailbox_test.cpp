// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/mailstore/mailbox.hpp"

#include <limits>

namespace mailroom::mailstore {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

StoredOctets octets(std::string prefix, std::string content) {
  return {std::move(prefix), std::make_shared<const std::string>(std::move(content))};
}

std::vector<std::uint32_t> uids(const Mailbox& mailbox) {
  std::vector<std::uint32_t> out;
  for (const StoredMessage& message : mailbox.messages()) out.push_back(message.uid);
  return out;
}

TEST(Mailbox, BeginsEmpty) {
  const Mailbox mailbox(7);
  EXPECT_EQ(mailbox.uid_validity(), 7U);
  EXPECT_EQ(mailbox.uid_next(), 1U);
  EXPECT_EQ(mailbox.used_bytes(), 0U);
  EXPECT_THAT(mailbox.messages(), IsEmpty());
  EXPECT_EQ(mailbox.find(1), nullptr);
}

TEST(Mailbox, AppendsWithAscendingUids) {
  Mailbox mailbox(7);
  EXPECT_EQ(mailbox.append(octets("Return-Path: <>\r\n", "A: b\r\n\r\n"), 100), 1U);
  EXPECT_EQ(mailbox.append(octets("", "xy"), 101, Flag::seen | Flag::flagged), 2U);
  EXPECT_EQ(mailbox.used_bytes(), 17U + 8U + 2U);
  ASSERT_NE(mailbox.find(1), nullptr);
  EXPECT_EQ(mailbox.find(1)->octets.str(), "Return-Path: <>\r\nA: b\r\n\r\n");
  EXPECT_EQ(mailbox.find(1)->octets.size_bytes(), 25U);
  EXPECT_EQ(mailbox.find(1)->internal_date_s, 100);
  EXPECT_EQ(mailbox.find(1)->flags, Flags());
  EXPECT_TRUE(mailbox.find(2)->flags.has(Flag::seen));
  EXPECT_FALSE(mailbox.find(2)->flags.has(Flag::deleted));
}

TEST(Mailbox, SharesContent) {
  const auto content = std::make_shared<const std::string>("shared");
  Mailbox one(1);
  Mailbox two(2);
  ASSERT_TRUE(one.append({"a", content}, 0));
  ASSERT_TRUE(two.append({"b", content}, 0));
  EXPECT_EQ(one.find(1)->octets.content, two.find(1)->octets.content);
  EXPECT_EQ(content.use_count(), 3);
  EXPECT_TRUE(one.remove(1));
  EXPECT_EQ(content.use_count(), 2);
}

TEST(Mailbox, NeverUsesAUidAgain) {
  Mailbox mailbox(7);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(mailbox.append(octets("", "x"), 0));
  EXPECT_TRUE(mailbox.remove(3));
  EXPECT_FALSE(mailbox.remove(3));
  EXPECT_EQ(mailbox.append(octets("", "x"), 0), 4U);
  for (const std::uint32_t uid : {1U, 2U, 4U}) EXPECT_TRUE(mailbox.remove(uid));
  EXPECT_THAT(mailbox.messages(), IsEmpty());
  EXPECT_EQ(mailbox.used_bytes(), 0U);
  EXPECT_EQ(mailbox.append(octets("", "x"), 0), 5U);
}

TEST(Mailbox, ExpungesOnlyWhatIsDeleted) {
  Mailbox mailbox(7);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(mailbox.append(octets("ab", "c"), 0));
  EXPECT_TRUE(mailbox.set_flags(2, Flag::deleted));
  EXPECT_TRUE(mailbox.set_flags(4, Flag::deleted | Flag::seen));
  EXPECT_TRUE(mailbox.set_flags(3, Flag::seen));
  EXPECT_FALSE(mailbox.set_flags(9, Flag::seen));
  EXPECT_EQ(mailbox.used_bytes(), 12U);
  EXPECT_THAT(mailbox.expunge(), ElementsAre(2U, 4U));
  EXPECT_THAT(uids(mailbox), ElementsAre(1U, 3U));
  EXPECT_EQ(mailbox.used_bytes(), 6U);
  EXPECT_THAT(mailbox.expunge(), IsEmpty());
  EXPECT_EQ(mailbox.uid_next(), 5U);
}

TEST(Mailbox, RefusesWhatIsOverQuota) {
  Mailbox mailbox(7, 10);
  EXPECT_TRUE(mailbox.has_room_for(10));
  EXPECT_FALSE(mailbox.has_room_for(11));
  ASSERT_TRUE(mailbox.append(octets("123", "4567"), 0));
  const auto refused = mailbox.append(octets("12", "34"), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, AppendRefused::Reason::over_quota);
  EXPECT_EQ(refused.error().size_bytes, 4U);
  EXPECT_EQ(refused.error().used_bytes, 7U);
  EXPECT_EQ(refused.error().quota_bytes, 10U);
  EXPECT_EQ(mailbox.used_bytes(), 7U);
  EXPECT_EQ(mailbox.uid_next(), 2U) << "a refusal uses no UID";
  EXPECT_TRUE(mailbox.append(octets("", "890"), 0));
  EXPECT_FALSE(mailbox.append(octets("1", ""), 0));
  EXPECT_TRUE(mailbox.remove(1));
  EXPECT_TRUE(mailbox.append(octets("1", ""), 0));
}

TEST(Mailbox, KeepsWhatIsThereWhenTheQuotaShrinks) {
  Mailbox mailbox(7);
  ASSERT_TRUE(mailbox.append(octets("", "0123456789"), 0));
  mailbox.set_quota(5);
  EXPECT_EQ(mailbox.used_bytes(), 10U);
  EXPECT_FALSE(mailbox.has_room_for(0));
  EXPECT_FALSE(mailbox.append(octets("", ""), 0));
  mailbox.set_quota(std::nullopt);
  EXPECT_TRUE(mailbox.has_room_for(std::numeric_limits<std::uint64_t>::max()));
}

TEST(Mailbox, IsLockedByOneOwner) {
  Mailbox mailbox(7);
  EXPECT_EQ(mailbox.lock_owner(), std::nullopt);
  EXPECT_FALSE(mailbox.unlock(1));
  EXPECT_TRUE(mailbox.lock(1));
  EXPECT_TRUE(mailbox.lock(1));
  EXPECT_FALSE(mailbox.lock(2));
  EXPECT_FALSE(mailbox.unlock(2));
  EXPECT_EQ(mailbox.lock_owner(), 1U);
  EXPECT_TRUE(mailbox.append(octets("", "arrives"), 0)) << "mail still arrives";
  EXPECT_TRUE(mailbox.unlock(1));
  EXPECT_TRUE(mailbox.lock(2));
}

TEST(Mailbox, HoldsNullContentAsNoOctets) {
  Mailbox mailbox(7);
  ASSERT_TRUE(mailbox.append({"trace", nullptr}, 0));
  EXPECT_EQ(mailbox.used_bytes(), 5U);
  EXPECT_EQ(mailbox.find(1)->octets.str(), "trace");
}

}  // namespace
}  // namespace mailroom::mailstore
