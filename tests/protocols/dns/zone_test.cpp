// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/zone.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "protocols/dns/zone_findings.hpp"
#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string_view> kSound = {"@ SOA ns hostmaster 1 3600 600 604800 300", "@ NS ns",
                                              "ns A 10.0.0.1", "@ MX 10 mx", "mx A 10.0.0.2"};

TEST(DnsZone, HoldsSetsWithTheSmallestTtlAndNoDataTwice) {
  const Zone it = zone("example", {"www 60 A 10.0.0.1", "WWW 30 A 10.0.0.2", "www 30 A 10.0.0.1",
                                   "www 90 A 10.0.0.3"});
  ASSERT_EQ(it.nodes().size(), 1U);
  const RrSet* set = it.set(named("www.example"), Type::a);
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(set->ttl_s, 30U);
  EXPECT_EQ(set->data.size(), 3U);
  EXPECT_EQ(it.set(named("www.example"), Type::mx), nullptr);
  EXPECT_EQ(it.set(named("ftp.example"), Type::a), nullptr);
}

TEST(DnsZone, KnowsWhatExists) {
  const Zone it = zone("example", {"a.b.c A 10.0.0.1"});
  for (const char* there : {"example", "c.example", "B.c.example", "a.b.c.example"})
    EXPECT_TRUE(it.exists(named(there)));
  for (const char* not_there : {"x.example", "x.a.b.c.example", "a.example", "bb.c.example"})
    EXPECT_FALSE(it.exists(named(not_there)));
  EXPECT_EQ(it.node(named("c.example")), nullptr);
  EXPECT_TRUE(zone("example", {}).exists(named("example")));
}

TEST(DnsZone, IsCutAtTheHighestDelegation) {
  const Zone it = zone("example", {"@ NS ns", "sub NS ns.sub", "x.sub NS ns.sub"});
  EXPECT_EQ(it.cut_above(named("example")), std::nullopt);
  EXPECT_EQ(it.cut_above(named("www.example")), std::nullopt);
  EXPECT_EQ(it.cut_above(named("sub.example")), named("sub.example"));
  EXPECT_EQ(it.cut_above(named("a.x.sub.example")), named("sub.example"));
}

// RFC 2308 §3
TEST(DnsZone, GivesItsSoaForDenialsTheSmallerTtl) {
  EXPECT_EQ(zone("example", kSound).negative_soa()->ttl_s, 300U);
  EXPECT_EQ(zone("example", {"@ 60 SOA ns hostmaster 1 3600 600 604800 300"}).negative_soa()->ttl_s, 60U);
  EXPECT_EQ(zone("example", {}).negative_soa(), std::nullopt);
}

std::vector<std::string> faults(std::vector<std::string_view> lines) {
  lines.insert(lines.begin(), kSound.begin(), kSound.end());
  std::vector<std::string> out;
  for (const ZoneFinding& finding : findings(zone("example", lines))) {
    EXPECT_FALSE(finding.text.empty());
    out.push_back(finding.owner.text() + ' ' + std::string(name(finding.fault)));
  }
  return out;
}

TEST(DnsZoneFindings, OfASoundZoneAreNone) {
  EXPECT_THAT(faults({}), IsEmpty());
  EXPECT_THAT(faults({"www CNAME mx", "far CNAME www.other.", "@ MX 20 mx.other.", "@ NS ns.other.",
                      "none MX 0 .", "*.pool A 10.0.0.3", "p MX 1 one.pool", "sub NS ns.sub",
                      "ns.sub A 10.0.0.4", "sub NS ns", "deep MX 1 x.sub", "al CNAME two.pool"}),
              IsEmpty());
}

TEST(DnsZoneFindings, NameEachFault) {
  EXPECT_THAT(faults({"www.other. A 10.0.0.1"}), ElementsAre("www.other outside_zone"));
  EXPECT_THAT(faults({"www 1 A 10.0.0.3", "www 2 A 10.0.0.4"}), ElementsAre("www.example ttls_differ"));
  EXPECT_THAT(faults({"www CNAME mx", "www TXT x"}), ElementsAre("www.example cname_with_other_data"));
  EXPECT_THAT(faults({"www CNAME mx", "www CNAME ns"}), ElementsAre("www.example several_cnames"));
  EXPECT_THAT(faults({"www CNAME gone"}), ElementsAre("www.example cname_to_nothing"));
  EXPECT_THAT(faults({"a CNAME b", "b CNAME C", "c CNAME a"}),
              ElementsAre("a.example cname_loop", "b.example cname_loop", "c.example cname_loop"));
  EXPECT_THAT(faults({"a CNAME a"}), ElementsAre("a.example cname_loop"));
  EXPECT_THAT(faults({"to CNAME a", "a CNAME a"}), ElementsAre("a.example cname_loop"));
  EXPECT_THAT(faults({"m MX 1 www", "www CNAME mx"}), ElementsAre("m.example mx_to_cname"));
  EXPECT_THAT(faults({"@ NS www", "www CNAME mx"}), ElementsAre("example ns_to_cname"));
  EXPECT_THAT(faults({"m MX 1 10.0.0.9", "n MX 1 10.0.0.9."}),
              ElementsAre("m.example mx_to_address", "n.example mx_to_address"));
  EXPECT_THAT(faults({"m MX 1 gone", "n MX 1 t", "t TXT x"}),
              ElementsAre("m.example mx_without_address", "n.example mx_without_address"));
  EXPECT_THAT(faults({"@ NS gone"}), ElementsAre("example ns_without_address"));
  EXPECT_THAT(faults({"m MX 0 .", "m MX 10 mx"}), ElementsAre("m.example null_mx_with_others"));
  EXPECT_THAT(faults({"m MX 5 ."}), ElementsAre("m.example null_mx_preference"));
  EXPECT_THAT(faults({"sub NS ns.sub", "sub NS sub"}),
              ElementsAre("sub.example missing_glue", "sub.example missing_glue"));
  EXPECT_THAT(faults({"sub NS ns", "www.sub MX 1 mx"}), ElementsAre("www.sub.example hidden_by_cut"));
}

// What a walk from each name along all that follow it would take minutes for.
TEST(DnsZoneFindings, OfLongChainsOfAliasesAreFoundAtOnce) {
  constexpr int kNames = 4'000;
  Zone chain(named("example"));
  const auto alias = [](int i) { return named(fmt::format("n{}.example", i)); };
  for (int i = 0; i < kNames; ++i) chain.add({alias(i), Class::in, 60, Cname{alias(i + 1)}});
  const std::clock_t begin = std::clock();  // of this process: others don't count
  const auto count = [&](ZoneFault fault) {
    return std::ranges::count(findings(chain), fault, &ZoneFinding::fault);
  };
  EXPECT_EQ(count(ZoneFault::cname_loop), 0);
  EXPECT_EQ(count(ZoneFault::cname_to_nothing), 1);
  // The tail of the chain bites into its middle: the first half leads to the circle and is not of it.
  chain.add({alias(kNames), Class::in, 60, Cname{alias(kNames / 2)}});
  EXPECT_EQ(count(ZoneFault::cname_loop), kNames / 2 + 1);
  EXPECT_THAT(findings(chain).back().text, testing::HasSubstr("by 2001 names"));
  EXPECT_LT(std::clock() - begin, 3 * CLOCKS_PER_SEC);
}

TEST(DnsZone, TakesManyDataOfOneOwner) {
  constexpr std::uint32_t kData = 60'000;
  Zone it(named("example"));
  const std::clock_t begin = std::clock();  // of this process: others don't count
  for (int round = 0; round < 2; ++round)
    for (std::uint32_t i = 0; i < kData; ++i) it.add({named("pool.example"), Class::in, 60, A{i}});
  const RrSet* set = it.set(named("pool.example"), Type::a);
  ASSERT_NE(set, nullptr);
  EXPECT_EQ(set->data.size(), kData) << "none of them twice";
  EXPECT_EQ(set->data.back(), Rdata(A{kData - 1})) << "in the order of the file";
  EXPECT_LT(std::clock() - begin, 2 * CLOCKS_PER_SEC);
}

TEST(DnsZoneFindings, MissSoaAndNs) {
  const auto found = findings(zone("example", {"www A 10.0.0.1"}));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].fault, ZoneFault::no_soa);
  EXPECT_EQ(found[1].fault, ZoneFault::no_ns);
  EXPECT_THAT(faults({"@ SOA ns other 1 1 1 1 1"}), ElementsAre("example several_soas"));
}

}  // namespace
}  // namespace mailroom::dns
