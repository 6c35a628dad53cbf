// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/zones.hpp"

#include <set>

#include "protocols/dns/authority.hpp"
#include "protocols/dns/zone_findings.hpp"
#include "tests/sim/scenario/support.hpp"

namespace mailroom::agents {
namespace {

using scenario::kBase;
using scenario::scenario_of;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

dns::Name name_of(std::string_view text) {
  return *dns::Name::parse(text);
}

std::vector<std::string> apexes(const NameSystem& names, const std::string& node) {
  std::vector<std::string> found;
  for (const dns::Zone& zone : names.zones_at.at(node)) found.push_back(zone.apex().text());
  return found;
}

const dns::Zone& zone(const NameSystem& names, std::string_view apex) {
  for (const auto& [node, zones] : names.zones_at)
    for (const dns::Zone& one : zones)
      if (one.apex() == name_of(apex)) return one;
  throw std::out_of_range(std::string(apex));
}

// "10 mx.north.example." for each record.
std::vector<std::string> data(const NameSystem& names, std::string_view apex, std::string_view owner,
                              dns::Type type) {
  std::vector<std::string> found;
  if (const dns::RrSet* set = zone(names, apex).set(name_of(owner), type))
    for (const dns::Rdata& one : set->data) found.push_back(dns::text(one));
  return found;
}

std::string warnings(const std::string& text) {
  return to_string(zone_warnings(scenario_of(text), "s.yaml"));
}

TEST(Zones, AreMadeOfHostsAndTheirDomains) {
  const NameSystem names = make_name_system(scenario_of(kBase));
  // pc -- mx.north -- r1 -- mx.south: the middle is r1.
  EXPECT_THAT(apexes(names, "r1"), UnorderedElementsAre(".", "example", "test", "10.in-addr.arpa"));
  EXPECT_THAT(apexes(names, "mx.north"), ElementsAre("north.example"));
  EXPECT_THAT(apexes(names, "mx.south"), ElementsAre("south.example"));
  EXPECT_FALSE(names.zones_at.contains("pc"));
  EXPECT_THAT(data(names, ".", ".", dns::Type::ns), ElementsAre("a.root-servers.test."));
  EXPECT_THAT(data(names, ".", "example", dns::Type::ns), ElementsAre("a.root-servers.test."));
  EXPECT_THAT(data(names, "example", "north.example", dns::Type::ns), ElementsAre("mx.north.example."));
  EXPECT_THAT(data(names, "north.example", "north.example", dns::Type::ns), ElementsAre("mx.north.example."));
  EXPECT_THAT(data(names, "north.example", "north.example", dns::Type::mx),
              ElementsAre("10 mx.north.example."));
  const auto addresses = data(names, "north.example", "mx.north.example", dns::Type::a);
  ASSERT_EQ(addresses.size(), 1u);
  EXPECT_EQ(data(names, "example", "mx.north.example", dns::Type::a), addresses) << "glue";
  EXPECT_EQ(data(names, "north.example", "pc.north.example", dns::Type::a).size(), 1u);
  const dns::Name reverse = dns::reverse_name(*dns::parse_ipv4(addresses[0]));
  EXPECT_THAT(data(names, "10.in-addr.arpa", reverse.text(), dns::Type::ptr),
              ElementsAre("mx.north.example."));
  for (const auto& [host, hint] : names.hint_for)
    EXPECT_EQ(hint.server.text(), "a.root-servers.test") << host;
  EXPECT_EQ(names.hint_for.size(), 3u);
}

TEST(Zones, HaveNoFaultUnlessTheScenarioSaysOne) {
  const std::string more = R"(
  relay: {}
  mx.west: {domains: [west.example, sub.north.example, "west.test"], hostname: gate.south.example}
)";
  std::string text = kBase + more;
  text.insert(text.find("hosts:"), "    - relay -- r1 -- mx.west\n");
  const NameSystem names = make_name_system(scenario_of(text));
  std::set<std::string> seen;
  for (const auto& [node, zones] : names.zones_at) {
    for (const dns::Zone& one : zones) {
      seen.insert(one.apex().text());
      for (const dns::ZoneFinding& finding : dns::findings(one)) ADD_FAILURE() << finding.text;
    }
  }
  EXPECT_EQ(seen.size(), 9u) << "four of the root's node, five of domains";
  EXPECT_THAT(data(names, "north.example", "sub.north.example", dns::Type::ns),
              ElementsAre("gate.south.example."));
  EXPECT_EQ(data(names, ".", "relay", dns::Type::a).size(), 1u) << "a name of one label is in the root zone";
}

TEST(Zones, HaveWhatTheScenarioSaysOfThem) {
  const NameSystem names = make_name_system(scenario_of(kBase + R"(
dns:
  ttl: 2h
  root: mx.south
  zones:
    north.example:
      servers: [pc, r1]
      ttl: 10m
      mx: ["10 pc", "20 relay.other.test"]
      records: ["www A 10.0.0.9", "old CNAME www", "www.south.example. A 10.0.0.1"]
    south.example: {null-mx: true, delegation: pc}
    sales.south.example:
)"));
  EXPECT_THAT(apexes(names, "mx.south"), Contains("."));
  EXPECT_THAT(apexes(names, "mx.south"), Contains("sales.south.example")) << "nobody else serves it";
  EXPECT_FALSE(names.zones_at.contains("mx.north"));
  EXPECT_THAT(apexes(names, "pc"), ElementsAre("north.example"));
  EXPECT_THAT(apexes(names, "r1"), ElementsAre("north.example"));
  EXPECT_THAT(data(names, "example", "north.example", dns::Type::ns),
              ElementsAre("pc.north.example.", "r1.routers.test."));
  EXPECT_EQ(data(names, "test", "r1.routers.test", dns::Type::a).size(), 1u);
  EXPECT_THAT(data(names, "north.example", "north.example", dns::Type::mx),
              ElementsAre("10 pc.north.example.", "20 relay.other.test."));
  EXPECT_EQ(zone(names, "north.example").set(name_of("north.example"), dns::Type::mx)->ttl_s, 600u);
  EXPECT_EQ(zone(names, "south.example").set(name_of("south.example"), dns::Type::mx)->ttl_s, 7200u);
  EXPECT_THAT(data(names, "north.example", "old.north.example", dns::Type::cname),
              ElementsAre("www.north.example."));
  EXPECT_THAT(data(names, "south.example", "south.example", dns::Type::mx), ElementsAre("0 ."));
  EXPECT_THAT(data(names, "example", "south.example", dns::Type::ns), ElementsAre("pc.north.example."));
  EXPECT_THAT(data(names, "south.example", "sales.south.example", dns::Type::ns),
              ElementsAre("a.root-servers.test."));
}

TEST(Zones, GiveEachPartOfTheNetworkARootOfItsOwn) {
  const NameSystem names = make_name_system(scenario_of(R"(mailroom: 1
topology: {links: [a -- b, c -- d -- e]}
hosts: {a: {domains: a.example}, b: {}, c: {domains: c.example}, e: {}}
)"));
  EXPECT_EQ(names.hint_for.at("a").server.text(), "a.root-servers.test");
  EXPECT_EQ(names.hint_for.at("c").server.text(), "b.root-servers.test");
  EXPECT_THAT(apexes(names, "d"), UnorderedElementsAre(".", "example", "test", "10.in-addr.arpa"));
  EXPECT_NE(names.hint_for.at("a").address, names.hint_for.at("c").address);
}

TEST(Zones, MakeATableForThoseWhoAskNobody) {
  StaticNames table = table_of(make_name_system(scenario_of(kBase + R"(
dns: {zones: {north.example: {records: ["www CNAME mx"]}, mx.example: {records: ["@ TXT \"hello\""]}}}
)")));
  const auto ask = [&](std::string_view name, RecordType type) {
    NameAnswer given;
    table.look_up(name, type, [&](const NameAnswer& answer) { given = answer; });
    return given;
  };
  EXPECT_EQ(ask("south.example", RecordType::mx).mail_exchangers.size(), 1u);
  EXPECT_EQ(ask("www.north.example", RecordType::a).canonical, "mx.north.example");
  EXPECT_THAT(ask("mx.example", RecordType::txt).texts, ElementsAre("hello"));
  EXPECT_EQ(ask("north.example", RecordType::ns).texts.size(), 1u) << "once, though two zones say it";
}

TEST(Zones, AreWarnedOfWhereTheScenarioSaysIt) {
  EXPECT_EQ(warnings(kBase), "");
  const std::string told = warnings(kBase + R"(dns:
  zones:
    north.example:
      mx:
        - 10 mx.north
        - 20 10.0.0.1
        - 30 nowhere.example
        - 40 nowhere.north.example
      records:
        - a CNAME b
        - b CNAME a
        - "@ NS other"
    south.example: {null-mx: true, delegation: [mx.north]}
)");
  EXPECT_THAT(told, HasSubstr("s.yaml:15:11: the MX of north.example. points to 10.0.0.1."));
  EXPECT_THAT(told,
              HasSubstr("s.yaml:16:11: the MX of north.example. points to nowhere.example., which has no"));
  EXPECT_THAT(told, HasSubstr("s.yaml:17:11: the MX of north.example. points to nowhere.north.example."));
  EXPECT_THAT(told, HasSubstr("s.yaml:19:11: a.north.example. is an alias of itself"));
  EXPECT_THAT(told, HasSubstr("s.yaml:20:11: b.north.example. is an alias of itself"));
  EXPECT_THAT(told,
              HasSubstr("s.yaml:21:11: the server other.north.example. of north.example. has no address"));
  EXPECT_THAT(told,
              HasSubstr("s.yaml:22:5: south.example. is delegated to mx.north, which does not serve it"));
  EXPECT_EQ(std::ranges::count(told, '\n'), 7);
}

// docs/SCENARIO.md's lame.example: the root's node refers to a server that refuses, and does not answer itself.
TEST(Zones, OfALameDelegationAreServedByNobody) {
  const scenario::Scenario scenario =
      scenario_of(kBase + "dns: {zones: {lame.example: {delegation: mx.south, mx: [\"10 mx.north\"]}}}\n");
  const NameSystem names = make_name_system(scenario);
  for (const auto& [node, zones] : names.zones_at)
    for (const dns::Zone& one : zones) EXPECT_NE(one.apex(), name_of("lame.example")) << node;
  dns::Authority root, named;
  for (const dns::Zone& one : names.zones_at.at("r1")) root.add(one);
  for (const dns::Zone& one : names.zones_at.at("mx.south")) named.add(one);
  const dns::ServerReply referral = root.answer({name_of("lame.example"), dns::Type::mx});
  EXPECT_EQ(referral.kind, dns::ReplyKind::referral);
  ASSERT_EQ(referral.message.authority.size(), 1u);
  EXPECT_EQ(dns::text(referral.message.authority[0].data), "mx.south.example.");
  EXPECT_EQ(named.answer({name_of("lame.example"), dns::Type::mx}).message.rcode, dns::Rcode::refused);
  // A table that everybody has knows of no delegation.
  StaticNames table = table_of(names);
  table.look_up("lame.example", RecordType::mx,
                [](const NameAnswer& answer) { EXPECT_EQ(answer.mail_exchangers.size(), 1u); });
}

// The root's node serves what nobody else does: naming it is right.
TEST(Zones, DelegatedToTheRootsNodeAreServedThere) {
  const NameSystem names =
      make_name_system(scenario_of(kBase + "dns: {root: r1, zones: {right.example: {delegation: r1}}}\n"));
  EXPECT_THAT(names.unserved, IsEmpty());
  EXPECT_THAT(apexes(names, "r1"), Contains("right.example"));
  EXPECT_EQ(warnings(kBase + "dns: {root: r1, zones: {right.example: {delegation: r1}}}\n"), "");
}

// So that a host without a domain refuses, too, and is not just silent.
TEST(Zones, HaveAServerWhereverADelegationNamesOne) {
  const NameSystem names =
      make_name_system(scenario_of(kBase + "dns: {zones: {lame.example: {delegation: pc}}}\n"));
  ASSERT_TRUE(names.zones_at.contains("pc"));
  EXPECT_THAT(names.zones_at.at("pc"), IsEmpty());
  EXPECT_THAT(warnings(kBase + "dns: {zones: {lame.example: {delegation: pc}}}\n"),
              HasSubstr("lame.example. is delegated to pc, which does not serve it: a lame delegation"));
}

// What the zones are for: whatever hosts there are, each mail domain is found from the root.
TEST(Zones, LeadFromTheRootToEveryDomain) {
  const scenario::Scenario scenario = scenario_of(kBase);
  const NameSystem names = make_name_system(scenario);
  dns::Authority root;
  for (const dns::Zone& one : names.zones_at.at("r1")) root.add(one);
  for (const char* domain : {"north.example", "south.example"}) {
    const dns::ServerReply reply = root.answer({name_of(domain), dns::Type::mx});
    EXPECT_EQ(reply.kind, dns::ReplyKind::referral) << domain;
    EXPECT_EQ(reply.message.additional.size(), 1u) << domain;
  }
}

}  // namespace
}  // namespace mailroom::agents
