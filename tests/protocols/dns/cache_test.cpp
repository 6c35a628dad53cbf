// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/cache.hpp"

#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
using Kind = CacheHit::Kind;

TEST(DnsCache, KeepsRecordsUntilTheirTimeIsOver) {
  Cache cache;
  EXPECT_FALSE(cache.find(named("a"), Type::a, Rank::additional, 0));
  cache.put({record("a", 60, A{1}), record("a", 30, A{2})}, Rank::answer, 5 * kSecond);
  const auto hit = cache.find(named("A"), Type::a, Rank::answer, 15 * kSecond);
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit->kind, Kind::records);
  EXPECT_EQ(texts(hit->records), (std::vector<std::string>{"a. 20 IN A 0.0.0.1", "a. 20 IN A 0.0.0.2"}));
  EXPECT_EQ(cache.find(named("a"), Type::a, Rank::answer, 35 * kSecond - 1)->ttl_s, 0U);
  EXPECT_FALSE(cache.find(named("a"), Type::a, Rank::answer, 35 * kSecond));
  EXPECT_EQ(cache.size(), 0U);
}

TEST(DnsCache, DoesNotKeepWhatHasNoTime) {
  Cache cache;
  cache.put({record("a", 60, A{1})}, Rank::answer, 0);
  cache.put({record("a", 0, A{2})}, Rank::answer, 0);
  EXPECT_FALSE(cache.find(named("a"), Type::a, Rank::answer, 0));
  cache.put_no_data(named("b"), Type::a, 0, 0);
  EXPECT_EQ(cache.size(), 0U);
}

// RFC 2181 §5.4.1
TEST(DnsCache, BelievesTheHigherRank) {
  Cache cache;
  const auto address = [&] {
    return std::get<A>(cache.find(named("a"), Type::a, Rank::additional, 1)->records[0].data).address;
  };
  Ipv4 next = 0;
  const std::vector<Rank> ranks = {Rank::additional, Rank::referral, Rank::answer, Rank::authority,
                                   Rank::authoritative_answer};
  for (const Rank rank : ranks) {
    cache.put({record("a", 60, A{++next})}, rank, 0);
    EXPECT_EQ(address(), next);
    cache.put({record("a", 60, A{++next})}, rank, 0);
    EXPECT_EQ(address(), next);
  }
  for (const Rank rank : ranks) {
    if (rank == Rank::authoritative_answer) continue;
    cache.put({record("a", 60, A{99})}, rank, 0);
    EXPECT_EQ(address(), next);
  }
  // Its time over, it outweighs nothing.
  cache.put({record("a", 60, A{99})}, Rank::additional, 60 * kSecond);
  EXPECT_TRUE(cache.find(named("a"), Type::a, Rank::additional, 60 * kSecond));
  EXPECT_FALSE(cache.find(named("a"), Type::a, Rank::answer, 60 * kSecond));
}

TEST(DnsCache, KeepsDenials) {
  Cache cache;
  cache.put_no_such_name(named("gone"), 20'000, 0);
  EXPECT_EQ(cache.find(named("gone"), Type::mx, Rank::answer, 0)->kind, Kind::no_such_name);
  EXPECT_EQ(cache.find(named("gone"), Type::a, Rank::answer, 0)->ttl_s, 10'800U);  // RFC 2308 §5
  cache.put_no_data(named("there"), Type::mx, 60, 0);
  EXPECT_EQ(cache.find(named("there"), Type::mx, Rank::answer, 0)->kind, Kind::no_data);
  EXPECT_FALSE(cache.find(named("there"), Type::a, Rank::answer, 0));
  // Glue is no proof, an answer is.
  cache.put({record("gone", 60, A{1})}, Rank::additional, 0);
  EXPECT_EQ(cache.find(named("gone"), Type::a, Rank::answer, 0)->kind, Kind::no_such_name);
  cache.put({record("there", 60, Mx{1, named("x")})}, Rank::referral, 0);
  EXPECT_EQ(cache.find(named("there"), Type::mx, Rank::answer, 0)->kind, Kind::no_data);
  cache.put({record("gone", 60, A{1})}, Rank::answer, 0);
  EXPECT_EQ(cache.find(named("gone"), Type::a, Rank::answer, 0)->kind, Kind::records);
  EXPECT_FALSE(cache.find(named("gone"), Type::mx, Rank::answer, 0));
}

TEST(DnsCache, KeepsFailuresBesideWhatIsKnown) {
  Cache cache;
  cache.put_failure(named("a"), Type::a, "silent", 5, 0);
  EXPECT_EQ(cache.find(named("a"), Type::a, Rank::answer, 0)->text, "silent");
  EXPECT_FALSE(cache.find(named("a"), Type::a, Rank::answer, 5 * kSecond));
  cache.put({record("a", 60, A{1})}, Rank::answer, 0);
  cache.put_failure(named("a"), Type::a, "silent", 5, 0);
  EXPECT_EQ(cache.find(named("a"), Type::a, Rank::answer, 0)->kind, Kind::records);
}

TEST(DnsCache, DropsWhatWasNotAskedForTheLongest) {
  Cache cache({.entries = 3});
  const auto put = [&](const char* name) { cache.put({record(name, 60, A{1})}, Rank::answer, 0); };
  const auto has = [&](const char* name) {
    return cache.find(named(name), Type::a, Rank::answer, 0).has_value();
  };
  put("a");
  put("b");
  put("c");
  EXPECT_TRUE(has("a"));
  put("d");
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_FALSE(has("b"));
  EXPECT_TRUE(has("a") && has("c") && has("d"));
  Cache none({.entries = 0});
  none.put({record("a", 60, A{1})}, Rank::answer, 0);
  EXPECT_EQ(none.size(), 0U);
}

TEST(DnsCache, BoundsTheTimeOfRecords) {
  Cache cache({.ttl_s = 100});
  cache.put({record("a", 0x7fffffff, A{1})}, Rank::answer, 0);
  EXPECT_EQ(cache.find(named("a"), Type::a, Rank::answer, 0)->ttl_s, 100U);
}

}  // namespace
}  // namespace mailroom::dns
