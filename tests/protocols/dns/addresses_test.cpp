// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/addresses.hpp"

namespace mailroom::dns {
namespace {

TEST(DnsAddresses, ReadsAndWritesIpv4) {
  EXPECT_EQ(parse_ipv4("10.0.0.1"), 0x0a000001U);
  EXPECT_EQ(ipv4_text(0x0a0000ff), "10.0.0.255");
  for (const char* wrong : {"", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.1.", "10.0.0.1.2", "a.b.c.d",
                            "1..2.3", "10.0.0.1000", " 10.0.0.1"})
    EXPECT_FALSE(parse_ipv4(wrong)) << wrong;
}

TEST(DnsAddresses, ReadsAndWritesIpv6) {
  for (const auto& [text, written] : std::vector<std::pair<std::string, std::string>>{
           {"::", "::"},
           {"::1", "::1"},
           {"1::", "1::"},
           {"2001:DB8::00a1", "2001:db8::a1"},
           {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
           {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
           {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
           {"::ffff:10.0.0.1", "::ffff:a00:1"},
           {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
       }) {
    const auto address = parse_ipv6(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(ipv6_text(*address), written);
    EXPECT_EQ(parse_ipv6(written), address);
  }
  for (const char* wrong : {"", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::",
                            "1:", "1:2:3:4:5:6:7:10.0.0.1", "::10.0.0", "::10.0.0.1:1", "1:2:3:4::5:6:7:8"})
    EXPECT_FALSE(parse_ipv6(wrong)) << wrong;
}

TEST(DnsAddresses, ReversesThem) {
  EXPECT_EQ(reverse_name(0x0a000001).text(), "1.0.0.10.in-addr.arpa");
}

}  // namespace
}  // namespace mailroom::dns
