// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/server_memory.hpp"

#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr Ipv4 kServer = 0x0a000001;

TEST(DnsServerMemory, ShunsASilentServerForLongerEachTime) {
  ServerMemory memory;
  const Name zone = named("example");
  ASSERT_EQ(memory.reluctance(kServer, zone, 0), 0);
  std::int64_t now_ns = 0;
  for (const int seconds : {30, 60, 120, 240, 300, 300, 300}) {
    memory.was_silent(kServer, now_ns);
    EXPECT_EQ(memory.reluctance(kServer, zone, now_ns + seconds * kSecond - 1), 1) << seconds;
    now_ns += seconds * kSecond;
    EXPECT_EQ(memory.reluctance(kServer, zone, now_ns), 0) << seconds;
  }
  EXPECT_EQ(memory.reluctance(kServer + 1, zone, 1), 0);
  memory.was_silent(kServer, now_ns);
  memory.answered(kServer, now_ns);
  EXPECT_EQ(memory.reluctance(kServer, zone, now_ns), 0);
  memory.was_silent(kServer, now_ns);
  EXPECT_EQ(memory.reluctance(kServer, zone, now_ns + 30 * kSecond), 0) << "it begins anew";
}

TEST(DnsServerMemory, ShunsALameServerForItsZoneMoreThanASilentOne) {
  ServerMemory memory;
  memory.is_lame(kServer, named("example"), 0);
  memory.was_silent(kServer + 1, 0);
  EXPECT_GT(memory.reluctance(kServer, named("example"), 1), memory.reluctance(kServer + 1, named("example"), 1));
  EXPECT_EQ(memory.reluctance(kServer, named("other"), 1), 0);
  EXPECT_GT(memory.reluctance(kServer, named("example"), 300 * kSecond - 1), 0);
  EXPECT_EQ(memory.reluctance(kServer, named("example"), 300 * kSecond), 0);  // RFC 2308 §7.1
}

TEST(DnsServerMemory, AsksWithEdnsAgainAfterAWhile) {
  ServerMemory memory;
  ASSERT_TRUE(memory.has_edns(kServer, 0));
  memory.knows_no_edns(kServer, 0);
  memory.answered(kServer, 1);
  EXPECT_FALSE(memory.has_edns(kServer, 300 * kSecond - 1));
  EXPECT_TRUE(memory.has_edns(kServer, 300 * kSecond));
}

}  // namespace
}  // namespace mailroom::dns
