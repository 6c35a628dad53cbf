// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/client_book.hpp"

#include <gtest/gtest.h>

namespace mailroom::agents {
namespace {

constexpr net::Address kOne{0x0A000001};
constexpr net::Address kOther{0x0A000002};
constexpr std::int64_t kMinute = 60'000'000'000;

TEST(ClientBook, CountsConnectionsThatAreOpen) {
  scenario::ClientLimits limits;
  limits.connections = 2;
  ClientBook book(limits);
  EXPECT_FALSE(book.connected(kOne, 0));
  EXPECT_FALSE(book.connected(kOne, 0));
  const auto excess = book.connected(kOne, 0);
  ASSERT_TRUE(excess.has_value());
  EXPECT_EQ(excess->limit, ClientBook::Limit::connections);
  EXPECT_EQ(excess->count, 3);
  EXPECT_FALSE(book.connected(kOther, 0));
  book.disconnected(kOne);
  book.disconnected(kOne);
  EXPECT_FALSE(book.connected(kOne, 0));
  for (int i = 0; i < 2; ++i) book.disconnected(kOne);
  book.disconnected(kOther);
  EXPECT_EQ(book.clients(), 0U);
}

TEST(ClientBook, CountsRatesByPeriod) {
  scenario::ClientLimits limits;
  limits.connection_rate = limits.message_rate = limits.recipient_rate = 1;
  ClientBook book(limits);
  EXPECT_FALSE(book.connected(kOne, 0));
  EXPECT_FALSE(book.message(kOne, 0));
  EXPECT_FALSE(book.recipient(kOne, 0));
  EXPECT_TRUE(book.connected(kOne, kMinute - 1));
  EXPECT_TRUE(book.message(kOne, kMinute - 1));
  EXPECT_TRUE(book.recipient(kOne, kMinute - 1));
  EXPECT_FALSE(book.message(kOther, kMinute - 1));
  EXPECT_FALSE(book.message(kOne, kMinute));
  EXPECT_FALSE(book.recipient(kOne, kMinute));
}

TEST(ClientBook, NoLimitIsNoLimit) {
  scenario::ClientLimits limits;
  limits.connections = 0;
  ClientBook book(limits);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(book.connected(kOne, i));
    EXPECT_FALSE(book.message(kOne, i));
    EXPECT_FALSE(book.recipient(kOne, i));
  }
}

TEST(ClientBook, RemembersTheRatesOfWhoHasHungUp) {
  scenario::ClientLimits limits;
  limits.message_rate = 1;
  ClientBook book(limits);
  EXPECT_FALSE(book.connected(kOne, 0));
  EXPECT_FALSE(book.message(kOne, 0));
  book.disconnected(kOne);
  EXPECT_EQ(book.clients(), 1U);
  EXPECT_FALSE(book.connected(kOne, 1));
  EXPECT_TRUE(book.message(kOne, 1)) << "a new connection is no new client";
}

}  // namespace
}  // namespace mailroom::agents
