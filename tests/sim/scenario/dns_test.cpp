// SPDX-License-Identifier: GPL-2.0-only
#include "tests/sim/scenario/support.hpp"

namespace mailroom::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ScenarioDns, HasDefaults) {
  const Dns dns = scenario_of(kBase).dns;
  EXPECT_EQ(dns.mode, Dns::Mode::servers);
  EXPECT_EQ(dns.ttl_s, 3600u);
  EXPECT_EQ(dns.negative_ttl_s, 300u);
  EXPECT_EQ(dns.udp_octets, 1232);
  EXPECT_FALSE(dns.root);
  EXPECT_TRUE(dns.zones.empty());
}

TEST(ScenarioDns, ReadsWhatZonesHave) {
  const Dns dns = scenario_of(kBase + R"(dns:
  mode: static
  ttl: 2h
  negative-ttl: 10s
  udp-size: 512
  root: r1
  zones:
    North.example:
      servers: [mx.south, r1]
      delegation: pc
      ttl: 90s
      mx: [10 mx.north, "20 relay.other.example"]
      records: ["www 5 A 10.0.0.9", "@ TXT \"a b\" c"]
    empty.example:
)")
                      .dns;
  EXPECT_EQ(dns.mode, Dns::Mode::static_table);
  EXPECT_EQ(dns.ttl_s, 7200u);
  EXPECT_EQ(dns.negative_ttl_s, 10u);
  EXPECT_EQ(dns.udp_octets, 512);
  EXPECT_EQ(dns.root, "r1");
  ASSERT_EQ(dns.zones.size(), 2u);
  const DnsZone& north = dns.zones[0];
  EXPECT_EQ(north.apex, *dns::Name::parse("north.example"));
  EXPECT_THAT(north.servers, ElementsAre("mx.south", "r1"));
  EXPECT_THAT(north.delegation, ElementsAre("pc"));
  EXPECT_EQ(north.ttl_s, 90u);
  ASSERT_EQ(north.mx.size(), 2u);
  EXPECT_EQ(north.mx[0].preference, 10);
  EXPECT_EQ(north.mx[0].host, "mx.north");
  EXPECT_FALSE(north.mx[1].host);
  EXPECT_EQ(north.mx[1].name.text(), "relay.other.example");
  ASSERT_EQ(north.records.size(), 2u);
  EXPECT_EQ(dns::text(north.records[0].record), "www.North.example. 5 IN A 10.0.0.9");
  EXPECT_EQ(north.records[1].record.ttl_s, 90u);
}

TEST(ScenarioDns, TellsMistakes) {
  const std::string told = mistakes_of(kBase + R"(dns:
  ttl: 1500ms
  root: r2
  zones:
    north.example:
      servers: [nobody]
      mx: ["mx.north", "70000 mx.north", "10"]
      records: ["www A 10.0.0.300", "www"]
    NORTH.example: {}
    south.example: {null-mx: true, mx: 10 mx.north, colour: red}
    a..b: {}
)");
  EXPECT_THAT(told, HasSubstr("s.yaml:11:8: 'ttl' is no time to live"));
  EXPECT_THAT(told, HasSubstr("s.yaml:12:9: 'root' names 'r2', which is no node; did you mean 'r1'?"));
  EXPECT_THAT(told, HasSubstr("s.yaml:15:17: 'servers' names 'nobody', which is no node"));
  EXPECT_THAT(told, HasSubstr("s.yaml:16:12: 'mx.north' is no MX; write a preference and a host"));
  EXPECT_THAT(told, HasSubstr("'70000 mx.north' is no MX"));
  EXPECT_THAT(told, HasSubstr("'10' is no MX"));
  EXPECT_THAT(told, HasSubstr("the record 'www A 10.0.0.300' cannot be read from '10.0.0.300' on"));
  EXPECT_THAT(told, HasSubstr("the record 'www' ends too early"));
  EXPECT_THAT(told, HasSubstr("the zone 'NORTH.example' twice"));
  EXPECT_THAT(told, HasSubstr("'mx' and 'null-mx' at one zone"));
  EXPECT_THAT(told, HasSubstr("'colour'"));
  EXPECT_THAT(told, HasSubstr("'a..b' is no domain name"));
}

}  // namespace
}  // namespace mailroom::scenario
